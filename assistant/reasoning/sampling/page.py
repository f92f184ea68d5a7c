"""How often each answer is met in a diagnosis: its page, ready to draw patients from.

The shares are those that `reasoning.likelihood` weighs: what a page does not speak of is as usual.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.reasoning.differential import Reasoner
from assistant.reasoning.facts import option
from assistant.reasoning.likelihood import MAX_WEIGHT, Likelihood
from rules.compile import Fact
from rules.model import NO, YES, Condition, Evidence, Kind, Knowledge, When

TIME_FOR_LATE = 60.0  # days until a sign that comes with time is as frequent as told; judgement

Shares = Mapping[str, float]


@dataclass(frozen=True)
class Page:
    """The shares of one hypothesis (a diagnosis, or `OTHER`, whose page says nothing).

    `told` is what the page says of a fact; `foreign` are, by finding, the values that are
    pathognomonic of others, unless they speak for this one too; `late` are the findings with signs
    that come with time. What is worked out is kept.
    """

    knowledge: Knowledge
    id: str
    told: Mapping[Fact, Likelihood]
    foreign: Mapping[str, Collection[str]]
    late: frozenset[str]
    _shares: dict[str, Shares] = field(default_factory=dict)
    _order: dict[str, Sequence[str]] = field(default_factory=dict)
    _own: dict[str, Collection[str]] = field(default_factory=dict)
    _likely: dict[tuple[str, tuple[str, ...]], float] = field(default_factory=dict)

    def shares(self, id_: str, days: float = math.inf) -> Shares:
        """The share of each value of a finding, after an illness of so many days.

        Those of a choice add up to 1. Each option of a list is a matter of its own.
        """
        if id_ not in self._shares:
            self._shares[id_] = self._shares_of(id_, 1.0)
        if days < TIME_FOR_LATE and id_ in self.late:
            return self._shares_of(id_, days / TIME_FOR_LATE)
        return self._shares[id_]

    def order(self, id_: str) -> Sequence[str]:
        """The values of a choice: "yes" first, else what speaks most for this hypothesis."""
        if id_ not in self._order:
            said, values = self._said(id_), self.knowledge.findings[id_].values
            weights = {v: said[v].weight if v in said else 0.0 for v in values}
            self._order[id_] = sorted(values, key=lambda v: (v != YES, -weights[v]))
        return self._order[id_]

    def own(self, id_: str) -> Collection[str]:
        """The options of a list that speak for this hypothesis."""
        if id_ not in self._own:
            said = self._said(id_)
            self._own[id_] = {v for v, item in said.items() if item.weight > 0}
        return self._own[id_]

    def likely(self, condition: Condition | When) -> float:
        """About how often one of the values of a condition is met."""
        key = condition.finding, condition.value
        if key not in self._likely:
            shares = self.shares(condition.finding)
            met = [shares[value] for value in condition.value]
            several = self.knowledge.findings[condition.finding].kind is Kind.SEVERAL
            self._likely[key] = 1 - math.prod(1 - s for s in met) if several else sum(met)
        return self._likely[key]

    def _said(self, id_: str) -> dict[str, Likelihood]:
        facts = {v: option(self.knowledge, id_, v) for v in self.knowledge.findings[id_].values}
        return {v: self.told[fact] for v, fact in facts.items() if fact in self.told}

    def _shares_of(self, id_: str, come: float) -> Shares:
        """The shares; `come` is which part of the late signs is there already."""
        finding, said = self.knowledge.findings[id_], self._said(id_)
        several = finding.kind is Kind.SEVERAL
        named = {
            v: item.share * (come if _is_late(item) else 1.0)
            for v, item in said.items()
            if several or item.named
        }
        usual = {v: value.usual for v, value in finding.values.items() if v not in named}
        if several:
            return {v: named.get(v, usual.get(v, 0.0)) for v in finding.values}
        if id_ == "age" and named:
            usual = dict.fromkeys(usual, 0.0)  # the prior tells it whole
        rest = max(1 - sum(named.values()), 0.0) / (sum(usual.values()) or 1.0)
        shares = named | {v: rest * share for v, share in usual.items()}
        total = sum(shares.values())
        return {v: shares[v] / total for v in finding.values}


def pages(reasoner: Reasoner) -> dict[str, Page]:
    """The page of every hypothesis."""
    told: defaultdict[str, dict[Fact, Likelihood]] = defaultdict(dict)
    deciding: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for fact, items in reasoner.table.items():
        for item in items:
            told[item.diagnosis][fact] = item
            if _is_pathognomonic(item):
                deciding[item.finding, _value(fact)].add(item.diagnosis)
    found = {}
    for id_ in reasoner.priors:
        foreign: defaultdict[str, list[str]] = defaultdict(list)
        for (finding, value), own in deciding.items():
            said = told[id_].get(option(reasoner.knowledge, finding, value))
            if id_ not in own and (said is None or said.weight <= 0):
                foreign[finding].append(value)
        late = frozenset(item.finding for item in told[id_].values() if _is_late(item))
        found[id_] = Page(reasoner.knowledge, id_, told[id_], dict(foreign), late)
    return found


def _value(fact: Fact) -> str:
    """The value that a fact states, or the option that it says is there."""
    return fact.key.partition(".")[2] or fact.value


def _is_pathognomonic(item: Likelihood) -> bool:
    """Whether a fact decides for a diagnosis by itself."""
    if item.weight <= MAX_WEIGHT or not item.named or item.fact.value == NO:
        return False
    return isinstance(item.source, Evidence) and item.source.decides == "pathognomonic"


def _is_late(item: Likelihood) -> bool:
    return isinstance(item.source, Evidence) and item.source.late
