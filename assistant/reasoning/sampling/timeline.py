"""Age, duration, age at onset and tempo of sampled patients, drawn together.

A page gives the shares of each by itself. Drawn apart they would contradict each other (an illness
older than its patient), so one joint distribution is made in which each has its shares and nothing
is impossible: iterative proportional fitting over the bands.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.reasoning.facts import band, days
from assistant.reasoning.sampling.page import Page
from rules.model import Knowledge

AXES = ("age", "duration", "age_at_onset", "tempo")
ROUNDS = 60  # of fitting; the bands of age come last and are met exactly
A_YEAR = 365.25
NEARLY_BORN = 0.05  # years by which rounding may put an onset before birth

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Time:
    """One story in time: ages in years, the duration as ISO 8601, the tempo a value."""

    age: str
    duration: str
    onset: str
    tempo: str


Cell = tuple[int, int, int]  # the bands of age, duration and onset, by their places


@dataclass(frozen=True)
class Moments:
    """Every pair of an age and a duration that may be: stories and their weights, by cell.

    `possible` says how much room there is for each cell and tempo.
    """

    cells: dict[Cell, tuple[list[tuple[str, str, str]], list[float]]]
    possible: Floats

    @classmethod
    def of(cls, knowledge: Knowledge) -> Moments:
        """All moments; a tempo is possible where the coherence of the knowledge allows it."""
        names = [list(knowledge.findings[axis].values) for axis in AXES]
        cells: dict[Cell, tuple[list[tuple[str, str, str]], list[float]]] = {}
        for cell, story, weight in _stories(knowledge):
            stories, weights = cells.setdefault(cell, ([], []))
            stories.append(story)
            weights.append(weight)
        possible = np.zeros([len(n) for n in names])
        for cell, (_, weights) in cells.items():
            possible[cell] = sum(weights)
        for rule in knowledge.coherence.values():
            if rule.given.finding == "tempo" and rule.then.finding in AXES:
                axis = AXES.index(rule.then.finding)
                barred = [i for i, n in enumerate(names[axis]) if n not in rule.then.value]
                for value in rule.given.value:
                    np.moveaxis(possible, axis, 0)[barred, ..., names[3].index(value)] = 0.0
        return cls(cells, possible)


def _stories(knowledge: Knowledge) -> Iterator[tuple[Cell, tuple[str, str, str], float]]:
    """Age, duration and age at onset, with their cell and how likely they are in it."""
    places = [
        {name: i for i, name in enumerate(knowledge.findings[axis].values)} for axis in AXES[:3]
    ]

    def place(axis: int, told: str) -> int:
        return places[axis][band(knowledge.findings[AXES[axis]], told) or ""]

    lengths = [(d, days(d) or 0.0, place(1, d), weight) for d, weight in _durations()]
    for age, at_age in _ages():
        band_of_age = place(0, age)
        for duration, length, band_of_duration, at_duration in lengths:
            began = float(age) - length / A_YEAR
            if began >= -NEARLY_BORN:
                # down, not to the nearest: at 40 since yesterday, it began before the birthday
                onset = f"{math.floor(max(began, 0.0) * 100 + 1e-6) / 100:g}"
                cell = band_of_age, band_of_duration, place(2, onset)
                yield cell, (age, duration, onset), at_age * at_duration


@dataclass(frozen=True)
class Timeline:
    """The joint distribution of one page."""

    moments: Moments
    tempos: tuple[str, ...]
    cumulated: Floats

    @classmethod
    def of(cls, page: Page, moments: Moments) -> Timeline:
        """The distribution that has the page's shares of each axis, as far as they go together."""
        targets = [np.array([*page.shares(axis).values()]) for axis in AXES]
        joint = moments.possible.copy()
        for _ in range(ROUNDS):
            for axis in (3, 2, 1, 0):
                others = tuple(i for i in range(4) if i != axis)
                have = joint.sum(axis=others)
                factor = np.divide(targets[axis], have, out=np.zeros_like(have), where=have > 0)
                joint *= factor.reshape([-1 if i == axis else 1 for i in range(4)])
        tempos = tuple(page.knowledge.findings["tempo"].values)
        return cls(moments, tempos, np.cumsum(joint))

    def draw(self, rng: random.Random) -> Time:
        """One story."""
        at = np.searchsorted(self.cumulated, rng.random() * self.cumulated[-1], side="right")
        a, d, o, tempo = map(int, np.unravel_index(at, self.moments.possible.shape))
        stories, weights = self.moments.cells[a, d, o]
        ((age, duration, onset),) = rng.choices(stories, weights)
        return Time(age, duration, onset, self.tempos[tempo])


def _ages() -> list[tuple[str, float]]:
    """Ages as people give them, in years, with how much of a lifetime each stands for."""
    months = [(f"{round(month / 12, 2):g}", 1 / 12) for month in range(1, 24)]
    years = [(str(year), 1.0 if year < 75 else 0.9 ** (year - 74)) for year in range(2, 96)]
    return months + years


def _durations() -> list[tuple[str, float]]:
    """Lengths of time as people give them, each as likely as its step on a logarithmic scale."""
    units: Sequence[tuple[str, int, int]] = (("D", 1, 14), ("W", 2, 9), ("M", 2, 24), ("Y", 2, 96))
    return [(f"P{n}{unit}", 1 / n) for unit, low, high in units for n in range(low, high)]
