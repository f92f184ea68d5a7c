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
import numpy.typing as npt

from assistant.reasoning.facts import splits
from rules.compile import Fact
from rules.model import Knowledge

if TYPE_CHECKING:
    from assistant.reasoning.differential import Outcome
    from assistant.reasoning.likelihood import Table

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
class Splits:
    """The facts, a row for each. Those of one split stand together, from `starts[i]` on.

    `of_finding` gives the splits of a finding. `usual` are the shares among people who have none of
    the diagnoses, within each split.
    """

    rows: Mapping[Fact, int]
    usual: Floats  # rows
    starts: Ints  # splits
    of_finding: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Splits:
        """The facts of a knowledge base: those of findings, then those of patterns."""
        usual: dict[Fact, float] = {}
        starts: list[int] = []
        of_finding: dict[str, tuple[int, ...]] = {}
        for id_, finding in knowledge.findings.items():
            if finding.negates:
                continue  # its facts are those of the finding that it denies
            before = len(starts)
            for facts in splits(id_, finding):
                starts.append(len(usual))
                usual |= facts
            of_finding[id_] = tuple(range(before, len(starts)))
        for id_, pattern in knowledge.patterns.items():
            starts.append(len(usual))
            usual[Fact(id_)] = pattern.usual
        for id_, finding in knowledge.findings.items():
            if finding.negates:
                of_finding[id_] = of_finding[finding.negates]
        rows = {fact: row for row, fact in enumerate(usual)}
        first = np.array(starts, dtype=np.int64)
        return cls(rows, np.array([*usual.values()]), first, of_finding)

    @cached_property
    def of_row(self) -> Ints:
        """The split of each row."""
        counts = np.diff([*self.starts, len(self.usual)])
        return np.repeat(np.arange(len(self.starts)), counts)

    def total(self, of_rows: Floats) -> Floats:
        """The sum over each split."""
        found: Floats = np.add.reduceat(of_rows, self.starts)
        return found


