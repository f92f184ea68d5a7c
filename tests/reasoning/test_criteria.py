"""Criteria: three outcomes, by what was looked for and found, not found, or not looked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.reasoning.criteria import Verdict, judge
from assistant.reasoning.facts import UNKNOWN, facts_of
from rules.criteria import Criteria, Item
from rules.model import Kind, Knowledge

TEXT = {"fr": "texte", "en": "text"}
MET, UNMET, OPEN = Verdict.MET, Verdict.UNMET, Verdict.UNDETERMINED
WEAK = {"finding": "weakness"}
BRISK = {"finding": "reflexes", "value": ["brisk"]}
DELTOID = {"finding": "weak_muscles", "value": ["deltoid"]}
SUDDEN = {"finding": "pain_onset", "value": ["sudden"]}  # asked only of who has pain


def with_criteria(base: Knowledge, **levels: dict[str, Any]) -> Knowledge:
    record = {
        "label": TEXT, "diagnosis": "plexitis", "limits": TEXT, "basis": "judgement",
        "levels": {name: {"label": TEXT, "needs": needs} for name, needs in levels.items()},
    }  # fmt: skip
    return base.model_copy(update={"criteria": {"set": Criteria.model_validate(record)}})


def verdict(base: Knowledge, needs: dict[str, Any], **answers: str | tuple[str, ...]) -> Verdict:
    knowledge = with_criteria(base, only=needs)
    given = {id_: (v,) if isinstance(v, str) else v for id_, v in answers.items()}
    return judge(knowledge, facts_of(knowledge, given), "set").verdict


@pytest.mark.parametrize(
    ("answers", "expected"),
    [({}, OPEN), ({"weakness": "yes"}, MET), ({"weakness": "no"}, UNMET), ({"weakness": UNKNOWN}, OPEN)],
)  # fmt: skip
def test_a_finding(answers: dict[str, str], expected: Verdict, base: Knowledge) -> None:
    assert verdict(base, WEAK, **answers) is expected


@pytest.mark.parametrize(
    ("needs", "answers", "expected"),
    [
        ({"all": [WEAK, BRISK]}, {"weakness": "yes"}, OPEN),
        ({"all": [WEAK, BRISK]}, {"weakness": "no"}, UNMET),
        ({"all": [WEAK, BRISK]}, {"weakness": "yes", "reflexes": "brisk"}, MET),
        ({"any": [WEAK, BRISK]}, {"weakness": "no"}, OPEN),
        ({"any": [WEAK, BRISK]}, {"reflexes": "brisk"}, MET),
        ({"any": [WEAK, BRISK]}, {"weakness": "no", "reflexes": "absent"}, UNMET),
        ({"at_least": 2, "of": [WEAK, BRISK, DELTOID]}, {"weakness": "yes"}, OPEN),
        ({"at_least": 2, "of": [WEAK, BRISK, DELTOID]}, {"weakness": "no", "reflexes": "normal"}, UNMET),
        ({"at_least": 2, "of": [WEAK, BRISK, DELTOID]}, {"weakness": "yes", "reflexes": "brisk"}, MET),
        ({"none": [WEAK, BRISK]}, {"weakness": "no"}, OPEN),
        ({"none": [WEAK, BRISK]}, {"weakness": "yes"}, UNMET),
        ({"none": [WEAK, BRISK]}, {"weakness": "no", "reflexes": "normal"}, MET),
        ({"all": [WEAK, {"unknowable": True}]}, {"weakness": "yes"}, OPEN),
        ({"all": [WEAK, {"unknowable": True}]}, {"weakness": "no"}, UNMET),
    ],
)  # fmt: skip
def test_items_together(
    needs: dict[str, Any], answers: dict[str, str], expected: Verdict, base: Knowledge
) -> None:
    assert verdict(base, needs, **answers) is expected


def test_an_option_of_a_list_is_denied_only_by_who_was_tested(base: Knowledge) -> None:
    assert verdict(base, DELTOID, weak_muscles=("interossei",)) is OPEN
    assert verdict(base, DELTOID, spared_muscles=("deltoid",)) is UNMET
    assert verdict(base, DELTOID, weak_muscles=("deltoid",)) is MET


def test_a_follow_up_that_cannot_apply_is_as_good_as_no(base: Knowledge) -> None:
    assert verdict(base, SUDDEN) is OPEN
    assert verdict(base, SUDDEN, pain="yes") is OPEN
    assert verdict(base, SUDDEN, pain="no") is UNMET


def test_the_most_certain_level_that_is_met_is_told_with_what_is_missing(base: Knowledge) -> None:
    knowledge = with_criteria(base, definite={"all": [WEAK, BRISK]}, possible=WEAK)
    found = judge(knowledge, facts_of(knowledge, {"weakness": ("yes",)}), "set")
    assert (found.verdict, found.level) == (MET, "possible")
    assert set(found.levels["definite"].missing) == {"reflexes"}
    both = {"weakness": ("yes",), "reflexes": ("brisk",)}
    assert judge(knowledge, facts_of(knowledge, both), "set").level == "definite"


@pytest.mark.parametrize(
    "item",
    [{}, {"finding": "pain", "all": [WEAK]}, {"of": [WEAK]}, {"at_least": 1}, {"all": []}],
)
def test_an_item_has_one_form(item: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Item.model_validate(item)


@given(data=st.data())
def test_what_is_decided_stays_decided_when_more_is_known(
    data: st.DataObject, shipped: Knowledge
) -> None:
    answers = {}
    for id_, finding in shipped.findings.items():
        if finding.kind is Kind.CHOICE and data.draw(st.booleans()):
            answers[id_] = (data.draw(st.sampled_from(list(finding.values))),)
    some = {id_: answers[id_] for id_ in answers if data.draw(st.booleans())}
    for id_ in shipped.criteria:
        before = judge(shipped, facts_of(shipped, some), id_).verdict
        after = judge(shipped, facts_of(shipped, answers), id_).verdict
        # a follow-up may come to apply after all only if what it follows was answered otherwise
        assert before is OPEN or after is before or _reopened(shipped, some, answers)


def _reopened(shipped: Knowledge, some: dict[str, Any], more: dict[str, Any]) -> bool:
    """Whether the larger case answers a follow-up that the smaller one ruled out: no real case."""
    return any(
        when.finding in some and id_ in more and some[when.finding][0] not in when.value
        for id_, finding in shipped.findings.items()
        for when in finding.when
    )
