"""Which question comes next, what is never asked, and when an interview stops and why."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assistant.reasoning import differential, inquiry
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, facts_of
from assistant.reasoning.inquiry import (
    BURDEN,
    DEARER,
    SAME_TOPIC,
    WORTH_KNOWING,
    Inquiry,
    Stop,
    applies,
    is_settled,
    next_question,
    offered,
)
from rules.model import Kind, Knowledge, Tier

TEXT = {"fr": "texte", "en": "text"}
Shares = Mapping[str, Mapping[str, float]]  # of a diagnosis: finding, value, frequency
Answers = dict[str, tuple[str, ...]]


@pytest.fixture(autouse=True)
def _small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants that fit knowledge of two or three diagnoses and a handful of findings."""
    if "shipped_reasoner" in request.fixturenames:  # it is shared, and remembers what it reckoned
        return
    monkeypatch.setattr(differential, "OTHER_WEIGHT", 1.0)
    monkeypatch.setattr(inquiry, "WORTH_KNOWING", 0.006)


# --- a knowledge base in a few lines ------------------------------------------------------


def finding(values: Mapping[str, float] | None = None, **more: Any) -> dict[str, Any]:
    """A finding of these values and their usual shares: yes and no, if none are given."""
    usual = values or {"yes": 0.5, "no": 0.5}
    texts = {"label": TEXT, "ask": TEXT, "help": TEXT}
    kinds = {"tier": "history", "kind": "choice", "topic": "topic"}
    options = {name: {"label": TEXT, "usual": share} for name, share in usual.items()}
    return {**texts, **kinds, "values": options, **more}


AGE = {
    **finding(asked=False, kind="number"),
    "values": {"any": {"label": TEXT, "usual": 1.0, "low": 0, "high": 121}},
}
# A page must have eight pieces of evidence: these say nothing, for they are as usual.
FILLERS = {f"filler_{i}": finding(asked=False) for i in range(8)}


def diagnosis(id_: str, shares: Shares, **more: Any) -> dict[str, Any]:
    sourced = {"basis": "judgement"}
    evidence = [
        {"finding": name, "frequency": dict(values), "because": TEXT, **sourced}
        for name, values in {**shares, **{f: {"yes": 0.5} for f in FILLERS}}.items()
    ]
    prior = {"per_100k": 10, "measure": "prevalence", "male": 0.5, "age": {"any": 1.0}, "note": TEXT, **sourced}  # fmt: skip
    return {
        "id": id_, "name": TEXT, "codes": {"icd10": ["G00"]}, "side": "mimic", "group": "x", "about": TEXT,
        "prior": prior, "evidence": evidence, "neighbours": [{"id": "x", "difference": TEXT}] * 2,
        "next_steps": [{"do": TEXT, "why": TEXT, **sourced}], "must_not_miss": [TEXT], "stakes": 2,
        "course": TEXT, **more,
    }  # fmt: skip


def reason_with(
    findings: Mapping[str, Any],
    diagnoses: Mapping[str, Shares],
    patterns: Mapping[str, Any] | None = None,
    **more: Any,
) -> Reasoner:
    """A reasoner for these findings, and diagnoses with these frequencies."""
    sex = finding({"male": 0.5, "female": 0.5}, asked=False)
    pages = {id_: diagnosis(id_, shares, **more.get(id_, {})) for id_, shares in diagnoses.items()}
    return Reasoner.of(
        Knowledge.model_validate(
            {"findings": {"age": AGE, "sex": sex, **FILLERS, **findings}, "diagnoses": pages,
             "patterns": patterns or {}, "red_flags": {}, "references": {}}
        )
    )  # fmt: skip


def ask(reasoner: Reasoner, answers: Answers | None = None, **more: Any) -> Inquiry:
    answers = answers or {}
    return next_question(reasoner, conclude(reasoner, answers), set(answers), **more)


def interview(
    reasoner: Reasoner, answer: Mapping[str, tuple[str, ...]] | None = None, **more: Any
) -> tuple[list[str], Inquiry]:
    """The questions of an interview in which what is not in `answer` is unknown."""
    answers: Answers = {}
    while True:
        inquiry = ask(reasoner, answers, **more)
        if inquiry.question is None:
            return list(answers), inquiry
        assert inquiry.question not in answers, "asked twice"
        answers[inquiry.question] = (answer or {}).get(inquiry.question, (UNKNOWN,))


