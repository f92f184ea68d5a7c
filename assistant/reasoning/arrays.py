"""The weights of every answer for every hypothesis as arrays, for sums over the whole differential.

`reasoning.likelihood` holds the same weights as records, with their reasons; here they are numbers
only, so that the value of a hundred questions is reckoned within milliseconds. NumPy is imported
with this module, hence only after the first answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
class Arrays:
    """A row for each fact, a column for each hypothesis (`OTHER` has weights of 0).

    The facts of one split stand together, from `starts[i]` on; `of_finding` gives the splits of a
    finding. `group` numbers the aspect that a weight shares with others (see
    `differential.count`).
    """

    hypotheses: tuple[str, ...]
    rows: Mapping[Fact, int]
    weight: Floats  # facts x hypotheses, nats
    told: npt.NDArray[np.bool_]  # the same shape: whether the diagnosis says anything of the fact
    group: Ints  # the same shape
    usual: Floats  # facts
    starts: Ints  # splits
    split_of: Ints  # facts
    weighed: npt.NDArray[np.bool_]  # splits: whether any diagnosis weighs one of its facts
    of_finding: Mapping[str, tuple[int, ...]]
    groups: Mapping[str, int]

    @classmethod
    def of(cls, knowledge: Knowledge, table: Table, hypotheses: Sequence[str]) -> Arrays:
        """The arrays of a knowledge base."""
        rows: dict[Fact, int] = {}
        usual: list[float] = []
        starts: list[int] = []
        of_finding: dict[str, tuple[int, ...]] = {}
        for id_, finding in knowledge.findings.items():
            if finding.negates:
                continue  # its facts are those of the finding that it denies
            before = len(starts)
            for facts in splits(id_, finding):
                starts.append(len(usual))
                for fact, share in facts.items():
                    rows[fact] = len(usual)
                    usual.append(share)
            of_finding[id_] = tuple(range(before, len(starts)))
        for id_ in knowledge.patterns:
            starts.append(len(usual))
            rows[Fact(id_)] = len(usual)
            usual.append(knowledge.patterns[id_].usual)
        for id_, finding in knowledge.findings.items():
            if finding.negates:
                of_finding[id_] = of_finding[finding.negates]
        column = {id_: i for i, id_ in enumerate(hypotheses)}
        weight = np.zeros((len(usual), len(hypotheses)))
        group = np.zeros((len(usual), len(hypotheses)), dtype=np.int64)
        told = np.zeros(weight.shape, dtype=bool)
        groups: dict[str, int] = {}
        for fact, items in table.items():
            row = rows.get(fact)
            for item in items if row is not None else ():
                weight[row, column[item.diagnosis]] = item.weight
                number = groups.setdefault(item.group, len(groups))
                group[row, column[item.diagnosis]] = number
                told[row, column[item.diagnosis]] = True
        first = np.array(starts, dtype=np.int64)
        split_of = np.repeat(np.arange(len(starts)), np.diff([*starts, len(usual)]))
        known = np.array([fact in table for fact in rows], dtype=bool)
        weighed = np.logical_or.reduceat(known, first)
        return cls(
            tuple(hypotheses), rows, weight, told, group, np.array(usual), first, split_of, weighed,
            of_finding, groups,
        )  # fmt: skip

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
        before, at_stake = self._of(beliefs), self._of(stakes)
        likely = self.usual[:, None] * np.exp(self.damped(outcome, repeat))
        # Damped ratios do not add up over the answers. Left so, a question would seem to tell of
        # the hypotheses that it says nothing about.
        share = likely / np.add.reduceat(likely, self.starts)[self.split_of]
        joint = before * share
        mass = joint.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.where(joint > 0, joint * np.log(share / mass[:, None]), 0.0)
        information = np.add.reduceat((change * at_stake).sum(axis=1), self.starts)
        gain = np.add.reduceat(joint.max(axis=1), self.starts) - before.max()
        known = [self.rows[fact] for fact in outcome.facts if fact in self.rows]
        open_ = self.weighed.copy()
        open_[self.split_of[known]] = False
        return Foresight(
            np.where(open_, np.maximum(information, 0.0), 0.0).tolist(),
            np.where(open_, np.maximum(gain, 0.0), 0.0).tolist(),
            mass.tolist(),
        )

    def together(self, worth: Sequence[float], id_: str, repeat: float) -> float:
        """What a finding is worth, from what its splits are.

        The options of a list are not independent: they count as groups do.
        """
        parts = sorted((worth[i] for i in self.of_finding[id_]), reverse=True)
        return sum(part * repeat**i for i, part in enumerate(parts))

    def chance(self, foresight: Foresight, facts: Iterable[Fact]) -> float:
        """How likely any of some facts is to be met (at most the sum of their chances), 0 to 1."""
        return min(sum(foresight.mass[self.rows[f]] for f in facts if f in self.rows), 1.0)

    def _of(self, values: Mapping[str, float]) -> Floats:
        return np.array([values[id_] for id_ in self.hypotheses])

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
        weights = self.weight[rows]
        harm = np.maximum(-weights[:, self.hypotheses.index(leader)], 0.0)
        best = np.maximum.reduceat(np.maximum(weights, 0.0) + harm[:, None], starts)
        return dict(zip(self.hypotheses, best.sum(axis=0).tolist(), strict=True))

    def damped(self, outcome: Outcome, repeat: float) -> Floats:
        """What each weight would add (nats), if its fact alone were stated beside those known."""
        counted: Floats = self.weight * repeat ** self._times_counted(outcome)
        return counted

    def _times_counted(self, outcome: Outcome) -> Floats:
        """How many weights of the same group and sign each hypothesis has been given already."""
        columns = np.arange(len(self.hypotheses))
        sign = (self.weight > 0).astype(np.int64)
        counted = np.zeros((2, len(self.groups) or 1, len(self.hypotheses)))
        rows = [self.rows[fact] for fact in outcome.weighed if fact in self.rows]
        place, column = np.nonzero(self.told[rows])
        row = np.array(rows, dtype=np.int64)[place]
        np.add.at(counted, (sign[row, column], self.group[row, column], column), 1.0)
        times: Floats = counted[sign, self.group, columns]
        return times
