"""Where the lesions of a sampled patient are, and what they do, for diseases that have a place.

The sites are those that the page names under `lesion_site`; what they weaken and numb stands in
the anatomy (see `reasoning.localise`). The page says how often each muscle is weak: that tells
whether patients have several lesions, and what is spared more often than in a textbook's.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assistant.reasoning.localise import NUMB, WEAK
from assistant.reasoning.sampling.page import Page, Shares
from rules.compile import Fact
from rules.model import YES, Knowledge

FOCAL = ("nerve", "root", "plexus")  # the groups of diagnoses whose lesions have a place
NAMED = 0.1  # rarer than this part of the likeliest, a site is what the lesion is taken for
MOST = 0.95  # no site is hit in every patient who has several lesions
SEVERAL = 1.1  # from so many lesions on average, by the muscles, a disease is taken to have several
ROUNDS = 50  # of fitting

Chances = Mapping[str, Shares]  # of each site, how likely it hits each part


@dataclass(frozen=True)
class Effect:
    """How likely a lesion of each site hits each part, and what of that the page allows (0 to 1)."""

    chances: Chances
    allowed: Shares

    @classmethod
    def of(cls, page: Page, finding: str, chances: Chances, sites: Shares) -> Effect:
        """The effect on the parts that are options of a finding, for sites hit so often."""
        told = page.shares(finding)
        allowed = {}
        for part in _parts(chances, chances):
            if Fact(f"{finding}.{part}") in page.told:
                hit = any_of(share * chances[id_].get(part, 0.0) for id_, share in sites.items())
                allowed[part] = min(told[part] / hit, 1.0)
        return cls(chances, allowed)

    def after(self, hit: Collection[str]) -> dict[str, float]:
        """How likely each part is hit by lesions of these sites."""
        return {
            part: any_of(self.chances[id_].get(part, 0.0) for id_ in hit)
            * self.allowed.get(part, 1.0)
            for part in _parts(self.chances, hit)
        }


@dataclass(frozen=True)
class Lesions:
    """The sites of one page with how often each is hit, one at the least in every patient.

    `regions` says how often muscles of a region are hit, `with_feeling` in which share of patients the
    lesions can numb something.
    """

    sites: Shares
    muscles: Effect
    skin: Effect
    regions: Shares
    with_feeling: float

    @classmethod
    def of(cls, page: Page) -> Lesions | None:
        """The lesions of a disease that has a place; None for any other."""
        knowledge = page.knowledge
        if page.id not in knowledge.diagnoses or knowledge.diagnoses[page.id].group not in FOCAL:
            return None
        named = _named(page)
        weak = {
            id_: {m: WEAK[regularity] for m, regularity in knowledge.sites[id_].muscles.items()}
            for id_ in named
        }
        numb = {id_: dict.fromkeys(knowledge.sites[id_].sensory, NUMB) for id_ in named}
        sites = _several(page, named, weak, numb) or named
        feeling = {id_: share for id_, share in sites.items() if numb[id_]}
        muscles = Effect.of(page, "weak_muscles", weak, sites)
        skin = Effect.of(page, "numb_areas", numb, sites)
        return cls(sites, muscles, skin, _regions(knowledge, muscles, sites), _met(feeling, sites))


def any_of(chances: Iterable[float]) -> float:
    """The chance of one at least."""
    return 1 - math.prod(1 - chance for chance in chances)


def _met(some: Shares, sites: Shares) -> float:
    """In which share of patients some of the sites are hit: one alone, or several."""
    if sum(sites.values()) <= 1.0:
        return sum(some.values())
    return any_of(some.values()) / any_of(sites.values())


def _named(page: Page) -> dict[str, float]:
    """The sites that the page names as its own, with the share of each among them."""
    told = {id_: page.told.get(Fact(f"lesion_site.{id_}")) for id_ in page.knowledge.sites}
    shares = {id_: item.share for id_, item in told.items() if item is not None and item.named}
    least = NAMED * max(shares.values(), default=0.0)
    shares = {id_: share for id_, share in shares.items() if share >= least}
    return {id_: share / sum(shares.values()) for id_, share in shares.items()}


def _several(page: Page, sites: Shares, weak: Chances, numb: Chances) -> dict[str, float] | None:
    """How often each site is hit in a disease of several lesions; None if one explains the muscles.

    Fitted (Richardson-Lucy), so that muscles are weak and areas numb as often as told.
    """
    told = {m: page.shares("weak_muscles")[m] for m in _parts(weak, weak)}
    of_one = sum(share * sum(weak[id_].values()) for id_, share in sites.items())
    if sum(told.values()) < SEVERAL * of_one:
        return None
    lost = page.shares("sensory_loss")[YES]
    areas = [area for area in _parts(numb, numb) if Fact(f"numb_areas.{area}") in page.told]
    told |= {area: page.shares("numb_areas")[area] * lost for area in areas}
    parts = {
        id_: {**weak[id_], **{a: c * lost for a, c in numb[id_].items() if a in told}}
        for id_ in sites
    }
    hit = dict(sites)
    for _ in range(ROUNDS):
        made = {p: sum(share * parts[id_].get(p, 0.0) for id_, share in hit.items()) for p in told}
        hit = {
            id_: share
            * sum(chance * told[p] / made[p] for p, chance in parts[id_].items())
            / sum(parts[id_].values())
            for id_, share in hit.items()
        }
    return {id_: min(share, MOST) for id_, share in hit.items()}


def _regions(knowledge: Knowledge, muscles: Effect, sites: Shares) -> dict[str, float]:
    """How often each region has a muscle that is hit."""
    regions = knowledge.findings["affected_regions"].values
    found = {}
    for region in regions:
        inside = {m for m, muscle in knowledge.muscles.items() if muscle.region == region}
        by_site = (
            share * any_of(chance for m, chance in muscles.after([id_]).items() if m in inside)
            for id_, share in sites.items()
        )
        found[region] = any_of(by_site)
    return found


def _parts(chances: Chances, hit: Collection[str]) -> dict[str, None]:
    return {part: None for id_ in hit for part in chances[id_]}
