"""An interview with a case comes to what the same interview comes to when it is typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patients import patients

from assistant.dialogue import informant
from assistant.dialogue.events import Session, Settings
from assistant.dialogue.informant import MOST_QUESTIONS, hold_interview
from assistant.dialogue.replay import TODAY, find_dialogues, replay_in
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.facts import Answers
from assistant.reasoning.inquiry import Inquiry, Stop
from rules.model import Tier

SETTINGS = Settings("en", TODAY)


def log(session: Session) -> list[tuple[str, str, frozenset[str]]]:
    """What happened, without the words; a list that is typed comes back in the order offered."""
    return [(e.what, e.finding, frozenset(e.values)) for e in session.events]


def same_as_typed(reasoner: Reasoner, case: Dialogue, lang: str) -> Session:
    held = hold_interview(reasoner, case.answers, Settings("fr", TODAY, tier=case.tier))
    typed = replay_in(reasoner, case, lang)
    assert log(held.session) == log(typed.session)
    assert held.outcome == typed.outcome
    return held.session


def case(answers: Answers, tier: Tier = Tier.GENETICS) -> Dialogue:
    told: dict[str, Any] = {id_: values if len(values) > 1 else values[0] for id_, values in answers.items()}  # fmt: skip
    title = {"fr": "Un cas", "en": "A case"}
    return Dialogue.model_validate({"title": title, "tier": tier, "patient": {"answers": told}})


@given(data=st.data(), tier=st.sampled_from(Tier), lang=st.sampled_from(["fr", "en"]))
def test_any_patient_is_asked_the_same_as_when_it_is_typed(
    reasoner: Reasoner, data: st.DataObject, tier: Tier, lang: str
) -> None:
    same_as_typed(reasoner, case(data.draw(patients(reasoner.knowledge)), tier), lang)


@pytest.mark.parametrize("place", range(7, 444, 73))
def test_a_shipped_dialogue_is_asked_the_same_as_when_it_is_typed(
    shipped_reasoner: Reasoner, place: int
) -> None:
    paths = find_dialogues([shipped_dialogues()])
    told = read_dialogue(paths[place % len(paths)], shipped_reasoner.knowledge)
    asked = same_as_typed(shipped_reasoner, told.model_copy(update={"turns": ()}), "en").asked
    assert len(asked) > 5


def test_an_interview_says_why_it_ended(reasoner: Reasoner) -> None:
    assert hold_interview(reasoner, {}, Settings("en", TODAY, cap=6)).stop is Stop.CAP
    assert hold_interview(reasoner, {}, Settings("en", TODAY, tier=Tier.HISTORY)).stop in (
        Stop.EXHAUSTED,
        Stop.NOT_WORTH,
    )


def test_an_interview_that_would_go_on_for_ever_is_broken_off(
    reasoner: Reasoner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(informant, "what_next", lambda *_: Inquiry("age"))
    held = hold_interview(reasoner, {}, SETTINGS)
    assert held.stop is None
    assert len(held.session.events) == 2 * MOST_QUESTIONS
