"""What is missing for a diagnosis: findings that it usually has and of which nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.reasoning.differential import Outcome, Reason, Reasoner, counted_sum
from assistant.reasoning.facts import UNKNOWN, Answers
from assistant.reasoning.inquiry import applies
from assistant.reasoning.likelihood import SMALL, Likelihood

MOST = 5  # findings that are told
TYPICAL = 0.3  # the share of patients from which a finding is frequent (as HPO and Orphanet say)

Why = Literal["not_asked", "not_known", "not_named"]


@dataclass(frozen=True)
class Missing:
    """A finding that a diagnosis usually has and of which nothing is known.

    `reason` tells what it would count; `why` that it was not asked for, that the answer is not
    known, or that a list was given without it.
    """

    reason: Reason
    why: Why

    @property
    def expected(self) -> float:
        """What may be expected of it, in nats: what it would count, as often as it is met."""
        return self.reason.likelihood.share * self.reason.counted


def missing(reasoner: Reasoner, answers: Answers, outcome: Outcome, id_: str) -> list[Missing]:
    """The typical findings of a diagnosis that are not known, those that would tell most first."""
    knowledge, weights = reasoner.knowledge, outcome.hypothesis(id_).weights
    keys = {fact.key for fact in outcome.facts}
    best: dict[str, Missing] = {}
    for fact, likelihoods in reasoner.table.items():
        finding = knowledge.findings.get(fact.key.partition(".")[0])
        if finding is None or not finding.asked or fact.key in keys:
            continue
        for likelihood in likelihoods:
            if likelihood.diagnosis != id_ or not _is_typical(likelihood):
                continue
            if not applies(knowledge, outcome.facts, likelihood.finding):
                continue
            counted = counted_sum((*weights, likelihood)) - counted_sum(weights)
            found = Missing(Reason(likelihood, counted), _why(answers, likelihood.finding))
            rival = best.get(likelihood.finding)
            if counted >= SMALL and (rival is None or found.expected > rival.expected):
                best[likelihood.finding] = found
    return sorted(best.values(), key=lambda m: (-m.expected, m.reason.likelihood.fact))[:MOST]


def _why(answers: Answers, id_: str) -> Why:
    if id_ not in answers:
        return "not_asked"
    return "not_known" if answers[id_] == (UNKNOWN,) else "not_named"


def _is_typical(likelihood: Likelihood) -> bool:
    return likelihood.named and likelihood.weight > 0 and likelihood.share >= TYPICAL
