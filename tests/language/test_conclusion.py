"""The conclusion tells the red flags that a single answer could still raise, and only those."""

from __future__ import annotations

import pytest

from assistant.language.conclusion import SHOWN_OPEN, conclusion
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.inquiry import Stop
from assistant.reasoning.red_flags import red_flags_lack
from rules.model import Urgency

BEGINNING = {"fr": "Ni confirmé ni écarté", "en": "Neither confirmed nor excluded"}
BOTH_LEGS: Answers = {
    "age": ("50",), "warning_signs": ("none",), "pain_site": ("back",),
    "affected_regions": ("lower_leg", "foot"), "symmetry": ("asymmetric",),
}  # fmt: skip


def told(reasoner: Reasoner, answers: Answers, lang: str) -> list[str]:
    """The lines of the conclusion on what could not be settled."""
    blocks = conclusion(reasoner.knowledge, conclude(reasoner, answers), Stop.GIVEN, 30, lang)
    return [block.text for block in blocks if block.text.startswith(BEGINNING[lang])]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_could_not_be_settled_is_told_with_what_would_settle_it(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    (line,) = told(shipped_reasoner, BOTH_LEGS, lang)
    label = knowledge.red_flags["cauda_equina"].label[lang]
    assert label in line
    assert knowledge.findings["duration"].label[lang] in line.partition(label)[2]
    for length in ("P10D", "P2Y"):  # raised, and ruled out
        answers = {**BOTH_LEGS, "duration": (length,)}
        assert not any(label in line for line in told(shipped_reasoner, answers, lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_most_urgent_come_first_and_not_many(shipped_reasoner: Reasoner, lang: str) -> None:
    knowledge = shipped_reasoner.knowledge
    answers = {
        **BOTH_LEGS, "weakness": ("yes",), "course": ("worsening",), "inflammation": ("yes",),
        "neck_triggered": ("yes",), "reflexes": ("local_loss",), "chronic_illness": ("chronic_infection",),
        "sensory_loss": ("yes",), "affected_regions": ("upper_arm", "lower_leg"), "ck": ("over_10",),
        "preceding_event": ("infection",), "gradient": ("proximal",), "toxic_exposure": ("none",),
    }  # fmt: skip
    near = red_flags_lack(knowledge, conclude(shipped_reasoner, answers))
    assert len(near) > SHOWN_OPEN
    (line,) = told(shipped_reasoner, answers, lang)
    named = sorted(
        (id_ for id_ in near if knowledge.red_flags[id_].label[lang] in line),
        key=lambda id_: line.index(knowledge.red_flags[id_].label[lang]),
    )
    assert len(named) == SHOWN_OPEN
    urgencies = [list(Urgency).index(knowledge.red_flags[id_].urgency) for id_ in named]
    left = [list(Urgency).index(knowledge.red_flags[i].urgency) for i in near if i not in named]
    assert urgencies == sorted(urgencies)
    assert max(urgencies) <= min(left)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_scan_that_the_flag_itself_would_call_for_is_not_what_is_missing(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    answers = {
        "age": ("50",), "weakness": ("yes",), "affected_regions": ("hand",), "pain": ("no",), "duration": ("P3M",),
        "course": ("worsening",),
    }  # fmt: skip
    near = red_flags_lack(knowledge, conclude(shipped_reasoner, answers))
    assert near["progressive_root_deficit"] == ["cervical_mri"]
    label = knowledge.red_flags["progressive_root_deficit"].label[lang]
    assert not any(label in line for line in told(shipped_reasoner, answers, lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_is_told_where_nothing_is_near(shipped_reasoner: Reasoner, lang: str) -> None:
    assert not told(shipped_reasoner, {"age": ("34",), "complaint": ("fatigue",)}, lang)