TELLING: Shares = {"sign": {"yes": 0.9}}  # a diagnosis that one sign tells


# --- the order ----------------------------------------------------------------------------


def test_the_opening_questions_come_first_in_the_order_that_they_are_given() -> None:
    findings = {
        "sign": finding(), "third": finding(opening=30), "first": finding(opening=1), "second": finding(opening=2),
    }  # fmt: skip
    asked, _ = interview(reason_with(findings, {"a": TELLING}))
    assert asked == ["first", "second", "third", "sign"]


def test_the_opening_is_asked_in_full_whatever_the_limit_and_the_worth() -> None:
    findings = {f"q{i}": finding(opening=i) for i in range(1, 6)} | {"sign": finding()}
    asked, end = interview(reason_with(findings, {"a": TELLING}), cap=2)
    assert asked == ["q1", "q2", "q3", "q4", "q5"]
    assert end.stop is Stop.CAP


def test_an_opening_question_beyond_the_tier_or_without_its_condition_is_not_asked() -> None:
    findings = {
        "first": finding(opening=1),
        "follow": finding(opening=2, when=[{"finding": "first", "value": ["yes"]}]),
        "costly": finding(opening=3, tier="imaging"),
    }
    reasoner = reason_with(findings, {"a": {}})
    assert interview(reasoner, tier=Tier.SIGN)[0] == ["first"]
    assert interview(reasoner, {"first": ("yes",)}, tier=Tier.SIGN)[0] == ["first", "follow"]


def test_the_question_that_tells_more_comes_first() -> None:
    findings = {"weak": finding(), "strong": finding(), "none": finding()}
    reasoner = reason_with(findings, {"a": {"weak": {"yes": 0.6}, "strong": {"yes": 0.95}}})
    assert interview(reasoner)[0][:1] == ["strong"]


def test_of_two_that_tell_the_same_the_one_that_costs_less_comes_first() -> None:
    shares = {"costly": {"yes": 0.9}, "cheap": {"yes": 0.9}}
    findings = {"costly": finding(tier="emg"), "cheap": finding(tier="sign")}
    assert ask(reason_with(findings, {"a": shares})).question == "cheap"


def test_of_two_that_are_alike_the_first_of_the_findings_comes_first() -> None:
    shares = {"one": {"yes": 0.9}, "two": {"yes": 0.9}}
    assert ask(reason_with({"one": finding(), "two": finding()}, {"a": shares})).question == "one"
    assert ask(reason_with({"two": finding(), "one": finding()}, {"a": shares})).question == "two"


def test_what_tells_of_a_dangerous_disease_comes_first() -> None:
    findings = {"mild_sign": finding(), "grave_sign": finding()}
    diagnoses: dict[str, Shares] = {"mild": {"mild_sign": {"yes": 0.9}}, "grave": {"grave_sign": {"yes": 0.9}}}  # fmt: skip
    reasoner = reason_with(findings, diagnoses, mild={"stakes": 1}, grave={"stakes": 3})
    assert ask(reasoner).question == "grave_sign"


def test_a_topic_is_finished_where_the_loss_is_small() -> None:
    findings = {"here": finding(topic="here"), "there": finding(topic="there")}
    reasoner = reason_with(findings, {"a": {"here": {"yes": 0.88}, "there": {"yes": 0.9}}})
    assert ask(reasoner, topic="there").question == "there"
    assert ask(reasoner, topic="here").question == "here"
    assert ask(reasoner).question == "there"
    assert ask(reasoner, topic="there").value == pytest.approx(ask(reasoner).value * SAME_TOPIC)


@pytest.mark.parametrize("tier", list(Tier))
def test_an_unknown_answer_makes_the_other_questions_of_its_tier_dearer(tier: Tier) -> None:
    findings = {"sign": finding(tier=tier.value), "missing": finding(tier=tier.value), "other": finding(tier="history" if tier is not Tier.HISTORY else "sign")}  # fmt: skip
    reasoner = reason_with(findings, {"a": TELLING})
    outcome = conclude(reasoner, {})
    plain = next_question(reasoner, outcome, {"missing", "other"})
    dearer = next_question(reasoner, outcome, {"missing", "other"}, unknown={"missing"})
    same = next_question(reasoner, outcome, {"missing", "other"}, unknown={"other"})
    assert plain.value == pytest.approx(dearer.value * DEARER[tier])
    assert DEARER[tier] > 1
    assert same.value == plain.value


