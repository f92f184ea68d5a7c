"""Replaying dialogue files: the conversation that is held, and every expectation failing in turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.replay import MAX_TURNS, Result, replay, replay_in
from assistant.dialogue.run import run_all, run_file, shipped_dialogues
from assistant.dialogue.script import Dialogue
from assistant.reasoning.differential import Reasoner
from rules.model import Text, Tier

PATIENT = {
    "age": 61,
    "sex": "female",
    "answers": {
        "duration": "P10M", "complaint": ("weakness",), "warning_signs": ("choking",), "pain": "no",
        "reflexes": "brisk", "weak_muscles": ("interossei",), "emg": "neurogenic", "ck": "no",
    },
}  # fmt: skip
TITLE = {"fr": "Un cas", "en": "A case"}


def dialogue(patient: dict[str, Any] | None = None, **parts: Any) -> Dialogue:
    return Dialogue.model_validate(
        {"title": TITLE, "patient": PATIENT if patient is None else patient, **parts}
    )


def failures(reasoner: Reasoner, told: Dialogue) -> set[str]:
    """The keys of what was not met, which must be the same in both languages."""
    by_language = [{f.key for f in result.failures} for result in replay(reasoner, told)]
    assert by_language[0] == by_language[1]
    return by_language[0]


def expecting(reasoner: Reasoner, **expect: Any) -> set[str]:
    return failures(reasoner, dialogue(expect=expect))


# --- the conversation ---------------------------------------------------------------------


def test_every_question_is_answered_from_the_patient_and_unknown_otherwise(
    reasoner: Reasoner,
) -> None:
    result = replay_in(reasoner, dialogue(), "en")
    assert not result.failures
    for asked, values in result.session.answers.items():
        assert values == dialogue().answers.get(asked, ("unknown",))
    assert [e.asked for e in result.exchanges] == list(result.session.asked)


def test_both_languages_come_to_the_same_answers(reasoner: Reasoner) -> None:
    french, english = replay(reasoner, dialogue())
    assert (french.lang, english.lang) == ("fr", "en")
    assert french.session.answers == english.session.answers
    assert french.outcome == english.outcome
    assert [e.typed for e in french.exchanges] != [e.typed for e in english.exchanges]


def test_languages_that_differ_are_a_failure(reasoner: Reasoner) -> None:
    turns = ({"ask": "age", "say": {"fr": "61", "en": "62"}},)
    french, english = replay(reasoner, dialogue(turns=turns))
    assert not french.failures
    assert [failure.key for failure in english.failures] == ["languages"]


def test_a_dialogue_without_patient_and_turns_is_an_interview_of_unknowns(
    reasoner: Reasoner,
) -> None:
    result = replay_in(reasoner, dialogue({}), "fr")
    assert set(result.session.answers.values()) == {("unknown",)}


def test_turns_without_a_patient_end_where_they_end(reasoner: Reasoner) -> None:
    result = replay_in(reasoner, dialogue({}, turns=({"say": "61"}, {"say": "quit"})), "en")
    assert result.session.answers == {"age": ("61",)}
    assert len(result.exchanges) == 2


def test_the_furthest_tier_of_a_dialogue_is_kept(reasoner: Reasoner) -> None:
    result = replay_in(reasoner, dialogue(tier="history"), "en")
    tiers = {reasoner.knowledge.findings[id_].tier for id_ in result.session.asked}
    assert tiers == {Tier.HISTORY}


@pytest.mark.parametrize(
    "answers",
    [{"duration": "P70Y", "complaint": ("pain",)}, {"duration": "P135Y"}, {"age_at_onset": 80}],
    ids=["older than the patient", "longer than a life", "after the present"],
)
def test_an_answer_that_is_refused_is_a_failure_and_not_asked_for_ever(
    reasoner: Reasoner, answers: dict[str, Any]
) -> None:
    told = dialogue({"age": 20, "answers": answers})
    for result in replay(reasoner, told):
        (failure,) = result.failures
        assert failure.key in ("answer to duration", "answer to age_at_onset")
        assert failure.obtained
        assert len(result.exchanges) < MAX_TURNS / 10


# --- expectations -------------------------------------------------------------------------


def test_what_is_met_is_no_failure(reasoner: Reasoner) -> None:
    assert not expecting(
        reasoner,
        **{"leading": "motor_neuron_disease", "differential": ("motor_neuron_disease",), "not": (),
           "sites": ("arm",), "patterns": ("arm",), "red_flags": (), "why": ("emg", "reflexes"),
           "asked": ("weak_muscles",), "not_asked": ("pain_onset", "pain_site"), "questions_at_most": 20},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expect", "key"),
    [
        ({"leading": "myopathy"}, "leading"),
        ({"leading": "other"}, "leading"),
        ({"differential": ("myopathy", "motor_neuron_disease")}, "differential"),
        ({"not": ("motor_neuron_disease",)}, "not"),
        ({"sites": ("lower_motor_neuron",)}, "sites"),
        ({"patterns": ("arm", "lower_motor_neuron")}, "patterns"),
        ({"red_flags": ("breathing",)}, "red_flags"),
        ({"asked": ("pain_site",)}, "asked"),
        ({"not_asked": ("age", "emg")}, "not_asked"),
        ({"questions_at_most": 5}, "questions_at_most"),
    ],
)
def test_each_expectation_fails_when_it_is_not_met(
    reasoner: Reasoner, expect: dict[str, Any], key: str
) -> None:
    assert expecting(reasoner, **expect) == {key}


def test_a_finding_that_does_not_speak_for_the_leader_fails(reasoner: Reasoner) -> None:
    assert expecting(reasoner, why=("duration",)) == {"why (all answers at once)"}


def test_a_red_flag_that_was_not_expected_fails(reasoner: Reasoner) -> None:
    answers = {**PATIENT["answers"], "warning_signs": ("breathless",)}  # type: ignore[dict-item]
    told = dialogue({**PATIENT, "answers": answers}, expect={"red_flags": ()})
    assert failures(reasoner, told) == {"red_flags"}


def test_a_verdict_on_a_red_flag_is_that_of_all_answers_at_once(reasoner: Reasoner) -> None:
    patient: dict[str, Any] = {"age": 40}
    for answers, verdict in (
        ({}, "undetermined"),
        ({"warning_signs": ("none",)}, "unmet"),
        ({"warning_signs": ("breathless",)}, "met"),
    ):
        for expected in ("met", "unmet", "undetermined"):
            told = dialogue(
                {**patient, "answers": answers},
                expect={"red_flag_verdicts": {"breathing": expected}},
            )
            key = "red_flag_verdicts (all answers at once)"
            assert failures(reasoner, told) == (set() if expected == verdict else {key})


def test_what_is_absent_is_not_typed_but_counts_with_all_answers_at_once(
    reasoner: Reasoner,
) -> None:
    answers = {"complaint": ("weakness", "-pain"), "warning_signs": ("-breathless",)}
    told = dialogue(
        {"age": 40, "answers": answers}, expect={"red_flag_verdicts": {"breathing": "unmet"}}
    )
    for result in replay(reasoner, told):
        assert result.session.answers["complaint"] == ("weakness",)
        assert result.session.answers["warning_signs"] == ("unknown",)
        assert not result.failures


def test_every_failure_is_told_not_only_the_first(reasoner: Reasoner) -> None:
    assert expecting(reasoner, leading="myopathy", asked=("pain_site",), questions_at_most=5) == {
        "leading", "asked", "questions_at_most"
    }  # fmt: skip


def test_what_the_interview_did_not_ask_must_hold_with_all_answers_at_once(
    reasoner: Reasoner,
) -> None:
    # the tier keeps the interview from the EMG, which would turn the case
    patient = {"age": 10, "answers": {"complaint": ("weakness",), "emg": "neurogenic", "ck": "no"}}
    told = dialogue(patient, tier="history", expect={"leading": "myopathy"})
    assert failures(reasoner, told) == {"leading (all answers at once)"}


def test_a_failure_tells_what_was_expected_and_what_was_obtained(reasoner: Reasoner) -> None:
    result = replay_in(reasoner, dialogue(expect={"leading": "myopathy"}), "en")
    (failure,) = result.failures
    assert failure.expected == "myopathy"
    assert failure.obtained.startswith("motor_neuron_disease 0.")


# --- turns --------------------------------------------------------------------------------


def with_turns(reasoner: Reasoner, *turns: dict[str, Any]) -> Result:
    return replay_in(reasoner, dialogue(turns=turns), "fr")


def test_turns_are_typed_as_they_stand_in_the_language_of_the_replay(reasoner: Reasoner) -> None:
    turns = (
        {"ask": "age", "say": 61, "understood": {"age": 61}},
        {"ask": "sex", "say": {"fr": "femme", "en": "woman"}, "understood": {"sex": "female"}},
        {"ask": "duration", "say": "10 mois", "understood": {"duration": "P10M"}},
        {"ask": "complaint", "say": {"fr": "faiblesse, douleur", "en": "weakness, pain"},
         "understood": {"complaint": ["weakness", "pain"]}},
        {"ask": "warning_signs", "say": {"fr": "retour", "en": "back"}},
        {"ask": "complaint", "say": "weakness"},
    )  # fmt: skip
    told = dialogue(turns=turns)
    french, english = replay(reasoner, told)
    assert not french.failures
    assert not english.failures
    words = [turn.say[french.lang] if isinstance(turn.say, Text) else str(turn.say) for turn in told.turns]  # fmt: skip
    assert [e.typed for e in french.exchanges][: len(words)] == words


def test_another_question_than_expected_is_a_failure(reasoner: Reasoner) -> None:
    result = with_turns(reasoner, {"ask": "sex", "say": "61"})
    assert [(f.key, f.expected, f.obtained) for f in result.failures] == [("turn 1: ask", "sex", "age")]  # fmt: skip


def test_another_reading_than_expected_is_a_failure(reasoner: Reasoner) -> None:
    result = with_turns(
        reasoner,
        {"say": "61", "understood": {"age": 60}},
        {"say": "inconnu", "understood": {"sex": "female", "emg": "normal"}},
    )
    assert [(f.key, f.expected, f.obtained) for f in result.failures] == [
        ("turn 1: understood age", "60", "61"),
        ("turn 2: understood sex", "female", "unknown"),
        ("turn 2: understood emg", "normal", "nothing"),
    ]


def test_a_turn_after_the_end_is_a_failure(reasoner: Reasoner) -> None:
    turns = [{"say": "inconnu"}] * 30
    result = replay_in(reasoner, dialogue({}, turns=(*turns, {"ask": "emg", "say": "1"})), "fr")
    assert result.failures[-1].obtained == "the end"


# --- files --------------------------------------------------------------------------------


def test_an_unreadable_file_is_a_report_not_an_end_of_the_run(
    reasoner: Reasoner, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text("pain: [")
    (tmp_path / "b.yaml").write_text("title: {fr: Un cas, en: A case}\n")
    first, second = run_all(reasoner, [tmp_path])
    assert not first.passed
    assert first.results == ()
    assert f"{tmp_path}/a.yaml:1: R001" in first.unreadable or "R001" in first.unreadable
    assert second.passed


def test_the_shipped_dialogues_stand_in_folders_of_the_diagnosis_that_should_lead(
    shipped_reasoner: Reasoner,
) -> None:
    known = {*shipped_reasoner.knowledge.diagnoses, "criteria", "nothing_wrong", "red_flags"}
    folders = {path.name for path in shipped_dialogues().iterdir() if path.is_dir()}
    assert set(shipped_reasoner.knowledge.diagnoses) <= folders <= known


def test_a_shipped_dialogue_passes_in_both_languages(shipped_reasoner: Reasoner) -> None:
    folder = shipped_dialogues() / "neuralgic_amyotrophy"
    path = sorted(folder.glob("*.yaml"))[0]
    report = run_file(shipped_reasoner, path, path.name)
    assert report.passed, report
    assert [result.lang for result in report.results] == ["fr", "en"]
