"""How right the program is over cases whose diagnosis is known."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.replay import replay_in
from assistant.dialogue.script import Dialogue
from assistant.reasoning.differential import Outcome, Reasoner, conclude


@dataclass(frozen=True)
class CaseResult:
    """One case: where the right diagnosis ranks (1 is first), what leads, how many questions.

    `questions` is 0 where all answers were given at once.
    """

    name: str
    expected: str
    rank: int
    leader: str
    probability: float
    questions: int = 0


@dataclass(frozen=True)
class Accuracy:
    """Shares of cases in which the right diagnosis leads, or is among the first; 0 to 1."""

    cases: int
    top1: float
    top3: float
    top5: float
    median_questions: float

    @classmethod
    def of(cls, results: Sequence[CaseResult]) -> Accuracy:
        def share(rank: int) -> float:
            return sum(r.rank <= rank for r in results) / len(results) if results else 0.0

        asked = [r.questions for r in results]
        median = statistics.median(asked) if asked else 0.0
        return cls(len(results), share(1), share(3), share(5), median)


def evaluate(reasoner: Reasoner, name: str, case: Dialogue, expected: str) -> CaseResult:
    """A case with all its answers given at once."""
    return _result(name, expected, conclude(reasoner, case.answers), 0)


def evaluate_interview(
    reasoner: Reasoner, name: str, case: Dialogue, expected: str, lang: str = "en"
) -> CaseResult:
    """A case that answers only what it is asked."""
    played = replay_in(reasoner, case, lang)
    return _result(name, expected, played.outcome, len(played.session.asked))


def _result(name: str, expected: str, outcome: Outcome, questions: int) -> CaseResult:
    ranked = [h.id for h in outcome.hypotheses]
    rank = ranked.index(expected) + 1 if expected in ranked else len(ranked) + 1
    leader = outcome.leader
    return CaseResult(name, expected, rank, leader.id, leader.probability, questions)
