"""Quickly, what other answers would do to every score, while patterns and lesion sites stay as
they are: enough to put the promising changes first, which are then concluded from in full.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from assistant.reasoning.arrays import Arrays
from assistant.reasoning.differential import OTHER, REPEAT, Reasoner, conclude
from assistant.reasoning.facts import Answers, facts_of
from assistant.reasoning.splits import Floats
from rules.compile import Fact


@dataclass(frozen=True)
class Sketch:
    """The scores of all hypotheses after some answers (nats), in the order of the arrays.

    `facts` are those that answers state, `weighed` the rows of all that weigh. Of each entry of the
    arrays, `gain` is what its fact alone would add to the score, `loss` what it has added.
    """

    arrays: Arrays
    facts: set[Fact]
    weighed: frozenset[int]
    scores: Floats
    gain: Floats
    loss: Floats

    @classmethod
    def of(cls, reasoner: Reasoner, answers: Answers) -> Sketch:
        """The sketch of an interview."""
        arrays, outcome = reasoner.arrays, conclude(reasoner, answers)
        hypotheses = {h.id: h for h in outcome.hypotheses}
        ordered = [hypotheses[id_] for id_ in arrays.hypotheses]
        counted = {
            (arrays.rows[reason.likelihood.fact], column): reason.counted
            for column, hypothesis in enumerate(ordered)
            for reason in hypothesis.reasons
        }
        loss = np.zeros_like(arrays.weight)
        loss[arrays.entries_at(counted)] = [*counted.values()]
        weighed = [arrays.rows[fact] for fact in outcome.weighed if fact in arrays.rows]
        return cls(
            arrays,
            set(facts_of(reasoner.knowledge, answers)),
            frozenset(weighed),
            # without the floor of `OTHER`, which moves with the others and never leads
            np.array([h.prior if h.id == OTHER else h.score for h in ordered]),
            arrays.damped(outcome, REPEAT),
            loss,
        )

    def rough(self, facts: Collection[Fact]) -> Floats:
        """What would be added to each score if answers stated these facts instead, each change
        reckoned as if it came alone. Such effects may be added up, roughly."""
        added, removed = self._changed(facts)
        return self._total(self.gain, added) - self._total(self.loss, removed)

    def exact(self, facts: Collection[Fact]) -> Floats:
        """The same, with weights that share an aspect counted as `differential.count` does."""
        added, removed = self._changed(facts)
        return self._sum(self.weighed - removed | added) - self._sum(self.weighed)

    def lead(self, id_: str, *effects: Floats) -> float:
        """By how much (nats) a hypothesis would lead after these effects; negative, what it would
        lack."""
        scores = self.scores + sum(effects)
        own, scores[self.column(id_)] = scores[self.column(id_)], -np.inf
        return float(own - scores.max())

    def rival(self, id_: str, effect: Floats) -> str:
        """The likeliest of the other hypotheses after an effect."""
        scores = self.scores + effect
        scores[self.column(id_)] = -np.inf
        return self.arrays.hypotheses[int(scores.argmax())]

    def column(self, id_: str) -> int:
        """Where a hypothesis stands in the arrays."""
        return self.arrays.hypotheses.index(id_)

    def _changed(self, facts: Collection[Fact]) -> tuple[set[int], set[int]]:
        """The rows of the facts that would be new, and of those that would no longer stand."""
        rows, after = self.arrays.rows, set(facts)
        added = {rows[fact] for fact in after - self.facts if fact in rows}
        return added, {rows[fact] for fact in self.facts - after if fact in rows}

    def _total(self, of_entries: Floats, rows: Collection[int]) -> Floats:
        entry = self.arrays.entries(sorted(rows))
        return self.arrays.total(entry, of_entries[entry])

    def _sum(self, rows: Collection[int]) -> Floats:
        # sorted: sums of the same numbers in another order differ in their last digits
        return self.arrays.counted(sorted(rows), REPEAT)
