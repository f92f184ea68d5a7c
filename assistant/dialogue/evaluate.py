"""How right the program is over cases whose diagnosis is known."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.dialogue.events import Settings
from assistant.dialogue.informant import hold_interview
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.likelihood import SMALL
from rules.compile import Fact

RANKS = (1, 3, 5)  # the right diagnosis first, among the first three, the first five
NORMAL_95 = 1.959964  # standard deviations on each side that hold 95 % of a normal distribution


@dataclass(frozen=True)
class CaseResult:
    """One case: where the right diagnosis ranks (1 is first), what leads, how many questions.

    `red_flags` are those raised when all that is known is told, `missed_flags` those of them that
    the interview did not raise. `recall` and `precision` (0 to 1) say what the interview obtained
    (see `recall` and `precision` below); None where there is nothing to count. Where all answers
    were given at once, no question was asked, no flag missed, and neither share means anything.
    """

    name: str
    expected: str
    rank: int
    leader: str
    probability: float
    questions: int = 0
    red_flags: tuple[str, ...] = ()
    missed_flags: tuple[str, ...] = ()
    recall: float | None = None
    precision: float | None = None


def evaluate(reasoner: Reasoner, name: str, answers: Answers, expected: str) -> CaseResult:
    """A case with all its answers given at once. `expected` is a diagnosis, or `OTHER`."""
    return _result(name, expected, conclude(reasoner, answers))


def evaluate_interview(
    reasoner: Reasoner, name: str, answers: Answers, expected: str, settings: Settings
) -> CaseResult:
    """A case that answers only what it is asked."""
    whole = conclude(reasoner, answers)
    held = hold_interview(reasoner, answers, settings)
    flags = tuple(sorted(whole.red_flags))
    return replace(
        _result(name, expected, held.outcome),
        questions=len(held.session.asked),
        red_flags=flags,
        missed_flags=tuple(id_ for id_ in flags if id_ not in held.outcome.red_flags),
        recall=recall(whole, held.outcome, expected),
        precision=precision(whole, held.outcome, expected, dict(held.session.known())),
    )


def _result(name: str, expected: str, outcome: Outcome) -> CaseResult:
    rank = [h.id for h in outcome.hypotheses].index(expected) + 1
    leader, flags = outcome.leader, tuple(sorted(outcome.red_flags))
    return CaseResult(name, expected, rank, leader.id, leader.probability, red_flags=flags)


# --- over all cases -----------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """So many of so many cases."""

    count: int
    of: int

    @classmethod
    def among(cls, hits: Iterable[bool]) -> Share:
        found = list(hits)
        return cls(sum(found), len(found))

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval (Wilson, without continuity correction); all of 0 to 1 of nothing."""
        if not self.of:
            return 0.0, 1.0
        squared = NORMAL_95**2 / self.of
        middle = self.value + squared / 2
        half = math.sqrt(squared * (self.value * (1 - self.value) + squared / 4))
        low, high = ((middle + side * half) / (1 + squared) for side in (-1, 1))
        # at the ends, rounding may pass them or fall short of the share
        return max(min(low, self.value), 0.0), min(max(high, self.value), 1.0)


@dataclass(frozen=True)
class Accuracy:
    """What the results of all cases come to. None where no case can say.

    `first(n)` are the cases in which the right diagnosis is among the first n. `flags_found` are
    the cases in which the interview raised every red flag, of those that have one;
    `median_with_flag` is the median of questions in these. `recall` and `precision` are means over
    cases, `confidence` is the mean probability of the leader, right or wrong. Without `interview`,
    all answers were given at once: nothing was asked, nor found.
    """

    results: tuple[CaseResult, ...]
    interview: bool

    def first(self, ranks: int) -> Share:
        return Share.among(r.rank <= ranks for r in self.results)

    @property
    def median_questions(self) -> float:
        return statistics.median([r.questions for r in self.results] or [0])

    @property
    def median_with_flag(self) -> float | None:
        return statistics.median(r.questions for r in self._flagged) if self._flagged else None

    @property
    def flags_found(self) -> Share | None:
        return Share.among(not r.missed_flags for r in self._flagged) if self._flagged else None

    @property
    def _flagged(self) -> list[CaseResult]:
        return [r for r in self.results if r.red_flags] if self.interview else []

    @property
    def recall(self) -> float | None:
        return _mean(r.recall for r in self.results)

    @property
    def precision(self) -> float | None:
        return _mean(r.precision for r in self.results)

    @property
    def confidence(self) -> float | None:
        return _mean(r.probability for r in self.results)

    @property
    def misses(self) -> tuple[CaseResult, ...]:
        """The cases in which another hypothesis leads."""
        return tuple(r for r in self.results if r.rank > 1)

    @property
    def confusion(self) -> dict[tuple[str, str], int]:
        """How often which hypothesis leads in the place of the right one, the commonest first."""
        return dict(Counter((r.expected, r.leader) for r in self.misses).most_common())


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


# --- what an interview obtained -----------------------------------------------------------


def recall(whole: Outcome, held: Outcome, expected: str) -> float | None:
    """Of the findings and patterns that speak for the right diagnosis when everything is known,
    the share that the interview obtained: what says so is among what it concluded from.

    What changes little (`SMALL`) is not counted. None if nothing speaks for it.
    """
    speaking = [w for w in whole.hypothesis(expected).weights if w.weight >= SMALL]
    concluded_from = set(held.weighed)
    obtained = {w.finding for w in speaking if w.fact in concluded_from}
    return len(obtained) / len({w.finding for w in speaking}) if speaking else None


def precision(whole: Outcome, held: Outcome, expected: str, answers: Answers) -> float | None:
    """Of the answers that the interview obtained (without the unknown), the share that speaks,
    itself or by a pattern, for or against the right diagnosis or its nearest rival.

    The rival is the likeliest other diagnosis when everything is known; what changes little
    (`SMALL`) is not counted. None if nothing was obtained, or if the truth is `OTHER`, of which
    no finding speaks.
    """
    if expected == OTHER or not answers:
        return None
    rival = next(h.id for h in whole.hypotheses if h.id not in (OTHER, expected))
    weights = (w for id_ in (expected, rival) for w in held.hypothesis(id_).weights)
    telling = {w.fact for w in weights if abs(w.weight) >= SMALL}
    speaking = {id_ for fact in telling for id_ in _findings(held, fact)}
    return len(speaking & set(answers)) / len(answers)


def _findings(outcome: Outcome, fact: Fact) -> Iterator[str]:
    """The findings whose answers state a fact, or from which its pattern was derived."""
    if fact in outcome.facts:
        yield outcome.facts[fact]
        return
    for firing in outcome.patterns.get(fact.key, ()):
        for matched in firing.facts:
            yield from _findings(outcome, matched)
