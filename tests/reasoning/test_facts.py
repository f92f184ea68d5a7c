"""From answers to facts, on a small knowledge base (`tests/bad_knowledge/base.yaml`)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning.facts import UNKNOWN, band, days, facts_of, ruled_out
from rules.compile import Fact
from rules.model import Knowledge


def stated(knowledge: Knowledge, **answers: str | list[str]) -> dict[str, str]:
    """The facts of these answers as text, with the finding that stated each."""
    told = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in answers.items()}
    return {fact.id: by for fact, by in facts_of(knowledge, told).items()}


# --- numbers and lengths of time ----------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ("0", "child"),
        ("17.99", "child"),
        ("18", "adult"),  # the lower edge belongs to the band
        ("59", "adult"),
        ("60", "old"),
        ("120.5", "old"),
        ("121", None),  # the upper edge does not
        ("-1", None),
        ("old", "old"),  # the name of a band is a band
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("", None),
        ("ancient", None),
        ("P4W", None),
    ],
)
def test_a_number_falls_in_its_band(age: str, expected: str | None, base: Knowledge) -> None:
    assert band(base.findings["age"], age) == expected
    assert stated(base, age=age) == ({f"age={expected}": "age"} if expected else {})


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("P0D", 0),
        ("P10D", 10),
        ("P4W", 28),
        ("P6M", 6 * 30.4375),
        ("P3Y", 3 * 365.25),
        ("P1Y6M", 365.25 + 6 * 30.4375),
        ("P1Y2M3W4D", 365.25 + 2 * 30.4375 + 21 + 4),
        ("P1.5Y", 1.5 * 365.25),
        ("P12M", 365.25),
    ],
)
def test_lengths_of_time_are_in_days(iso: str, expected: float) -> None:
    assert days(iso) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "P", "4W", "P4", "PW", "P-4W", "P4W3Y", "PT4H", "p4w", "P4W ", "P4W\n"]
)
def test_what_is_no_length_of_time_has_no_days(text: str) -> None:
    assert days(text) is None


def test_a_length_of_time_falls_in_its_band(base: Knowledge) -> None:
    bands = {iso: band(base.findings["duration"], iso) for iso in ("P59D", "P60D", "P2Y", "P9Y")}
    assert bands == {"P59D": "weeks", "P60D": "months", "P2Y": "years", "P9Y": "years"}
    assert band(base.findings["duration"], "28") is None  # a bare number says no unit
    assert band(base.findings["duration"], "P999999Y") is None


@given(st.floats(0, 120, allow_nan=False))
def test_every_age_has_a_band(base: Knowledge, age: float) -> None:
    assert band(base.findings["age"], str(age)) is not None


# --- what an answer states ----------------------------------------------------------------


def test_a_choice_states_its_value(base: Knowledge) -> None:
    assert stated(base, reflexes="brisk") == {"reflexes=brisk": "reflexes"}
    assert stated(base, pain="no") == {"pain=no": "pain"}


def test_no_answer_and_an_unknown_one_state_nothing(base: Knowledge) -> None:
    assert stated(base) == {}
    for id_ in base.findings:
        assert stated(base, **{id_: UNKNOWN}) == {}


def test_an_answer_without_a_value_states_nothing(base: Knowledge) -> None:
    for id_, finding in base.findings.items():
        if not finding.complete:
            assert stated(base, **{id_: []}) == {}


def test_a_list_states_what_it_names_and_says_nothing_of_the_rest(base: Knowledge) -> None:
    assert stated(base, weak_muscles=["deltoid"]) == {"weak_muscles.deltoid=yes": "weak_muscles"}


def test_a_complete_list_denies_what_it_does_not_name(base: Knowledge) -> None:
    assert stated(base, warning_signs=["choking"]) == {
        "warning_signs.choking=yes": "warning_signs",
        "warning_signs.breathless=no": "warning_signs",
    }


@pytest.mark.parametrize(("finding", "none"), [("warning_signs", "none"), ("history", "nothing")])
def test_none_of_these_denies_all_the_others(finding: str, none: str, base: Knowledge) -> None:
    others = set(base.findings[finding].values) - {none}
    expected = {f"{finding}.{none}=yes", *(f"{finding}.{name}=no" for name in others)}
    assert set(stated(base, **{finding: none})) == expected


def test_none_of_these_beside_another_option_is_not_believed(base: Knowledge) -> None:
    assert set(stated(base, history=["nothing", "polio"])) == {"history.polio=yes"}
    told = stated(base, warning_signs=["choking", "none"])
    assert told["warning_signs.choking=yes"] == "warning_signs"
    assert "warning_signs.none=no" not in told  # it says nothing that the choking does not


def test_spared_muscles_deny_that_they_are_weak(base: Knowledge) -> None:
    assert stated(base, spared_muscles=["deltoid", "quadriceps"]) == {
        "weak_muscles.deltoid=no": "spared_muscles",
        "weak_muscles.quadriceps=no": "spared_muscles",
    }


def test_a_muscle_said_to_be_both_weak_and_spared_is_weak(base: Knowledge) -> None:
    told = stated(base, weak_muscles=["deltoid"], spared_muscles=["deltoid", "quadriceps"])
    assert told == {
        "weak_muscles.deltoid=yes": "weak_muscles",
        "weak_muscles.quadriceps=no": "spared_muscles",
    }


# --- what answers imply -------------------------------------------------------------------


def test_an_answer_states_what_it_implies(base: Knowledge) -> None:
    assert stated(base, complaint=["pain"]) == {
        "complaint.pain=yes": "complaint",
        "pain=yes": "complaint",
    }


def test_what_is_answered_outright_prevails_over_what_is_implied(base: Knowledge) -> None:
    told = stated(base, complaint=["pain", "weakness"], pain="no", weakness="yes")
    assert {"pain=no", "weakness=yes"} <= set(told)
    assert "pain=yes" not in told
    assert told["weakness=yes"] == "weakness"


def test_what_is_not_known_may_be_implied(base: Knowledge) -> None:
    assert "pain=yes" in stated(base, complaint=["pain"], pain=UNKNOWN)


def test_an_option_of_a_list_can_be_implied(base: Knowledge) -> None:
    told = stated(base, complaint=["birth"])
    assert told["weak_muscles.quadriceps=yes"] == "complaint"
    told = stated(base, complaint=["birth"], spared_muscles=["quadriceps"])
    assert told["weak_muscles.quadriceps=no"] == "spared_muscles"


def test_of_two_implied_answers_one_is_believed(base: Knowledge) -> None:
    """Two values of one choice would both count."""
    values = base.findings["sex"].values
    implying = {
        name: values[name].model_copy(update={"implies": {"reflexes": reflexes, "pain": pain}})
        for name, reflexes, pain in (("male", "brisk", "no"), ("female", "absent", "yes"))
    }
    sex = base.findings["sex"].model_copy(update={"values": implying})
    other = sex.model_copy()
    findings = {**base.findings, "sex": sex, "z_sex": other}
    knowledge = base.model_copy(update={"findings": findings})
    told = stated(knowledge, z_sex="female", sex="male")
    assert told["reflexes=brisk"] == "sex"  # the first
    assert told["pain=yes"] == "z_sex"  # yes before no
    assert not {"reflexes=absent", "pain=no"} & set(told)


# --- age at onset -------------------------------------------------------------------------


def test_the_age_at_onset_comes_from_age_and_duration(base: Knowledge) -> None:
    told = stated(base, age="62", duration="P5Y")
    assert told == {
        "age=old": "age",
        "duration=years": "duration",
        "age_at_onset=adult": "duration",
    }


@pytest.mark.parametrize(
    ("age", "duration"),
    [("62", UNKNOWN), (UNKNOWN, "P5Y"), ("old", "P5Y"), ("62", "years"), ("nan", "P5Y")],
)
def test_without_a_figure_for_both_there_is_no_age_at_onset(
    age: str, duration: str, base: Knowledge
) -> None:
    told = stated(base, age=age, duration=duration)
    assert not [fact for fact in told if fact.startswith("age_at_onset")]


def test_an_age_at_onset_that_is_given_prevails(base: Knowledge) -> None:
    told = stated(base, age="62", duration="P5Y", age_at_onset="70")
    assert told["age_at_onset=old"] == "age_at_onset"
    assert "age_at_onset=adult" not in told


def test_an_age_at_onset_that_is_implied_prevails_too(base: Knowledge) -> None:
    told = stated(base, age="62", duration="P5Y", complaint=["birth"])
    assert told["age_at_onset=child"] == "complaint"
    assert "age_at_onset=adult" not in told


def test_an_illness_older_than_its_patient_began_at_birth(base: Knowledge) -> None:
    assert "age_at_onset=child" in stated(base, age="20", duration="P30Y")


# --- follow-up questions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "answers", "expected"),
    [
        ("pain_severity", {}, False),
        ("pain_severity", {"pain": ["unknown"]}, False),
        ("pain_severity", {"pain": ["yes"]}, False),
        ("pain_severity", {"pain": ["no"]}, True),
        ("symmetry", {"affected_regions": ["none"]}, True),
        ("symmetry", {"affected_regions": ["-face"]}, False),  # another region may be affected
        ("winged_scapula", {"affected_regions": ["face"]}, True),  # the rest is taken as normal
        ("winged_scapula", {"affected_regions": ["-face"]}, False),
        ("winged_scapula", {"affected_regions": ["-shoulder"]}, True),
        ("foot_ulcer", {"affected_regions": ["none"]}, False),  # asked of who has no weakness too
        ("foot_ulcer", {"affected_regions": ["hand"]}, True),
        ("shoulder_relief", {"pain": ["yes"]}, False),
        ("shoulder_relief", {"pain": ["no"]}, True),  # no pain, hence no site of it
    ],
)  # fmt: skip
def test_a_follow_up_is_ruled_out_once_it_cannot_apply_any_more(
    id_: str, answers: dict[str, list[str]], expected: bool, shipped: Knowledge
) -> None:
    facts = facts_of(shipped, {key: tuple(values) for key, values in answers.items()})
    assert ruled_out(shipped, facts, id_) == expected


# --- whatever is answered -----------------------------------------------------------------

WORDS = ("yes", "no", "male", "child", "old", "7", "30", "62", "P4W", "P5Y", "brisk", "pain")
WORDS += ("birth", "weakness", "deltoid", "quadriceps", "choking", "none", "polio", "nothing")
VALUES = st.lists(st.sampled_from((*WORDS, UNKNOWN)), max_size=3, unique=True).map(tuple)


@given(data=st.data())
def test_a_finding_with_one_answer_has_at_most_one_fact(
    data: st.DataObject, base: Knowledge
) -> None:
    answers = data.draw(st.dictionaries(st.sampled_from(sorted(base.findings)), VALUES))
    facts = facts_of(base, answers)
    keys = [fact.key for fact in facts]
    assert len(keys) == len(set(keys))


@given(data=st.data())
def test_the_order_of_the_answers_does_not_matter(data: st.DataObject, base: Knowledge) -> None:
    answers = data.draw(st.dictionaries(st.sampled_from(sorted(base.findings)), VALUES))
    other = dict(data.draw(st.permutations(list(answers.items()))))
    lists = {
        k: tuple(data.draw(st.permutations(v))) if base.findings[k].kind == "several" else v
        for k, v in other.items()
    }
    assert facts_of(base, lists) == facts_of(base, answers)


@given(data=st.data())
def test_every_fact_says_which_answer_stated_it(data: st.DataObject, base: Knowledge) -> None:
    answers = data.draw(st.dictionaries(st.sampled_from(sorted(base.findings)), VALUES))
    for fact, by in facts_of(base, answers).items():
        assert by in answers
        assert isinstance(fact, Fact)
        assert answers[by] != (UNKNOWN,)
