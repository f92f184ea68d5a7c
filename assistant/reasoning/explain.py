"""The least that would have to be otherwise for a diagnosis to lead, or not to lead.

`smallest_change` looks for the smallest set of answers that, changed or added, reaches a goal. A
sketch says quickly what each change would do; what it puts first is concluded from in full, so
that what is reported holds. The search is deterministic, and bounded by how many sets it concludes
from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from assistant.reasoning.changes import Standing, standing, with_fact
from assistant.reasoning.differential import (
    Hypothesis,
    Outcome,
    Reasoner,
    conclude,
)
from assistant.reasoning.facts import DAYS_A_YEAR, UNKNOWN, Answers, facts_of, number, option
from assistant.reasoning.inquiry import applies, offered
from assistant.reasoning.likelihood import MAX_WEIGHT, SMALL
from rules.compile import Fact
from rules.model import NO, Finding, Kind, Knowledge, Tier

if TYPE_CHECKING:
    from assistant.reasoning.arrays import Floats
    from assistant.reasoning.sketch import Sketch

MOST = 4  # answers changed together: with more it would be another patient
WEIGHED = 20  # sets of one size, first by the sketch, that are weighed exactly
SINGLES, TRIED = 12, 4  # of those, single changes and sets that are concluded from
SLACK = MAX_WEIGHT  # nats that they may lack before: a new pattern or lesion site may add them
FEW = 2  # what is concluded from if all lack more; and the closest, to which a change is added
POOL = {2: 40, 3: 18, 4: 12}  # of how many single changes sets of a size are made
WHO = ("age", "sex")  # who the patient is, and not what was found


@dataclass(frozen=True)
class Goal:
    """That a hypothesis comes to lead, or (`leads` false) that it leads no longer."""

    id: str
    leads: bool = True

    def is_reached(self, outcome: Outcome) -> bool:
        """Whether the answers behind an outcome reach it."""
        return (outcome.leader.id == self.id) is self.leads

    def margin(self, hypotheses: Iterable[Hypothesis]) -> float:
        """By how much (nats) these would reach it; negative, what they lack."""
        scores = {h.id: h.score for h in hypotheses}
        lead = scores.pop(self.id) - max(scores.values())
        return round(lead if self.leads else -lead, 9)


@dataclass(frozen=True)
class Reversal:
    """Answers changed together, and what then follows.

    `changes` are the facts that the changed answers state; `withdrawn` the answers to follow-up
    questions that would no longer apply. `reached` says whether the goal is; if not, this is the
    closest that was found.
    """

    changes: tuple[Fact, ...]
    answers: Answers
    withdrawn: tuple[str, ...]
    outcome: Outcome
    reached: bool


def smallest_change(
    reasoner: Reasoner, answers: Answers, goal: Goal, tier: Tier = Tier.GENETICS
) -> Reversal | None:
    """The smallest set of answers to change, or to add, that reaches the goal.

    Each change speaks for what is to lead, or replaces an answer that does less for it. Sets of one
    are tried, then pairs, and so on up to `MOST`; beyond pairs only sets of the most promising
    changes, and the closest pairs with one more. None of its changes can be left out. Of sets as
    small, one that needs no test comes first, then one that withdraws fewer other answers, then the
    one that goes furthest. Who the patient is stays as it is; questions not asked yet come in up to
    `tier`. None if there is nothing to change.
    """
    return _Search(reasoner, answers, goal).run(tier)


def smallest_changes(
    reasoner: Reasoner, answers: Answers, goal: Goal, tier: Tier = Tier.GENETICS
) -> list[Reversal]:
    """The smallest change and, where that needs new tests, the smallest that needs none."""
    search = _Search(reasoner, answers, goal)
    found = search.run(tier)
    if found is None:
        return []
    if found.reached and not all(search.may_be(fact, Tier.SIGN) for fact in found.changes):
        bedside = search.run(Tier.SIGN)
        return [found, bedside] if bedside and bedside.reached else [found]
    return [found]


_Set = tuple[Fact, ...]


@dataclass(frozen=True)
class _Search:
    reasoner: Reasoner
    answers: Answers
    goal: Goal

    def run(self, tier: Tier) -> Reversal | None:
        effects = {f: effect for f, effect in self._effects.items() if self.may_be(f, tier)}
        tried, pool = list[Reversal](), list[Fact]()
        sets: Iterable[_Set] = ((fact,) for fact in effects)
        for size in range(1, MOST + 1):
            ranked = self._ranked(effects, sets)
            found = sorted(self._concluded(self._promising(ranked)), key=self._order)
            tried += found
            if not found or found[0].reached or size == MOST:
                break
            pool = pool or [fact for (fact,) in ranked]
            longer = (tuple(sorted((*r.changes, f))) for r in found[:FEW] for f in pool[: POOL[2]])
            sets = {*combinations(sorted(pool[: POOL[size + 1]]), size + 1), *longer}
        return self._needed(min(tried, key=self._order)) if tried else None

    def may_be(self, fact: Fact, tier: Tier) -> bool:
        """Whether a fact is one of a question answered already, or within a tier."""
        id_ = fact.key.partition(".")[0]
        told = self.answers.get(id_, (UNKNOWN,)) != (UNKNOWN,)
        return told or self.reasoner.knowledge.findings[id_].tier.rank <= tier.rank

    def _promising(self, ranked: Sequence[_Set]) -> list[_Set]:
        """The sets to conclude from: those that may reach the goal; else the first, to be told."""
        drafts = {facts: self._applied(facts) for facts in ranked[:WEIGHED]}
        promise = {
            facts: self._promise(self._sketch.exact(left.facts))
            for facts, left in drafts.items()
            if left is not None
        }
        order = sorted(promise, key=lambda facts: (-promise[facts], facts))
        most = SINGLES if order and len(order[0]) == 1 else TRIED
        return [facts for facts in order[:most] if promise[facts] > -SLACK] or order[:FEW]

    def _applied(self, facts: _Set) -> Standing | None:
        """The answers so changed; None if they would contradict one another."""
        knowledge, changed = self.reasoner.knowledge, self.answers
        for fact in facts:
            changed = with_fact(knowledge, changed, fact) or changed
        left = standing(knowledge, changed)
        new = {id_: v for id_, v in left.answers.items() if v != self.answers.get(id_)}
        said = (fact for id_, v in new.items() for fact in facts_of(knowledge, {id_: v}))
        return left if all(fact in left.facts for fact in (*facts, *said)) else None

    def _needed(self, found: Reversal) -> Reversal:
        """What is left of a set that reaches the goal once nothing can be left out."""
        if found.reached and len(found.changes) > 1:
            fewer = combinations(found.changes, len(found.changes) - 1)
            for rest in self._concluded(fewer):
                if rest.reached:
                    return self._needed(rest)
        return found

    def _order(self, found: Reversal) -> tuple[object, ...]:
        """What reaches the goal comes first, the least asked of it; then what comes closest."""
        margin = -self.goal.margin(found.outcome.hypotheses)
        if not found.reached:
            return True, margin, found.changes
        tests = not all(self.may_be(fact, Tier.SIGN) for fact in found.changes)
        return False, tests, len(found.withdrawn), margin, found.changes

    def _concluded(self, sets: Iterable[_Set]) -> Iterator[Reversal]:
        """What follows from each set of changes."""
        for facts in sets:
            left = self._applied(facts)
            if left is not None:
                outcome = conclude(self.reasoner, left.answers)
                reached = self.goal.is_reached(outcome)
                yield Reversal(facts, left.answers, left.withdrawn, outcome, reached)

    # --- what comes first ---

    @cached_property
    def _sketch(self) -> Sketch:
        from assistant.reasoning.sketch import Sketch  # brings NumPy: not before the first answer

        return Sketch.of(self.reasoner, self.answers)

    @cached_property
    def _effects(self) -> dict[Fact, Floats]:
        """What each other answer that helps would roughly do to each score (nats)."""
        effects = {}
        knowledge, facts = self.reasoner.knowledge, conclude(self.reasoner, self.answers).facts
        known = {fact.key for fact in facts}
        for fact in _other_facts(knowledge, self.answers, facts):
            changed = with_fact(knowledge, self.answers, fact)
            if changed is None:
                continue
            left = standing(knowledge, changed)
            # a list that others build on says where the disease is: without it, nothing is left
            if len(left.withdrawn) > (0 if "." in fact.key else MOST):
                continue
            effect = self._sketch.rough(left.facts)
            leads = self.goal.id if self.goal.leads else self._sketch.rival(self.goal.id, effect)
            gain = effect[self._sketch.column(leads)]
            if gain >= (0.0 if fact.key in known else SMALL) and self._is_typical(fact, leads):
                effects[fact] = effect
        return effects

    def _is_typical(self, fact: Fact, id_: str) -> bool:
        """Whether a hypothesis itself says that an answer speaks for it; what it only leaves room
        for is an oddity that no one would defend it with. Denials, and answers to a question that
        was answered already where it says nothing of them, may only take away from another."""
        about = [lk for lk in self.reasoner.table.get(fact, ()) if lk.diagnosis == id_]
        if about and fact.value != NO:
            return any(lk.named and lk.weight > 0 for lk in about)
        id_of_finding = fact.key.partition(".")[0]
        return fact.value == NO or self.answers.get(id_of_finding, (UNKNOWN,)) != (UNKNOWN,)

    def _ranked(self, effects: Mapping[Fact, Floats], sets: Iterable[_Set]) -> list[_Set]:
        """Sets of changes that do not contradict one another, roughly the most promising first."""
        promise = {
            facts: self._promise(*(effects[fact] for fact in facts))
            for facts in sets
            if len({fact.key for fact in facts}) == len(facts)
        }
        return sorted(promise, key=lambda facts: (-promise[facts], facts))

    def _promise(self, *effects: Floats) -> float:
        """By how much (nats) these effects would reach the goal."""
        lead = self._sketch.lead(self.goal.id, *effects)
        return round(lead if self.goal.leads else -lead, 9)


def _other_facts(knowledge: Knowledge, answers: Answers, facts: Collection[Fact]) -> Iterator[Fact]:
    """Every fact that another answer would state: to a question answered, or that may be put."""
    for id_, finding in knowledge.findings.items():
        if id_ in WHO or finding.negates or not finding.asked:
            continue
        if not applies(knowledge, facts, id_):
            continue
        for value in offered(knowledge, facts, id_):
            fact = option(knowledge, id_, value)
            if fact not in facts and _is_possible(finding, id_, value, answers):
                yield fact
            if finding.kind is Kind.SEVERAL and Fact(fact.key, NO) not in facts:
                yield Fact(fact.key, NO)


def _is_possible(finding: Finding, id_: str, value: str, answers: Answers) -> bool:
    """Whether an illness would not be older than its patient, nor begin when it did not."""
    if id_ == "age_at_onset" and answers.get("duration", (UNKNOWN,)) != (UNKNOWN,):
        return False  # it follows from the duration
    age = number(answers.get("age", ("",))[0])
    unit = {"duration": DAYS_A_YEAR, "age_at_onset": 1.0}.get(id_)
    least = finding.values[value].low
    return age is None or unit is None or least is None or least / unit < age + 1
