"""The heart of a sampled patient: the time, the deficit and its place, what is numb.

A disease that has a place (`sampling.lesion`) weakens and numbs what its lesions supply; any other
takes regions, and muscles within them, as its page says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from assistant.reasoning.facts import days
from assistant.reasoning.sampling.draft import NEARLY, Draft
from assistant.reasoning.sampling.page import Shares
from rules.anatomy import Muscle, Territory
from rules.model import NO, YES, Knowledge

SOUGHT = 0.3  # how often a part is examined that is not on the menu; judgement
REGIONS, NOWHERE = "affected_regions", "none"
BY_HAND = (
    "age", "duration", "age_at_onset", "tempo", "weakness", "wasting", REGIONS, "weak_muscles",
    "spared_muscles", "sensory_loss", "numb_areas", "normal_areas",
)  # fmt: skip


def fill(draft: Draft) -> None:
    """Draw everything of a patient."""
    findings = draft.plan.knowledge.findings
    tempo = _time(draft)
    for id_ in draft.plan.first:
        draft.draw(id_)
    hit = _hit(draft)
    if YES in _weak_and_wasted(draft):
        _muscles_and_regions(draft, hit)
    else:
        draft.note(REGIONS, (NOWHERE,))
    if draft.holds_all(findings["tempo"].when):
        draft.note("tempo", (tempo,))
    _sensation(draft, hit)
    for id_ in draft.plan.order:
        if draft.holds_all(findings[id_].when):
            draft.draw(id_)


def _time(draft: Draft) -> str:
    """Age, duration and age at onset. Returns the tempo, which is asked of the weak only."""
    time = draft.source.timeline.draw(draft.chance.rng)
    draft.days = days(time.duration) or 0.0
    draft.note("age", (time.age,))
    draft.note("duration", (time.duration,))
    draft.note("age_at_onset", (time.onset,))
    return time.tempo


def _hit(draft: Draft) -> tuple[str, ...]:
    """The sites that are hit, in a disease that has a place."""
    lesions = draft.source.lesions
    if lesions is None:
        return ()
    possible = {
        id_: share
        for id_, share in lesions.sites.items()
        if any(draft.factor("weak_muscles", m) for m in lesions.muscles.chances[id_])
    }
    return draft.chance.some("lesion_site", possible)


def _weak_and_wasted(draft: Draft) -> tuple[str, str]:
    """Weak, and wasted, or not. The page says how often each is met, and how often neither.

    They are never met together more seldom than by chance, whatever the page says of neither.
    """
    weak, wasted = draft.shares("weakness")[YES], draft.shares("wasting")[YES]
    neither = max(draft.shares(REGIONS)[NOWHERE], (1 - weak) * (1 - wasted))
    neither = min(neither, 1 - weak, 1 - wasted)
    both = weak + wasted - 1 + neither
    ways = {(YES, YES): both, (YES, NO): weak - both, (NO, YES): wasted - both, (NO, NO): neither}
    (way,) = draft.chance.rng.choices([*ways], [*ways.values()])
    draft.note("weakness", way[:1])
    draft.note("wasting", way[1:])
    return way


def _muscles_and_regions(draft: Draft, hit: Collection[str]) -> None:
    """What is weak or wasted, and what is found normal beside it."""
    muscles, lesions = draft.plan.knowledge.muscles, draft.source.lesions
    page = draft.shares(REGIONS)
    shares = {r: min(s / (1 - page[NOWHERE]), 1.0) for r, s in page.items() if r != NOWHERE}
    if lesions:
        affected = _weak(draft, lesions.muscles.after(hit))
        regions = draft.some(REGIONS, _named(draft, affected, shares))
        affected, regions = _in_agreement(draft.plan.knowledge, affected, regions)
    else:
        regions = draft.some(REGIONS, shares)
        affected = _weak(draft, _muscles_in(draft, regions, shares))
    draft.note(REGIONS, regions)
    near = {m for id_ in hit for m in _around(draft.plan.knowledge, id_)}
    near |= {m for m, muscle in muscles.items() if muscle.region in regions}
    examined = _examined(draft, muscles, near, menu=1.0)
    draft.note("weak_muscles", tuple(m for m in affected if m in examined) or affected)
    draft.note("spared_muscles", tuple(m for m in examined if m not in affected))


def _weak(draft: Draft, chances: Shares) -> tuple[str, ...]:
    allowed = {m: min(s * draft.factor("weak_muscles", m), NEARLY) for m, s in chances.items()}
    return draft.some("weak_muscles", allowed)


def _muscles_in(draft: Draft, regions: Collection[str], shares: Shares) -> dict[str, float]:
    """How likely each muscle of the affected regions is weak: only there it can be."""
    muscles = draft.plan.knowledge.muscles
    return {
        m: min(share / max(shares[muscles[m].region], share), NEARLY)
        for m, share in draft.shares("weak_muscles").items()
        if muscles[m].region in regions
    }


def _named(draft: Draft, affected: Collection[str], shares: Shares) -> dict[str, float]:
    """How likely each region is named where these muscles are affected: a weak thumb is called a
    weak hand, wherever its muscle lies. No region of another limb is named."""
    assert draft.source.lesions is not None
    muscles = draft.plan.knowledge.muscles
    hit = {muscles[m].region for m in affected}
    limb = hit.union(*(muscles[m].offered_with for m in affected))
    named = {}
    for region, share in shares.items():
        usually = draft.source.lesions.regions[region]
        if region in hit:
            named[region] = min(share / usually, 1.0)
        elif region in limb and share > usually:
            named[region] = (share - usually) / (1 - usually)
    return named


def _in_agreement(
    knowledge: Knowledge, affected: tuple[str, ...], regions: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The muscles and regions, each muscle in a limb of which a region is named.

    Where none is, the region of a muscle is added; what nobody looks at there is left out.
    """
    limbs = {m.offered_with for m in knowledge.muscles.values() if m.offered_with}
    seen, named = [], list(regions)
    for id_ in affected:
        muscle = knowledge.muscles[id_]
        apart = all(r not in named for limb in limbs if muscle.region in limb for r in limb)
        if apart and muscle.offered_with:
            named.append(muscle.region)
        if not apart or muscle.offered_with:
            seen.append(id_)
    return tuple(seen) or affected, tuple(named)


