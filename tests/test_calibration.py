"""What `make calibration` keeps, and what it makes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from assistant.dialogue.calibrate import OTHER_CONSTANTS, Bin, Way
from assistant.dialogue.evaluate import CaseResult

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The script, with what it keeps in a folder of the test."""
    monkeypatch.syspath_prepend(str(DOCS))
    import make_calibration  # type: ignore[import-not-found]

    monkeypatch.setattr(make_calibration, "KEPT", tmp_path / "kept.jsonl")
    yield make_calibration
    for name in ("make_calibration", "calibration_report"):
        sys.modules.pop(name, None)


def test_what_was_done_is_kept_but_not_what_was_cut_short(made: ModuleType) -> None:
    first = json.dumps({"of": made._fingerprint()})
    rows = [json.dumps({"number": i, "seconds": 1.0, "results": []}) for i in range(3)]
    made.KEPT.write_text("\n".join([first, rows[0], rows[1][:9], "", rows[2]]), encoding="utf-8")
    assert [row["number"] for row in made._kept()] == [0, 2]


def test_what_was_done_with_other_knowledge_is_not_kept(made: ModuleType) -> None:
    row = json.dumps({"number": 0, "seconds": 1.0, "results": []})
    made.KEPT.write_text(json.dumps({"of": "other"}) + "\n" + row, encoding="utf-8")
    assert list(made._kept()) == []
    made.KEPT.unlink()
    assert list(made._kept()) == []


@pytest.mark.usefixtures("made")
def test_the_picture_shows_each_curve_where_it_is() -> None:
    import calibration_report  # type: ignore[import-not-found]

    bins = [Bin(0.6, 0.7, 20, 0.65, 0.5), Bin(0.9, 1.0, 4, 0.95, 1.0), Bin(0.8, 0.9, 9, 0.85, 1.0)]
    root = ElementTree.fromstring(calibration_report.figure({"<one> & other": bins}))
    space = "{http://www.w3.org/2000/svg}"
    dots = [(float(d.get("cx", "")), float(d.get("cy", ""))) for d in root.iter(f"{space}circle")]
    assert dots == [(60 + 0.65 * 320, 20 + 0.5 * 320), (60 + 0.85 * 320, 20.0)]  # four are too few
    assert "<one> & other" in "".join(root.itertext())


@pytest.mark.usefixtures("made")
def test_the_document_tells_every_way_and_the_worst_diagnosis_first() -> None:
    import calibration_report

    def case(name: str, expected: str, leader: str) -> CaseResult:
        return CaseResult(name, expected, 1 if leader == expected else 2, leader, 0.8, 12)

    cases = [case("0", "als", "als"), case("1", "cmt", "als"), case("2", "cmt", "cmt")]
    ways = [
        Way(population, interview, answers, constants)
        for population in ("apart", "alike")
        for interview, answers in [
            (False, "told"),
            (True, "told"),
            (False, "bedside"),
            (True, "wrong"),
        ]
        for constants in ("", *OTHER_CONSTANTS)
    ]
    ways += [Way("alike", interview, "unknown") for interview in (False, True)]
    published = {Way("published", False, "told", c): cases for c in ("", *OTHER_CONSTANTS)}
    text = calibration_report.report(dict.fromkeys(ways, cases), published, 3, "a minute")
    rows = text[text.index("## By diagnosis") :].splitlines()
    assert "| cmt | 2 | 50% | 100% | 50% | als 1 |" in rows
    assert rows.index("| cmt | 2 | 50% | 100% | 50% | als 1 |") < rows.index("| als | 1 | 100% | 100% | 100% |  |")  # fmt: skip
    assert "| alike | interview, wrong | 3 | 66.7% | 100.0% | 100.0% | 0.133 | 80.0% | 12 |" in text
    assert text.count("| 0.133 / 66.7% ") == 6 * (1 + len(OTHER_CONSTANTS))
