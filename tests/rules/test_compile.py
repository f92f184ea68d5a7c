"""From knowledge to rules: what they look like, and what the engine could not hold."""

from __future__ import annotations

import pytest

from rules import compile as compile_
from rules.compile import (
    GROUPS,
    MAX_CONDITIONS,
    MAX_CONDITIONS_PER_FACT,
    MAX_RULES,
    MAX_STRING,
    MAX_TESTS_PER_FIELD,
    START,
    Fact,
    LimitError,
    Rule,
    alternative,
    check_limits,
    compile_rules,
    fnv1a,
    group_of,
    option_facts,
    passed_limits,
    rulesets,
)
from rules.model import Condition, Knowledge


def rule(id_: str, *facts: Fact, derives: Fact | None = None) -> Rule:
    return Rule(id_, "pattern", facts, derives)


def codes(*rules: Rule) -> list[str]:
    return [error.code for error in passed_limits(rules)]


# --- what rules look like -----------------------------------------------------------------


def test_rules_come_in_the_same_order_every_time(base: Knowledge) -> None:
    assert compile_rules(base) == compile_rules(base.model_copy(deep=True))


def test_every_rule_has_an_id_of_its_own(base: Knowledge, shipped: Knowledge) -> None:
    for knowledge in (base, shipped):
        ids = [rule.id for rule in compile_rules(knowledge)]
        assert len(ids) == len(set(ids)) > 10


def test_what_is_weighed_has_one_rule_a_fact(base: Knowledge) -> None:
    evidence = [rule for rule in compile_rules(base) if rule.kind == "evidence"]
    assert all(len(rule.all) == 1 and rule.derives is None for rule in evidence)
    facts = [rule.all[0] for rule in evidence]
    assert len(facts) == len(set(facts))
    assert {Fact("weak_muscles.deltoid", "yes"), Fact("weak_muscles.deltoid", "no")} <= set(facts)
    assert {Fact("age", "child"), Fact("sex", "female"), Fact("arm")} & set(facts) == {
        Fact("age", "child"),
        Fact("sex", "female"),
    }  # age and sex count through the prior; no diagnosis weighs the pattern “arm”


def test_a_condition_with_several_values_is_derived_once_as_a_fact(base: Knowledge) -> None:
    rules = {rule.id: rule for rule in compile_rules(base)}
    weak, normal_thigh = rules["pattern:arm:0"].all
    assert normal_thigh == Fact("weak_muscles.quadriceps", "no")
    members = {r.all: r.kind for r in rules.values() if r.derives == weak}
    assert members == {
        (Fact("weak_muscles.deltoid"),): "membership",
        (Fact("weak_muscles.interossei"),): "membership",
    }


def test_a_condition_that_is_said_twice_is_tested_once(base: Knowledge) -> None:
    # durable-rules never fires a rule of two equal conditions: it wants two different facts.
    arm = base.patterns["arm"]
    (only,) = arm.any
    twice = only.model_copy(update={"all": (*only.all, *only.all)})
    doubled = base.model_copy(
        update={"patterns": {**base.patterns, "arm": arm.model_copy(update={"any": (twice,)})}}
    )
    assert compile_rules(doubled) == compile_rules(base)


def test_a_rule_leads_back_to_the_alternative_it_was_made_of(base: Knowledge) -> None:
    made = [rule for rule in compile_rules(base) if rule.kind in ("pattern", "red_flag")]
    assert [alternative(base, rule) for rule in made] == [
        *base.patterns["lower_motor_neuron"].any,
        *base.patterns["arm"].any,
        *base.patterns["neurogenic_arm"].any,
        *base.red_flags["breathing"].any,
    ]


def test_an_option_of_a_list_and_of_its_negation_are_one_fact(base: Knowledge) -> None:
    weak, spared = base.findings["weak_muscles"], base.findings["spared_muscles"]
    assert option_facts("weak_muscles", weak, "deltoid") == Fact("weak_muscles.deltoid", "yes")
    assert option_facts("spared_muscles", spared, "deltoid") == Fact("weak_muscles.deltoid", "no")
    assert option_facts("pain", base.findings["pain"], "no") == Fact("pain", "no")


def test_a_condition_is_on_yes_unless_it_says_otherwise() -> None:
    assert Condition(finding="pain").value == ("yes",)


# --- limits -------------------------------------------------------------------------------


def test_rules_within_the_limits_pass() -> None:
    facts = [Fact(f"k{i}") for i in range(MAX_CONDITIONS)]
    assert codes(rule("all", *facts), rule("one", facts[0])) == []


