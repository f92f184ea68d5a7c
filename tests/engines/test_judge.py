"""`judge.py`: what was judged is kept, gone on with, and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import Case
from judge import Judged, report

from rules.compile import Fact, Rule

RULES = tuple(Rule(id_, "pattern", (Fact(id_),)) for id_ in "abc")


@pytest.fixture
def judged() -> Judged:
    judged = Judged("this knowledge")
    judged.add(Case("dialogue", "als/one.yaml", {}), ["a", "b"], "")
    judged.add(Case("changed", "als/one.yaml", {}, "reflexes"), ["b"], "red flags: choking")
    return judged


def test_what_was_judged_is_gone_on_with(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "new" / "judged.json"
    judged.save(path)
    again = Judged.resumed(path, "this knowledge")
    assert again == judged
    again.add(Case("random", "7", {}), ["a", "c"], "")
    assert (again.done, again.cases["random"], again.rules) == (3, 1, {"a", "b", "c"})


def test_what_was_judged_of_something_else_is_not(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "judged.json"
    judged.save(path)
    assert Judged.resumed(path, "other knowledge") == Judged("other knowledge")
    path.write_text("{", encoding="utf-8")
    assert Judged.resumed(path, "this knowledge") == Judged("this knowledge")


def test_the_document_tells_how_many_differ_and_which(judged: Judged) -> None:
    text = report(judged, RULES, seed=5)
    assert "| **together** | **2** | **3** | **1** |" in text
    assert "2 of the 3 rules fired at least once. Seed 5;" in text
    assert "- changed als/one.yaml reflexes: red flags: choking" in text
    judged.told.clear()
    assert "Where they differ" not in report(judged, RULES, seed=5)
