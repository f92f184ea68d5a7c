"""A patient in the making: every answer rests on those that are drawn already.

Where what is known leaves an answer to some patients only, it is as much commoner among them: so the
shares of the page come out, as far as they go together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from assistant.reasoning.facts import band
from assistant.reasoning.sampling.chance import Chance
from assistant.reasoning.sampling.lesion import Lesions
from assistant.reasoning.sampling.page import Page, Shares
from assistant.reasoning.sampling.timeline import Timeline
from rules.model import Coherence, Condition, Kind, Knowledge, When

RAREST = 0.2  # what few can have gets no more than this much commoner (five times) among them
MAKES = 0.9  # from this sum on, the options that speak for a disease are what it is made by
NEARLY = 0.98  # the most that an answer becomes likely where it is possible


@dataclass(frozen=True)
class Source:
    """All that patients of one diagnosis are drawn from."""

    page: Page
    timeline: Timeline
    lesions: Lesions | None


@dataclass(frozen=True)
class Plan:
    """In which order findings are drawn, and what each brings with it (`rules.model.Coherence`).

    `given` is by the finding that brings something with it, `then` by what is brought; what an answer
    implies, it brings with it. `first` are the findings that muscles bring with them. `groups` says
    what a finding keeps company with.
    """

    knowledge: Knowledge
    given: Mapping[str, tuple[Coherence, ...]]
    then: Mapping[str, tuple[Coherence, ...]]
    first: tuple[str, ...]
    order: tuple[str, ...]
    groups: Mapping[str, str]
    lists: frozenset[str]

    @classmethod
    def of(cls, knowledge: Knowledge, by_hand: Iterable[str]) -> Plan:
        """The plan of a knowledge base; what is drawn `by_hand` has no place in its order."""
        findings, apart = knowledge.findings, {*by_hand}
        rules = (*knowledge.coherence.values(), *_implied(knowledge))
        given = {id_: tuple(r for r in rules if r.given.finding == id_) for id_ in findings}
        then = {id_: tuple(r for r in rules if r.then.finding == id_) for id_ in findings}
        first = tuple(dict.fromkeys(rule.then.finding for rule in given["weak_muscles"]))
        needs = {
            id_: [
                *(when.finding for when in finding.when),
                *(r.then.finding for r in given[id_] if r.then.finding != id_),
            ]
            for id_, finding in findings.items()
            if finding.asked and not finding.negates and id_ not in apart
        }
        order = (id_ for id_ in TopologicalSorter(needs).static_order() if id_ in needs)
        groups = {id_: _group(knowledge, id_) for id_ in findings}
        lists = frozenset(id_ for id_, f in findings.items() if f.kind is Kind.SEVERAL)
        rest = tuple(id_ for id_ in order if id_ not in first)
        return cls(knowledge, given, then, first, rest, groups, lists)


def _implied(knowledge: Knowledge) -> Iterator[Coherence]:
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            for target, answer in value.implies.items():
                yield Coherence(
                    given=Condition(finding=id_, value=(name,)),
                    then=Condition(finding=target, value=(answer,)),
                )


def _group(knowledge: Knowledge, id_: str) -> str:
    """The group of a finding; its own if it follows up another of the group, for it would be asked
    of those only who are unlike the others in that."""
    findings = knowledge.findings
    group = findings[id_].group
    followed = (findings[when.finding] for when in findings[id_].when)
    if group is None or any(f.group == group and f.kind is Kind.CHOICE for f in followed):
        return id_
    return group


@dataclass
class Draft:
    """What is answered so far, and what is true: the bands of numbers, the options of lists.

    `days` is how long the illness has lasted.
    """

    plan: Plan
    source: Source
    chance: Chance
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: float = 0.0

    def draw(self, id_: str) -> None:
        """Draw a finding: a value, or options, that what is known allows."""
        plan, page = self.plan, self.source.page
        shares = page.shares(id_, self.days)
        bound = plan.given[id_] or plan.then[id_] or id_ in page.foreign
        factors = {value: self.factor(id_, value) for value in shares} if bound else {}
        if id_ in plan.lists:
            self.note(id_, self._options(id_, shares, factors))
            return
        if bound:
            shares = _among_such(shares, factors)
        if any(shares.values()):
            self.note(id_, (self.chance.one(plan.groups[id_], shares, page.order(id_)),))

    def some(self, id_: str, shares: Shares) -> tuple[str, ...]:
        """One or more options of a list, in these shares."""
        return self.chance.some(self.plan.groups[id_], shares)

    def shares(self, id_: str) -> Shares:
        """The shares of the page at this time of the illness."""
        return self.source.page.shares(id_, self.days)

    def note(self, id_: str, values: tuple[str, ...]) -> None:
        """Take an answer; no answer if there are no values."""
        if values:
            finding = self.plan.knowledge.findings[id_]
            self.answers[id_] = values
            told = values if id_ in self.plan.lists else (band(finding, values[0]) or values[0],)
            self.values[id_] = told

    def _options(self, id_: str, shares: Shares, factors: Shares) -> tuple[str, ...]:
        """Options of a list, or the one that says that there is none."""
        nothing = self.plan.knowledge.findings[id_].exclusive
        options = {v: share for v, share in shares.items() if v != nothing}
        possible = {v: share * factors.get(v, 1.0) for v, share in options.items()}
        needed = [r.then for r in self.plan.then[id_] if not r.then.absent and self._holds(r.given)]
        some = min(1 - shares[nothing] if nothing else 1.0, sum(options.values()))
        # Who can have more of them has any of them more often.
        some = min(some * sum(possible.values()) / sum(options.values()), NEARLY)
        if nothing and not needed and not self.chance.happens(self.plan.groups[id_], some):
            return (nothing,)
        which = {v: min(share / some, NEARLY) if some else 0.0 for v, share in possible.items()}
        chosen = self._which(id_, which)
        for condition in needed:
            if not any(value in chosen for value in condition.value):
                chosen = (*chosen, max(condition.value, key=lambda value: shares[value]))
        return self._without_contradiction(id_, chosen)

    def _which(self, id_: str, shares: Shares) -> tuple[str, ...]:
        """At least one option. If those that make the disease leave hardly anyone without, one of
        these: who drinks nothing and eats well has no alcoholic neuropathy for taking a statin."""
        own = {v: share for v, share in shares.items() if v in self.source.page.own(id_)}
        group = f"which {id_}"  # that there is any is drawn already
        if sum(own.values()) < MAKES:
            return self.chance.some(group, shares)
        others = (v for v in shares if v not in own and self.chance.happens(group, shares[v]))
        return (*self.chance.some(group, own), *others)

    def _without_contradiction(self, id_: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
        """The options without those that others of the same list exclude."""
        rules = [r for r in self.plan.given[id_] if r.then.finding == id_ and r.then.absent]
        kept: list[str] = []
        for value in chosen:
            sides = ({value}, {*kept})
            if not any(
                one & {*r.given.value} and other & {*r.then.value}
                for r in rules
                for one, other in (sides, sides[::-1])
            ):
                kept.append(value)
        return tuple(kept)

    # --- what is possible ---

    def factor(self, id_: str, value: str) -> float:
        """0 if a value contradicts what is known; above 1 if few patients could have it, and this
        one can: then it is as much more likely."""
        if value in self.source.page.foreign.get(id_, ()):
            return 0.0
        for rule in self.plan.then[id_]:
            # of a list, it is enough that one of the options is there
            bars = rule.then.absent or id_ not in self.plan.lists
            if bars and (value in rule.then.value) is rule.then.absent and self._holds(rule.given):
                return 0.0
        factor = 1.0
        for rule in self.plan.given[id_]:
            holds = self._holds(rule.then) if value in rule.given.value else None
            if holds is False:
                return 0.0
            if holds:
                factor /= max(self._likely_if_asked(id_, rule.then), RAREST)
        return factor

    def holds_all(self, conditions: Iterable[When]) -> bool:
        """Whether a follow-up applies."""
        return all(
            any(value in self.values.get(when.finding, ()) for value in when.value)
            for when in conditions
        )

    def _holds(self, condition: Condition) -> bool | None:
        """Whether a condition is met; None if that is not known."""
        if condition.finding not in self.values:
            return None
        met = any(value in self.values[condition.finding] for value in condition.value)
        return met is not condition.absent

    def _likely_if_asked(self, id_: str, condition: Condition) -> float:
        """How often a condition is met among those whom a follow-up is asked: it lies within."""
        page = self.source.page
        share = min(page.likely(condition), 1.0)
        for when in self.plan.knowledge.findings[id_].when:
            share /= max(page.likely(when), share)
        return 1 - share if condition.absent else share


def _among_such(shares: Shares, factors: Shares) -> Shares:
    """The shares of a choice among patients such as this: what is raised takes from the others."""
    raised = {v: share * factors[v] for v, share in shares.items() if factors[v] > 1}
    plain = {v: share for v, share in shares.items() if 0 < factors[v] <= 1}
    rest, total = 1 - min(sum(raised.values()), NEARLY), sum(plain.values())
    if total > rest:
        plain = {v: share * rest / total for v, share in plain.items()}
    down = min(NEARLY / (sum(raised.values()) or 1.0), 1.0) if total else 1.0
    raised = {v: share * down for v, share in raised.items()}
    return {v: raised.get(v, plain.get(v, 0.0)) for v in shares}
