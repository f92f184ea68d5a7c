"""Whether the program is as often right as it says: measured on patients sampled from its pages.

Each patient is concluded on with all answers at once and by interview; as told, with some answers
wrong and with some unknown; and weighed again under other constants than those in use.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.dialogue.evaluate import CaseResult
from assistant.dialogue.events import Settings
from assistant.dialogue.informant import hold_interview
from assistant.reasoning.differential import (
    OTHER,
    OTHER_FLOOR,
    OTHER_WEIGHT,
    REPEAT,
    Outcome,
    conclude,
    softmax,
)
from assistant.reasoning.facts import Answers, band, facts_of
from assistant.reasoning.inquiry import applies
from assistant.reasoning.likelihood import DECIDING_WEIGHT, MAX_WEIGHT, TRUST, Likelihood
from assistant.reasoning.sample import LIKENESS, Sampler
from rules.model import Evidence, Finding, Kind, Knowledge, Tier

BINS = 10
WRONG, NOT_KNOWN = 0.1, 0.2  # of the answers
# How much the findings of a group say the same in the patients (see `sample_patient`).
POPULATIONS = {"apart": 0.0, "alike": LIKENESS}
APART_EVERY = 4  # every so many patients there is one of the first kind: enough to compare


# --- how sure, how often right --------------------------------------------------------------


@dataclass(frozen=True)
class Bin:
    """Cases whose leader was given a probability between two bounds (0 to 1).

    `said` is the mean of it, `right` the share of them in which the leader was the right one.
    """

    low: float
    high: float
    cases: int
    said: float
    right: float


def reliability(results: Sequence[CaseResult]) -> tuple[Bin, ...]:
    """The bins of the leader's probability, those without a case left out."""
    inside: defaultdict[int, list[CaseResult]] = defaultdict(list)
    for result in results:
        inside[min(int(result.probability * BINS), BINS - 1)].append(result)
    return tuple(
        Bin(
            i / BINS,
            (i + 1) / BINS,
            len(some),
            sum(r.probability for r in some) / len(some),
            sum(r.rank == 1 for r in some) / len(some),
        )
        for i, some in sorted(inside.items())
    )


def calibration_error(results: Sequence[CaseResult]) -> float:
    """The expected calibration error: by how much what is said and what is right differ, 0 to 1."""
    bins = reliability(results)
    return sum(b.cases * abs(b.said - b.right) for b in bins) / (len(results) or 1)


# --- other constants ------------------------------------------------------------------------


@dataclass(frozen=True)
class Constants:
    """The constants of the reasoning (see `reasoning.likelihood` and `reasoning.differential`)."""

    trust: float = TRUST
    repeat: float = REPEAT
    max_weight: float = MAX_WEIGHT
    other_weight: float = OTHER_WEIGHT


def weighed_again(outcome: Outcome, constants: Iterable[Constants]) -> Iterator[dict[str, float]]:
    """The probabilities that the same answers would have under each of the constants."""
    weights = [(i, w) for i, h in enumerate(outcome.hypotheses) for w in h.weights]
    hypothesis = np.array([i for i, _ in weights], dtype=np.int64)
    names: dict[tuple[int, str], int] = {}
    group = np.array([names.setdefault((i, w.group), len(names)) for i, w in weights], np.int64)
    # age and sex are part of the prior: neither damped nor bounded like the others
    fixed = np.array([not isinstance(w.source, Evidence) for _, w in weights], dtype=bool)
    shares = np.array([w.share for _, w in weights])
    ratio = np.log(np.where(fixed, 1.0, shares) / [w.usual for _, w in weights])
    as_it_is = np.array([w.weight for _, w in weights])
    decides = np.array([_decides(w) for _, w in weights], dtype=bool)
    for each in constants:
        bound = np.where(decides, DECIDING_WEIGHT, each.max_weight)
        weight = np.where(fixed, as_it_is, np.clip(each.trust * ratio, -bound, bound))
        key = 2 * group + (weight > 0)
        order = np.lexsort((-np.abs(weight), key))
        ordered = key[order]
        before = np.arange(len(order)) - np.searchsorted(ordered, ordered)
        counted = weight[order] * each.repeat**before
        total = np.bincount(hypothesis[order], counted, len(outcome.hypotheses))
        yield _probabilities(outcome, total.tolist(), each)


def _decides(likelihood: Likelihood) -> bool:
    source = likelihood.source
    return isinstance(source, Evidence) and bool(source.decides) and likelihood.named


def _probabilities(
    outcome: Outcome, evidence: Sequence[float], constants: Constants
) -> dict[str, float]:
    scores = {h.id: h.prior + e for h, e in zip(outcome.hypotheses, evidence, strict=True)}
    # the priors of all change with that of `OTHER`; only their ratios matter
    scores[OTHER] += math.log(constants.other_weight / OTHER_WEIGHT)
    known = sum(math.exp(score) for id_, score in scores.items() if id_ != OTHER)
    floor = math.log(known * OTHER_FLOOR / (1 - OTHER_FLOOR)) if known else scores[OTHER]
    scores[OTHER] = max(scores[OTHER], floor)
    return softmax(scores)


def result_of(name: str, expected: str, probabilities: Mapping[str, float]) -> CaseResult:
    """Where the right diagnosis ranks among these probabilities."""
    ranked = sorted(probabilities, key=lambda id_: (-probabilities[id_], id_))
    rank = ranked.index(expected) + 1
    return CaseResult(name, expected, rank, ranked[0], probabilities[ranked[0]])


# --- answers that are not what they should be -----------------------------------------------


