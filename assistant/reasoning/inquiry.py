"""Which question to ask next, or why to stop.

The opening questions come first, in the order that the knowledge gives them. After them the next
question is the one with the highest

    expected information about the differential x what is at stake / burden to the patient

among those that may be asked: within the allowed tiers, whose conditions hold, and whose answer
is not known or implied already. Ties go to the order of the findings; nothing is random. The
interview does not stop before the essential findings were asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.reasoning.differential import OTHER, REPEAT, Outcome, Reasoner, softmax
from assistant.reasoning.facts import option, splits
from assistant.reasoning.red_flags import red_flags_lack
from rules.compile import Fact, option_facts
from rules.model import Kind, Knowledge, Tier, When

# What a question costs the patient, in units of one plain question (judgement).
BURDEN = {
    Tier.HISTORY: 1.0,
    Tier.SIGN: 1.3,
    Tier.LABORATORY: 4.0,
    Tier.EMG: 8.0,
    Tier.IMAGING: 10.0,
    Tier.GENETICS: 15.0,
}
# What an unknown answer multiplies the burden of the other questions of its tier by: who has no
# EMG has no second one either, while one sign not looked for says little of the next.
DEARER = dict.fromkeys(Tier, 1.1) | {Tier.LABORATORY: 2.0, Tier.EMG: 2.0, Tier.IMAGING: 2.0}
SAME_TOPIC = 1.25  # a topic is finished before the next where the loss is small
WORTH_ASKING = 0.015  # expected nats (times stakes) for one unit of burden; less is not worth it
DEFAULT_CAP = 30


class Stop(StrEnum):
    """Why no further question is asked."""

    SETTLED = "settled"  # no answer still possible could change the leader
    NOT_WORTH = "not_worth"  # no question is worth its burden
    EXHAUSTED = "exhausted"  # every question allowed has been asked
    CAP = "cap"  # as many questions as allowed
    GIVEN = "given"  # none was asked: the case was given whole


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
) -> Inquiry:
    """The question to ask now, given those already `done` (answered, skipped or unknown).

    `tier` is the furthest that may be asked for; `topic` is that of the last question. Each
    `unknown` finding makes others of its tier dearer (see `DEARER`).
    """
    key = (frozenset(done), tier, cap, topic, frozenset(unknown))
    if key not in outcome.inquiries:
        outcome.inquiries[key] = _choose(reasoner, outcome, done, tier, cap, topic, unknown)
    return outcome.inquiries[key]


def _choose(
    reasoner: Reasoner,
    outcome: Outcome,
    done: Collection[str],
    tier: Tier,
    cap: int,
    topic: str | None,
    unknown: Collection[str],
) -> Inquiry:
    candidates = [
        id_
        for id_ in reasoner.knowledge.findings
        if id_ not in done and _may_ask(reasoner.knowledge, outcome, id_, tier)
    ]
    opening = [id_ for id_ in candidates if reasoner.knowledge.findings[id_].opening]
    if opening:
        return Inquiry(min(opening, key=lambda id_: reasoner.knowledge.findings[id_].opening or 0))
    if not candidates:
        return Inquiry(None, Stop.EXHAUSTED)
    if len(done) >= cap:
        return Inquiry(None, Stop.CAP)
    values = _values(reasoner, outcome, candidates, topic, _burden(reasoner.knowledge, unknown))
    best = max(candidates, key=lambda id_: values[id_])
    open_findings = _still_open(reasoner.knowledge, outcome, done, tier)
    stop: Stop | None = None
    if values[best] < WORTH_ASKING:
        stop = Stop.NOT_WORTH
    elif is_settled(reasoner, outcome, open_findings):
        stop = Stop.SETTLED
    # Nobody concludes without having looked: what is left before the cap is kept for that.
    needed = {id_ for id_ in candidates if reasoner.knowledge.findings[id_].essential}.union(
        *red_flags_lack(reasoner.knowledge, outcome).values()
    )
    essential = [id_ for id_ in candidates if id_ in needed]
    if essential and (stop or len(done) + len(essential) >= cap):
        best, stop = max(essential, key=lambda id_: values[id_]), None
    return Inquiry(None if stop else best, stop, values[best])


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
        for when in conditions
    )


def _may_ask(knowledge: Knowledge, outcome: Outcome, id_: str, tier: Tier) -> bool:
    finding = knowledge.findings[id_]
    return (
        finding.asked
        and finding.tier.rank <= tier.rank
        and not _known(knowledge, outcome, id_)
        and applies(knowledge, outcome.facts, id_)
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


def _values(
    reasoner: Reasoner,
    outcome: Outcome,
    candidates: Iterable[str],
    topic: str | None,
    burden: Mapping[Tier, float],
) -> dict[str, float]:
    """What each question is worth: expected information, weighed by stakes, for its burden.

    Rounded, so that questions which are worth the same are so on every machine.
    """
    arrays = reasoner.arrays
    stakes = {id_: _stakes(reasoner.knowledge, id_) for id_ in arrays.hypotheses}
    informs = arrays.information(outcome, _beliefs(outcome), stakes, REPEAT)
    values = {}
    for id_ in candidates:
        finding = reasoner.knowledge.findings[id_]
        gains = sorted((informs[i] for i in arrays.of_finding[id_]), reverse=True)
        # The options of a list are not independent either: they count as groups do.
        information = sum(gain * REPEAT**i for i, gain in enumerate(gains))
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
