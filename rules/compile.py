"""From knowledge to rules: plain records, then the plain dicts that durable-rules takes.

Every rule is positive and tests facts for equality only, which is the subset in which
durable-rules is exact (see docs/decisions/0001-engine.md). Three kinds of rule:

- *evidence*: one rule for each fact that some diagnosis weighs; its single condition is that fact;
- *membership*: a condition that allows several facts ("any of these regions") is derived once as
  a fact of its own, so that alternatives neither multiply rules nor use `$or`;
- *pattern* and *red flag*: one rule for each alternative; patterns derive a fact.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from rules.model import NO, YES, Alternative, Condition, Finding, Kind, Knowledge, Pattern

GROUPS = 24  # how many groups keys are hashed into, tested before the key itself

# The limits of durable-rules 2.0.28, each an error, a hang or a crash beyond it.
MAX_CONDITIONS = 16
MAX_STRING = 65_535
# Those of one ruleset; what passes them goes into a ruleset of its own (see `rulesets`).
MAX_RULES = 500  # of 4,096: to open a case for 2,000 in one takes twenty times as long as for 500
MAX_TESTS_PER_FIELD = 511
MAX_CONDITIONS_PER_FACT = 64  # so never the 255 rules that may share one condition


class Fact(NamedTuple):
    """A key and its value; see `rules.model` for how answers become facts.

    A tuple, which is hashed and compared in C: every turn compares sets of facts.
    """

    key: str
    value: str = YES

    @property
    def id(self) -> str:
        return f"{self.key}={self.value}"


START = Fact("$start")  # what opens a case: `assistant.reasoning.engine` asserts it first


@dataclass(frozen=True)
class Rule:
    """If all the facts stand, the rule fires; it may derive one more fact."""

    id: str
    kind: Literal["evidence", "membership", "pattern", "red_flag"]
    all: tuple[Fact, ...]
    derives: Fact | None = None
    target: str = ""
    alternative: int = 0


class LimitError(ValueError):
    """The rules would pass a limit of the engine; `code` is R012 or R015.

    `rule` is one that is concerned.
    """

    def __init__(self, code: str, message: str, rule: Rule) -> None:
        self.code = code
        self.rule = rule
        super().__init__(message)


def option_facts(id_: str, finding: Finding | Pattern, value: str) -> Fact:
    """The fact that an answer `value` to a finding states."""
    if isinstance(finding, Finding) and finding.kind is Kind.SEVERAL:
        return Fact(f"{finding.negates or id_}.{value}", NO if finding.negates else YES)
    return Fact(id_, value)


def condition_facts(knowledge: Knowledge, condition: Condition) -> list[Fact]:
    """The facts any of which meets a condition."""
    finding = knowledge.findings.get(condition.finding)
    if finding is None:  # a pattern
        return [Fact(condition.finding)]
    facts = [option_facts(condition.finding, finding, value) for value in condition.value]
    return [Fact(fact.key, NO) for fact in facts] if condition.absent else facts


def compile_rules(knowledge: Knowledge) -> tuple[Rule, ...]:
    """All rules of the knowledge, in a fixed order. LimitError if the engine cannot hold them."""
    rules = rules_of(knowledge)
    check_limits(rules)
    return rules


def rules_of(knowledge: Knowledge) -> tuple[Rule, ...]:
    """All rules of the knowledge, whether or not the engine can hold them."""
    memberships: dict[str, Rule] = {}
    rules = list(_evidence(knowledge))
    for id_, pattern in knowledge.patterns.items():
        for i, alternative in enumerate(pattern.any):
            facts = _conditions(knowledge, alternative, memberships)
            rules.append(Rule(f"pattern:{id_}:{i}", "pattern", facts, Fact(id_), id_, i))
    for id_, flag in knowledge.red_flags.items():
        for i, alternative in enumerate(flag.any):
            facts = _conditions(knowledge, alternative, memberships)
            rules.append(Rule(f"red_flag:{id_}:{i}", "red_flag", facts, None, id_, i))
    every = (*rules, *memberships.values())
    return tuple({rule.id: rule for rule in every}.values())


def alternative(knowledge: Knowledge, rule: Rule) -> Alternative:
    """The alternative of a pattern or red flag that a rule was made of."""
    if rule.kind == "pattern":
        return knowledge.patterns[rule.target].any[rule.alternative]
    return knowledge.red_flags[rule.target].any[rule.alternative]


def _evidence(knowledge: Knowledge) -> Iterator[Rule]:
    weighed = {e.finding for d in knowledge.diagnoses.values() for e in d.evidence}
    for id_ in sorted(weighed | {"age", "sex"}):
        if id_ in knowledge.patterns:
            yield Rule(f"evidence:{id_}=yes", "evidence", (Fact(id_),), target=id_)
            continue
        finding = knowledge.findings.get(id_)
        if finding is None:  # `rules.check` compiles faulty knowledge too
            continue
        for value in finding.values:
            fact = option_facts(id_, finding, value)
            facts = [fact]
            if finding.kind is Kind.SEVERAL:
                facts = [Fact(fact.key, YES)]
                # the denial of what is only derived, or of "none of these", is never stated
                if finding.asked and value != finding.exclusive:
                    facts.append(Fact(fact.key, NO))
            for each in facts:
                yield Rule(f"evidence:{each.id}", "evidence", (each,), target=id_)


def _conditions(
    knowledge: Knowledge, alternative: Alternative, memberships: dict[str, Rule]
) -> tuple[Fact, ...]:
    # Each fact once: durable-rules wants two facts for two conditions, even if they are the same.
    facts = (_condition(knowledge, c, memberships) for c in alternative.all)
    return tuple(dict.fromkeys(facts))


def _condition(knowledge: Knowledge, condition: Condition, memberships: dict[str, Rule]) -> Fact:
    """The one fact that stands for a condition; adds membership rules where it has several."""
    facts = condition_facts(knowledge, condition)
    if len(facts) == 1:
        return facts[0]
    name = "any:" + "|".join(fact.id for fact in sorted(facts))
    for fact in facts:
        rule_id = f"{name}<{fact.id}"
        memberships.setdefault(rule_id, Rule(rule_id, "membership", (fact,), Fact(name)))
    return Fact(name)


# --- limits -------------------------------------------------------------------------------


def check_limits(rules: Iterable[Rule]) -> None:
    """LimitError if the rules pass a limit of the engine or two ids have the same hash."""
    for error in passed_limits(rules):
        raise error


def passed_limits(rules: Iterable[Rule]) -> Iterator[LimitError]:
    """Every limit of the engine that the rules pass, in a fixed order."""
    rules = tuple(rules)
    taken, told = {START.key}, set[Fact]()
    for rule in rules:
        if rule.id in taken:
            yield LimitError("R015", f"two rules have the id {rule.id}: one would be lost", rule)
        taken.add(rule.id)
        if len(rule.all) > MAX_CONDITIONS:
            yield LimitError(
                "R015", f"{rule.id} has over {MAX_CONDITIONS} conditions: split it", rule
            )
        if not rule.all or len(set(rule.all)) < len(rule.all):
            # it would never fire, and durable-rules would not say so
            yield LimitError("R015", f"{rule.id} has no condition, or the same twice", rule)
        for fact in dict.fromkeys(rule.all):
            if fact not in told and len(fact.id.encode()) > MAX_STRING:
                yield LimitError("R015", f"the id {fact.id[:40]}… is too long", rule)
            told.add(fact)
    yield from _colliding_ids(rules)


def _colliding_ids(rules: Iterable[Rule]) -> Iterator[LimitError]:
    seen = {fnv1a(START.id): START.id}
    for rule in rules:
        for fact in (*rule.all, *((rule.derives,) if rule.derives else ())):
            other = seen.setdefault(fnv1a(fact.id), fact.id)
            if other != fact.id:
                text = f"“{fact.id}” and “{other}” have the same hash: rename one"
                yield LimitError("R012", text, rule)


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash by which durable-rules tells ids apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


# --- durable-rules' own form --------------------------------------------------------------


class _Room:
    """What one ruleset of durable-rules holds, and may still hold."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._users: Counter[Fact] = Counter()
        self._tests: defaultdict[object, set[str]] = defaultdict(set)  # by field

    def takes(self, rule: Rule) -> bool:
        """Whether the rule went in; not if a limit would be passed."""
        tests: defaultdict[object, set[str]] = defaultdict(set)
        for fact in rule.all:
            tests[group_of(fact.key)].add(fact.key)
            tests[fact.key].add(fact.value)
        busy = any(self._users[fact] >= MAX_CONDITIONS_PER_FACT for fact in rule.all)
        crowded = any(len(self._tests[f] | new) > MAX_TESTS_PER_FIELD for f, new in tests.items())
        if busy or crowded or len(self.rules) >= MAX_RULES:
            return False
        self.rules.append(rule)
        self._users.update(rule.all)
        for field, new in tests.items():
            self._tests[field] |= new
        return True


def rulesets(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rules in as many rulesets as durable-rules' limits need, in order: mostly one."""
    rooms = [_Room()]
    for rule in rules:
        if not rooms[-1].takes(rule):
            rooms.append(_Room())
            rooms[-1].takes(rule)
    return [room.rules for room in rooms]


def group_of(key: str) -> int:
    """A small number for a key, tested first: it keeps the engine's tests under a field few."""
    return zlib.crc32(key.encode()) % GROUPS


def definition(
    rules: Iterable[Rule], action: Callable[[Rule], Callable[[Any], None]]
) -> dict[str, Any]:
    """The rules as durable-rules takes them. `action` makes what runs when a rule fires."""
    return {
        rule.id: {
            "all": [{f"c{i}": _expression(fact)} for i, fact in enumerate(rule.all)],
            "run": action(rule),
        }
        for rule in rules
    }


def _expression(fact: Fact) -> dict[str, Any]:
    return {"$and": [{"g": group_of(fact.key)}, {"k": fact.key}, {"v": fact.value}]}