def test_who_has_no_result_of_a_kind_is_asked_for_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(inquiry.DEARER, Tier.LABORATORY, 2.0)
    findings = {"ck": finding(tier="laboratory"), "crp": finding(tier="laboratory"), "walk": finding(tier="sign")}  # fmt: skip
    reasoner = reason_with(findings, {"a": {"crp": {"yes": 0.95}, "walk": {"yes": 0.85}}})
    outcome = conclude(reasoner, {})
    assert next_question(reasoner, outcome, {"ck"}).question == "crp"
    assert next_question(reasoner, outcome, {"ck"}, unknown={"ck"}).question == "walk"


# --- what is not asked --------------------------------------------------------------------


def test_nothing_is_asked_that_an_answer_implies() -> None:
    complaint = finding({"pain": 0.5, "other": 0.5}, opening=1, kind="several")
    complaint["values"]["pain"]["implies"] = {"sign": "yes"}
    reasoner = reason_with({"complaint": complaint, "sign": finding()}, {"a": TELLING})
    assert interview(reasoner, {"complaint": ("pain",)})[0] == ["complaint"]
    assert interview(reasoner, {"complaint": ("other",)})[0] == ["complaint", "sign"]


def test_nothing_is_asked_that_is_known_from_age_and_duration() -> None:
    onset = {**AGE, "asked": True}
    length = {**AGE, "kind": "duration", "asked": True, "opening": 1}
    length["values"] = {"any": {"label": TEXT, "usual": 1.0, "low": 0, "high": 50000}}
    findings = {
        "age": {**AGE, "asked": True, "opening": 2},
        "duration": length,
        "age_at_onset": onset,
    }
    reasoner = reason_with({**findings, "sign": finding()}, {"a": TELLING})
    known = {"age": ("50",), "duration": ("P2Y",)}
    assert "age_at_onset" not in interview(reasoner, known)[0]


@pytest.mark.parametrize("answer", ["no", UNKNOWN])
def test_a_follow_up_is_asked_only_when_its_condition_holds(answer: str) -> None:
    follow = finding(when=[{"finding": "first", "value": ["yes"]}])
    shares = {"first": {"yes": 0.9}, "follow": {"yes": 0.95}}
    reasoner = reason_with({"first": finding(), "follow": follow}, {"a": shares})
    assert interview(reasoner, {"first": ("yes",)})[0] == ["first", "follow"]
    assert interview(reasoner, {"first": (answer,)})[0] == ["first"]


def test_all_conditions_must_hold_each_by_one_of_its_values() -> None:
    follow = finding(when=[{"finding": "list", "value": ["a", "b"]}, {"finding": "first", "value": ["yes"]}])  # fmt: skip
    findings = {"first": finding(), "list": finding({"a": 0.3, "b": 0.3, "c": 0.3}, kind="several"), "follow": follow}  # fmt: skip
    reasoner = reason_with(findings, {"a": {"follow": {"yes": 0.9}}})

    def holds(answers: Answers) -> bool:
        return applies(reasoner.knowledge, facts_of(reasoner.knowledge, answers), "follow")

    assert holds({"first": ("yes",), "list": ("c", "b")})
    assert not holds({"first": ("yes",), "list": ("c",)})
    assert not holds({"first": ("no",), "list": ("a",)})
    assert not holds({"list": ("a",)})
    assert not holds({})


def test_what_must_not_be_asked_never_is() -> None:
    reasoner = reason_with({"sign": finding(asked=False)}, {"a": TELLING})
    asked, end = interview(reasoner)
    assert asked == []
    assert end.stop is Stop.EXHAUSTED


@pytest.mark.parametrize("furthest", list(Tier))
def test_no_question_goes_beyond_the_furthest_tier(furthest: Tier) -> None:
    findings = {tier.value: finding(tier=tier.value) for tier in Tier}
    reasoner = reason_with(findings, {"a": {tier.value: {"yes": 0.99} for tier in Tier}})
    asked, _ = interview(reasoner, tier=furthest)
    assert asked
    assert all(Tier(id_).rank <= furthest.rank for id_ in asked)


