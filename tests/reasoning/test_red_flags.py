"""Red flags: raised, ruled out, or undetermined; what is missing, and what one answer would do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning.criteria import Verdict
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import DENIED, UNKNOWN, Answers, facts_of, is_denied, ruled_out
from assistant.reasoning.red_flags import FlagJudgement, judge_red_flag, red_flags_lack
from rules.model import Finding, Kind, Knowledge, RedFlag

TEXT = {"fr": "texte", "en": "text"}
MET, UNMET, OPEN = Verdict.MET, Verdict.UNMET, Verdict.UNDETERMINED
WEAK = {"finding": "weakness"}
BRISK = {"finding": "reflexes", "value": ["brisk"]}
DELTOID = {"finding": "weak_muscles", "value": ["deltoid"]}
NO_DELTOID = {**DELTOID, "absent": True}
BREATHLESS = {"finding": "warning_signs", "value": ["breathless"]}
SUDDEN = {"finding": "pain_onset", "value": ["sudden"]}  # asked only of who has pain
PATTERN = {"finding": "lower_motor_neuron"}  # weak, and reflexes reduced or fasciculations
CHAINED = {"finding": "neurogenic_arm"}  # that pattern, and an arm weaker than the thigh


def with_flag(
    base: Knowledge, *alternatives: list[dict[str, Any]], urgency: str = "now"
) -> Knowledge:
    flag = RedFlag.model_validate(
        {
            "label": TEXT, "urgency": urgency, "action": TEXT,
            "any": [{"all": conditions, "because": TEXT, "basis": "judgement"} for conditions in alternatives],
        }
    )  # fmt: skip
    return base.model_copy(update={"red_flags": {"flag": flag}})


def given_(answers: dict[str, str | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {id_: (v,) if isinstance(v, str) else v for id_, v in answers.items()}


def judged(
    base: Knowledge, *alternatives: list[dict[str, Any]], **answers: str | tuple[str, ...]
) -> FlagJudgement:
    knowledge = with_flag(base, *alternatives)
    return judge_red_flag(knowledge, facts_of(knowledge, given_(answers)), "flag")


@pytest.mark.parametrize(
    ("alternatives", "answers", "expected"),
    [
        ([[WEAK, BRISK]], {}, OPEN),
        ([[WEAK, BRISK]], {"weakness": "yes"}, OPEN),
        ([[WEAK, BRISK]], {"weakness": "yes", "reflexes": UNKNOWN}, OPEN),
        ([[WEAK, BRISK]], {"weakness": "no"}, UNMET),
        ([[WEAK, BRISK]], {"weakness": "yes", "reflexes": "brisk"}, MET),
        ([[WEAK], [BRISK]], {"weakness": "no"}, OPEN),
        ([[WEAK], [BRISK]], {"weakness": "no", "reflexes": "absent"}, UNMET),
        ([[WEAK], [BRISK]], {"weakness": "no", "reflexes": "brisk"}, MET),
        ([[SUDDEN]], {}, OPEN),
        ([[SUDDEN]], {"pain": "yes"}, OPEN),
        ([[SUDDEN]], {"pain": "no"}, UNMET),
        ([[DELTOID]], {"weak_muscles": ("interossei",)}, OPEN),
        ([[DELTOID]], {"spared_muscles": ("deltoid",)}, UNMET),
        ([[NO_DELTOID]], {"weak_muscles": ("interossei",)}, OPEN),
        ([[NO_DELTOID]], {"spared_muscles": ("deltoid",)}, MET),
        ([[NO_DELTOID]], {"weak_muscles": ("deltoid",)}, UNMET),
        ([[BREATHLESS]], {"warning_signs": ("choking",)}, UNMET),
        ([[BREATHLESS]], {"warning_signs": ("choking", "?")}, OPEN),
        ([[BREATHLESS]], {"warning_signs": ("none",)}, UNMET),
    ],
)  # fmt: skip
def test_three_outcomes(
    alternatives: list[list[dict[str, Any]]], answers: Any, expected: Verdict, base: Knowledge
) -> None:
    assert judged(base, *alternatives, **answers).verdict is expected


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        (PATTERN, {"weakness": "yes"}, OPEN),
        (PATTERN, {"weakness": "no"}, UNMET),
        (PATTERN, {"weakness": "yes", "reflexes": "normal"}, OPEN),
        (PATTERN, {"weakness": "yes", "reflexes": "normal", "fasciculations": "no"}, UNMET),
        (PATTERN, {"weakness": "yes", "fasciculations": "yes"}, MET),
        (CHAINED, {"weakness": "no"}, UNMET),
        (CHAINED, {"weakness": "yes", "fasciculations": "yes"}, OPEN),
        (CHAINED, {"weakness": "yes", "fasciculations": "yes", "weak_muscles": ("deltoid",), "spared_muscles": ("quadriceps",)}, MET),
        (CHAINED, {"weakness": "yes", "fasciculations": "yes", "weak_muscles": ("quadriceps",)}, UNMET),
    ],
)  # fmt: skip
def test_a_pattern_is_open_while_one_of_its_alternatives_may_still_come(
    condition: dict[str, Any], answers: Any, expected: Verdict, base: Knowledge
) -> None:
    assert judged(base, [condition], **answers).verdict is expected


@pytest.mark.parametrize(
    ("alternatives", "answers", "missing"),
    [
        ([[WEAK, BRISK]], {}, [{"reflexes", "weakness"}]),
        ([[WEAK, BRISK]], {"weakness": "yes"}, [{"reflexes"}]),
        ([[WEAK, BRISK, DELTOID], [SUDDEN, DELTOID]], {"weakness": "yes"}, [{"pain_onset", "weak_muscles"}, {"reflexes", "weak_muscles"}]),
        ([[WEAK, BRISK], [SUDDEN]], {}, [{"pain_onset"}]),
        ([[DELTOID, {"finding": "weak_muscles", "value": ["quadriceps"]}]], {}, [{"weak_muscles"}]),
        ([[WEAK, BRISK], [SUDDEN]], {"pain": "no"}, [{"reflexes", "weakness"}]),
        ([[PATTERN]], {"weakness": "yes"}, [{"fasciculations"}, {"reflexes"}]),
        ([[PATTERN]], {"weakness": "yes", "reflexes": "normal"}, [{"fasciculations"}]),
        ([[CHAINED]], {"weakness": "yes", "reflexes": "absent"}, [{"weak_muscles"}]),
        ([[WEAK, BRISK]], {"weakness": "no"}, []),
        ([[WEAK]], {"weakness": "yes"}, []),
    ],
)  # fmt: skip
def test_what_is_missing_is_the_least_that_could_raise_it(
    alternatives: list[list[dict[str, Any]]],
    answers: Any,
    missing: list[set[str]],
    base: Knowledge,
) -> None:
    assert list(judged(base, *alternatives, **answers).missing) == missing


@pytest.mark.parametrize(
    ("conditions", "answers", "expected"),
    [
        ([WEAK, BRISK, SUDDEN], {"weakness": "yes", "reflexes": "brisk"}, ["pain_onset"]),
        ([WEAK, BRISK, PATTERN], {"weakness": "yes", "reflexes": "brisk"}, ["lower_motor_neuron"]),
        ([WEAK, BRISK, SUDDEN], {"weakness": "yes"}, None),
        ([WEAK, SUDDEN], {"weakness": "yes"}, None),  # one condition holds: that is not near
        ([WEAK, BRISK, SUDDEN], {"weakness": "yes", "reflexes": "brisk", "pain": "no"}, None),
        ([WEAK, BRISK, SUDDEN], {"weakness": "yes", "reflexes": "brisk", "pain_onset": "sudden"}, None),
        ([WEAK, BRISK, DELTOID], {"weakness": "yes", "reflexes": "brisk"}, ["weak_muscles"]),
        ([WEAK, BRISK, DELTOID], {"weakness": "yes", "reflexes": "brisk", "weak_muscles": "interossei"}, None),
        ([WEAK, BRISK, SUDDEN, DELTOID], {"weakness": "yes", "reflexes": "brisk", "pain": "no"}, None),
    ],
)  # fmt: skip
def test_what_a_single_answer_could_still_raise(
    conditions: list[dict[str, Any]], answers: Any, expected: list[str] | None, base: Knowledge
) -> None:
    knowledge = with_flag(base, conditions)
    outcome = conclude(Reasoner.of(knowledge), given_(answers))
    assert red_flags_lack(knowledge, outcome).get("flag") == expected


def test_a_less_urgent_flag_must_be_nearer(base: Knowledge) -> None:
    for conditions, near in (
        ([WEAK, BRISK, SUDDEN], False),
        ([WEAK, BRISK, DELTOID, SUDDEN], True),
    ):
        knowledge = with_flag(base, conditions, urgency="soon")
        answers = {"weakness": "yes", "reflexes": "brisk", "weak_muscles": "deltoid"}
        outcome = conclude(Reasoner.of(knowledge), given_(answers))
        assert ("flag" in red_flags_lack(knowledge, outcome)) == near


# --- whatever is answered -----------------------------------------------------------------


@given(data=st.data())
def test_it_is_met_exactly_when_the_engine_raises_it(
    data: st.DataObject, shipped_reasoner: Reasoner
) -> None:
    knowledge = shipped_reasoner.knowledge
    outcome = conclude(shipped_reasoner, a_case(data, knowledge))
    met = {
        id_
        for id_ in knowledge.red_flags
        if judge_red_flag(knowledge, outcome.facts, id_).verdict is MET
    }
    assert met == set(outcome.red_flags)


@given(data=st.data())
def test_what_is_decided_stays_decided_when_more_is_known(
    data: st.DataObject, shipped: Knowledge
) -> None:
    answers = a_case(data, shipped)
    some = {id_: value for id_, value in answers.items() if data.draw(st.booleans())}
    for id_ in shipped.red_flags:
        before = judge_red_flag(shipped, facts_of(shipped, some), id_).verdict
        after = judge_red_flag(shipped, facts_of(shipped, answers), id_).verdict
        assert before is OPEN or after is before, id_


@given(data=st.data())
def test_what_is_missing_was_not_answered(data: st.DataObject, shipped: Knowledge) -> None:
    facts = facts_of(shipped, a_case(data, shipped))
    answered = {
        fact.key for fact in facts if shipped.findings[fact.key.partition(".")[0]].kind is not Kind.SEVERAL
    }  # fmt: skip
    for id_ in shipped.red_flags:
        found = judge_red_flag(shipped, facts, id_)
        assert (found.verdict is OPEN) == bool(found.missing)
        assert not any(way & answered for way in found.missing), id_


def a_case(data: st.DataObject, knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """Answers that go together, often near a red flag: none denies what another one says, and no
    follow-up is answered that cannot apply."""
    flag = data.draw(st.sampled_from(sorted(knowledge.red_flags)))
    alternative = data.draw(st.sampled_from(knowledge.red_flags[flag].any))
    wanted = {c.finding: c.value for c in alternative.all if not c.absent}
    answers: dict[str, tuple[str, ...]] = {}
    for id_ in sorted(knowledge.findings, key=lambda id_: _depth(knowledge, id_)):
        finding = knowledge.findings[id_]
        if not finding.asked or not data.draw(st.booleans()):
            continue
        facts = facts_of(knowledge, answers)
        if ruled_out(knowledge, facts, id_):
            continue
        may = [value for value in finding.values if _agrees(knowledge, answers, id_, value)]
        near = [value for value in wanted.get(id_, ()) if value in may]
        if may:
            answers[id_] = data.draw(
                _answer(finding, near if near and data.draw(st.booleans()) else may)
            )
    return answers


def _answer(finding: Finding, may: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    if finding.kind is not Kind.SEVERAL:
        return st.sampled_from([*may, UNKNOWN]).map(lambda value: (value,))
    options = [value for value in may if value != finding.exclusive]
    named = st.lists(st.sampled_from(options or may), min_size=1, max_size=4, unique=True).map(
        tuple
    )
    if not options or finding.negates:
        return named
    denied = named.map(lambda values: tuple(DENIED + value for value in values))
    nothing = st.just((finding.exclusive,)) if finding.exclusive in may else named
    return named | nothing | denied


def _agrees(knowledge: Knowledge, answers: Answers, id_: str, value: str) -> bool:
    """Whether a value may be given beside the answers: all that they state still stands."""
    facts = facts_of(knowledge, answers)
    if is_denied(knowledge, facts, id_, value):
        return False
    return facts.keys() <= facts_of(knowledge, {**answers, id_: (value,)}).keys()


def _depth(knowledge: Knowledge, id_: str) -> int:
    """How many questions a follow-up waits for in turn."""
    parents = [when.finding for when in knowledge.findings[id_].when]
    return 1 + max((_depth(knowledge, parent) for parent in parents), default=-1)
