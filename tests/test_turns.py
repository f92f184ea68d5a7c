"""What `benchmarks/turns.py` measures: knowledge that is larger, and sound; turns that are held."""

from __future__ import annotations

import dataclasses

import pytest
import turns
from marks import at_least, at_most, tell
from scaled import SHARED, scaled, scaled_answers

from assistant.reasoning.differential import Reasoner, conclude
from rules.check import problems
from rules.compile import rules_of
from rules.load import SECTIONS, Sources
from rules.model import Knowledge, Tier

TIMES = 10


@pytest.fixture(scope="module")
def tenfold(shipped: Knowledge) -> Knowledge:
    return scaled(shipped, TIMES)


def test_everything_is_there_ten_times(shipped: Knowledge, tenfold: Knowledge) -> None:
    for section in ("diagnoses", "patterns", "red_flags"):
        assert len(getattr(tenfold, section)) == TIMES * len(getattr(shipped, section))
    copied = len(shipped.findings) - len(SHARED)
    assert len(tenfold.findings) == TIMES * copied + len(SHARED)
    evidence = [sum(len(d.evidence) for d in k.diagnoses.values()) for k in (shipped, tenfold)]
    assert evidence[1] == TIMES * evidence[0]


def test_rules_grow_as_the_knowledge_does(shipped: Knowledge, tenfold: Knowledge) -> None:
    # all but those on age and sex, and on one of several ages, which the copies share
    assert 9.5 < len(rules_of(tenfold)) / len(rules_of(shipped)) <= TIMES


def test_larger_knowledge_is_sound_but_for_its_made_up_codes(tenfold: Knowledge) -> None:
    data = {section: dict(getattr(tenfold, section)) for section in SECTIONS}
    found = problems(tenfold, Sources(data=data))
    assert {problem.code for problem in found} == {"R022"}  # HPO terms of the copies
    assert all("HP:9" in problem.message for problem in found)


def test_larger_knowledge_is_of_the_same_form(base: Knowledge) -> None:
    larger = scaled(base, TIMES)
    assert Knowledge.model_validate_json(larger.model_dump_json()) == larger
    assert scaled(base, 1) == base


def test_a_copy_says_of_its_findings_what_the_diagnosis_says(base: Knowledge) -> None:
    reasoner, larger = Reasoner.of(base), Reasoner.of(scaled(base, 3))
    answers = {"pain": ("yes",), "weak_muscles": ("deltoid",)}
    one = conclude(reasoner, answers)
    of_copy = {f"{id_}_x2": values for id_, values in answers.items()}
    other = conclude(larger, of_copy)
    for diagnosis in base.diagnoses:
        expected = one.hypothesis(diagnosis).evidence
        assert expected != 0
        assert other.hypothesis(f"{diagnosis}_x2").evidence == pytest.approx(expected, abs=1e-12)
        assert other.hypothesis(diagnosis).evidence == 0
    assert set(other.patterns) == {f"{id_}_x2" for id_ in one.patterns}


def test_an_interview_with_larger_knowledge_is_held_to_its_end(base: Knowledge) -> None:
    reasoner = Reasoner.of(scaled(base, TIMES))
    answers = scaled_answers({"age": ("70",), "sex": ("male",), "pain": ("yes",)}, TIMES)
    assert {"age", "pain", "pain_x1", "pain_x9"} <= answers.keys()
    ms = list(turns.interview(reasoner, answers, Tier.GENETICS, turns.plainly))
    assert len(ms) > 5
    assert all(each > 0 for each in ms)


def test_marks_are_told_in_words(capsys: pytest.CaptureFixture[str], base: Knowledge) -> None:
    size = turns.Size(1, base, 0, {}, 0.0, [10.0] * 99, [10.0] * 99)
    larger = dataclasses.replace(size, times=10, turns=[60.0] * 9)
    assert tell(turns.marks([size, larger])) == 0
    assert capsys.readouterr().out.count("\nmet: ") == 2
    slower = dataclasses.replace(larger, turns=[101.0] * 9)
    assert tell(turns.marks([dataclasses.replace(size, turns=[51.0] * 99), slower])) == 1
    assert capsys.readouterr().out.count("\nNOT MET: ") == 2


def test_a_bound_that_is_just_met_is_met() -> None:
    assert at_most("", 1.0, 1).met
    assert at_least("", 1.0, 1).met
    assert not at_most("", 1.001, 1).met
    assert not at_least("", 0.999, 1).met