def test_the_options_that_do_not_fit_the_patient_are_not_offered_unless_none_fits() -> None:
    muscles = finding({"deltoid": 0.5, "quadriceps": 0.5}, kind="several")
    muscles["values"]["deltoid"]["when"] = [{"finding": "arm", "value": ["yes"]}]
    muscles["values"]["quadriceps"]["when"] = [{"finding": "leg", "value": ["yes"]}]
    knowledge = reason_with({"arm": finding(), "leg": finding(), "muscles": muscles}, {"a": {}}).knowledge  # fmt: skip

    def shown(answers: Answers) -> tuple[str, ...]:
        return offered(knowledge, facts_of(knowledge, answers), "muscles")

    assert shown({"arm": ("yes",), "leg": ("no",)}) == ("deltoid",)
    assert shown({"arm": ("yes",), "leg": ("yes",)}) == ("deltoid", "quadriceps")
    assert shown({}) == ("deltoid", "quadriceps")


# --- stopping -----------------------------------------------------------------------------


def test_it_stops_when_every_question_was_asked() -> None:
    asked, end = interview(reason_with({"sign": finding()}, {"a": TELLING}))
    assert asked == ["sign"]
    assert end.stop is Stop.EXHAUSTED


def test_it_stops_when_nothing_is_worth_asking() -> None:
    asked, end = interview(reason_with({"sign": finding()}, {"a": {"sign": {"yes": 0.51}}}))
    assert asked == []
    assert end.stop is Stop.NOT_WORTH
    assert end.value < WORTH_KNOWING


def test_it_stops_at_the_limit_and_counts_what_was_skipped_or_unknown() -> None:
    findings = {f"q{i}": finding() for i in range(10)}
    reasoner = reason_with(findings, {"a": {f"q{i}": {"yes": 0.9} for i in range(10)}})
    for cap in range(1, 10):
        asked, end = interview(reasoner, cap=cap)
        assert len(asked) == cap
        assert end.stop is Stop.CAP


def test_it_stops_when_no_answer_can_change_the_leader() -> None:
    shares = {"gene": {"yes": 0.99}, "sign": {"yes": 0.9}}
    findings = {"gene": finding({"yes": 0.01, "no": 0.99}), "sign": finding()}
    reasoner = reason_with(findings, {"a": shares, "b": {"sign": {"yes": 0.4}}})
    end = ask(reasoner, {"gene": ("yes",)})
    assert (end.question, end.stop) == (None, Stop.SETTLED)
    assert ask(reasoner).question is not None


def test_what_is_essential_is_asked_before_any_stop() -> None:
    findings = {"gene": finding({"yes": 0.01, "no": 0.99}), "sign": finding(), "look": finding(essential=True), "touch": finding(essential=True)}  # fmt: skip
    shares = {"gene": {"yes": 0.99}, "sign": {"yes": 0.8}}
    reasoner = reason_with(findings, {"a": shares})
    asked, end = interview(reasoner, {"gene": ("yes",)})
    assert set(asked) >= {"gene", "look", "touch"}
    assert end.stop in (Stop.SETTLED, Stop.NOT_WORTH)
    nothing, _ = interview(reason_with({"look": finding(essential=True)}, {"a": {}}))
    assert nothing == ["look"]


def test_an_essential_question_without_its_condition_does_not_hold_up_the_end() -> None:
    look = finding(essential=True, when=[{"finding": "sign", "value": ["yes"]}])
    reasoner = reason_with({"sign": finding(), "look": look}, {"a": TELLING})
    assert interview(reasoner, {"sign": ("no",)})[0] == ["sign"]
    assert interview(reasoner, {"sign": ("yes",)})[0] == ["sign", "look"]


