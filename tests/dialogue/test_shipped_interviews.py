"""Whole interviews with the shipped knowledge: every command, at every question."""

from __future__ import annotations

import re

import pytest
from talking import TODAY, begin

from assistant.dialogue.replay import answer_text
from assistant.dialogue.turn import offered_now
from assistant.language.blocks import Style
from assistant.language.understand import understand
from assistant.reasoning.differential import OTHER, Reasoner, conclude
from rules.model import Tier

SHOULDER = {
    "age": "36", "sex": "male", "complaint": "pain, weakness", "duration": "5 weeks",
    "warning_signs": "none of these", "pain_onset": "sudden", "pain_before_weakness": "yes",
    "affected_regions": "shoulder, upper arm", "symmetry": "one side", "gradient": "proximal",
    "weak_muscles": "serratus, infraspinatus, deltoid", "spared_muscles": "triceps", "wasting": "yes",
    "reflexes": "normal", "sensory_loss": "no", "preceding_event": "infection",
}  # fmt: skip
INFANT = {"age": "4 mois", "sex": "female", "complaint": "motor delay", "duration": "2 mois", "warning_signs": "none"}  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("known", [SHOULDER, INFANT], ids=["shoulder", "infant"])
def test_every_question_can_be_asked_why_and_every_diagnosis_how(
    shipped_reasoner: Reasoner, known: dict[str, str], lang: str
) -> None:
    talk = begin(shipped_reasoner, lang)
    ranked = [h.id for h in conclude(shipped_reasoner, {}).hypotheses]
    turn = 0
    while talk.question is not None:
        finding = shipped_reasoner.knowledge.findings[talk.question]
        assert finding.label[lang] in talk.say("/why").reply.blocks[0].text
        assert not talk.styled(Style.ERROR)
        id_ = ranked[turn % len(ranked)]
        assert talk.say(f"/how {id_}").reply.blocks[0].style is Style.TITLE
        assert "{" not in talk.text
        talk.say(known.get(str(talk.question), "unknown"))
        assert not talk.styled(Style.ERROR)
        turn += 1
    for id_ in ranked:
        assert talk.say(f"how {id_}").reply.blocks[0].style is Style.TITLE
        assert not talk.styled(Style.ERROR)


def test_all_that_is_said_in_french_has_the_spaces_that_french_wants(
    shipped_reasoner: Reasoner,
) -> None:
    talk = begin(shipped_reasoner, "fr")
    told = [block.text for block in talk.reply.blocks]
    while talk.question is not None:
        talk.say(SHOULDER.get(talk.question, "?"))
        told += [block.text for block in talk.reply.blocks]
    for line in ("comment", "comment 2", "faits", "différentiel", "conclure", "aide", "nonsense"):
        told += [block.text for block in talk.say(line).reply.blocks]
    for text in told:
        prose = re.sub(r"https?://\S+|doi:\S+|“[^”]*”", "", text)  # addresses, foreign titles
        assert not re.search(r"[^\s\u00a0\u202f(] ?[;!?»](?:\s|$)", prose), text
        assert "'" not in prose, text


def test_every_diagnosis_can_be_explained_at_every_stage(reasoner: Reasoner) -> None:
    talk = begin(reasoner)
    while talk.question is not None:
        for id_ in (*reasoner.knowledge.diagnoses, OTHER):
            assert talk.say(f"/how {id_}").reply.blocks[0].style is Style.TITLE
        talk.say("1")
        assert not talk.styled(Style.ERROR) or talk.question == "duration"
        if talk.question == "duration":
            talk.say("1 month")


def test_the_report_offers_reasons_steps_and_references(shipped_reasoner: Reasoner) -> None:
    talk = begin(shipped_reasoner).to_the_end(SHOULDER)
    leader = conclude(shipped_reasoner, talk.answers).leader
    assert leader.id == "neuralgic_amyotrophy"
    diagnosis = shipped_reasoner.knowledge.diagnoses[leader.id]
    talk.say("report")
    for words in (
        diagnosis.name.en,
        "What to do next",
        diagnosis.next_steps[0].do.en,
        "References",
    ):
        assert words in talk.text
    assert any(talk.styled(Style.FOR))


@pytest.mark.parametrize("tier", [Tier.HISTORY, Tier.SIGN, Tier.LABORATORY])
def test_no_question_goes_beyond_the_furthest_tier(shipped_reasoner: Reasoner, tier: Tier) -> None:
    talk = begin(shipped_reasoner, tier=tier).to_the_end(SHOULDER)
    for id_ in talk.session.asked:
        assert shipped_reasoner.knowledge.findings[id_].tier.rank <= tier.rank


def test_the_limit_of_questions_is_kept_and_said(shipped_reasoner: Reasoner) -> None:
    talk = begin(shipped_reasoner, cap=8).to_the_end(SHOULDER)
    assert len(talk.session.asked) == 8
    assert "the limit of 8 questions" in talk.text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_a_replay_types_for_an_answer_is_understood_as_that_answer(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    for finding in shipped_reasoner.knowledge.findings.values():
        offered = tuple(finding.values)[::2]  # so that some have a number and some have none
        for value in finding.values:
            typed = answer_text(finding, offered, (value,), lang)
            assert understand(finding, typed, offered, today=TODAY) == (value,)


def test_a_question_offers_only_what_fits_the_patient(shipped_reasoner: Reasoner) -> None:
    talk = begin(shipped_reasoner).until("weak_muscles", {**SHOULDER})
    offered = offered_now(shipped_reasoner, talk.session)
    assert "deltoid" in offered
    assert "quadriceps" not in offered
    talk.say("quadriceps, deltoid")  # but it is understood if named
    assert set(talk.answers["weak_muscles"]) == {"quadriceps", "deltoid"}


def test_a_healthy_person_is_given_no_diagnosis(shipped_reasoner: Reasoner) -> None:
    healthy = {"age": "30", "sex": "female", "complaint": "fatigue", "duration": "3 months",
               "warning_signs": "none", "weakness": "no", "wasting": "no", "affected_regions": "none",
               "reflexes": "normal", "sensory_loss": "no", "pain": "no", "weight_loss": "no"}  # fmt: skip
    talk = begin(shipped_reasoner).to_the_end(healthy)
    assert conclude(shipped_reasoner, talk.answers).leader.id == OTHER
    assert "No diagnosis in this knowledge base explains these findings well" in talk.text