def _sensation(draft: Draft, hit: Collection[str]) -> None:
    """Sensory loss and its areas: of a disease that has a place, those of the lesions."""
    knowledge, lesions = draft.plan.knowledge, draft.source.lesions
    lost, areas = draft.shares("sensory_loss")[YES], draft.shares("numb_areas")
    if lesions:
        areas = lesions.skin.after(hit)
        lost = min(lost / lesions.with_feeling, NEARLY) if areas else 0.0
    if not draft.chance.happens(draft.plan.groups["sensory_loss"], lost):
        draft.note("sensory_loss", (NO,))
        if lesions and areas:  # where it tingles all the same
            draft.values["numb_areas"] = tuple(areas)
        return
    draft.note("sensory_loss", (YES,))
    numb = draft.some("numb_areas", areas)
    draft.note("numb_areas", numb)
    spared = {a for id_ in hit for a in knowledge.sites[id_].sensory_spared}
    felt = _examined(draft, knowledge.territories, spared, menu=SOUGHT)
    normal = (a for a in felt if a not in numb and draft.factor("normal_areas", a))
    draft.note("normal_areas", tuple(normal))


def _examined(
    draft: Draft, parts: Mapping[str, Muscle | Territory], near: Collection[str], *, menu: float
) -> tuple[str, ...]:
    """What is examined: of the menu for the affected regions so much, and some of what is near."""
    regions = draft.values[REGIONS]
    chosen = []
    for id_, part in parts.items():
        offered = any(region in regions for region in part.offered_with)
        share = menu if offered else SOUGHT if id_ in near else 0.0
        if share and draft.chance.rng.random() < share:
            chosen.append(id_)
    return tuple(chosen)


def _around(knowledge: Knowledge, site: str) -> Iterator[str]:
    """The muscles that an examiner who thinks of a site may test."""
    found = knowledge.sites[site]
    yield from (*found.muscles, *found.spares, *(decision.muscle for decision in found.decide))
