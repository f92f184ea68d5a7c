"""Answers as they might have been: one changed, added or taken away, and what comes of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assistant.reasoning.criteria import Judgement, judge
from assistant.reasoning.differential import Outcome
from assistant.reasoning.facts import DENIED, UNKNOWN, Answers, facts_of
from assistant.reasoning.inquiry import applies
from rules.compile import Fact, option_facts
from rules.model import YES, Finding, Kind, Knowledge, Tier


def with_answer(
    knowledge: Knowledge, answers: Answers, id_: str, values: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The answers with this one among them, and without what it contradicts: a muscle that is weak
    is not normal, and whoever has no pain does not complain of it.
    """
    changed = {**answers, id_: values}
    stated = {fact.key: fact for fact in facts_of(knowledge, {id_: values})}
    for other, given in answers.items():
        if other == id_ or given == (UNKNOWN,):
            continue
        finding = knowledge.findings[other]
        left = tuple(value for value in given if not _contrary(knowledge, other, value, stated))
        if left == given:
            continue
        if left or (finding.complete and finding.exclusive):
            changed[other] = left or (finding.exclusive or "",)
        else:
            del changed[other]
    return changed


def _contrary(knowledge: Knowledge, id_: str, value: str, stated: dict[str, Fact]) -> bool:
    """Whether one value of an answer says, or contains, the contrary of what is stated."""
    finding = knowledge.findings[id_]
    option = finding.values.get(value)
    said = [option_facts(id_, finding, value)] if finding.kind is Kind.SEVERAL and option else []
    for target, answer in (option.implies if option else {}).items():
        said.append(option_facts(target, knowledge.findings[target], answer))
    return any(fact.key in stated and stated[fact.key] != fact for fact in said)


def with_fact(
    knowledge: Knowledge, answers: Answers, fact: Fact
) -> dict[str, tuple[str, ...]] | None:
    """The answers with the least change that makes them state a fact; None if no answer states it.

    An option of a list is added to it or taken out of it; what is denied of a list that has a
    counterpart ("muscles tested normal") is added to that.
    """
    id_, _, option = fact.key.partition(".")
    findings = knowledge.findings
    if not option:
        return with_answer(knowledge, answers, id_, (fact.value,))
    if fact.value == YES:
        return with_answer(knowledge, answers, id_, _added(findings[id_], answers, id_, option))
    for other, finding in findings.items():
        if finding.negates == id_:
            return with_answer(knowledge, answers, other, _added(finding, answers, other, option))
    left = tuple(value for value in _named(answers, id_) if value != option)
    exclusive = findings[id_].exclusive
    if not findings[id_].complete or not (left or exclusive):
        return None
    return with_answer(knowledge, answers, id_, left or (exclusive or "",))


def _added(finding: Finding, answers: Answers, id_: str, option: str) -> tuple[str, ...]:
    if option == finding.exclusive:
        return (option,)
    without = {finding.exclusive, option, DENIED + option}
    named = [*(value for value in _named(answers, id_) if value not in without), option]
    order = list(finding.values)
    return tuple(sorted(named, key=lambda v: order.index(v) if v in order else len(order)))


def _named(answers: Answers, id_: str) -> tuple[str, ...]:
    values = answers.get(id_, ())
    return () if values == (UNKNOWN,) else values


@dataclass(frozen=True)
class Standing:
    """The answers that make sense together, with their facts. `withdrawn` are those to follow-up
    questions that do not apply, and to what follows those."""

    answers: Answers
    facts: Mapping[Fact, str]
    withdrawn: tuple[str, ...]


def standing(knowledge: Knowledge, answers: Answers) -> Standing:
    """What is left of answers when some of them were changed."""
    left = dict(answers)
    withdrawn: list[str] = []
    while True:
        facts = facts_of(knowledge, left)
        idle = [id_ for id_ in left if not applies(knowledge, facts, id_)]
        if not idle:
            return Standing(left, facts, tuple(withdrawn))
        for id_ in idle:
            del left[id_]
        withdrawn += idle


@dataclass(frozen=True)
class Difference:
    """What one outcome concludes and the other does not.

    `criteria` are the sets whose verdict or level is another, as judged before and after;
    `questions` the follow-up questions that no longer make sense, or do only now.
    """

    patterns_lost: tuple[str, ...]
    patterns_gained: tuple[str, ...]
    flags_lost: tuple[str, ...]
    flags_gained: tuple[str, ...]
    criteria: tuple[tuple[Judgement, Judgement], ...]
    questions_lost: tuple[str, ...]
    questions_gained: tuple[str, ...]


def difference(
    knowledge: Knowledge, before: Outcome, after: Outcome, tier: Tier = Tier.GENETICS
) -> Difference:
    """What changes from one outcome to another. `tier` is the furthest that may be asked for."""
    judged = [
        (judge(knowledge, before.facts, id_), judge(knowledge, after.facts, id_))
        for id_ in knowledge.criteria
    ]
    asked_before, asked_after = (_follow_ups(knowledge, o, tier) for o in (before, after))
    return Difference(
        _not_in(before.patterns, after.patterns),
        _not_in(after.patterns, before.patterns),
        _not_in(before.red_flags, after.red_flags),
        _not_in(after.red_flags, before.red_flags),
        tuple((w, n) for w, n in judged if (w.verdict, w.level) != (n.verdict, n.level)),
        _not_in(asked_before, asked_after),
        _not_in(asked_after, asked_before),
    )


def _not_in(these: Iterable[str], those: Collection[str]) -> tuple[str, ...]:
    return tuple(id_ for id_ in these if id_ not in those)


def _follow_ups(knowledge: Knowledge, outcome: Outcome, tier: Tier) -> list[str]:
    return [
        id_
        for id_, finding in knowledge.findings.items()
        if finding.when
        and finding.asked
        and finding.tier.rank <= tier.rank
        and applies(knowledge, outcome.facts, id_)
    ]
