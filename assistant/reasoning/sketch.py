"""Quickly, what other answers would do to every score, while patterns and lesion sites stay as
they are: enough to put the promising changes first, which are then concluded from in full.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from assistant.reasoning.arrays import Arrays, Floats, Ints
from assistant.reasoning.differential import OTHER, REPEAT, Reasoner, conclude
from assistant.reasoning.facts import Answers, facts_of
from rules.compile import Fact


@dataclass(frozen=True)
class Sketch:
    """The scores of all hypotheses after some answers (nats), in the order of the arrays.

    `facts` are those that answers state, `weighed` the rows of all that weigh. `aspect` numbers
    what a weight shares with others of its sign. `gain` is what each further fact alone would add
    to each score, `loss` what each known one has added: a row for each fact, a column for each
    hypothesis.
    """

    arrays: Arrays
    facts: set[Fact]
    weighed: frozenset[int]
    aspect: Ints
    scores: Floats
    gain: Floats
    loss: Floats

    @classmethod
    def of(cls, reasoner: Reasoner, answers: Answers) -> Sketch:
        """The sketch of an interview."""
        arrays, outcome = reasoner.arrays, conclude(reasoner, answers)
        hypotheses = {h.id: h for h in outcome.hypotheses}
        ordered = [hypotheses[id_] for id_ in arrays.hypotheses]
        loss = np.zeros_like(arrays.weight)
        for column, hypothesis in enumerate(ordered):
            for reason in hypothesis.reasons:
                loss[arrays.rows[reason.likelihood.fact], column] = reason.counted
        weighed = [arrays.rows[fact] for fact in outcome.weighed if fact in arrays.rows]
        return cls(
            arrays,
            set(facts_of(reasoner.knowledge, answers)),
            frozenset(weighed),
            2 * arrays.group + (arrays.weight > 0),
            # without the floor of `OTHER`, which moves with the others and never leads
            np.array([h.prior if h.id == OTHER else h.score for h in ordered]),
            arrays.damped(outcome, REPEAT),
            loss,
        )

    def rough(self, facts: Collection[Fact]) -> Floats:
        """What would be added to each score if answers stated these facts instead, each change
        reckoned as if it came alone. Such effects may be added up, roughly."""
        added, removed = self._changed(facts)
        effect: Floats = self.gain[sorted(added)].sum(axis=0) - self.loss[sorted(removed)].sum(
            axis=0
        )
        return effect

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

    def _sum(self, rows: Collection[int]) -> Floats:
        """What these facts add to each score: the strongest of an aspect counts in full, the next
        half, and so on."""
        chosen = sorted(
            rows
        )  # sums of the same numbers in another order differ in their last digits
        weight, aspect = self.arrays.weight[chosen], self.aspect[chosen]
        columns = np.arange(weight.shape[1])
        seen = np.zeros((self.aspect.max() + 1, len(columns)))
        total = np.zeros(len(columns))
        for place in np.argsort(-abs(weight), axis=0, kind="stable"):
            shared = aspect[place, columns]
            total += weight[place, columns] * REPEAT ** seen[shared, columns]
            seen[shared, columns] += 1
        return total
