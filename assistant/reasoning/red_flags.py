"""Red flags, judged as criteria are: raised, ruled out, or undetermined and what is missing.

The engine raises them; this says of those that it did not raise whether they still could be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.reasoning.criteria import Verdict, of_finding
from assistant.reasoning.differential import Outcome
from rules.compile import Fact, condition_facts
from rules.model import Alternative, Condition, Knowledge, Urgency

NEARLY = 2  # conditions of a red flag that hold: with one more it would be raised
MOST_LACKING = 3  # findings that may be looked for together

Missing = frozenset[str]  # findings whose answers would be needed together


@dataclass(frozen=True)
class FlagJudgement:
    """A red flag on one patient: met if the engine raises it, unmet if no answer still could.

    `missing`, while it is undetermined: the smallest sets of findings that could raise it.
    """

    id: str
    verdict: Verdict
    missing: tuple[Missing, ...] = ()


def judge_red_flag(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> FlagJudgement:
    """The verdict on a red flag (KeyError if there is none of this id)."""
    ways = _ways(knowledge, facts, knowledge.red_flags[id_].any)
    verdict = _verdict(ways)
    if verdict is not Verdict.UNDETERMINED:
        return FlagJudgement(id_, verdict)
    fewest = min(map(len, ways))
    smallest = sorted((way for way in ways if len(way) == fewest), key=sorted)
    return FlagJudgement(id_, verdict, tuple(smallest))


def red_flags_lack(knowledge: Knowledge, outcome: Outcome) -> dict[str, list[str]]:
    """By red flag not raised yet, the findings (or patterns) that could each raise it alone.

    Those of which enough holds already: `NEARLY` conditions, one more if it is not so urgent.
    A list that was answered is not asked again: what it does not name is not lacking.
    """
    answered = set(outcome.facts.values())
    lacking: dict[str, list[str]] = {}
    for id_, flag in knowledge.red_flags.items():
        if id_ in outcome.red_flags:
            continue
        hold = NEARLY + (flag.urgency is Urgency.SOON)
        found = (_lack(knowledge, outcome.facts, alternative, hold) for alternative in flag.any)
        if alone := dict.fromkeys(id_ for id_ in found if id_ and id_ not in answered):
            lacking[id_] = list(alone)
    return lacking


def _lack(
    knowledge: Knowledge, facts: Collection[Fact], alternative: Alternative, hold: int
) -> str | None:
    """The one finding that an alternative lacks of which at least `hold` conditions are met."""
    lacks: list[str] = []
    for condition in alternative.all:
        verdict = judge_condition(knowledge, facts, condition)
        if verdict is Verdict.UNMET:
            return None
        if verdict is Verdict.UNDETERMINED:
            lacks.append(condition.finding)
    near = len(set(lacks)) == 1 and len(alternative.all) - len(lacks) >= hold
    return lacks[0] if near else None


def judge_condition(knowledge: Knowledge, facts: Collection[Fact], condition: Condition) -> Verdict:
    """The verdict on one condition of a pattern or red flag."""
    return _verdict(_ways_to(knowledge, facts, condition))


def _ways(
    knowledge: Knowledge, facts: Collection[Fact], alternatives: Iterable[Alternative]
) -> set[Missing]:
    """What is missing for one of the alternatives to be met, a set for each way of meeting it.

    An empty set says that one is met; without any set, none can be met any more.
    """
    found: set[Missing] = set()
    for alternative in alternatives:
        ways = {Missing()}
        for condition in alternative.all:
            more = _ways_to(knowledge, facts, condition)
            ways = {way | other for way in ways for other in more}
        found |= ways
    return {way for way in found if not any(other < way for other in found)}


def _ways_to(knowledge: Knowledge, facts: Collection[Fact], condition: Condition) -> set[Missing]:
    pattern = knowledge.patterns.get(condition.finding)
    if pattern is not None:
        return _ways(knowledge, facts, pattern.any)
    values, absent = condition.value, condition.absent
    verdict = of_finding(knowledge, facts, condition.finding, values, absent=absent)
    if verdict is Verdict.UNMET:
        return set()
    return {Missing() if verdict is Verdict.MET else Missing({condition.finding})}


def _verdict(ways: Collection[Missing]) -> Verdict:
    if not ways:
        return Verdict.UNMET
    return Verdict.MET if Missing() in ways else Verdict.UNDETERMINED


# --- what is worth asking for, before an interview ends ------------------------------------


def nearly_raised(
    knowledge: Knowledge, outcome: Outcome
) -> Iterator[tuple[str, dict[str, list[list[Fact]]]]]:
    """The red flags that are no more than `MOST_LACKING` findings short of being raised.

    With each goes what it lacks: for every finding, the facts that would meet each condition on it.
    Where one is raised already, only those more urgent than it are looked for: someone must act.
    """
    raised = min((knowledge.red_flags[id_].urgency.rank for id_ in outcome.red_flags), default=None)
    for id_, flag in knowledge.red_flags.items():
        if raised is not None and flag.urgency.rank >= raised:
            continue
        for alternative in flag.any:
            for unmet in _unmet(knowledge, outcome, alternative.all):
                lacking: defaultdict[str, list[list[Fact]]] = defaultdict(list)
                for condition in unmet:
                    lacking[condition.finding].append(condition_facts(knowledge, condition))
                if lacking:
                    yield id_, dict(lacking)


def _unmet(
    knowledge: Knowledge,
    outcome: Outcome,
    conditions: Sequence[Condition],
    before: tuple[Condition, ...] = (),
) -> Iterator[tuple[Condition, ...]]:
    """For each way of meeting some conditions, those on findings that are not met, after those
    `before`; ways that lack more than `MOST_LACKING` findings are left out.

    What a pattern lacks is told in findings.
    """
    for i, condition in enumerate(conditions):
        pattern = knowledge.patterns.get(condition.finding)
        if pattern is None:
            if not any(fact in outcome.facts for fact in condition_facts(knowledge, condition)):
                before = (*before, condition)
                if len({unmet.finding for unmet in before}) > MOST_LACKING:
                    return
        elif condition.finding not in outcome.patterns:
            for way in pattern.any:
                left = (*way.all, *conditions[i + 1 :])
                yield from _unmet(knowledge, outcome, left, before)
            return
    yield before
