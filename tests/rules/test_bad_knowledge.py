"""Each file of `tests/bad_knowledge` has one fault, and it is found where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.check import CODES, load, problems
from rules.files import KNOWLEDGE_DIR
from rules.load import read
from rules.problem import KnowledgeError, Problem

FOLDER = Path(__file__).parents[1] / "bad_knowledge"
BASE = FOLDER / "base.yaml"
BAD = sorted(FOLDER.glob("R*.yaml"))
EXPECTED = re.compile(r"# (R\d{3}) at line (\d+)\n")


def expected(path: Path) -> tuple[str, str, int]:
    """The code, file and line that the first line of a bad file announces."""
    found = EXPECTED.match(path.read_text(encoding="utf-8"))
    assert found, f"{path.name} must begin with “# R0xx at line n”"
    return found[1], reported_as(path), int(found[2])


def reported_as(path: Path) -> str:
    return str(path.relative_to(KNOWLEDGE_DIR.parent.parent))


def found_in(*paths: Path) -> list[Problem]:
    return problems(*read([BASE, *paths]))


def places(found: list[Problem]) -> set[tuple[str, str, int]]:
    return {(problem.code, problem.path, problem.line) for problem in found}


def test_the_base_has_no_problem() -> None:
    assert found_in() == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_has_exactly_the_problem_it_announces(path: Path) -> None:
    assert places(found_in(path)) == {expected(path)}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_named_by_the_code_it_breaks(path: Path) -> None:
    assert re.fullmatch(r"R\d{3}-must-not-[a-z-]+", path.stem)
    assert path.stem[:4] == expected(path)[0]


def test_every_code_has_a_bad_file_and_no_other_code_is_used() -> None:
    assert {path.stem[:4] for path in BAD} == set(CODES)


def test_all_problems_come_in_one_run() -> None:
    names = ("R003-must-not-invent-a-key", "R006-must-not-be-published-nowhere")
    names += ("R014-must-not-neighbour-the-unknown", "R020-must-not-stand-uncited")
    paths = [FOLDER / f"{name}.yaml" for name in names]
    # The first makes its record unusable; what only the whole can tell is told all the same.
    assert places(found_in(*paths)) == {expected(path) for path in paths}


def test_an_unusable_record_is_not_told_again_as_missing(tmp_path: Path) -> None:
    user = tmp_path / "user.yaml"
    user.write_text(
        "patterns:\n"
        "  user:\n"
        "    label: &text {fr: un, en: one}\n"
        "    about: *text\n"
        "    kind: site\n"
        "    usual: 0.1\n"
        "    any: [{all: [{finding: cramps}], because: *text, basis: judgement}]\n",
        encoding="utf-8",
    )
    assert {p.code for p in found_in(user)} == {"R008"}  # nothing is called cramps
    bad = FOLDER / "R003-must-not-invent-a-key.yaml"  # cramps, with a key too many
    assert places(found_in(user, bad)) == {expected(bad)}


def test_what_an_unusable_record_may_cite_is_not_told_as_uncited(tmp_path: Path) -> None:
    citing = tmp_path / "citing.yaml"
    citing.write_text("patterns:\n  user:\n    references: [davis_2011]\n", encoding="utf-8")
    uncited = FOLDER / "R020-must-not-stand-uncited.yaml"
    assert {p.code for p in found_in(uncited)} == {"R020"}
    found = found_in(uncited, citing)
    assert {p.path for p in found} == {str(citing)}


def test_what_an_unreadable_file_may_hold_is_not_told_as_missing() -> None:
    unreadable = FOLDER / "R001-must-not-leave-a-bracket-open.yaml"
    unknown = FOLDER / "R008-must-not-test-the-unknown.yaml"
    assert places(found_in(unreadable, unknown)) == {expected(unreadable)}


def test_problems_are_sorted_by_file_and_line_and_each_is_told_once() -> None:
    found = found_in(*(path for path in BAD if not path.stem.startswith(("R001", "R002"))))
    assert len(found) > 20
    assert found == sorted(set(found))


def test_loading_refuses_what_has_a_problem_and_tells_all_of_them() -> None:
    path = FOLDER / "R013-must-not-forget-an-age.yaml"
    with pytest.raises(KnowledgeError) as refused:
        load([BASE, path])
    assert places(list(refused.value.problems)) == {expected(path)}
    code, name, line = expected(path)
    assert str(refused.value).startswith(f"{name}:{line}: {code} ")
