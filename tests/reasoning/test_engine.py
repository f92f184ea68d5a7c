"""The engine against a naive evaluator, and what is known to break durable-rules."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reasoning.differential import Reasoner
from assistant.reasoning.engine import Engine, EngineError, Firing
from assistant.reasoning.facts import UNKNOWN, facts_of
from rules import compile as compile_
from rules.compile import (
    GROUPS,
    MAX_CONDITIONS,
    MAX_CONDITIONS_PER_FACT,
    MAX_RULES,
    MAX_TESTS_PER_FIELD,
    Fact,
    LimitError,
    Rule,
    compile_rules,
    definition,
    group_of,
)
from rules.model import Finding, Kind, Knowledge

ROOT = Path(__file__).parents[2]


def naive(rules: Iterable[Rule], facts: Iterable[Fact]) -> tuple[Firing, ...]:
    """What fires, by asking every rule again until nothing new comes: slow and plainly right."""
    rules, known = tuple(rules), set(facts)
    while new := {r.derives for r in rules if r.derives and known.issuperset(r.all)} - known:
        known |= new
    fired = [Firing(rule, rule.all) for rule in rules if known.issuperset(rule.all)]
    return tuple(sorted(fired, key=lambda firing: firing.rule.id))


def rule(id_: str, *facts: Fact, derives: Fact | None = None) -> Rule:
    return Rule(id_, "pattern", facts, derives)


def fired(engine: Engine, *facts: Fact) -> list[str]:
    return [firing.rule.id for firing in engine.run(facts)]


# --- the oracle ---------------------------------------------------------------------------

A, B, C = Fact("a"), Fact("b"), Fact("c")
ANSWERS = [Fact(f"k{i}", value) for i in range(7) for value in ("yes", "no", "far")]
DERIVED = [Fact(f"d{i}") for i in range(6)]
CONDITIONS = st.lists(st.sampled_from(ANSWERS + DERIVED), min_size=1, max_size=4, unique=True)


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Evidence, memberships, patterns, in chains and circles, up to thirty."""
    bodies = draw(
        st.lists(
            st.tuples(CONDITIONS, st.none() | st.sampled_from(DERIVED)), min_size=1, max_size=30
        )
    )
    names = draw(st.permutations(range(len(bodies))))
    return tuple(
        rule(f"r{name}", *facts, derives=derives)
        for name, (facts, derives) in zip(names, bodies, strict=True)
    )


FACTS = st.lists(st.sampled_from(ANSWERS + DERIVED[:2]), max_size=20)


@settings(max_examples=300)
@given(rules=rule_sets(), cases=st.lists(FACTS, min_size=1, max_size=4))
def test_any_rules_on_any_facts_fire_as_the_naive_evaluator_says(
    rules: tuple[Rule, ...], cases: list[list[Fact]]
) -> None:
    engine = Engine(rules)
    for facts in cases:
        assert engine.run(facts) == naive(rules, facts)


@settings(max_examples=100)
@given(rules=rule_sets(), steps=st.lists(st.tuples(st.booleans(), FACTS), max_size=8))
def test_a_case_that_grows_and_changes_fires_at_each_step_as_one_from_scratch(
    rules: tuple[Rule, ...], steps: list[tuple[bool, list[Fact]]]
) -> None:
    engine, facts = Engine(rules), list[Fact]()
    for grows, more in steps:
        facts = [*facts, *more] if grows else more
        assert engine.run(facts) == naive(rules, facts)


