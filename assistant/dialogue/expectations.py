"""What should have come of a dialogue against what did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.dialogue.events import Session
from assistant.dialogue.script import Expect
from assistant.language.report import WORTH_TELLING
from assistant.reasoning.criteria import judge
from assistant.reasoning.differential import Outcome
from assistant.reasoning.red_flags import judge_red_flag
from rules.model import Knowledge


@dataclass(frozen=True)
class Failure:
    """An expectation that was not met: its key, what was expected, and what was obtained."""

    key: str
    expected: str
    obtained: str


def compare(
    knowledge: Knowledge, expect: Expect, outcome: Outcome, session: Session | None
) -> list[Failure]:
    """Every expectation that an outcome does not meet.

    With a session: as an interview ended. Without: as all answers at once show it.
    """
    ranked = [h.id for h in outcome.hypotheses]
    checks = list(_of_outcome(expect, outcome, ranked))
    checks += _of_red_flags(knowledge, expect, outcome, interview=session is not None)
    if session is None:
        checks += [*_of_reasons(expect, outcome), *_of_verdicts(knowledge, expect, outcome)]
    else:
        checks += _of_interview(expect, session)
    return [Failure(key, expected, obtained) for key, ok, expected, obtained in checks if not ok]


Check = tuple[str, bool, str, str]


def _of_outcome(expect: Expect, outcome: Outcome, ranked: list[str]) -> Iterator[Check]:
    order = " > ".join(f"{h.id} {h.probability:.2f}" for h in outcome.hypotheses[:4])
    if expect.leading is not None:
        yield "leading", ranked[0] == expect.leading, expect.leading, order
    if expect.differential:
        wanted = list(expect.differential)
        yield "differential", ranked[: len(wanted)] == wanted, " > ".join(wanted), order
    shown = presented(outcome)
    for id_ in expect.not_:
        yield "not", id_ not in shown, f"{id_} not among the first three", order
    derived = ", ".join(outcome.patterns) or "none"
    for id_ in expect.patterns:
        yield "patterns", id_ in outcome.patterns, id_, derived
    placed = located(outcome)
    for id_ in expect.sites:
        yield "sites", id_ in placed, id_, ", ".join(sorted(placed)) or "none"


def _of_red_flags(
    knowledge: Knowledge, expect: Expect, outcome: Outcome, *, interview: bool
) -> Iterator[Check]:
    """Exactly those expected. An interview looks no further than the most urgent (see
    `red_flags.nearly_raised`): one of them must be raised, and none that is not expected."""
    if expect.red_flags is None:
        return
    wanted, raised = set(expect.red_flags), set(outcome.red_flags)
    right = wanted == raised
    if interview:
        right = raised <= wanted and _urgency(knowledge, raised) == _urgency(knowledge, wanted)
    yield (
        "red_flags",
        right,
        ", ".join(sorted(wanted)) or "none",
        ", ".join(sorted(raised)) or "none",
    )


def _urgency(knowledge: Knowledge, flags: Iterable[str]) -> int | None:
    return min((knowledge.red_flags[id_].urgency.rank for id_ in flags), default=None)


def presented(outcome: Outcome) -> set[str]:
    """The hypotheses that a conclusion presents: the first three that are worth telling."""
    return {h.id for h in outcome.hypotheses[:3] if h.probability >= WORTH_TELLING}


def located(outcome: Outcome) -> set[str]:
    """The patterns that were derived, and the sites that the lesion is placed at."""
    return {*outcome.patterns, *(outcome.sites[0].sites if outcome.sites else ())}


def speaking(outcome: Outcome) -> set[str]:
    """The findings that speak for the leading hypothesis."""
    return {r.likelihood.finding for r in outcome.leader.reasons if r.counted > 0}


def _of_reasons(expect: Expect, outcome: Outcome) -> Iterator[Check]:
    found = speaking(outcome)
    for id_ in expect.why:
        yield "why", id_ in found, f"{id_} speaks for it", ", ".join(sorted(found))


def _of_verdicts(knowledge: Knowledge, expect: Expect, outcome: Outcome) -> Iterator[Check]:
    for id_, wanted in expect.criteria.items():
        found = judge(knowledge, outcome.facts, id_).verdict
        yield "criteria", found is wanted, f"{id_} {wanted}", found
    for id_, wanted in expect.red_flag_verdicts.items():
        found = judge_red_flag(knowledge, outcome.facts, id_).verdict
        yield "red_flag_verdicts", found is wanted, f"{id_} {wanted}", found


def _of_interview(expect: Expect, session: Session) -> Iterator[Check]:
    asked = session.asked
    told = ", ".join(asked)
    for id_ in expect.asked:
        yield "asked", id_ in asked, id_, told
    for id_ in expect.not_asked:
        yield "not_asked", id_ not in asked, f"{id_} not asked", told
    most = expect.questions_at_most
    if most is not None:
        yield "questions_at_most", len(asked) <= most, str(most), f"{len(asked)}: {told}"
