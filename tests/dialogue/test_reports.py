"""What a replay says: a line for people, and forms that programs can read."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.dialogue.replay_report import Report, as_json, as_junit, text
from assistant.dialogue.run import run_all
from assistant.reasoning.differential import Reasoner

GOOD = "title: {fr: Un cas, en: A case}\nexpect: {asked: [age]}\n"
FAILING = 'title: {fr: "<&>", en: "]]>"}\npatient: {age: 61, answers: {reflexes: brisk}}\nexpect: {leading: myopathy, questions_at_most: 1}\n'
BROKEN = '"\\x01\\e[2J<&>": 1\n'


@pytest.fixture(scope="module")
def reports(reasoner: Reasoner, tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    folder = tmp_path_factory.mktemp("told")
    for name, content in (("a", GOOD), ("b<&>", FAILING), ("c", BROKEN)):
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return list(run_all(reasoner, [folder]))


def test_a_dialogue_that_passed_is_told_in_one_line(reports: list[Report]) -> None:
    line = text(reports[0])
    assert line.startswith("ok ")
    assert "\n" not in line
    assert reports[0].name in line


def test_a_dialogue_that_failed_tells_its_story(reports: list[Report]) -> None:
    told = text(reports[1])
    assert told.startswith(f"FAIL {reports[1].name}\n")
    for words in (
        "in fr:",
        "in en:",
        "leading",
        "expected: myopathy",
        "obtained: ",
        "the last 5 turns",
        "facts: age=old",
        "rules that led there",
    ):
        assert words in told  # fmt: skip


def test_an_unreadable_file_tells_its_line(reports: list[Report]) -> None:
    told = text(reports[2])
    assert f"{reports[2].name}:1: " in told
    assert "\x1b" not in told
    assert "\x01" not in told


def test_the_json_is_one_object_that_counts_and_names(reports: list[Report]) -> None:
    data = json.loads(as_json(reports))
    assert (data["dialogues"], data["failed"]) == (3, 2)
    passed, failed, broken = data["reports"]
    assert passed["passed"]
    assert [result["lang"] for result in passed["results"]] == ["fr", "en"]
    assert {f["key"] for f in failed["results"][0]["failures"]} >= {"leading", "questions_at_most"}
    assert failed["results"][0]["questions"] > 1
    assert 0 <= failed["results"][0]["probability"] <= 1
    assert broken["results"] == []
    assert "unknown key" in broken["unreadable"]


def test_the_junit_report_has_a_case_for_each_file_and_language(reports: list[Report]) -> None:
    root = ElementTree.fromstring(as_junit(reports).encode())
    assert root.tag == "testsuite"
    cases = root.findall("testcase")
    assert int(root.get("tests", "")) == len(cases) == 5
    assert int(root.get("failures", "")) == len(root.findall("testcase/failure")) == 3
    names = [case.get("name", "") for case in cases]
    assert len(set(names)) == len(names)
    assert sum("<&>" in name for name in names) == 2
    assert all(failure.get("message") for failure in root.iter("failure"))


def test_no_reports_are_told_as_none() -> None:
    assert json.loads(as_json([])) == {"dialogues": 0, "failed": 0, "reports": []}
    assert ElementTree.fromstring(as_junit([])).get("tests") == "0"


def test_the_last_turns_of_a_failure_are_those_that_were_held(
    reports: list[Report], tmp_path: Path
) -> None:
    del tmp_path
    result = reports[1].results[0]
    told = text(reports[1])
    for exchange in result.exchanges[-5:]:
        assert f"{exchange.asked} > {exchange.typed}" in told