def mistaken(
    knowledge: Knowledge, rng: random.Random, answers: Answers, share: float = WRONG
) -> dict[str, tuple[str, ...]]:
    """The answers with this share of them wrong: another value, or one option more or less.

    What is told of the same list twice (weak muscles, normal ones) is mistaken once: a muscle
    changes sides. Follow-ups that no longer apply are left out.
    """
    told = dict(answers)
    for id_ in answers:
        finding = knowledge.findings[id_]
        if not finding.negates and rng.random() < share:
            denied = next((d for d, f in knowledge.findings.items() if f.negates == id_), None)
            if denied in told:
                _change_sides(rng, told, id_, denied)
            elif finding.kind is Kind.SEVERAL:
                told[id_] = _one_more_or_less(rng, finding, told[id_])
            else:
                told[id_] = (_another(rng, finding, told[id_][0]),)
    return _applicable(knowledge, told)


def forgotten(
    knowledge: Knowledge, rng: random.Random, answers: Answers, share: float = NOT_KNOWN
) -> dict[str, tuple[str, ...]]:
    """The answers without this share of them, nor their follow-ups."""
    return _applicable(knowledge, {k: v for k, v in answers.items() if rng.random() >= share})


def _another(rng: random.Random, finding: Finding, value: str) -> str:
    """Another value; of a number or length of time another band, by its name."""
    return rng.choice([name for name in finding.values if name != band(finding, value)])


def _one_more_or_less(
    rng: random.Random, finding: Finding, values: tuple[str, ...]
) -> tuple[str, ...]:
    options = [name for name in finding.values if name != finding.exclusive]
    changed = rng.choice(options)
    left = tuple(v for v in values if v not in (changed, finding.exclusive))
    if changed not in values:
        return (*left, changed)
    others = [finding.exclusive] if finding.exclusive else [o for o in options if o != changed]
    return left or (rng.choice(others),)


def _change_sides(
    rng: random.Random, told: dict[str, tuple[str, ...]], there: str, denied: str
) -> None:
    part = rng.choice([*told[there], *told[denied]])
    sides = {id_: tuple(p for p in told[id_] if p != part) for id_ in (there, denied)}
    to = denied if part in told[there] else there
    sides[to] = (*sides[to], part)
    for id_, parts in sides.items():
        if parts:
            told[id_] = parts
        else:
            del told[id_]


def _applicable(
    knowledge: Knowledge, answers: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The answers without follow-ups whose conditions do not hold."""
    told = dict(answers)
    while True:
        facts = facts_of(knowledge, told)
        idle = [id_ for id_ in told if not applies(knowledge, facts, id_)]
        if not idle:
            return told
        for id_ in idle:
            del told[id_]


# --- one patient, in every way --------------------------------------------------------------


OTHER_CONSTANTS = {
    **{f"TRUST {trust:g}": Constants(trust=trust) for trust in (0.6, 0.7, 0.8, 0.9, 1.0)},
    "REPEAT 0.3": Constants(repeat=0.3),
    "REPEAT 0.7": Constants(repeat=0.7),
    "REPEAT 1": Constants(repeat=1.0),
    "REPEAT 1, TRUST 1": Constants(repeat=1.0, trust=1.0),
    "MAX_WEIGHT ln 10": Constants(max_weight=math.log(10)),
    "MAX_WEIGHT ln 50": Constants(max_weight=math.log(50)),
    "OTHER_WEIGHT 11": Constants(other_weight=11.25),
    "OTHER_WEIGHT 45": Constants(other_weight=45.0),
}


@dataclass(frozen=True)
class Way:
    """How a patient was concluded on.

    `population` is a key of `POPULATIONS`; `answers` are "told", "wrong", "unknown" or "bedside" (no
    test); `constants` a key of `OTHER_CONSTANTS`, or empty for those in use.
    """

    population: str
    interview: bool
    answers: str = "told"
    constants: str = ""


def measure(
    samplers: Mapping[str, Sampler], number: int, settings: Settings
) -> Iterator[tuple[Way, CaseResult]]:
    """A patient of each population, concluded on in every way; the same for the same number.

    `samplers` are by population. Only where the findings of a group are alike, answers are wrong
    or unknown as well.
    """
    for population, sampler in samplers.items():
        if population == "apart" and number % APART_EVERY:
            continue
        reasoner, rng = sampler.reasoner, random.Random(f"{population}/{number}")
        expected, answers = sampler.patient(rng)
        given = {"told": answers, "bedside": _bedside(reasoner.knowledge, answers)}
        if population == "alike":
            given["wrong"] = mistaken(reasoner.knowledge, rng, answers)
            given["unknown"] = forgotten(reasoner.knowledge, rng, answers)
        for kind, told in given.items():
            outcomes = [(False, conclude(reasoner, told), 0)]
            if kind != "bedside":
                held = hold_interview(reasoner, told, settings)
                outcomes.append((True, held.outcome, len(held.session.asked)))
            for interview, outcome, asked in outcomes:
                again = {} if kind == "unknown" else OTHER_CONSTANTS
                constants = {"": Constants(), **again}
                weighed = weighed_again(outcome, constants.values())
                for label, said in zip(constants, weighed, strict=True):
                    result = result_of(f"{population}/{number}", expected, said)
                    yield Way(population, interview, kind, label), replace(result, questions=asked)


def _bedside(
    knowledge: Knowledge, answers: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """What is known without any test."""
    bedside = Tier.SIGN.rank
    return {k: v for k, v in answers.items() if knowledge.findings[k].tier.rank <= bedside}
