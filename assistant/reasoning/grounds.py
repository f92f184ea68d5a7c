"""From a conclusion back to the answers: what a rule matched, and what rules wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from assistant.reasoning.criteria import Judged, Verdict, judge
from assistant.reasoning.differential import Outcome, Reasoner
from assistant.reasoning.engine import Firing
from assistant.reasoning.facts import ruled_out
from assistant.reasoning.inquiry import offered
from rules.compile import Fact, Rule, option_facts
from rules.criteria import Item
from rules.model import NO, YES, Knowledge, Urgency

SITE = "lesion_site"


@dataclass(frozen=True)
class Ground:
    """A fact and what it was derived from: nothing if an answer states it."""

    fact: Fact
    parts: tuple[Ground, ...] = ()


def grounds(knowledge: Knowledge, outcome: Outcome, fact: Fact) -> Ground:
    """The tree under a fact: under a pattern, what its rule matched; under a lesion site, the
    muscles and areas of skin that it explains, and those tested normal beside it.
    """
    id_, _, option = fact.key.partition(".")
    if id_ in outcome.patterns:
        return Ground(fact, matched(knowledge, outcome, outcome.patterns[id_][0]))
    if id_ == SITE and outcome.sites:
        return Ground(fact, tuple(map(Ground, _examined(knowledge, outcome, option))))
    return Ground(fact)


def matched(knowledge: Knowledge, outcome: Outcome, firing: Firing) -> tuple[Ground, ...]:
    """What a rule that fired has matched, each with what it was derived from itself."""
    members: defaultdict[Fact | None, list[Fact]] = defaultdict(list)
    for other in outcome.firings:
        if other.rule.kind == "membership":
            members[other.rule.derives] += other.facts
    facts = dict.fromkeys(f for fact in firing.facts for f in members.get(fact, [fact]))
    return tuple(grounds(knowledge, outcome, fact) for fact in facts)


def _examined(knowledge: Knowledge, outcome: Outcome, site: str) -> Iterator[Fact]:
    record, found = knowledge.sites[site], outcome.sites[0]
    for fact in sorted(outcome.facts, key=lambda f: (f.value == NO, f.key < "weak", f)):
        finding, _, part = fact.key.partition(".")
        parts = {"weak_muscles": record.muscles, "numb_areas": record.sensory}.get(finding, ())
        explained = fact.value == YES and part in found.explains and part in parts
        if explained or (fact.value == NO and finding == "weak_muscles"):
            yield fact


# --- rules that wait ----------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """A rule that an answer would complete: alone, or with one more.

    `facts` are what the answer may state to that end, `more` what the other answer must.
    """

    rule: Rule
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...] = ()


def waiting(reasoner: Reasoner, outcome: Outcome, id_: str) -> list[Waiting]:
    """The red flags and patterns not recognised yet that an answer to a finding would complete.

    Red flags first, the most urgent of them; then those that need no other answer; then those of
    which most is known. One rule for each red flag or pattern.
    """
    known = {*outcome.facts, *(f.rule.derives for f in outcome.firings if f.rule.derives)}
    members: defaultdict[Fact | None, list[Fact]] = defaultdict(list)
    for rule in reasoner.engine.rules:
        if rule.kind == "membership":
            members[rule.derives] += rule.all
    finding = reasoner.knowledge.findings[id_]
    choices = offered(reasoner.knowledge, outcome.facts, id_)
    stated = {option_facts(id_, finding, value) for value in choices}
    found = []
    for rule in reasoner.engine.rules:
        if rule.kind in ("red_flag", "pattern") and not _is_recognised(outcome, rule):
            lacks = [members.get(fact, [fact]) for fact in rule.all if fact not in known]
            held = len(rule.all) - len(lacks)
            waits = _waits(reasoner.knowledge, outcome, rule, lacks, stated)
            if waits and (held or not waits.more):
                found.append((_order(reasoner.knowledge, waits, held), waits))
    best: dict[tuple[str, str], Waiting] = {}
    for _, waits in sorted(found, key=lambda item: item[0]):
        best.setdefault((waits.rule.kind, waits.rule.target), waits)
    return list(best.values())


def _is_recognised(outcome: Outcome, rule: Rule) -> bool:
    return rule.target in (outcome.red_flags if rule.kind == "red_flag" else outcome.patterns)


def _waits(
    knowledge: Knowledge,
    outcome: Outcome,
    rule: Rule,
    lacks: list[list[Fact]],
    stated: Collection[Fact],
) -> Waiting | None:
    """What a rule waits for, if an answer that may be `stated` and at most one other complete it."""
    own = [tuple(fact for fact in facts if fact in stated) for facts in lacks]
    others = [facts for facts, mine in zip(lacks, own, strict=True) if not mine]
    mine = [facts for facts in own if facts]
    if len(mine) != 1 or len(others) > 1:
        return None
    more = tuple(f for f in others[0] if _is_open(knowledge, outcome, f)) if others else ()
    return Waiting(rule, mine[0], more) if more or not others else None


def _is_open(knowledge: Knowledge, outcome: Outcome, fact: Fact) -> bool:
    """Whether an answer may still state a fact."""
    id_ = fact.key.partition(".")[0]
    finding = knowledge.findings.get(id_)
    if finding is None or not finding.asked or ruled_out(knowledge, outcome.facts, id_):
        return False
    return all(known.key != fact.key for known in outcome.facts)


def _order(knowledge: Knowledge, waits: Waiting, held: int) -> tuple[object, ...]:
    flag = knowledge.red_flags.get(waits.rule.target) if waits.rule.kind == "red_flag" else None
    urgency = flag.urgency.rank if flag else len(Urgency)
    return urgency, bool(waits.more), -held, waits.rule.id


# --- criteria that wait -------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingItem:
    """An item of published criteria that any of these facts would meet."""

    criteria: str
    item: Item
    facts: tuple[Fact, ...]


def waiting_items(
    knowledge: Knowledge, outcome: Outcome, criteria: Iterable[str], id_: str
) -> list[WaitingItem]:
    """The items of sets of criteria, not decided yet, that an answer to a finding would meet."""
    finding, found = knowledge.findings[id_], []
    stated = [option_facts(id_, finding, value) for value in finding.values]
    for name in criteria:
        before = judge(knowledge, outcome.facts, name).levels
        meets: dict[int, tuple[Item, list[Fact]]] = {}
        for fact in stated:
            after = judge(knowledge, {*outcome.facts, fact}, name).levels
            for level, judged in before.items():
                for item in _newly_met(judged, after[level]):
                    meets.setdefault(id(item), (item, []))[1].append(fact)
        found += [WaitingItem(name, item, tuple(facts)) for item, facts in meets.values()]
    return found


def _newly_met(before: Judged, after: Judged) -> Iterator[Item]:
    """The outermost items told in words that are met now and were not decided."""
    item, verdicts = before.item, (before.verdict, after.verdict)
    if verdicts == (Verdict.UNDETERMINED, Verdict.MET) and (item.text or item.finding):
        yield item
        return
    if item.none:  # what is met in it speaks against the criteria
        return
    for was, now in zip(before.parts, after.parts, strict=True):
        yield from _newly_met(was, now)