def test_a_damped_answer_is_not_counted_on_to_keep_the_leader_ahead() -> None:
    # "more" speaks about as much for either. But the leader has a stronger reason of the same
    # group already, so that for it "more" counts half, and the rival passes it.
    rare = {"yes": 0.1, "no": 0.9}
    findings = {"first": finding(rare, group="g"), "more": finding(rare, group="g"), "both": finding(rare)}  # fmt: skip
    leader = {"first": {"yes": 0.98}, "more": {"yes": 0.9}, "both": {"yes": 0.98}}
    rival = {"more": {"yes": 0.98}, "both": {"yes": 0.98}}
    reasoner = reason_with(
        findings, {"leader": leader, "rival": rival}, rival={"prior": prior(120)}
    )
    known: Answers = {"first": ("yes",), "both": ("yes",)}
    before, after = conclude(reasoner, known), conclude(reasoner, {**known, "more": ("yes",)})
    assert (before.leader.id, after.leader.id) == ("leader", "rival")
    assert not is_settled(reasoner, before, ["more"])


def test_what_an_open_answer_implies_is_reckoned_with() -> None:
    # the sign itself was skipped, but the complaint would imply it
    complaint = finding({"pain": 0.5, "other": 0.5}, kind="several")
    complaint["values"]["pain"]["implies"] = {"sign": "yes"}
    findings = {"complaint": complaint, "sign": finding({"yes": 0.1, "no": 0.9})}
    reasoner = reason_with(findings, {"leader": {}, "rival": {"sign": {"yes": 0.95}}}, leader={"prior": prior(100)})  # fmt: skip
    before = conclude(reasoner, {})
    after = conclude(reasoner, {"complaint": ("pain",)})
    assert before.leader.id != after.leader.id == "rival"
    assert not is_settled(reasoner, before, ["complaint"])


def prior(per_100k: float) -> dict[str, Any]:
    return {"per_100k": per_100k, "measure": "prevalence", "male": 0.5, "age": {"any": 1.0}, "note": TEXT, "basis": "judgement"}  # fmt: skip


# --- settled, against brute force ---------------------------------------------------------

OPEN = ("choice", "three", "list", "follow")
CERTAIN = tuple(f"certain_{i}" for i in range(9))  # the more of them are present, the surer is a


def any_knowledge(chance: random.Random) -> Reasoner:
    """Three diagnoses at random: some answered signs, some open, groups, a pattern, an implied sign."""
    groups = ["g", "g", None]
    three = finding({"x": 0.3, "y": 0.3, "z": 0.4}, group=chance.choice(groups))
    three["values"]["x"]["implies"] = {"hidden": "yes"}
    findings = {
        "known": finding({"yes": 0.1, "no": 0.9}, group=chance.choice(groups)),
        **{id_: finding({"yes": 0.05, "no": 0.95}) for id_ in CERTAIN},
        "choice": finding(group=chance.choice(groups)),
        "three": three,
        "list": finding({"a": 0.3, "b": 0.3}, kind="several", complete=chance.random() < 0.5),
        "follow": finding(when=[{"finding": "choice", "value": ["yes"]}], group=chance.choice(groups)),
        "hidden": finding({"yes": 0.2, "no": 0.8}, asked=False),
    }  # fmt: skip
    condition = [{"finding": "choice"}, {"finding": "list", "value": ["a"]}]
    patterns = {
        "pattern": {"label": TEXT, "about": TEXT, "kind": "syndrome", "usual": 0.2,
                    "any": [{"all": condition, "because": TEXT, "basis": "judgement"}]}
    }  # fmt: skip

    def share() -> float:
        return chance.choice([0.1, 0.3, 0.5, 0.7, 0.9])

    diagnoses: dict[str, Shares] = {
        id_: {
            **{name: {"yes": 0.95 if id_ == "a" else 0.05} for name in CERTAIN}, "known": {"yes": share()},
            "choice": {"yes": share()}, "three": {"x": share() / 3, "y": share() / 3},
            "list": {"a": share(), "b": share()}, "follow": {"yes": share()},
            "hidden": {"yes": share()}, "pattern": {"yes": share()},
        }
        for id_ in "abc"
    }  # fmt: skip
    return reason_with(
        findings, diagnoses, patterns, a={"prior": prior(chance.choice([1, 10, 100]))}
    )


def completions(knowledge: Knowledge) -> Iterator[Answers]:
    """Every way of answering the open findings, or of leaving them."""
    choices: list[list[tuple[str, ...] | None]] = []
    for id_ in OPEN:
        values = list(knowledge.findings[id_].values)
        if knowledge.findings[id_].kind is Kind.SEVERAL:
            sets = [c for n in range(1, len(values) + 1) for c in itertools.combinations(values, n)]
            choices.append([None, *sets])
        else:
            choices.append([None, *((value,) for value in values)])
    for combination in itertools.product(*choices):
        answers = {id_: v for id_, v in zip(OPEN, combination, strict=True) if v is not None}
        if "follow" not in answers or answers.get("choice") == ("yes",):
            yield answers