@settings(max_examples=100)
@given(rules=rule_sets(), steps=st.lists(st.tuples(st.booleans(), FACTS), max_size=5))
def test_rules_in_many_rulesets_fire_as_in_one(
    rules: tuple[Rule, ...], steps: list[tuple[bool, list[Fact]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compile_, "MAX_RULES", 2)
        engine = Engine(rules)
    joins = {each.all for each in rules if len(each.all) > 1}
    assert len(engine._parts) == max(1, (len(joins) + 1) // 2)
    facts = list[Fact]()
    for grows, more in steps:
        facts = [*facts, *more] if grows else more
        assert engine.run(facts) == naive(rules, facts)


@given(rules=rule_sets(), facts=FACTS, data=st.data())
def test_the_order_of_rules_and_of_facts_does_not_matter(
    rules: tuple[Rule, ...], facts: list[Fact], data: st.DataObject
) -> None:
    other_rules = data.draw(st.permutations(rules))
    other_facts = data.draw(st.permutations(facts))
    assert Engine(rules).run(facts) == Engine(other_rules).run(other_facts)


@given(rules=rule_sets(), facts=FACTS, more=FACTS)
def test_one_more_fact_never_takes_a_firing_away(
    rules: tuple[Rule, ...], facts: list[Fact], more: list[Fact]
) -> None:
    engine = Engine(rules)
    assert set(engine.run(facts)) <= set(engine.run([*facts, *more]))


def answers_to(finding: Finding) -> st.SearchStrategy[tuple[str, ...]]:
    """Any answer to a finding, in the form that the answer log keeps."""
    if finding.kind is Kind.SEVERAL:
        known = st.lists(st.sampled_from(list(finding.values)), unique=True).map(tuple)
    elif finding.kind is Kind.CHOICE:
        known = st.sampled_from(list(finding.values)).map(lambda value: (value,))
    elif finding.kind is Kind.NUMBER:
        least, most = finding.minimum or 0, finding.maximum or 500
        known = st.integers(int(least), int(most)).map(lambda number: (str(number),))
    else:
        known = st.tuples(st.integers(1, 99), st.sampled_from("DWMY")).map(
            lambda length: (f"P{length[0]}{length[1]}",)
        )
    return known | st.just((UNKNOWN,))


def any_answers(knowledge: Knowledge) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    options = {id_: answers_to(finding) for id_, finding in knowledge.findings.items()}
    return st.fixed_dictionaries({}, optional=options)


@given(data=st.data())
def test_the_shipped_rules_fire_as_the_naive_evaluator_says(
    data: st.DataObject, shipped: Knowledge, shipped_reasoner: Reasoner
) -> None:
    facts = facts_of(shipped, data.draw(any_answers(shipped)))
    engine = shipped_reasoner.engine
    assert engine.run(facts) == naive(engine.rules, facts)
    assert engine.run(data.draw(st.permutations(list(facts)))) == engine.run(facts)


def test_every_shipped_rule_fires_when_all_its_conditions_are_met(
    shipped_reasoner: Reasoner,
) -> None:
    engine = shipped_reasoner.engine
    for each in engine.rules:
        assert Firing(each, each.all) in engine.run(each.all)


# --- what a run is ------------------------------------------------------------------------


def test_a_firing_tells_the_facts_in_the_order_of_the_conditions() -> None:
    engine = Engine([rule("r", C, A, B)])
    assert engine.run([A, B, C]) == (Firing(engine.rules[0], (C, A, B)),)


def test_what_a_rule_derives_is_asserted_in_turn() -> None:
    chain = [rule(f"r{i}", Fact(f"k{i}"), derives=Fact(f"k{i + 1}")) for i in range(50)]
    assert len(Engine(chain).run([Fact("k0")])) == 50


def test_rules_in_a_circle_come_to_an_end() -> None:
    engine = Engine([rule("one", A, derives=B), rule("two", B, derives=A)])
    assert fired(engine, A) == ["one", "two"]
    assert fired(engine) == []


def test_a_fact_that_is_both_told_and_derived_counts_once() -> None:
    engine = Engine([rule("one", A, derives=B), rule("two", C, derives=B), rule("three", B)])
    assert fired(engine, A, B, C, A) == ["one", "three", "two"]


def test_rules_with_the_same_conditions_all_fire() -> None:
    rules = [rule("one", A), rule("two", A, derives=B), rule("three", A, B), rule("four", A, B)]
    assert fired(Engine([*rules, rule("five", B, A)]), A) == ["five", "four", "one", "three", "two"]


def test_facts_that_no_rule_tests_are_passed_over() -> None:
    engine = Engine([rule("r", A, derives=Fact("nobody asks"))])
    assert fired(engine, Fact("stranger"), A, Fact("a", "no")) == ["r"]
    assert fired(engine, Fact("stranger")) == []


def test_an_engine_without_rules_fires_nothing() -> None:
    assert Engine([]).run([A]) == ()


# --- ENGINE.md: broken, never used --------------------------------------------------------


def definitions(knowledge: Knowledge) -> dict[str, Any]:
    return definition(compile_rules(knowledge), lambda _: print)


@pytest.mark.parametrize("which", ["base", "shipped"])
def test_definitions_hold_nothing_but_positive_tests_for_equality(
    which: str, request: pytest.FixtureRequest
) -> None:
    """No `$not`, `$nex`, `$or`, no comparison of facts, no two tests in one mapping."""
    knowledge: Knowledge = request.getfixturevalue(which)
    for made in definitions(knowledge).values():
        assert set(made) == {"all", "run"}
        for i, condition in enumerate(made["all"]):
            assert list(condition) == [f"c{i}"]
            ((operator, tests),) = condition[f"c{i}"].items()
            assert operator == "$and"
            assert [list(test) for test in tests] == [["g"], ["k"], ["v"]]
            group, key, value = (next(iter(test.values())) for test in tests)
            assert (type(group), type(key), type(value)) == (int, str, str)
            assert group == group_of(key) < GROUPS


def test_actions_take_one_parameter_since_two_would_stall_the_session() -> None:
    made: list[Callable[[Any], None]] = []
    engine = Engine([rule("r", A)])
    for each in (Rule("$start", "membership", (A,)), *engine.rules):
        made.append(engine._record(each))
    assert [action.__code__.co_argcount for action in made] == [1, 1]


def test_values_are_told_apart_as_strings() -> None:
    values = ["1", "1.0", "true", "True", "yes", "1e-05", "1e22", "inf", "None", "", " ", "01"]
    engine = Engine([rule(f"r{i:02}", Fact("k", value)) for i, value in enumerate(values)])
    for i, value in enumerate(values):
        assert fired(engine, Fact("k", value)) == [f"r{i:02}"]


@pytest.mark.parametrize(
    "text", ['"', "'", "\\", "é", "\U0001f9b5", "a.b", "$and", "{}", "\n", "%s"]
)
def test_odd_characters_do_no_harm_in_keys_values_and_rule_ids(text: str) -> None:
    engine = Engine([rule(f"r{text}", Fact(text), Fact("k", text), derives=Fact("d", text))])
    assert fired(engine, Fact("k", text), Fact(text)) == [f"r{text}"]
    assert fired(engine, Fact("k", text)) == []


class Failing(dict[str, Fact]):
    """Where an action looks up its facts: it fails there."""

    def __init__(self, error: type[BaseException]) -> None:
        super().__init__()
        self.error = error

    def __missing__(self, key: str) -> Fact:
        raise self.error("in an action")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_an_action_raises_is_raised_although_durable_rules_swallows_it(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine([rule("r", A), rule("s", B)])
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_by_id", Failing(error))
        with pytest.raises(EngineError, match="in an action"):
            engine.run([A])
    assert fired(engine, B) == ["s"]  # and nothing of it stays
    assert fired(engine, A) == ["r"]


def test_an_exception_in_the_state_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine([rule("r", A)])
    with monkeypatch.context() as patch:
        patch.setattr(engine._host, "get_state", lambda *_: {"exception": "hidden"})
        with pytest.raises(EngineError, match="hidden"):
            engine.run([A])
    assert fired(engine, A) == ["r"]


def test_a_fact_that_durable_rules_refuses_is_an_engine_error() -> None:
    engine = Engine([rule("r", A), rule("s", B)])
    stranger = Fact("no rule tests this")
    engine._parts[0].tested.add(stranger)  # past the guard
    with pytest.raises(EngineError, match="no rule tests this"):
        engine.run([A, stranger])
    engine._parts[0].tested.remove(stranger)
    assert fired(engine, A, stranger, B) == ["r", "s"]


def test_no_timer_thread_is_started() -> None:
    # durable's own host starts two; at their tick a deleted session is used after it was freed
    before = threading.active_count()
    Engine([rule("r", A)]).run([A])
    assert threading.active_count() == before


def run_apart(code: str) -> str:
    """The output of a program of its own: what it tries may crash."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.strip()


PRELUDE = """
from assistant.reasoning.engine import Engine, EngineError
from rules.compile import Fact, Rule
def rule(id_, *facts): return Rule(id_, "pattern", facts)
"""


def test_a_case_in_which_nothing_fires_can_be_deleted() -> None:
    # deleting a session before an action ran in it is a segmentation fault
    code = f"""{PRELUDE}
engine = Engine([rule("r", Fact("a"), Fact("b"))])
for i in range(200):
    assert engine.run([]) == engine.run([Fact("a")]) == engine.run([Fact("z")]) == ()
print(len(engine.run([Fact("a"), Fact("b")])))
"""
    assert run_apart(code) == "1"


def test_many_more_cases_than_durable_rules_has_sessions() -> None:
    code = f"""{PRELUDE}
engine = Engine([rule("r", Fact("a"))])
print(sum(len(engine.run([Fact("a")] * (i % 2))) for i in range(6000)))
"""
    assert run_apart(code) == "3000"


def test_ctrl_c_at_any_moment_leaves_the_engine_as_it_was() -> None:
    """durable-rules swallows the interrupt, and may be left with a session that is broken."""
    code = f"""{PRELUDE}
import os, signal, subprocess, sys, time
rules = [rule(f"r{{i}}", Fact(f"k{{i}}")) for i in range(60)]
rules += [rule(f"p{{i}}", Fact(f"k{{i}}"), Fact(f"k{{i + 1}}")) for i in range(50)]
engine, facts = Engine(rules), [Fact(f"k{{i}}") for i in range(60)]
expected = engine.run(facts)
storm = '''
import os, random, signal, time
for _ in range(20_000):
    time.sleep(random.uniform(0, 0.004))
    os.kill({{}}, signal.SIGINT)
'''.format(os.getpid())
hits, inside = 0, False
def stop(*_):
    global hits, inside
    if inside:
        hits, inside = hits + 1, False
        raise KeyboardInterrupt
signal.signal(signal.SIGINT, stop)
child = subprocess.Popen([sys.executable, "-c", storm])
while hits < 100 and child.poll() is None:
    try:
        inside = True
        engine.run(facts[:30])  # from scratch
        found = engine.run(facts)  # and then extended
        inside = False
        assert found == expected
    except KeyboardInterrupt:
        assert engine.run(facts) == expected
child.kill()
child.wait()
assert engine.run(facts) == expected
assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
print(hits)
"""
    assert run_apart(code) == "100"


# --- ENGINE.md: limits --------------------------------------------------------------------


def test_the_limits_are_checked_before_durable_rules_sees_the_rules() -> None:
    wide = rule("r", *(Fact(f"k{i}") for i in range(MAX_CONDITIONS + 1)))
    with pytest.raises(LimitError, match="conditions"):
        Engine([wide])
    with pytest.raises(LimitError, match="same hash"):
        Engine([rule("r", Fact("wasting_pain_hand")), rule("s", Fact("rise_nail_loss"))])


@pytest.mark.parametrize("count", [MAX_RULES, MAX_RULES + 1])
def test_as_many_rules_as_the_limit_allows_do_work_and_one_more(count: int) -> None:
    rules = [rule(f"r{i}", Fact(f"k{i}"), Fact(f"k{i + 1}")) for i in range(count)]
    engine, facts = Engine(rules), [fact for each in rules for fact in each.all]
    assert len(engine._parts) == 1 + (count > MAX_RULES)
    assert engine.run(facts) == naive(rules, facts)
    assert fired(engine, *rules[0].all, *rules[-1].all) == ["r0", f"r{count - 1}"]


def test_as_many_conditions_as_the_limit_allows_do_work() -> None:
    facts = [Fact(f"k{i}") for i in range(MAX_CONDITIONS)]
    engine = Engine([rule("r", *facts)])
    assert engine.run(reversed(facts)) == (Firing(engine.rules[0], tuple(facts)),)
    assert engine.run(facts[1:]) == ()


@pytest.mark.parametrize("count", [MAX_CONDITIONS_PER_FACT, MAX_CONDITIONS_PER_FACT + 1])
def test_as_many_rules_on_one_fact_as_the_limit_allows_do_work_and_one_more(count: int) -> None:
    rules = [rule(f"r{i}", A, Fact(f"k{i}")) for i in range(count)]
    facts = [A, *(fact for each in rules for fact in each.all)]
    assert Engine(rules).run(facts) == naive(rules, facts)
    assert len(Engine(rules).run(facts)) == count


@pytest.mark.parametrize("count", [MAX_TESTS_PER_FIELD, MAX_TESTS_PER_FIELD + 1])
def test_as_many_values_as_the_limit_allows_do_work_and_one_more(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_, "MAX_RULES", 1_000)
    engine = Engine([rule(f"r{i}", Fact("k", f"v{i}"), Fact("j", f"v{i}")) for i in range(count)])
    assert len(engine._parts) == 1 + (count > MAX_TESTS_PER_FIELD)
    for i in (0, count - 1):
        assert fired(engine, Fact("k", f"v{i}"), Fact("j", f"v{i}")) == [f"r{i}"]


# --- one process, many cases --------------------------------------------------------------


def test_a_case_leaves_nothing_behind_for_the_next() -> None:
    engine = Engine([rule("both", A, B), rule("a", A)])
    assert fired(engine, A) == ["a"]
    assert fired(engine, B) == []  # A is gone
    assert fired(engine, A, B) == ["a", "both"]
    assert fired(engine) == []


def test_two_engines_of_one_process_do_not_disturb_each_other() -> None:
    one = Engine([rule("r", A), rule("only one", B)])
    two = Engine([rule("r", A, B), rule("only two", C)])
    for _ in range(3):
        assert fired(one, A, B, C) == ["only one", "r"]
        assert fired(two, A, B, C) == ["only two", "r"]
        assert fired(one, A) == ["r"]
        assert fired(two, A) == []


def test_an_engine_that_was_refused_does_not_disturb_the_next() -> None:
    with pytest.raises(LimitError):
        Engine([rule("never")])
    assert fired(Engine([rule("r", A)]), A) == ["r"]


def asserted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The facts that durable-rules is told from now on, as they come."""
    told: list[str] = []
    (part,) = engine._parts
    tell = part.ruleset.tell

    def spy(facts: list[str]) -> None:
        told.extend(json.loads(fact)["id"] for fact in facts)
        tell(facts)

    monkeypatch.setattr(part.ruleset, "tell", spy)
    return told


def test_only_what_is_new_is_asserted_while_a_case_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine([rule("r", A, B, derives=C), rule("s", C)])
    told = asserted(engine, monkeypatch)
    assert fired(engine, A) == []
    assert told == ["$start=yes", "a=yes"]
    assert fired(engine, A, B) == ["r", "s"]
    assert fired(engine, A, B, C) == ["r", "s"]  # C was derived
    assert told == ["$start=yes", "a=yes", "b=yes", "c=yes"]
    assert fired(engine, B, C) == ["s"]
    assert told[4:] == ["$start=yes", "b=yes", "c=yes"]


def test_one_session_is_open_in_a_process() -> None:
    one, two = Engine([rule("r", A)]), Engine([rule("r", A)])
    one.run([A])
    two.run([A])
    assert two._host.get_facts(two._parts[0].name, "case")
    with pytest.raises(Exception, match="Could not get facts"):
        one._host.get_facts(one._parts[0].name, "case")


def test_a_case_that_failed_half_way_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine([rule("r", A), rule("s", A, B)])
    assert fired(engine, A) == ["r"]
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_by_id", Failing(ValueError))
        with pytest.raises(EngineError, match="in an action"):
            engine.run([A, B])
    assert fired(engine, A, B) == ["r", "s"]


def test_a_changed_answer_is_a_new_case() -> None:
    engine = Engine([rule("yes", A, derives=B), rule("then", B), rule("no", Fact("a", "no"))])
    assert fired(engine, A) == ["then", "yes"]
    assert fired(engine, Fact("a", "no")) == ["no"]  # what was derived went with its premise
