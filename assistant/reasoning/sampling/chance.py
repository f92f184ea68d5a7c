"""Chance for sampled patients: events that keep their shares, and may keep each other company.

Findings of one group say much the same, and who has one sign of a group has the others sooner.
`likeness` says how much: each group has a latent number, "how far it has gone in this patient", which
all its draws share in part (a Gaussian copula). Taken by itself every draw keeps its share.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

TRIES = 50  # to draw anything at all, before it is exactly one
ONE = 1.05  # shares that add up to no more are drawn as exactly one
SELDOM_NONE = 0.97  # the share that has any of the options, were they independent
EXACT = 0.005  # how nearly the thinning is solved
_NORMAL = NormalDist()


@dataclass
class Chance:
    """The draws of one patient. `likeness` is 0 (independent) to 1 (one for all of a group)."""

    rng: random.Random
    likeness: float
    latent: dict[str, float] = field(default_factory=dict)

    def _uniform(self, group: str) -> float:
        """A number in 0..1, evenly spread; low where it has gone far."""
        if not self.likeness:
            return self.rng.random()
        if group not in self.latent:
            self.latent[group] = self.rng.gauss(0, 1)
        own = self.rng.gauss(0, 1)
        mixed = math.sqrt(self.likeness) * self.latent[group] + math.sqrt(1 - self.likeness) * own
        return _NORMAL.cdf(mixed)

    def happens(self, group: str, share: float) -> bool:
        """Whether something of this share is met."""
        return self._uniform(group) < share

    def one(self, group: str, shares: Mapping[str, float], order: Sequence[str]) -> str:
        """One of the values, whose shares need not add up to 1; the first of the `order` go
        together with what else is met of the group."""
        left = self._uniform(group) * sum(shares.values())
        for value in order:
            left -= shares.get(value, 0.0)
            if left < 0:
                return value
        return next(value for value in reversed(order) if shares.get(value))

    def some(self, group: str, shares: Mapping[str, float]) -> tuple[str, ...]:
        """One or more of the options, each as often as its share says; none without any share.

        Where the shares add up to 1 or less, that is exactly one. Options keep company where that
        leaves hardly anyone without any; elsewhere they stand for each other.
        """
        if not any(shares.values()):
            return ()
        thin = _thinned(shares.values())
        alike = thin >= SELDOM_NONE
        for _ in range(TRIES if thin else 0):
            drawn = (self._uniform(group) if alike else self.rng.random() for _ in shares)
            met = zip(shares.items(), drawn, strict=True)
            if found := tuple(option for (option, share), u in met if u < thin * share):
                return found
        (only,) = self.rng.choices([*shares], [*shares.values()])
        return (only,)


def _thinned(shares: Iterable[float]) -> float:
    """What to multiply shares by, so that they come out among draws that are not all empty.

    Solves c = 1 - product of (1 - c x share); 0 if the shares do not add up to more than 1.
    """
    shares = [*shares]
    if sum(shares) <= ONE:
        return 0.0
    thin, last = 1.0, 2.0
    while last - thin > EXACT * last:  # it comes down to the solution
        last, thin = thin, 1 - math.prod(1 - thin * share for share in shares)
    return thin
