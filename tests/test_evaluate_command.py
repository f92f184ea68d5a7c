"""`amyo evaluate`: a folder of cases in both formats, what is printed where, and how it refuses."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from amyo_process import Window, amyo, one_line_error

from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.differential import Reasoner, conclude

KEYS = {
    "cases", "top1", "top3", "top5", "median_questions", "per_case", "interview", "intervals",
    "median_questions_red_flag", "red_flag_cases", "red_flags_found", "evidence_recall",
    "evidence_precision", "mean_probability", "confusion", "left_out", "interrupted",
}  # fmt: skip
OF_A_CASE = {
    "file", "expected", "rank", "leader", "questions", "probability", "red_flags",
    "red_flags_missed", "evidence_recall", "evidence_precision",
}  # fmt: skip
DIAGNOSES = ("als", "duchenne")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dialogue and a packet of each of two diagnoses, and the table of what the packets are."""
    folder = tmp_path_factory.mktemp("evaluate") / "cases"
    rows = ["file\texpected"]
    for id_ in DIAGNOSES:
        source = sorted((shipped_dialogues() / id_).glob("*.yaml"))[0]
        (folder / id_).mkdir(parents=True)
        shutil.copy(source, folder / id_)
        packet = folder / id_ / "packet.json"
        assert amyo("diagnose", source, "--export-phenopacket", packet).returncode == 0
        rows.append(f"cases/{id_}/packet.json\t{id_}")
    (folder.parent / "truth.tsv").write_text("\n".join(rows), "utf-8")
    return folder


def evaluated(cases: Path, *arguments: str | Path) -> dict[str, Any]:
    truth = cases.parent / "truth.tsv"
    done = amyo("evaluate", cases, "--expected", truth, "--format", "json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found) == KEYS
    assert all(set(case) == OF_A_CASE for case in found["per_case"])
    return found


def test_all_at_once_each_dialogue_is_as_it_is_concluded(
    cases: Path, shipped_reasoner: Reasoner
) -> None:
    found = evaluated(cases)
    assert (found["cases"], found["median_questions"], found["interview"]) == (4, 0, False)
    by_file = {case["file"]: case for case in found["per_case"]}
    for path in cases.rglob("*.yaml"):
        dialogue = read_dialogue(path, shipped_reasoner.knowledge)
        outcome, case = conclude(shipped_reasoner, dialogue.answers), by_file.pop(str(path))
        assert case["expected"] == dialogue.expect.leading
        assert outcome.hypotheses[case["rank"] - 1].id == case["expected"]
        assert case["leader"] == outcome.leader.id
        assert case["probability"] == round(outcome.leader.probability, 4)
    assert [case["expected"] for case in by_file.values()] == list(DIAGNOSES)
    first = sum(case["rank"] == 1 for case in found["per_case"])
    assert found["top1"] == first / 4 <= found["top3"] <= found["top5"]


def test_by_interview_the_questions_are_counted_and_none_goes_beyond_the_tier(cases: Path) -> None:
    whole, history = (
        evaluated(cases, "--interview", *more) for more in ((), ("--tier", "history"))
    )
    assert whole["interview"]
    for more, fewer in zip(whole["per_case"], history["per_case"], strict=True):
        # who is asked for less is left in more doubt, and may be asked more questions
        assert more["questions"] > 0 < fewer["questions"]
        assert set(more["red_flags_missed"]) <= set(more["red_flags"]) == set(fewer["red_flags"])
    assert 0 < history["evidence_recall"] < whole["evidence_recall"] <= 1


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_tells_the_same_figures(cases: Path, lang: str) -> None:
    found = evaluated(cases, "--interview")
    truth = cases.parent / "truth.tsv"
    done = amyo("evaluate", cases, "--expected", truth, "--interview", "--lang", lang)
    assert (done.returncode, done.stderr) == (0, "")
    first = round(found["top1"] * 4)
    assert re.search(rf"\b{first} (sur|of) 4, {found['top1'] * 100:.0f}\s?%", done.stdout)
    assert (
        f"{found['median_questions']:g}".replace(".", "," if lang == "fr" else ".") in done.stdout
    )


def test_what_nothing_says_what_it_is_is_left_out_and_told(cases: Path) -> None:
    done = amyo("evaluate", cases, "--format", "json", "--lang", "en")
    assert done.returncode == 0
    packets = sorted(map(str, cases.rglob("*.json")))
    assert json.loads(done.stdout)["left_out"] == packets
    assert done.stderr.count("\n") == 1
    assert packets[0] in done.stderr
    assert "--expected" in one_line_error(amyo("evaluate", *packets[:1]))


def test_every_problem_of_the_table_is_one_line_and_nothing_is_evaluated(
    cases: Path, tmp_path: Path
) -> None:
    table = tmp_path / "truth.tsv"
    table.write_text("file\texpected\nnothere.json\tals\nals/packet.json\tnonsense\n", "utf-8")
    done = amyo("evaluate", cases, "--expected", table)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("Error: ") for line in lines)
    assert f"{table}:2: " in lines[0]
    assert f"{table}:3: " in lines[1]
    assert all("packet.json: no line of " in line for line in lines[2:])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "See amyo evaluate --help."),
        (["nothere"], "'nothere' does not exist"),
        (["EMPTY"], "no case (*.yaml, *.json) found"),
        (["CASES", "--expected", "nothere.tsv"], "nothere.tsv cannot be read"),
        (["CASES", "--expected", "EMPTY"], "cannot be read"),
        (["CASES", "--format", "junit"], "'json'"),
        (["CASES", "--tier", "surgery"], "'history'"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    arguments: list[str], told: str, cases: Path, tmp_path: Path
) -> None:
    places = {"EMPTY": str(tmp_path), "CASES": str(cases)}
    assert told in one_line_error(amyo("evaluate", *(places.get(a, a) for a in arguments)))


def test_on_a_terminal_a_bar_shows_and_ctrl_c_tells_what_was_done_so_far() -> None:
    with Window("evaluate", str(shipped_dialogues()), "--interview", "--lang", "en") as window:
        window.wait("Cases")
        window.press("\x03")
        assert window.end() == 130
        told = window.text
    done = re.search(r"Interrupted: (\d+) of (\d+) cases", told)
    assert done is not None, told
    assert 0 < int(done[1]) < int(done[2])
    assert f" of {done[1]}, " in told
    assert "Traceback" not in told
