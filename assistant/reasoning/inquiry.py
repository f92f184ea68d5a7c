"""Which question to ask next, or why to stop.

The opening questions come first, in the order that the knowledge gives them. After them those
that may well raise a red flag, and then the one with the highest

    expected information about the differential x what is at stake / burden to the patient

among those that may be asked: within the allowed tiers, whose conditions hold, and whose answer
is not known or implied already. Ties go to the order of the findings; nothing is random.

The interview stops when no answer could change the leader, or when none is worth its burden; but
not before the essential findings were asked for, and those that could still raise a red flag.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from assistant.reasoning.differential import OTHER, REPEAT, Outcome, Reasoner, softmax
from assistant.reasoning.facts import option, splits
from assistant.reasoning.red_flags import nearly_raised
from rules.compile import Fact, option_facts
from rules.model import Kind, Knowledge, Tier, Urgency, When

if TYPE_CHECKING:
    from assistant.reasoning.arrays import Foresight

# What a question costs the patient, in units of one plain question (judgement).
BURDEN = {
    Tier.HISTORY: 1.0,
    Tier.SIGN: 1.1,
    Tier.LABORATORY: 1.4,
    Tier.EMG: 2.5,
    Tier.IMAGING: 3.0,
    Tier.GENETICS: 4.0,
}
# What an unknown answer multiplies the burden of the other questions of its tier by: who has no
# EMG has no second one either, and who was not examined for one sign was not for the next.
DEARER = dict.fromkeys(Tier, 1.3) | {Tier.EMG: 2.0, Tier.IMAGING: 2.0}
SAME_TOPIC = 1.25  # a topic is finished before the next where the loss is small
WORTH_ASKING = 0.0014  # see `_is_worth_it`
LEAST_ASKED = 9  # with fewer questions nobody has looked, however sure it seems
HURRY = 6.0  # once a red flag is raised, acting comes before knowing: see `_is_worth_it`
WORTH_KNOWING = 0.015  # where every question tells less for its burden (see `_values`), it ends
DEFAULT_CAP = 30
# How likely the findings must be that a red flag lacks, to be asked for before the end.
LIKELY_ENOUGH = {Urgency.NOW: 0.05, Urgency.TODAY: 0.08, Urgency.SOON: 0.2}


class Stop(StrEnum):
    """Why no further question is asked."""

    SETTLED = "settled"  # no answer still possible could change the leader
    NOT_WORTH = "not_worth"  # no question is worth its burden
    EXHAUSTED = "exhausted"  # every question allowed has been asked
    CAP = "cap"  # as many questions as allowed
    GIVEN = "given"  # none was asked: the case was given whole


class Strategy(StrEnum):
    """By what the next question is chosen. All but the first are there for comparison."""

    INFORMATION = "information"  # what it is expected to tell, for its burden
    FIXED = "fixed"  # the order of the knowledge, as in a questionnaire
    RANDOM = "random"  # any, but always the same after the same questions


@dataclass(frozen=True)
class Inquiry:
    """The next question (an id of a finding), or why there is none."""

    question: str | None
    stop: Stop | None = None
    value: float = 0.0


def next_question(
    reasoner: Reasoner,
    outcome: Outcome,
    done: Collection[str],
    *,
    tier: Tier = Tier.GENETICS,
    cap: int = DEFAULT_CAP,
    topic: str | None = None,
    unknown: Collection[str] = (),
    asked: int | None = None,
    strategy: Strategy = Strategy.INFORMATION,
) -> Inquiry:
    """The question to ask now, given those already `done` (answered, skipped or unknown).

    `asked` is how many questions that took (one may be about several findings; if it is not
    given, each took one); `tier` is the furthest that may be asked for; `topic` is that of the last
    question. Each `unknown` finding makes others of its tier dearer (see `DEARER`). When to stop is
    the same by every `strategy`.
    """
    number = len(done) if asked is None else asked
    so_far = _SoFar(frozenset(done), number, tier, cap, topic, frozenset(unknown), strategy)
    if so_far not in outcome.inquiries:
        outcome.inquiries[so_far] = _choose(reasoner, outcome, so_far)
    return outcome.inquiries[so_far]


@dataclass(frozen=True)
class _SoFar:
    """What was asked, and how the interview is held: see `next_question`."""

    done: frozenset[str]
    asked: int
    tier: Tier
    cap: int
    topic: str | None
    unknown: frozenset[str]
    strategy: Strategy


def _choose(reasoner: Reasoner, outcome: Outcome, so_far: _SoFar) -> Inquiry:
    knowledge = reasoner.knowledge
    still_open = _still_open(knowledge, outcome, so_far.done, so_far.tier)
    candidates = [id_ for id_ in still_open if applies(knowledge, outcome.facts, id_)]
    opening = [id_ for id_ in candidates if knowledge.findings[id_].opening]
    if opening:
        return Inquiry(min(opening, key=lambda id_: knowledge.findings[id_].opening or 0))
    if not candidates:
        return Inquiry(None, Stop.EXHAUSTED)
    if so_far.asked >= so_far.cap:
        return Inquiry(None, Stop.CAP)
    foresight = _foresee(reasoner, outcome)
    burden = _burden(knowledge, so_far.unknown)
    values = _values(reasoner, foresight, candidates, so_far.topic, burden)
    best = max(candidates, key=lambda id_: values[id_])
    stop: Stop | None = None
    if values[best] < WORTH_KNOWING:
        stop = Stop.NOT_WORTH
    elif is_settled(reasoner, outcome, still_open):
        stop = Stop.SETTLED
    elif so_far.asked >= LEAST_ASKED and not _is_worth_it(
        reasoner, outcome, foresight, candidates, burden
    ):
        stop = Stop.NOT_WORTH
    # Red flags first. Nobody concludes without having looked: what is left before the cap is kept
    # for what is essential.
    first = _could_raise_a_flag(reasoner, outcome, foresight, set(candidates), burden)
    essential = {id_ for id_ in candidates if knowledge.findings[id_].essential}
    if stop or so_far.asked + len(essential | first) >= so_far.cap:
        first |= essential
    if first:
        return _ask([id_ for id_ in candidates if id_ in first], values, Strategy.INFORMATION)
    return Inquiry(None, stop, values[best]) if stop else _ask(candidates, values, so_far.strategy)


def _ask(candidates: Sequence[str], values: Mapping[str, float], strategy: Strategy) -> Inquiry:
    """One of the candidates, which are in the order of the knowledge."""
    if strategy is Strategy.FIXED:
        chosen = candidates[0]
    elif strategy is Strategy.RANDOM:
        chosen = Random(" ".join(candidates)).choice(candidates)
    else:
        chosen = max(candidates, key=lambda id_: values[id_])
    return Inquiry(chosen, None, values[chosen])


def _is_worth_it(
    reasoner: Reasoner,
    outcome: Outcome,
    foresight: Foresight,
    candidates: Iterable[str],
    burden: Mapping[Tier, float],
) -> bool:
    """Whether any question is still worth its burden.

    Its answer is expected to raise the chance that the leader is the right one. That gain, for one
    unit of burden, counts in proportion to the doubt that is left (the chance that the leader is
    wrong): what is nearly sure is not asked about for ever. Once a red flag is raised, it must be
    `HURRY` times as great.
    """
    doubt = (1 - outcome.leader.probability) / (HURRY if outcome.red_flags else 1.0)
    return any(
        doubt * reasoner.arrays.together(foresight.gain, id_, REPEAT)
        >= WORTH_ASKING * burden[reasoner.knowledge.findings[id_].tier]
        for id_ in candidates
    )


def _could_raise_a_flag(
    reasoner: Reasoner,
    outcome: Outcome,
    foresight: Foresight,
    candidates: set[str],
    burden: Mapping[Tier, float],
) -> set[str]:
    """The findings, up to three together, whose answers are likely enough to raise a red flag."""
    knowledge, found = reasoner.knowledge, set()
    for id_, lacking in nearly_raised(knowledge, outcome):
        if lacking.keys() <= candidates:
            chances = (
                min(reasoner.arrays.chance(foresight, facts) for facts in conditions)
                for conditions in lacking.values()
            )
            cost = max(burden[knowledge.findings[finding].tier] for finding in lacking)
            if math.prod(chances) >= LIKELY_ENOUGH[knowledge.red_flags[id_].urgency] * cost:
                found |= set(lacking)
    return found


def is_settled(reasoner: Reasoner, outcome: Outcome, open_findings: Iterable[str]) -> bool:
    """Whether no answers to the open findings could make another hypothesis lead.

    An upper bound: for each open finding a rival is given the answer that helps it most, at full
    weight, the leader the one that harms it most, and so with what answers imply and with every
    pattern that is not derived yet. What the same answer takes from the rival, or gives to the
    leader, is left out: within a group that may hardly count.
    """
    arrays, leader = reasoner.arrays, outcome.leader
    gain = arrays.most_gained(leader.id, _answers_that_may_come(reasoner, outcome, open_findings))
    return all(h.score + gain[h.id] < leader.score for h in outcome.hypotheses[1:])


# --- which questions may be asked ---------------------------------------------------------


def applies(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> bool:
    """Whether the conditions under which a finding is asked hold."""
    return _holds(knowledge, facts, knowledge.findings[id_].when)


def offered(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> tuple[str, ...]:
    """The values of a finding that make sense in this patient; all of them if none does."""
    values = knowledge.findings[id_].values
    usual = tuple(v for v, value in values.items() if value.offered)
    fitting = tuple(v for v in usual if _holds(knowledge, facts, values[v].when))
    return fitting or usual or tuple(values)


def _holds(knowledge: Knowledge, facts: Collection[Fact], conditions: Iterable[When]) -> bool:
    return all(
        any(option(knowledge, when.finding, value) in facts for value in when.value)
        or _is_blank(knowledge, facts, when.finding)
        for when in conditions
    )


def _is_blank(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> bool:
    """Whether a list that every interview opens with was left without any answer.

    Who cannot say which regions are affected may well know which muscles are.
    """
    finding = knowledge.findings[id_]
    return (
        finding.kind is Kind.SEVERAL
        and finding.opening is not None
        and all(fact.key.partition(".")[0] != id_ for fact in facts)
    )


def _still_open(
    knowledge: Knowledge, outcome: Outcome, done: Collection[str], tier: Tier
) -> list[str]:
    """Findings that may be asked now or later: their conditions may come to hold."""
    return [
        id_
        for id_, finding in knowledge.findings.items()
        if id_ not in done
        and finding.asked
        and finding.tier.rank <= tier.rank
        and not _known(knowledge, outcome, id_)
    ]


def _known(knowledge: Knowledge, outcome: Outcome, id_: str) -> bool:
    finding = knowledge.findings[id_]
    if finding.kind is Kind.SEVERAL:
        return id_ in outcome.facts.values() and not finding.negates
    return any(Fact(id_, value) in outcome.facts for value in finding.values)


# --- what a question is worth -------------------------------------------------------------


def _foresee(reasoner: Reasoner, outcome: Outcome) -> Foresight:
    stakes = {id_: _stakes(reasoner.knowledge, id_) for id_ in reasoner.arrays.hypotheses}
    return reasoner.arrays.foresee(outcome, _beliefs(outcome), stakes, REPEAT)


def _values(
    reasoner: Reasoner,
    foresight: Foresight,
    candidates: Iterable[str],
    topic: str | None,
    burden: Mapping[Tier, float],
) -> dict[str, float]:
    """What each question is worth: expected information, weighed by stakes, for its burden.

    Rounded, so that questions which are worth the same are so on every machine.
    """
    values = {}
    for id_ in candidates:
        finding = reasoner.knowledge.findings[id_]
        information = reasoner.arrays.together(foresight.information, id_, REPEAT)
        bonus = SAME_TOPIC if finding.topic == topic else 1.0
        values[id_] = round(information * bonus / burden[finding.tier], 9)
    return values


def _burden(knowledge: Knowledge, unknown: Collection[str]) -> dict[Tier, float]:
    counts = Counter(knowledge.findings[id_].tier for id_ in unknown)
    return {tier: cost * DEARER[tier] ** counts[tier] for tier, cost in BURDEN.items()}


def _beliefs(outcome: Outcome) -> dict[str, float]:
    """The probabilities without the floor of `OTHER`: no question could take that away."""
    return softmax({h.id: h.prior if h.id == OTHER else h.score for h in outcome.hypotheses})


def _stakes(knowledge: Knowledge, id_: str) -> float:
    """What hangs on a hypothesis: 0.8 to 1.6 for the 1 to 3 of the knowledge."""
    return 0.8 if id_ == OTHER else 0.4 + 0.4 * knowledge.diagnoses[id_].stakes


def _answers_that_may_come(
    reasoner: Reasoner, outcome: Outcome, open_findings: Iterable[str]
) -> Iterator[list[Fact]]:
    knowledge = reasoner.knowledge
    asked = tuple(open_findings)
    implied: defaultdict[str, list[Fact]] = defaultdict(list)
    for id_ in asked:
        for facts in splits(id_, knowledge.findings[id_]):
            yield [fact for fact in facts if fact not in outcome.facts]
        for value in knowledge.findings[id_].values.values():
            for target, answer in value.implies.items():
                if target not in asked:  # it may have been skipped, or never be asked
                    fact = option_facts(target, knowledge.findings[target], answer)
                    implied[fact.key].append(fact)
    yield from implied.values()
    for id_ in knowledge.patterns:
        if id_ not in outcome.patterns:
            yield [Fact(id_)]