def test_one_condition_too_many_is_refused() -> None:
    facts = [Fact(f"k{i}") for i in range(MAX_CONDITIONS + 1)]
    assert codes(rule("r", *facts)) == ["R015"]


def test_a_string_too_long_is_refused_by_its_bytes() -> None:
    long = "é" * (MAX_STRING // 2)
    assert codes(rule("r", Fact("k", long[:-1]))) == []
    assert codes(rule("r", Fact("k", long))) == ["R015"]


def test_a_rule_that_could_never_fire_is_refused() -> None:
    assert codes(rule("none")) == ["R015"]
    assert codes(rule("twice", Fact("k"), Fact("j"), Fact("k"))) == ["R015"]


def test_two_rules_of_one_id_are_refused() -> None:
    assert codes(rule("r", Fact("k")), rule("r", Fact("j"))) == ["R015"]
    assert codes(rule(START.key, Fact("k"))) == ["R015"]


COLLIDING = ("wasting_pain_hand", "rise_nail_loss")


def test_ids_of_the_same_hash_are_refused_where_they_meet() -> None:
    first, second = map(Fact, COLLIDING)
    assert first.id != second.id
    assert fnv1a(first.id) == fnv1a(second.id)
    assert codes(rule("one", first)) == codes(rule("two", second)) == []
    assert codes(rule("one", first), rule("two", second)) == ["R012"]
    assert codes(rule("one", first, second)) == ["R012"]
    assert codes(rule("one", first), rule("two", Fact("k"), derives=second)) == ["R012"]


def test_the_hash_is_fnv_1a_of_32_bits() -> None:
    # published test vectors: http://www.isthe.com/chongo/src/fnv/test_fnv.c
    vectors = {"": 0x811C9DC5, "a": 0xE40C292C, "foobar": 0xBF9CF968}
    assert {text: fnv1a(text) for text in vectors} == vectors


def test_every_limit_that_is_passed_is_told_and_the_first_is_raised() -> None:
    wide = rule("wide", *(Fact(f"k{i}") for i in range(MAX_CONDITIONS + 1)))
    rules = [wide, rule("none"), *(rule(name, Fact(name)) for name in COLLIDING)]
    assert codes(*rules) == ["R015", "R015", "R012"]
    with pytest.raises(LimitError, match="wide") as refused:
        check_limits(rules)
    assert refused.value.rule is wide


# --- rulesets -----------------------------------------------------------------------------


def sizes(rules: list[Rule]) -> list[int]:
    found = rulesets(rules)
    assert [each for part in found for each in part] == rules
    return [len(part) for part in found]


def test_the_shipped_rules_go_into_one_ruleset(shipped: Knowledge) -> None:
    joins = {each.all: each for each in compile_rules(shipped) if len(each.all) > 1}
    assert sizes(list(joins.values())) == [len(joins)]


def test_without_rules_there_is_a_ruleset_all_the_same() -> None:
    assert sizes([]) == [0]


def test_one_rule_too_many_goes_into_another_ruleset() -> None:
    rules = [rule(f"r{i}", Fact(f"k{i}")) for i in range(2 * MAX_RULES + 1)]
    assert sizes(rules[:MAX_RULES]) == [MAX_RULES]
    assert sizes(rules) == [MAX_RULES, MAX_RULES, 1]


def test_one_rule_too_many_on_a_fact_goes_into_another_ruleset() -> None:
    rules = [rule(f"r{i}", Fact("k"), Fact(f"k{i}")) for i in range(MAX_CONDITIONS_PER_FACT + 1)]
    assert sizes(rules) == [MAX_CONDITIONS_PER_FACT, 1]


def test_one_value_too_many_of_a_key_goes_into_another_ruleset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compile_, "MAX_RULES", 1_000)  # beyond 511 values its compiler hangs
    rules = [rule(f"r{i}", Fact("k", str(i))) for i in range(MAX_TESTS_PER_FIELD + 1)]
    assert sizes(rules) == [MAX_TESTS_PER_FIELD, 1]


def test_one_key_too_many_of_a_group_goes_into_another_ruleset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compile_, "MAX_RULES", 1_000)
    keys = (f"k{i}" for i in range(GROUPS * 2 * MAX_TESTS_PER_FIELD))
    one_group = [key for key in keys if group_of(key) == 7][: MAX_TESTS_PER_FIELD + 1]
    first, *others = [rule(key, Fact(key)) for key in one_group]
    two_new = rule("two", *(f for each in others[-2:] for f in each.all))
    assert sizes([first, *others]) == [MAX_TESTS_PER_FIELD, 1]
    assert sizes([first, *others[:-2], two_new]) == [MAX_TESTS_PER_FIELD - 1, 1]
