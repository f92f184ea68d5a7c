"""The weights of every answer for every hypothesis as arrays, for sums over the whole differential.

`reasoning.likelihood` holds the same weights as records, with their reasons; here they are numbers
only, so that the value of a hundred questions is reckoned within milliseconds. Most diagnoses say
nothing of most facts: only what they say is held, an *entry* for each fact and hypothesis, so that
the work grows with the knowledge and not with its square. NumPy is imported with this module, hence
only after the first answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.reasoning.splits import Floats as Floats
from assistant.reasoning.splits import Ints, Splits, Told, grouped
from rules.compile import Fact
from rules.model import Knowledge

if TYPE_CHECKING:
    from assistant.reasoning.differential import Outcome
    from assistant.reasoning.likelihood import Table


@dataclass(frozen=True)
class Foresight:
    """What the answers that may come are expected to do, before they are known.

    For each split: `information`, the change of the differential (nats), weighed by stakes, and
    `gain`, the rise of the chance that the leading hypothesis is the right one (0 to 1). For each
    fact its chance to be met (`mass`, 0 to 1).
    """

    information: list[float]
    gain: list[float]
    mass: list[float]


@dataclass(frozen=True)
class Arrays:
    """An entry for each fact that a diagnosis weighs, in order of facts, then of hypotheses.

    `OTHER` has none. `aspect` numbers what a weight shares with others: the hypothesis, the group,
    and the sign (see `differential.count`).
    """

    hypotheses: tuple[str, ...]
    splits: Splits
    row: Ints
    column: Ints
    weight: Floats  # nats
    aspect: Ints

    @classmethod
    def of(cls, knowledge: Knowledge, table: Table, hypotheses: Sequence[str]) -> Arrays:
        """The arrays of a knowledge base."""
        facts = Splits.of(knowledge)
        column = {id_: i for i, id_ in enumerate(hypotheses)}
        aspects: dict[tuple[str, str, bool], int] = {}
        # lists of numbers: a list of tuples would be looked through by the garbage collector
        rows: list[int] = []
        columns: list[int] = []
        weights: list[float] = []
        numbers: list[int] = []
        for fact, row in facts.rows.items():
            for item in table.get(fact, ()):
                rows.append(row)
                columns.append(column[item.diagnosis])
                weights.append(item.weight)
                key = item.diagnosis, item.group, item.weight > 0
                numbers.append(aspects.setdefault(key, len(aspects)))
        order = np.lexsort((columns, rows))
        return cls(
            tuple(hypotheses),
            facts,
            np.array(rows, dtype=np.int64)[order],
            np.array(columns, dtype=np.int64)[order],
            np.array(weights, dtype=np.float64)[order],
            np.array(numbers, dtype=np.int64)[order],
        )

    @property
    def rows(self) -> Mapping[Fact, int]:
        """The row of each fact."""
        return self.splits.rows

    @cached_property
    def first(self) -> Ints:
        """The first entry of each row, and the end of the last."""
        return np.searchsorted(self.row, np.arange(len(self.splits.usual) + 1))

    @cached_property
    def told(self) -> Told:
        """Which hypotheses speak of which splits."""
        return Told.of(self.splits, self.row, self.column, len(self.hypotheses))

    def foresee(
        self,
        outcome: Outcome,
        beliefs: Mapping[str, float],
        stakes: Mapping[str, float],
        repeat: float,
    ) -> Foresight:
        """What answers are expected to do to the differential.

        `beliefs` and `stakes` are those of the hypotheses; each further weight of a group counts
        `repeat` times the last. What is known already, or weighed by no diagnosis, changes nothing.
        """
        before, at_stake, told = self._of(beliefs), self._of(stakes), self.told
        likely = self.splits.usual[self.row] * np.exp(self.damped(outcome, repeat))
        # Damped ratios do not add up over the answers. Left so, a question would seem to tell of
        # the hypotheses that it says nothing about.
        share = likely / np.bincount(told.of_entry, likely)[told.of_entry]
        joint = before[self.column] * share
        # To the others, of which a split says nothing, its facts are as likely as they are usual.
        rest, rest_at_stake = told.rest(before), told.rest(before * at_stake)
        rows, of_row = len(self.splits.usual), self.splits.of_row
        mass = np.bincount(self.row, joint, rows) + rest[of_row] * told.usual
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.where(joint > 0, joint * np.log(share / mass[self.row]), 0.0)
            rest_change = np.where(
                (told.usual > 0) & (mass > 0), told.usual * np.log(told.usual / mass), 0.0
            )
        changed = np.bincount(self.row, change * at_stake[self.column], rows)
        information = self.splits.total(changed + rest_at_stake[of_row] * rest_change)
        best = told.best_of_rest(before)[of_row] * told.usual
        best[told.weighed] = np.maximum(
            best[told.weighed], np.maximum.reduceat(joint, self.first[told.weighed])
        )
        gain = self.splits.total(best) - before.max()
        open_ = np.bincount(of_row[told.weighed], minlength=len(gain)) > 0
        open_[of_row[[self.rows[fact] for fact in outcome.facts if fact in self.rows]]] = False
        return Foresight(
            np.where(open_, np.maximum(information, 0.0), 0.0).tolist(),
            np.where(open_, np.maximum(gain, 0.0), 0.0).tolist(),
            mass.tolist(),
        )

    def together(self, worth: Sequence[float], id_: str, repeat: float) -> float:
        """What a finding is worth, from what its splits are.

        The options of a list are not independent: they count as groups do.
        """
        parts = sorted((worth[i] for i in self.splits.of_finding[id_]), reverse=True)
        return sum(part * repeat**i for i, part in enumerate(parts))

    def chance(self, foresight: Foresight, facts: Iterable[Fact]) -> float:
        """How likely any of some facts is to be met (at most the sum of their chances), 0 to 1."""
        return min(sum(foresight.mass[self.rows[f]] for f in facts if f in self.rows), 1.0)

    def most_gained(self, leader: str, alternatives: Iterable[Sequence[Fact]]) -> Gains:
        """For each hypothesis, the most that open answers could do for it against the leader.

        Of each set of exclusive facts the one that helps it and harms the leader most.
        """
        row_of, rows, starts = self.splits.rows, list[int](), list[int]()
        for facts in alternatives:
            known = [row_of[fact] for fact in facts if fact in row_of]
            if known:
                starts.append(len(rows))
                rows += known
        harm = np.maximum(-self.weights_for(leader), 0.0)
        return Gains(self, harm, np.array(rows, dtype=np.int64), np.array(starts, dtype=np.int64))

    def weights_for(self, id_: str) -> Floats:
        """What each fact says of one hypothesis, 0 where nothing."""
        entry = self._of_column[self._place[id_]]
        weights = np.zeros(len(self.splits.usual))
        weights[self.row[entry]] = self.weight[entry]
        return weights

    def damped(self, outcome: Outcome, repeat: float) -> Floats:
        """What each entry would add (nats), if its fact alone were stated beside those known."""
        times = self._times_counted(outcome)
        counted: Floats = self.weight * (repeat ** np.arange(times.max(initial=0) + 1))[times]
        return counted

    def counted(self, rows: Sequence[int], repeat: float) -> Floats:
        """What facts add to the score of each hypothesis (nats), as `differential.count` has it: of
        an aspect the strongest weight in full, the next times `repeat`, and so on."""
        entry = self.entries(rows)
        weight, aspect = self.weight[entry], self.aspect[entry]
        order = np.lexsort((-abs(weight), aspect))
        begins = np.flatnonzero(np.diff(aspect[order], prepend=-1))
        nth = np.arange(len(order)) - np.repeat(begins, np.diff([*begins, len(order)]))
        return self.total(entry[order], weight[order] * repeat**nth)

    def total(self, entry: Ints, values: Floats) -> Floats:
        """For each hypothesis, the sum of the values of entries."""
        sums = np.bincount(self.column[entry], values, len(self.hypotheses))
        return np.asarray(sums, dtype=np.float64)

    def entries(self, rows: Sequence[int]) -> Ints:
        """The entries of some rows."""
        row = np.array(rows, dtype=np.int64)
        counts = self.first[row + 1] - self.first[row]
        before = np.cumsum(counts) - counts
        found: Ints = np.arange(counts.sum()) + np.repeat(self.first[row] - before, counts)
        return found

    def entries_at(self, cells: Iterable[tuple[int, int]]) -> Ints:
        """The entries of rows and columns."""
        wanted = [row * len(self.hypotheses) + column for row, column in cells]
        return np.searchsorted(self.row * len(self.hypotheses) + self.column, wanted)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {id_: i for i, id_ in enumerate(self.hypotheses)}

    @cached_property
    def _of_column(self) -> list[Ints]:
        return grouped(self.column, len(self.hypotheses))

    def _of(self, values: Mapping[str, float]) -> Floats:
        return np.array([values[id_] for id_ in self.hypotheses])

    def _times_counted(self, outcome: Outcome) -> Ints:
        """How many weights of the same aspect each hypothesis has been given already."""
        rows = [self.rows[fact] for fact in outcome.weighed if fact in self.rows]
        entry = self.entries(rows)
        counted = np.bincount(self.aspect[entry], minlength=int(self.aspect.max(initial=0)) + 1)
        return counted[self.aspect]


@dataclass(frozen=True)
class Gains:
    """For each hypothesis, the most that open answers could do for it against the leader (nats).

    Each is reckoned when it is looked at: mostly the first rival's is enough.
    """

    arrays: Arrays
    harm: Floats  # rows: what each fact takes from the leader
    rows: Ints  # those of the alternatives, one after another
    starts: Ints  # where each begins

    def __getitem__(self, id_: str) -> float:
        if not len(self.rows):
            return 0.0
        help_ = np.maximum(self.arrays.weights_for(id_), 0.0)
        both = (help_ + self.harm)[self.rows]
        return float(np.maximum.reduceat(both, self.starts).sum())
