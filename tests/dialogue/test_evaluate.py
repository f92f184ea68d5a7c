"""What an evaluation counts, on cases small enough to be counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patients import patients

from assistant.dialogue.evaluate import (
    Accuracy,
    CaseResult,
    Share,
    _findings,
    evaluate,
    evaluate_interview,
)
from assistant.dialogue.evaluate_report import as_json, text
from assistant.dialogue.events import Settings
from assistant.dialogue.informant import hold_interview
from assistant.dialogue.replay import TODAY
from assistant.language.catalogue import LANGUAGES
from assistant.reasoning.differential import OTHER, Reasoner, conclude
from assistant.reasoning.inquiry import Strategy
from rules.compile import Fact
from rules.model import Condition, Knowledge, Tier

SETTINGS = Settings("en", TODAY)
ANSWERS = {
    "age": ("61",), "sex": ("female",), "duration": ("P10M",), "complaint": ("weakness",),
    "reflexes": ("reduced",), "emg": ("neurogenic",),
}  # fmt: skip
RIGHT = CaseResult("right.yaml", "plexitis", 1, "plexitis", 0.9, questions=10)
WRONG = CaseResult("wrong.yaml", "plexitis", 4, "myopathy", 0.6, questions=20)


def history_only(reasoner: Reasoner, answers: dict[str, tuple[str, ...]], is_: str) -> CaseResult:
    settings = replace(SETTINGS, tier=Tier.HISTORY)
    return evaluate_interview(reasoner, "case", answers, is_, settings)


@pytest.mark.parametrize("strategy", Strategy)
def test_every_strategy_asks_the_same_of_the_same_case_and_each_thing_once(
    reasoner: Reasoner, strategy: Strategy
) -> None:
    settings = replace(SETTINGS, strategy=strategy)
    first, second = (hold_interview(reasoner, ANSWERS, settings).session.asked for _ in "ab")
    assert first == second
    assert len(set(first)) == len(first)
    opening = [id_ for id_ in first if reasoner.knowledge.findings[id_].opening]
    assert list(first[: len(opening)]) == opening  # the safety questions come first by any of them


def test_a_questionnaire_goes_in_the_order_of_the_knowledge(reasoner: Reasoner) -> None:
    """As far as a question applies when its turn comes."""
    findings = reasoner.knowledge.findings
    asked = hold_interview(
        reasoner, ANSWERS, replace(SETTINGS, strategy=Strategy.FIXED)
    ).session.asked
    after = [id_ for id_ in asked if not findings[id_].opening and not findings[id_].when]
    assert len(after) > 3
    assert after == [id_ for id_ in findings if id_ in after]
    assert asked != hold_interview(reasoner, ANSWERS, SETTINGS).session.asked


# --- one case -----------------------------------------------------------------------------


@given(data=st.data())
def test_all_at_once_is_what_is_concluded(reasoner: Reasoner, data: st.DataObject) -> None:
    answers = data.draw(patients(reasoner.knowledge))
    expected = data.draw(st.sampled_from([*reasoner.knowledge.diagnoses, OTHER]))
    outcome = conclude(reasoner, answers)
    result = evaluate(reasoner, "case", answers, expected)
    assert outcome.hypotheses[result.rank - 1].id == expected
    assert (result.leader, result.probability) == (outcome.leader.id, outcome.leader.probability)
    assert set(result.red_flags) == set(outcome.red_flags)
    assert (result.questions, result.recall, result.precision) == (0, None, None)


@given(data=st.data(), tier=st.sampled_from(Tier))
def test_an_interview_obtains_no_more_than_there_is(
    reasoner: Reasoner, data: st.DataObject, tier: Tier
) -> None:
    answers = data.draw(patients(reasoner.knowledge))
    expected = data.draw(st.sampled_from([*reasoner.knowledge.diagnoses, OTHER]))
    result = evaluate_interview(reasoner, "case", answers, expected, replace(SETTINGS, tier=tier))
    whole = conclude(reasoner, answers)
    assert set(result.missed_flags) <= set(result.red_flags) == set(whole.red_flags)
    for share in (result.recall, result.precision):
        assert share is None or 0 <= share <= 1
    assert 0 < result.questions <= len(reasoner.knowledge.findings)


def test_recall_counts_what_speaks_for_the_right_diagnosis(reasoner: Reasoner) -> None:
    # For it speak age, weakness, the EMG and the lower motor neuron signs; the last two need more
    # than the history. Sex and reflexes speak against it.
    result = history_only(reasoner, ANSWERS, "motor_neuron_disease")
    assert result.recall == 2 / 4
    assert history_only(reasoner, {"age": ("61",)}, "motor_neuron_disease").recall == 1.0


def test_precision_counts_the_answers_that_tell_something(reasoner: Reasoner) -> None:
    # Age, sex and the weakness in the complaint do; ten months are as usual in all of them.
    assert history_only(reasoner, ANSWERS, "motor_neuron_disease").precision == 3 / 4


def test_of_none_of_these_no_finding_speaks(reasoner: Reasoner) -> None:
    result = history_only(reasoner, ANSWERS, OTHER)
    assert (result.recall, result.precision) == (None, None)
    assert history_only(reasoner, {}, "plexitis").precision is None


def test_a_pattern_rests_on_the_answers_that_it_was_derived_from(reasoner: Reasoner) -> None:
    outcome = conclude(reasoner, ANSWERS)
    assert set(_findings(outcome, Fact("lower_motor_neuron"))) == {"complaint", "reflexes"}


def test_a_red_flag_that_the_interview_did_not_reach_is_missed(small: Knowledge) -> None:
    flag = small.red_flags["breathing"]
    sign = Condition(finding="reflexes", value=("brisk",))
    alternatives = tuple(one.model_copy(update={"all": (sign,)}) for one in flag.any)
    flags = {"breathing": flag.model_copy(update={"any": alternatives})}
    reasoner = Reasoner.of(small.model_copy(update={"red_flags": flags}))
    answers = {**ANSWERS, "reflexes": ("brisk",)}
    missed = history_only(reasoner, answers, "plexitis")
    assert (missed.red_flags, missed.missed_flags) == (("breathing",), ("breathing",))
    found = evaluate_interview(reasoner, "case", answers, "plexitis", SETTINGS)
    assert (found.red_flags, found.missed_flags) == (("breathing",), ())


# --- all cases ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilson_intervals(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


@given(of=st.integers(1, 2000), data=st.data())
def test_an_interval_holds_its_share_and_mirrors_the_rest(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    low, high = Share(count, of).interval
    assert 0 <= low <= count / of <= high <= 1
    assert Share(of - count, of).interval == pytest.approx((1 - high, 1 - low))


def test_of_nothing_nothing_is_known() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
    empty = Accuracy((), interview=True)
    assert (empty.first(1).value, empty.median_questions, empty.confidence) == (0.0, 0.0, None)
    assert json.loads(as_json(empty))["top1"] == 0.0


def test_shares_medians_and_means() -> None:
    flagged = replace(WRONG, red_flags=("a", "b"), missed_flags=("b",), recall=0.5)
    found = Accuracy((RIGHT, flagged, replace(RIGHT, red_flags=("a",))), interview=True)
    assert [found.first(ranks).count for ranks in (1, 3, 5)] == [2, 2, 3]
    assert (found.median_questions, found.median_with_flag) == (10, 15)
    assert found.flags_found == Share(1, 2)
    assert (found.recall, found.precision) == (0.5, None)
    assert found.confidence == pytest.approx(0.8)
    assert found.misses == (flagged,)
    assert found.confusion == {("plexitis", "myopathy"): 1}


def test_all_at_once_no_red_flag_is_found_by_asking() -> None:
    found = Accuracy((replace(RIGHT, red_flags=("a",)),), interview=False)
    assert (found.flags_found, found.median_with_flag) == (None, None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_names_each_miss_and_confusion_in_words(reasoner: Reasoner, lang: str) -> None:
    told = text(reasoner.knowledge, Accuracy((RIGHT, WRONG), interview=True), lang)
    names = [reasoner.knowledge.diagnoses[id_].name[lang] for id_ in ("plexitis", "myopathy")]
    assert f"1 × {' → '.join(names)}" in told
    (miss,) = (line for line in told.splitlines() if "wrong.yaml" in line)
    assert all(name in miss for name in names)
    assert "right.yaml" not in told
    assert "{" not in told
    right = text(reasoner.knowledge, Accuracy((RIGHT,), interview=False), lang)
    assert "→" not in right
    assert len(right.splitlines()) == 7


def test_the_keys_of_the_json_do_not_depend_on_how_it_was_measured() -> None:
    once, interview = (json.loads(as_json(Accuracy((RIGHT, WRONG), flag))) for flag in (False, True))  # fmt: skip
    assert set(once) == set(interview)
    assert once["per_case"] == interview["per_case"]
    assert interview["intervals"]["top1"] == pytest.approx(Share(1, 2).interval, abs=1e-4)