def other_leaders(reasoner: Reasoner, answers: Answers, outcome: Outcome) -> list[Answers]:
    return [
        more
        for more in completions(reasoner.knowledge)
        if conclude(reasoner, {**answers, **more}).leader.id != outcome.leader.id
    ]


def test_settled_is_never_said_when_some_answers_would_make_another_lead() -> None:
    settled = unsettled = 0
    for seed in range(80):
        chance = random.Random(seed)
        reasoner = any_knowledge(chance)
        answers: Answers = dict.fromkeys(CERTAIN[: seed % 10], ("yes",))
        answers["known"] = (chance.choice(["yes", "no"]),)
        outcome = conclude(reasoner, answers)
        others = other_leaders(reasoner, answers, outcome)
        if is_settled(reasoner, outcome, OPEN):
            settled += 1
            assert not others, seed
        unsettled += bool(others)
        if ask(reasoner, answers).stop is Stop.SETTLED:
            assert is_settled(reasoner, outcome, OPEN)
    assert settled >= 10, "the test would say nothing"
    assert unsettled >= 10, "the test would say nothing"


# --- with the shipped knowledge -----------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_any_shipped_interview_asks_each_thing_once_and_ends(
    shipped_reasoner: Reasoner, seed: int
) -> None:
    """Random answers, by seed: what is asked depends on them alone, so twice the same."""
    assert shipped_interview(shipped_reasoner, seed) == shipped_interview(shipped_reasoner, seed)


def shipped_interview(reasoner: Reasoner, seed: int) -> list[Inquiry]:
    chance, knowledge = random.Random(seed), reasoner.knowledge
    tier = (Tier.HISTORY, Tier.SIGN, Tier.EMG)[seed % 3]
    cap = chance.randint(7, 14)  # the opening questions are asked whatever the cap
    answers: Answers = {}
    unknown: set[str] = set()
    held: list[Inquiry] = []
    for _ in range(cap):
        outcome = conclude(reasoner, answers)
        inquiry = next_question(
            reasoner, outcome, set(answers), tier=tier, cap=cap, unknown=unknown
        )
        backwards = next_question(reasoner, outcome, list(reversed(answers)), tier=tier, cap=cap, unknown=tuple(unknown))  # fmt: skip
        assert backwards == inquiry
        held.append(inquiry)
        if inquiry.question is None:
            return held
        finding_ = knowledge.findings[inquiry.question]
        assert inquiry.question not in answers
        assert finding_.asked
        assert finding_.tier.rank <= tier.rank
        assert applies(knowledge, outcome.facts, inquiry.question)
        assert not any(fact.key == inquiry.question for fact in outcome.facts)
        value = chance.choice([*finding_.values, UNKNOWN])
        answers[inquiry.question] = (value,)
        unknown |= {inquiry.question} if value == UNKNOWN else set()
    end = ask(reasoner, answers, tier=tier, cap=cap)
    assert (
        end.stop in (Stop.CAP, Stop.NOT_WORTH, Stop.EXHAUSTED, Stop.SETTLED) or len(answers) < cap
    )
    return held


def test_no_question_costs_more_than_a_nearer_one() -> None:
    assert list(BURDEN.values()) == sorted(BURDEN.values())
    assert list(BURDEN) == sorted(Tier, key=lambda tier: tier.rank)


def test_the_shipped_interview_opens_with_age_sex_complaint_duration_and_warning_signs(
    shipped_reasoner: Reasoner,
) -> None:
    asked, end = interview(shipped_reasoner)
    opening = sorted((f.opening, id_) for id_, f in shipped_reasoner.knowledge.findings.items() if f.opening)  # fmt: skip
    assert asked[: len(opening)] == [id_ for _, id_ in opening]
    assert end.stop is not None
    for id_, f in shipped_reasoner.knowledge.findings.items():
        assert not f.essential or f.when or id_ in asked
    assert conclude(shipped_reasoner, {}).leader.id == OTHER
