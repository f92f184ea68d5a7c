"""Where the lesion is: the smallest set of sites that explains the weak muscles and contradicts
neither the spared ones nor the sensory findings.

Each site says how regularly it weakens each muscle (always, often, sometimes), which territories
it numbs, and which muscles and territories speak against it. A set of sites is scored by the
likelihood of the whole examination, a muscle being weak if any of its sites weakens it, less a
price for each site: so one lesion is preferred to two, unless it leaves a muscle unexplained.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rules.anatomy import Regularity, Site
from rules.compile import Fact
from rules.model import NO, YES

# P(weak | lesion at the site) by regularity, and elsewhere; P(numb | ...) likewise. Judgement.
WEAK = {Regularity.ALWAYS: 0.92, Regularity.OFTEN: 0.65, Regularity.SOMETIMES: 0.30}
WEAK_ELSEWHERE, WEAK_AGAINST = 0.015, 0.005
NUMB, NUMB_ELSEWHERE, NUMB_AGAINST = 0.75, 0.03, 0.008
ANOTHER_SITE = 3.0  # nats that each site beyond the first costs
MOST_SITES = 3
CLEAR = 0.5  # from this share on, other rules may build on the sites
EXPLAINED = 0.1  # a muscle is explained by a site that weakens it at least this often


@dataclass(frozen=True)
class Examination:
    """What was found: muscles weak or tested normal, territories numb or tested normal (ids).

    `no_loss`: sensation was examined and is normal everywhere.
    """

    weak: tuple[str, ...]
    spared: tuple[str, ...]
    numb: tuple[str, ...]
    felt: tuple[str, ...]
    no_loss: bool = False

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Examination:
        """What the facts say of muscles and areas of skin."""
        found: dict[tuple[str, str], set[str]] = {}
        facts = tuple(facts)
        for fact in facts:
            finding, _, part = fact.key.partition(".")
            found.setdefault((finding, fact.value), set()).add(part)
        kinds = (
            ("weak_muscles", YES),
            ("weak_muscles", NO),
            ("numb_areas", YES),
            ("numb_areas", NO),
        )
        # sorted: sums of the same numbers in another order differ in their last digits
        weak, spared, numb, felt = (tuple(sorted(found.get(kind, ()))) for kind in kinds)
        return cls(weak, spared, numb, felt, Fact("sensory_loss", NO) in facts)


@dataclass(frozen=True)
class Localisation:
    """A set of sites with its share among all sets considered, and what speaks for and against.

    `explains` are weak muscles and numb territories that the sites account for, `unexplained`
    those that they do not, `contradicts` what was tested normal although a site should hit it.
    """

    sites: tuple[str, ...]
    score: float
    share: float
    explains: tuple[str, ...]
    unexplained: tuple[str, ...]
    contradicts: tuple[str, ...]


def localise(sites: Mapping[str, Site], found: Examination) -> tuple[Localisation, ...]:
    """The sets of sites that fit the examination, the likeliest first; none if nothing is weak."""
    if not found.weak and not found.numb:
        return ()
    candidates = [id_ for id_, site in sites.items() if _touches(site, found)]
    best: list[tuple[float, tuple[str, ...]]] = []
    for count in range(1, MOST_SITES + 1):
        pool = candidates if count < MOST_SITES else _in_sets(best)
        best += [
            (_score([sites[id_] for id_ in chosen], found), chosen)
            for chosen in combinations(pool, count)
        ]
        best.sort(key=lambda item: (-item[0], len(item[1]), item[1]))
        best = best[:40]
        fewer = best and len(best[0][1]) < count  # another site did not help
        if fewer and not _unexplained([sites[id_] for id_ in best[0][1]], found):
            break
    if not best:
        return ()
    top = best[0][0]
    total = sum(math.exp(score - top) for score, _ in best)
    return tuple(
        _told(sites, chosen, score, math.exp(score - top) / total, found) for score, chosen in best
    )


def lesion_sites(ranked: Sequence[Localisation]) -> tuple[str, ...]:
    """The sites that the examination points to clearly enough to conclude from; mostly none."""
    if not ranked or ranked[0].share < CLEAR or ranked[0].unexplained:
        return ()
    return ranked[0].sites


def deciding_muscle(
    sites: Mapping[str, Site],
    found: Examination,
    ranked: Iterable[Localisation],
    testable: Collection[str],
) -> str | None:
    """The untested muscle, of those `testable`, that would best tell the likely sites apart."""
    likely = [item for item in ranked if item.share >= 0.05]
    tested = {*found.weak, *found.spared}
    muscles = {m for item in likely for id_ in item.sites for m in sites[id_].muscles} - tested
    muscles &= set(testable)
    gains = {m: _information(m, sites, likely) for m in sorted(muscles)}
    best = max(gains, key=lambda m: gains[m], default=None)
    return best if best is not None and gains[best] > 0.02 else None


def _information(muscle: str, sites: Mapping[str, Site], likely: list[Localisation]) -> float:
    total = sum(item.share for item in likely)
    weak = {item.sites: weakens([sites[i] for i in item.sites], muscle) for item in likely}
    gain = 0.0
    for outcome in (True, False):
        joint = [
            item.share / total * (weak[item.sites] if outcome else 1 - weak[item.sites])
            for item in likely
        ]
        mass = sum(joint)
        for part, item in zip(joint, likely, strict=True):
            if part > 0:
                gain += part * math.log(part / mass / (item.share / total))
    return gain


def weakens(sites: Collection[Site], muscle: str) -> float:
    """The probability that a muscle is weak when all these sites are damaged."""
    return 1 - math.prod(1 - _weak(site, muscle) for site in sites)


def numbs(sites: Collection[Site], territory: str) -> float:
    """The probability that a territory is numb when all these sites are damaged."""
    return 1 - math.prod(1 - _numb(site, territory) for site in sites)


def _weak(site: Site, muscle: str) -> float:
    if muscle in site.muscles:
        return WEAK[site.muscles[muscle]]
    return WEAK_AGAINST if muscle in site.spares else WEAK_ELSEWHERE


def _numb(site: Site, territory: str) -> float:
    if territory in site.sensory:
        return NUMB
    return NUMB_AGAINST if territory in site.sensory_spared else NUMB_ELSEWHERE


def _touches(site: Site, found: Examination) -> bool:
    return any(muscle in site.muscles for muscle in found.weak) or any(
        territory in site.sensory for territory in found.numb
    )


def _score(sites: Collection[Site], found: Examination) -> float:
    likelihood = [
        *(weakens(sites, muscle) for muscle in found.weak),
        *(1 - weakens(sites, muscle) for muscle in found.spared),
        *(numbs(sites, territory) for territory in found.numb),
        *(1 - numbs(sites, territory) for territory in found.felt),
    ]
    if found.no_loss and not found.felt:  # one observation, however many areas a site has
        likelihood.append(1 - NUMB if any(site.sensory for site in sites) else 1 - NUMB_ELSEWHERE)
    prior = sum(math.log(site.commonness) for site in sites)
    return sum(map(math.log, likelihood)) + prior - ANOTHER_SITE * (len(sites) - 1)


def _unexplained(sites: Collection[Site], found: Examination) -> tuple[str, ...]:
    muscles = (m for m in found.weak if weakens(sites, m) < EXPLAINED)
    territories = (t for t in found.numb if numbs(sites, t) < EXPLAINED)
    return (*muscles, *territories)


def _in_sets(best: list[tuple[float, tuple[str, ...]]]) -> list[str]:
    """The sites of the best sets so far: a third site is looked for among them only."""
    return list(dict.fromkeys(id_ for _, chosen in best for id_ in chosen))[:14]


def _told(
    sites: Mapping[str, Site],
    chosen: tuple[str, ...],
    score: float,
    share: float,
    found: Examination,
) -> Localisation:
    picked = [sites[id_] for id_ in chosen]
    unexplained = _unexplained(picked, found)
    explains = tuple(x for x in (*found.weak, *found.numb) if x not in unexplained)
    contradicts = tuple(
        muscle
        for muscle in found.spared
        if any(site.muscles.get(muscle) is Regularity.ALWAYS for site in picked)
    )
    return Localisation(chosen, score, share, explains, unexplained, contradicts)
