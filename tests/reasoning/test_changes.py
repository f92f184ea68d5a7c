"""Answers changed on paper: what gives way to them, and what comes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning.changes import difference, standing, with_answer, with_fact
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, Answers, facts_of
from assistant.reasoning.inquiry import applies
from rules.compile import Fact
from rules.model import NO, YES, Kind, Knowledge

PATIENT: Answers = {
    "age": ("50",),
    "complaint": ("weakness", "pain"),
    "pain_severity": ("severe",),
    "pain_site": ("shoulder", "arm"),
    "affected_regions": ("shoulder",),
    "weak_muscles": ("deltoid",),
    "spared_muscles": ("triceps", "biceps"),
    "warning_signs": ("none",),
    "reflexes": (UNKNOWN,),
}


def fact(text: str) -> Fact:
    key, _, value = text.partition("=")
    return Fact(key, value)


@pytest.mark.parametrize(
    ("stated", "changed"),
    [
        ("reflexes=brisk", {"reflexes": ("brisk",)}),
        ("weak_muscles.triceps=yes", {"weak_muscles": ("deltoid", "triceps"), "spared_muscles": ("biceps",)}),
        ("weak_muscles.deltoid=no", {"weak_muscles": None, "spared_muscles": ("deltoid", "biceps", "triceps")}),
        ("weak_muscles.infraspinatus=no", {"spared_muscles": ("infraspinatus", "biceps", "triceps")}),
        ("pain=no", {"pain": ("no",), "complaint": ("weakness",)}),
        ("affected_regions.hand=yes", {"affected_regions": ("shoulder", "hand")}),
        ("affected_regions.shoulder=no", {"affected_regions": ("none",)}),
        ("pain_site.arm=no", {"pain_site": ("shoulder",)}),
        ("warning_signs.swallowing=yes", {"warning_signs": ("swallowing",)}),
        ("warning_signs.none=yes", {}),
        ("skin_signs.none=yes", {"skin_signs": ("none",)}),
    ],
)  # fmt: skip
def test_a_fact_is_stated_by_the_least_change_of_answers(
    shipped: Knowledge, stated: str, changed: dict[str, tuple[str, ...] | None]
) -> None:
    expected = {id_: v for id_, v in {**PATIENT, **changed}.items() if v is not None}
    assert with_fact(shipped, PATIENT, fact(stated)) == expected


def test_what_no_answer_can_state_is_none(shipped: Knowledge) -> None:
    assert with_fact(shipped, PATIENT, fact("complaint.pain=no")) is None


@given(data=st.data())
def test_with_a_fact_the_answers_state_it(shipped: Knowledge, data: st.DataObject) -> None:
    id_ = data.draw(
        st.sampled_from([i for i, f in shipped.findings.items() if f.asked and not f.negates])
    )
    finding = shipped.findings[id_]
    value = data.draw(st.sampled_from(list(finding.values)))
    several = finding.kind is Kind.SEVERAL
    stated = Fact(f"{id_}.{value}", data.draw(st.sampled_from([YES, NO]))) if several else Fact(id_, value)  # fmt: skip
    changed = with_fact(shipped, PATIENT, stated)
    if changed is not None and stated != Fact(f"{id_}.{finding.exclusive}", NO):
        assert stated in facts_of(shipped, changed)


def test_an_answer_takes_away_what_it_contradicts_and_nothing_else(shipped: Knowledge) -> None:
    changed = with_answer(shipped, PATIENT, "weak_muscles", ("triceps", "biceps"))
    assert changed == {
        **{id_: v for id_, v in PATIENT.items() if id_ != "spared_muscles"},
        "weak_muscles": ("triceps", "biceps"),
    }


@pytest.mark.parametrize("patient", [PATIENT, {**PATIENT, "pain": ("no",)}, {**PATIENT, "affected_regions": ("none",)}])  # fmt: skip
def test_what_stands_applies_and_the_rest_does_not(shipped: Knowledge, patient: Answers) -> None:
    left = standing(shipped, patient)
    assert left.facts == facts_of(shipped, left.answers)
    assert {*left.answers, *left.withdrawn} == set(patient)
    assert all(applies(shipped, left.facts, id_) for id_ in left.answers)
    assert not any(applies(shipped, left.facts, id_) for id_ in left.withdrawn)


def test_a_difference_is_what_one_outcome_has_and_the_other_has_not(
    shipped_reasoner: Reasoner,
) -> None:
    knowledge = shipped_reasoner.knowledge
    strong = {"age": ("60",), "weakness": ("yes",), "reflexes": ("brisk",), "babinski": ("yes",)}
    before = conclude(shipped_reasoner, strong)
    after = conclude(shipped_reasoner, {**strong, "reflexes": ("absent",), "babinski": ("no",)})
    there, back = difference(knowledge, before, after), difference(knowledge, after, before)
    assert there.patterns_lost == back.patterns_gained != ()
    assert there.flags_lost == back.flags_gained
    assert there.questions_lost == back.questions_gained
    assert "jaw_jerk" in there.questions_lost  # asked of who has brisk reflexes
    assert [(now, was) for was, now in there.criteria] == list(back.criteria)
    same = difference(knowledge, before, before)
    assert not any(getattr(same, name) for name in same.__dataclass_fields__)