@dataclass(frozen=True)
class Told:
    """Which hypotheses speak of which splits: a *pair* for each. To the others, the rest, the facts
    of a split are as likely as they are usual.

    Who speaks of one fact of a split speaks of all of them (see `likelihood`).
    """

    usual: Floats  # rows: their share of the split
    weighed: Ints  # the rows that anyone speaks of
    of_entry: Ints  # the pair of each entry
    split: Ints  # pairs
    column: Ints  # pairs
    splits: int
    hypotheses: int

    @classmethod
    def of(cls, arrays: Arrays) -> Told:
        """The pairs of the arrays."""
        facts, count = arrays.splits, len(arrays.hypotheses)
        keys = facts.of_row[arrays.row] * count + arrays.column
        pairs, of_entry, entries = np.unique(keys, return_inverse=True, return_counts=True)
        split, column = np.divmod(pairs, count)
        assert (entries == np.bincount(facts.of_row)[split]).all()
        usual = facts.usual / facts.total(facts.usual)[facts.of_row]
        return cls(usual, np.unique(arrays.row), of_entry, split, column, len(facts.starts), count)

    @cached_property
    def of_column(self) -> list[Ints]:
        """The splits that each hypothesis speaks of."""
        order = np.argsort(self.column, kind="stable")
        ends = np.cumsum(np.bincount(self.column, minlength=self.hypotheses))
        return np.split(self.split[order], ends[:-1])

    def rest(self, values: Floats) -> Floats:
        """For each split, the sum of the values of the hypotheses that do not speak of it."""
        told = np.bincount(self.split, values[self.column], self.splits)
        found: Floats = np.maximum(values.sum() - told, 0.0)
        return found

    def best_of_rest(self, values: Floats) -> Floats:
        """The greatest of them."""
        best, left = np.zeros(self.splits), np.arange(self.splits)
        speaks = np.zeros(self.splits, dtype=bool)
        for column in np.argsort(-values, kind="stable"):
            of_column = self.of_column[column]
            speaks[of_column] = True
            best[left[~speaks[left]]] = values[column]
            left = left[speaks[left]]
            speaks[of_column] = False
            if not len(left):
                break
        return best


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
        entries = [
            (row, column[it.diagnosis], it.weight,
             aspects.setdefault((it.diagnosis, it.group, it.weight > 0), len(aspects)))
            for fact, row in facts.rows.items()
            for it in sorted(table.get(fact, ()), key=lambda it: column[it.diagnosis])
        ]  # fmt: skip
        rows, columns, weights, numbers = zip(*entries, strict=True) if entries else ((),) * 4
        return cls(
            tuple(hypotheses),
            facts,
            np.array(rows, dtype=np.int64),
            np.array(columns, dtype=np.int64),
            np.array(weights, dtype=np.float64),
            np.array(numbers, dtype=np.int64),
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
        return Told.of(self)

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
            rest_change = np.where((told.usual > 0) & (mass > 0), told.usual * np.log(told.usual / mass), 0.0)
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

    def most_gained(self, leader: str, alternatives: Iterable[Sequence[Fact]]) -> dict[str, float]:
        """For each hypothesis, the most that open answers could do for it against the leader.

        Of each set of exclusive facts the one that helps it and harms the leader most.
        """
        rows: list[int] = []
        starts: list[int] = []
        for facts in alternatives:
            known = [self.rows[fact] for fact in facts if fact in self.rows]
            if known:
                starts.append(len(rows))
                rows += known
        if not rows:
            return dict.fromkeys(self.hypotheses, 0.0)
        entry, place = self.entries(rows)
        column, weight = self.column[entry], self.weight[entry]
        harm, own = np.zeros(len(rows)), column == self.hypotheses.index(leader)
        harm[place[own]] = np.maximum(-weight[own], 0.0)
        least = np.maximum.reduceat(harm, starts)  # for those of whom the facts say nothing
        of_row = np.repeat(np.arange(len(starts)), np.diff([*starts, len(rows)]))
        key = of_row[place] * len(self.hypotheses) + column
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        best = np.maximum.reduceat((np.maximum(weight, 0.0) + harm[place])[order], first)
        alternative, column = np.divmod(key[order[first]], len(self.hypotheses))
        more = np.maximum(best - least[alternative], 0.0)
        gain = least.sum() + np.bincount(column, more, len(self.hypotheses))
        return dict(zip(self.hypotheses, gain.tolist(), strict=True))

    def damped(self, outcome: Outcome, repeat: float) -> Floats:
        """What each entry would add (nats), if its fact alone were stated beside those known."""
        counted: Floats = self.weight * repeat ** self._times_counted(outcome)
        return counted

    def counted(self, rows: Sequence[int], repeat: float) -> Floats:
        """What facts add to the score of each hypothesis (nats), as `differential.count` has it: of
        an aspect the strongest weight in full, the next times `repeat`, and so on."""
        entry, _ = self.entries(rows)
        weight, aspect = self.weight[entry], self.aspect[entry]
        order = np.lexsort((-abs(weight), aspect))
        begins = np.flatnonzero(np.diff(aspect[order], prepend=-1))
        nth = np.arange(len(order)) - np.repeat(begins, np.diff([*begins, len(order)]))
        return self.total(entry[order], weight[order] * repeat**nth)

    def total(self, entry: Ints, values: Floats) -> Floats:
        """For each hypothesis, the sum of the values of entries."""
        return np.bincount(self.column[entry], values, len(self.hypotheses))

    def entries(self, rows: Sequence[int]) -> tuple[Ints, Ints]:
        """The entries of some rows, and the place among them of the row of each."""
        row = np.array(rows, dtype=np.int64)
        counts = self.first[row + 1] - self.first[row]
        place = np.repeat(np.arange(len(row)), counts)
        before = np.cumsum(counts) - counts
        return np.arange(len(place)) + (self.first[row] - before)[place], place

    def entries_at(self, cells: Iterable[tuple[int, int]]) -> Ints:
        """The entries of rows and columns."""
        wanted = [row * len(self.hypotheses) + column for row, column in cells]
        return np.searchsorted(self.row * len(self.hypotheses) + self.column, wanted)

    def _of(self, values: Mapping[str, float]) -> Floats:
        return np.array([values[id_] for id_ in self.hypotheses])

    def _times_counted(self, outcome: Outcome) -> Ints:
        """How many weights of the same aspect each hypothesis has been given already."""
        rows = [self.rows[fact] for fact in outcome.weighed if fact in self.rows]
        entry, _ = self.entries(rows)
        counted = np.bincount(self.aspect[entry], minlength=int(self.aspect.max(initial=0)) + 1)
        return counted[self.aspect]
