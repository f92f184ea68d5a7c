"""A patient in the making: every answer rests on those that are drawn already.

See `reasoning.sample`. Time comes first, then the deficit and where it is, then what is numb, then
all other findings in an order in which each comes after those that it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from assistant.reasoning.chance import Chance
from assistant.reasoning.facts import band, days
from assistant.reasoning.lesion import Lesions
from assistant.reasoning.page import Page, Shares
from assistant.reasoning.timeline import AXES, Timeline
from rules.anatomy import Muscle, Territory
from rules.model import NO, YES, Coherence, Condition, Finding, Kind, Knowledge, When

SOUGHT = 0.3  # how often a part is examined that is not on the menu; judgement
RAREST = 0.2  # what few can have gets no more than this much commoner (five times) among them
NEARLY = 0.98  # the most that an answer becomes likely where it is possible

_BY_HAND = (
    *AXES, "sex", "weakness", "wasting", "affected_regions", "weak_muscles", "spared_muscles",
    "sensory_loss", "numb_areas", "normal_areas",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """All that patients of one diagnosis are drawn from."""

    page: Page
    timeline: Timeline
    lesions: Lesions | None


@dataclass(frozen=True)
class Plan:
    """In which order findings are drawn, and what each brings with it (`rules.model.Coherence`).

    `given` is by the finding that brings something with it, `then` by what is brought.
    """

    knowledge: Knowledge
    given: Mapping[str, tuple[Coherence, ...]]
    then: Mapping[str, tuple[Coherence, ...]]
    before_muscles: tuple[str, ...]
    order: tuple[str, ...]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Plan:
        """The plan of a knowledge base. What an answer implies, it brings with it."""
        findings = knowledge.findings
        rules = (*knowledge.coherence.values(), *_implied(knowledge))
        given = {id_: tuple(r for r in rules if r.given.finding == id_) for id_ in findings}
        then = {id_: tuple(r for r in rules if r.then.finding == id_) for id_ in findings}
        free = [
            id_ for id_, f in findings.items() if f.asked and not f.negates and id_ not in _BY_HAND
        ]
        needs = {
            id_: [
                *(when.finding for when in findings[id_].when),
                *(rule.then.finding for rule in given[id_]),
            ]
            for id_ in free
        }
        order = [id_ for id_ in TopologicalSorter(needs).static_order() if id_ in needs]
        brought = dict.fromkeys(rule.then.finding for rule in given["weak_muscles"])
        rest = (id_ for id_ in order if id_ not in brought)
        return cls(knowledge, given, then, tuple(brought), tuple(rest))


def _implied(knowledge: Knowledge) -> Iterable[Coherence]:
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            for target, answer in value.implies.items():
                yield Coherence(
                    given=Condition(finding=id_, value=(name,)),
                    then=Condition(finding=target, value=(answer,)),
                )


@dataclass
class Draft:
    """What is answered so far, and what is true: the bands of numbers, the options of lists."""

    plan: Plan
    source: Source
    chance: Chance
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: float = 0.0

    def fill(self) -> None:
        """Draw everything."""
        tempo = self._time()
        for id_ in ("sex", *self.plan.before_muscles):
            self._draw(id_)
        hit = self._hit()
        self._deficit(hit)
        if self._holds_all(self.plan.knowledge.findings["tempo"].when):
            self._note("tempo", (tempo,))
        self._sensation(hit)
        for id_ in self.plan.order:
            if self._holds_all(self.plan.knowledge.findings[id_].when):
                self._draw(id_)

    # --- what is drawn by hand ---

    def _time(self) -> str:
        """Age, duration and age at onset. Returns the tempo, which is asked of the weak only."""
        time = self.source.timeline.draw(self.chance.rng)
        self.days = days(time.duration) or 0.0
        for id_, told in (("age", time.age), ("duration", time.duration), ("age_at_onset", time.onset)):  # fmt: skip
            self._note(id_, (told,))
        return time.tempo

    def _hit(self) -> tuple[str, ...]:
        """The sites that are hit, in a disease that has a place."""
        lesions = self.source.lesions
        if lesions is None:
            return ()
        possible = {
            id_: share
            for id_, share in lesions.sites.items()
            if any(self._factor("weak_muscles", m) for m in lesions.muscles.chances[id_])
        }
        return self.chance.some("lesion_site", possible, dict.fromkeys(possible, 0.0))

    def _deficit(self, hit: Collection[str]) -> None:
        """Weakness, wasting, and where: regions and muscles."""
        weak, wasted = self._weak_and_wasted()
        self._note("weakness", (YES if weak else NO,))
        self._note("wasting", (YES if wasted else NO,))
        if not (weak or wasted):
            self._note("affected_regions", ("none",))
            return
        muscles = self.plan.knowledge.muscles
        shares = self._of_affected()
        if self.source.lesions:
            affected = self._muscles(self.source.lesions.muscles.after(hit))
            regions = self._some("affected_regions", self._named(affected, shares))
        else:
            regions = self._some("affected_regions", shares)
            affected = self._muscles(self._muscles_in(regions, shares))
        self._note("affected_regions", regions)
        near = {m for id_ in hit for m in _around(self.plan.knowledge, id_)}
        near |= {m for m in muscles if muscles[m].region in regions}
        examined = self._examined(muscles, near)
        found = tuple(m for m in affected if m in examined) or affected
        self._note("weak_muscles", found)
        if spared := tuple(m for m in examined if m not in affected):
            self._note("spared_muscles", spared)

    def _weak_and_wasted(self) -> tuple[bool, bool]:
        """The page says how often each is met, and how often neither: so how often both are.

        They are never met together more seldom than by chance, whatever the page says of neither.
        """
        weak = self._shares("weakness")[YES]
        wasted = self._shares("wasting")[YES]
        neither = max(self._shares("affected_regions")["none"], (1 - weak) * (1 - wasted))
        neither = min(neither, 1 - weak, 1 - wasted)
        both = weak + wasted - 1 + neither
        ways = {(True, True): both, (True, False): weak - both, (False, True): wasted - both, (False, False): neither}  # fmt: skip
        (way,) = self.chance.rng.choices([*ways], [*ways.values()])
        return way

    def _muscles(self, chances: Shares) -> tuple[str, ...]:
        allowed = {m: min(s * self._factor("weak_muscles", m), NEARLY) for m, s in chances.items()}
        return self._some("weak_muscles", allowed)

    def _named(self, affected: Collection[str], shares: Shares) -> dict[str, float]:
        """How likely each region is named where these muscles are affected: a weak thumb is called
        a weak hand, wherever its muscle lies. No region is named of another limb."""
        assert self.source.lesions is not None
        muscles = self.plan.knowledge.muscles
        hit = {muscles[m].region for m in affected}
        limb = hit.union(*(muscles[m].offered_with for m in affected))
        named = {}
        for region, share in shares.items():
            usually = self.source.lesions.regions[region]
            if region in hit:
                named[region] = min(share / usually, 1.0)
            elif region in limb and share > usually:
                named[region] = (share - usually) / (1 - usually)
        return named

    def _of_affected(self) -> dict[str, float]:
        """The shares of regions among those in whom any is affected."""
        shares = self._shares("affected_regions")
        some = 1 - shares["none"]
        return {r: min(share / some, 1.0) for r, share in shares.items() if r != "none"}

    def _muscles_in(self, regions: Collection[str], shares: Shares) -> dict[str, float]:
        """How likely each muscle of the affected regions is weak: only there it can be."""
        muscles = self.plan.knowledge.muscles
        return {
            m: min(share / max(shares[muscles[m].region], share), NEARLY)
            for m, share in self._shares("weak_muscles").items()
            if muscles[m].region in regions
        }

    def _sensation(self, hit: Collection[str]) -> None:
        """Sensory loss and its areas: of diseases that have a place, those of the lesions."""
        knowledge, lesions = self.plan.knowledge, self.source.lesions
        lost = self._shares("sensory_loss")[YES]
        areas = self._shares("numb_areas")
        if lesions:
            areas = lesions.skin.after(hit)
            lost = min(lost / lesions.with_feeling, NEARLY) if areas else 0.0
        typical = self._typical("sensory_loss")[YES]
        if not self.chance.happens(self._group("sensory_loss"), lost, typical):
            self._note("sensory_loss", (NO,))
            if lesions and areas:  # where it tingles all the same
                self.values["numb_areas"] = tuple(areas)
            return
        self._note("sensory_loss", (YES,))
        numb = self._some("numb_areas", areas)
        self._note("numb_areas", numb)
        spared = {a for id_ in hit for a in knowledge.sites[id_].sensory_spared}
        felt = self._examined(knowledge.territories, spared, menu=SOUGHT)
        if normal := tuple(a for a in felt if a not in numb and self._factor("normal_areas", a)):
            self._note("normal_areas", normal)

    def _examined(
        self, parts: Mapping[str, Muscle | Territory], near: Collection[str], menu: float = 1.0
    ) -> tuple[str, ...]:
        """What is examined: what the menu offers for the affected regions, and some of what is near."""
        regions = self.values["affected_regions"]
        chosen = []
        for id_, part in parts.items():
            offered = any(region in regions for region in part.offered_with)
            if self.chance.rng.random() < (menu if offered else SOUGHT if id_ in near else 0.0):
                chosen.append(id_)
        return tuple(chosen)

    # --- one finding ---

    def _draw(self, id_: str) -> None:
        """Any other finding: a value, or options, that what is known allows."""
        finding = self.plan.knowledge.findings[id_]
        shares = self._shares(id_)
        free = not (self.plan.given[id_] or self.plan.then[id_] or id_ in self.source.page.foreign)
        factors = {value: 1.0 if free else self._factor(id_, value) for value in shares}
        if finding.kind is Kind.SEVERAL:
            self._note(id_, self._options(id_, finding, shares, factors))
        elif any((weights := shares if free else _weights(shares, factors)).values()):
            self._note(id_, (self.chance.one(self._group(id_), weights, self._typical(id_)),))

    def _options(
        self, id_: str, finding: Finding, shares: Shares, factors: Shares
    ) -> tuple[str, ...]:
        none = shares[finding.exclusive] if finding.exclusive else 0.0
        needed = [r.then for r in self.plan.then[id_] if not r.then.absent and self._holds(r.given)]
        options = {v: share for v, share in shares.items() if v != finding.exclusive}
        possible = {v: share * factors[v] for v, share in options.items()}
        # Who can have more of them has any of them more often.
        total = sum(options.values())
        any_ = min(min(1 - none, total) * sum(possible.values()) / total, NEARLY)
        if finding.exclusive and not needed:
            typical = self._typical(id_)[finding.exclusive]
            if self.chance.happens(self._group(id_), 1 - any_, typical):
                return (finding.exclusive,)
        some = {v: min(share / any_, NEARLY) for v, share in possible.items()}
        chosen = list(self.chance.some(f"which {id_}", some, self._typical(id_)))
        for condition in needed:
            if not any(value in chosen for value in condition.value):
                chosen.append(max(condition.value, key=lambda value: shares[value]))
        return tuple(chosen) or ((finding.exclusive,) if finding.exclusive else ())

    def _some(self, id_: str, shares: Shares) -> tuple[str, ...]:
        return self.chance.some(self._group(id_), shares, self._typical(id_))

    def _shares(self, id_: str) -> Shares:
        return self.source.page.shares(id_, self.days)

    def _group(self, id_: str) -> str:
        """What a finding keeps company with. Not with the one that it follows up: it would be asked
        of those only who are unlike the others in that."""
        findings = self.plan.knowledge.findings
        group = findings[id_].group
        followed = (findings[when.finding] for when in findings[id_].when)
        if group is None or any(f.group == group and f.kind is Kind.CHOICE for f in followed):
            return id_
        return group

    def _typical(self, id_: str) -> Shares:
        return self.source.page.typical(id_)

    def _note(self, id_: str, values: tuple[str, ...]) -> None:
        if not values:
            return
        finding = self.plan.knowledge.findings[id_]
        self.answers[id_] = values
        is_list = finding.kind is Kind.SEVERAL
        self.values[id_] = values if is_list else (band(finding, values[0]) or values[0],)

    # --- what is possible ---

    def _factor(self, id_: str, value: str) -> float:
        """0 if a value contradicts what is known; above 1 if few patients could have it, and this
        one can: then it is as much more likely."""
        if value in self.source.page.foreign.get(id_, ()):
            return 0.0
        is_list = self.plan.knowledge.findings[id_].kind is Kind.SEVERAL
        for rule in self.plan.then[id_]:
            barred = (value in rule.then.value) is rule.then.absent
            if barred and (not is_list or rule.then.absent) and self._holds(rule.given):
                return 0.0
        factor = 1.0
        for rule in self.plan.given[id_]:
            holds = self._holds(rule.then) if value in rule.given.value else None
            if holds is False:
                return 0.0
            if holds:
                factor /= max(self._likely_if_asked(id_, rule.then), RAREST)
        return factor

    def _likely_if_asked(self, id_: str, condition: Condition) -> float:
        """How often a condition is met among those whom a follow-up is asked: it lies within."""
        page = self.source.page
        share = min(page.likely(condition), 1.0)
        for when in self.plan.knowledge.findings[id_].when:
            share /= max(page.likely(when), share)
        return 1 - share if condition.absent else share

    def _holds(self, condition: Condition) -> bool | None:
        """Whether a condition is met; None if that is not known."""
        if condition.finding not in self.values:
            return None
        met = any(value in self.values[condition.finding] for value in condition.value)
        return met is not condition.absent

    def _holds_all(self, conditions: Iterable[When]) -> bool:
        return all(
            any(value in self.values.get(when.finding, ()) for value in when.value)
            for when in conditions
        )


def _around(knowledge: Knowledge, site: str) -> Iterable[str]:
    """The muscles that an examiner who thinks of a site may test."""
    found = knowledge.sites[site]
    yield from (*found.muscles, *found.spares, *(decision.muscle for decision in found.decide))


def _weights(shares: Shares, factors: Shares) -> dict[str, float]:
    """The shares of a choice among patients such as this: what is raised takes from the others."""
    raised = {v: share * factors[v] for v, share in shares.items() if factors[v] > 1}
    plain = {v: share for v, share in shares.items() if 0 < factors[v] <= 1}
    total = sum(raised.values())
    if any(plain.values()):
        down = min(NEARLY / total, 1.0) if total else 1.0
        raised = {v: share * down for v, share in raised.items()}
        rest = (1 - sum(raised.values())) / sum(plain.values())
        plain = {v: share * rest for v, share in plain.items()}
    both = raised | plain
    return {v: both.get(v, 0.0) for v in shares}
