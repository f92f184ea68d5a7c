"""Facts in rows, and which hypotheses speak of them: what `reasoning.arrays` reckons with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.reasoning.facts import splits
from rules.compile import Fact
from rules.model import Knowledge

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
    def of(cls, facts: Splits, row: Ints, column: Ints, count: int) -> Told:
        """The pairs of some entries: a row and a column each, of `count` columns."""
        keys = facts.of_row[row] * count + column
        pairs, of_entry, entries = np.unique(keys, return_inverse=True, return_counts=True)
        split, of_pair = np.divmod(pairs, count)
        assert (entries == np.bincount(facts.of_row)[split]).all()
        usual = facts.usual / facts.total(facts.usual)[facts.of_row]
        return cls(usual, np.unique(row), of_entry, split, of_pair, len(facts.starts), count)

    @cached_property
    def of_column(self) -> list[Ints]:
        """The splits that each hypothesis speaks of."""
        return [self.split[pairs] for pairs in grouped(self.column, self.hypotheses)]

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


def grouped(numbers: Ints, count: int) -> list[Ints]:
    """Where each number from 0 to `count` - 1 stands."""
    ends = np.cumsum(np.bincount(numbers, minlength=count))
    return np.split(np.argsort(numbers, kind="stable"), ends[:-1])
