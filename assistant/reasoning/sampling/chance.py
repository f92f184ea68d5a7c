"""Chance for sampled patients: events that keep their shares, and may keep each other company.

Findings of one group say much the same. `likeness` says how much: each group has a latent number,
"how typical is this patient here", which all its draws share in part (a Gaussian copula). Taken by
itself every draw keeps its share.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

TRIES = 50
EXACT = 0.005
_NORMAL = NormalDist()


@dataclass
class Chance:
    """The draws of one patient. `likeness` is 0 (independent) to 1 (one for all of a group)."""

    rng: random.Random
    likeness: float
    latent: dict[str, float] = field(default_factory=dict)

    def _uniform(self, group: str) -> float:
        """A number in 0..1, evenly spread; low where the patient is typical in this group."""
        if not self.likeness:
            return self.rng.random()
        if group not in self.latent:
            self.latent[group] = self.rng.gauss(0, 1)
        own = self.rng.gauss(0, 1)
        mixed = math.sqrt(self.likeness) * self.latent[group] + math.sqrt(1 - self.likeness) * own
        return _NORMAL.cdf(mixed)

    def happens(self, group: str, share: float, typical: float) -> bool:
        """Whether something of this share is met; `typical` is above 0 if it speaks for the disease."""
        drawn = self._uniform(group)
        return drawn < share if typical >= 0 else drawn > 1 - share

    def one(self, group: str, shares: Mapping[str, float], typical: Mapping[str, float]) -> str:
        """One of the values, whose shares need not add up to 1."""
        left = self._uniform(group) * sum(shares.values())
        ordered = sorted(shares, key=lambda value: -typical[value])  # stable: ties keep their order
        for value in ordered:
            left -= shares[value]
            if left < 0:
                return value
        return next(value for value in reversed(ordered) if shares[value] > 0)

    def some(
        self, group: str, shares: Mapping[str, float], typical: Mapping[str, float]
    ) -> tuple[str, ...]:
        """One or more of the options, each as often as its share says; none without any share.

        Where the shares add up to 1 or less, that is exactly one.
        """
        if not any(shares.values()):
            return ()
        thin = _thinned(shares.values())
        for _ in range(TRIES if thin else 0):
            drawn = (o for o, s in shares.items() if self.happens(group, thin * s, typical[o]))
            if found := tuple(drawn):
                return found
        return (self.one(group, shares, typical),)


def _thinned(shares: Iterable[float]) -> float:
    """What to multiply shares by, so that they come out among draws that are not all empty.

    Solves c = 1 - product of (1 - c x share); 0 if the shares do not add up to more than 1.
    """
    shares = [*shares]
    if sum(shares) <= 1.05:
        return 0.0
    thin, last = 1.0, 2.0
    while last - thin > EXACT * last:  # it comes down to the solution
        last, thin = thin, 1 - math.prod(1 - thin * share for share in shares)
    return thin
