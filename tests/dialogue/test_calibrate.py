"""The measures are what they say, and other constants give what the program with them would."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patients import patients

from assistant.dialogue.calibrate import (
    OTHER_CONSTANTS,
    POPULATIONS,
    Constants,
    Way,
    calibration_error,
    forgotten,
    measure,
    mistaken,
    reliability,
    weighed_again,
)
from assistant.dialogue.evaluate import CaseResult
from assistant.dialogue.events import Settings
from assistant.dialogue.replay import TODAY
from assistant.dialogue.script import answer_problems
from assistant.reasoning import differential, likelihood
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, Answers, facts_of
from assistant.reasoning.inquiry import applies
from assistant.reasoning.sample import Sampler
from rules.model import Knowledge


def result(probability: float, *, right: bool) -> CaseResult:
    return CaseResult("case", "als", 1 if right else 2, "als" if right else "cmt", probability)


# --- how sure, how often right --------------------------------------------------------------


def test_bins_hold_what_was_said_and_how_often_it_was_right() -> None:
    cases = [result(0.62, right=True), result(0.68, right=False), result(0.99, right=True)]
    lower, upper = reliability(cases)
    assert (lower.low, lower.high, lower.cases, lower.right) == (0.6, 0.7, 2, 0.5)
    assert lower.said == pytest.approx(0.65)
    assert (upper.low, upper.cases, upper.right, upper.said) == (0.9, 1, 1.0, 0.99)


def test_certainty_is_in_the_last_bin() -> None:
    (only,) = reliability([result(1.0, right=True)])
    assert (only.low, only.high) == (0.9, 1.0)


def test_the_error_is_the_distance_between_said_and_right() -> None:
    cases = [result(0.62, right=True), result(0.68, right=False), result(0.99, right=True)]
    assert calibration_error(cases) == pytest.approx((2 * 0.15 + 0.01) / 3)
    assert calibration_error([result(0.75, right=i < 3) for i in range(4)]) == pytest.approx(0.0)
    assert calibration_error([]) == 0.0


# --- other constants ------------------------------------------------------------------------


# Two of one group that say the same, one that says much: no constant is without effect.
FEW = {"sensory_symptoms": ("yes",), "sensory_loss": ("yes",), "past_paralysis": ("polio",)}


def probabilities(reasoner: Reasoner, answers: Answers) -> dict[str, float]:
    return {h.id: h.probability for h in conclude(reasoner, answers).hypotheses}


@pytest.fixture(scope="module")
def some(shipped_reasoner: Reasoner) -> list[Answers]:
    sampler = Sampler(shipped_reasoner)
    return [sampler.patient(random.Random(i))[1] for i in range(4)]


def test_the_constants_in_use_change_nothing(
    shipped_reasoner: Reasoner, some: list[Answers]
) -> None:
    for answers in [*some, {}]:
        (again,) = weighed_again(conclude(shipped_reasoner, answers), [Constants()])
        assert again == pytest.approx(probabilities(shipped_reasoner, answers))


@pytest.mark.parametrize(
    ("name", "module", "value"),
    [
        ("TRUST", likelihood, 1.0),
        ("MAX_WEIGHT", likelihood, 2.0),
        ("REPEAT", differential, 1.0),
        ("OTHER_WEIGHT", differential, 60.0),
    ],
)
def test_other_constants_give_what_the_program_with_them_says(
    shipped_reasoner: Reasoner,
    some: list[Answers],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    module: object,
    value: float,
) -> None:
    some = [*some, FEW]
    told = [conclude(shipped_reasoner, answers) for answers in some]
    changed = Constants(**{name.lower(): value})
    again = [next(weighed_again(outcome, [changed])) for outcome in told]
    monkeypatch.setattr(module, name, value)
    with_them = Reasoner.of(shipped_reasoner.knowledge)
    for answers, found in zip(some, again, strict=True):
        assert found == pytest.approx(probabilities(with_them, answers))
    assert again[-1] != pytest.approx({h.id: h.probability for h in told[-1].hypotheses})


# --- answers that are not what they should be -----------------------------------------------


def check(knowledge: Knowledge, answers: Answers) -> None:
    facts = facts_of(knowledge, answers)
    for id_, values in answers.items():
        assert answer_problems(knowledge.findings, id_, values) == []
        assert applies(knowledge, facts, id_), id_
    assert not set(answers.get("weak_muscles", ())) & set(answers.get("spared_muscles", ()))


def test_a_tenth_of_the_answers_is_mistaken(shipped: Knowledge, shipped_reasoner: Reasoner) -> None:
    sampler, counts = Sampler(shipped_reasoner), Counter[str]()
    for i in range(60):
        rng = random.Random(i)
        _, answers = sampler.patient(rng)
        told = mistaken(shipped, rng, answers)
        check(shipped, told)
        for id_ in told:
            counts["kept"] += told[id_] == answers[id_]
            counts["wrong"] += told[id_] != answers[id_]
    assert 0.07 < counts["wrong"] / counts.total() < 0.13


def test_a_fifth_of_the_answers_is_forgotten(
    shipped: Knowledge, shipped_reasoner: Reasoner
) -> None:
    sampler, before, after = Sampler(shipped_reasoner), 0, 0
    for i in range(40):
        rng = random.Random(i)
        _, answers = sampler.patient(rng)
        told = forgotten(shipped, rng, answers)
        check(shipped, told)
        assert all(told[id_] == answers[id_] for id_ in told)
        # follow-ups go with what they follow: counted is what every patient is asked
        always = [id_ for id_ in answers if not shipped.findings[id_].when]
        before, after = before + len(always), after + sum(id_ in told for id_ in always)
    assert 0.75 < after / before < 0.85


@given(data=st.data(), seed=st.integers())
def test_whatever_the_answers_mistaken_ones_are_answers(
    small: Knowledge, data: st.DataObject, seed: int
) -> None:
    answers = {k: v for k, v in data.draw(patients(small)).items() if v != (UNKNOWN,)}
    told = mistaken(small, random.Random(seed), answers, share=1.0)
    for id_, values in told.items():
        assert answer_problems(small.findings, id_, values) == []
        assert len(set(values)) == len(values)


# --- one patient, in every way --------------------------------------------------------------


def test_a_patient_is_concluded_on_in_every_way_and_always_alike(
    shipped_reasoner: Reasoner,
) -> None:
    def measured(number: int) -> list[tuple[Way, CaseResult]]:
        samplers = {k: Sampler(shipped_reasoner, v) for k, v in POPULATIONS.items()}
        return list(measure(samplers, number, Settings("en", TODAY)))

    found = measured(4)
    ways = [way for way, _ in found]
    assert len(set(ways)) == len(ways)
    assert {w.population for w in ways} == set(POPULATIONS)
    assert {w.answers for w in ways} == {"told", "bedside", "wrong", "unknown"}
    assert {w.constants for w in ways} == {"", *OTHER_CONSTANTS}
    assert measured(4) == found
    for way, case in found:
        assert (case.questions > 5) is way.interview
        assert case.rank >= 1
        assert (case.rank == 1) is (case.leader == case.expected)
    by_way = dict(found)
    for way, case in found:
        if way.constants == "TRUST 0.7":  # the one in use
            assert case == by_way[replace(way, constants="")]
