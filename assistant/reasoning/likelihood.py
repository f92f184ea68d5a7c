"""What each answer says about each diagnosis: shares, and their log likelihood ratios.

The likelihood ratio of a fact for a diagnosis is P(fact | diagnosis) / P(fact | usual), where
*usual* stands for people who come with suspected wasting and have none of the diagnoses here.
That reference is itself a hypothesis ("none of these"), whose ratios are all 1. So scores add up:

    score(d) = ln prior(d) + sum of counted weights,   probability(d) = exp score(d) / sum over all

Answers are never quite independent, even across groups, and to multiply them as if they were
makes a program too sure of itself. So the log ratios are damped by `TRUST` (a power on the
ratio). A single answer is bounded (`MAX_WEIGHT`) unless its evidence says, with a source, that
it decides. Age and sex are neither damped nor bounded like that: they are part of the prior.
All weights are natural logarithms (nats).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rules.compile import Fact
from rules.model import NO, YES, Diagnosis, Evidence, Finding, Kind, Knowledge, Sourced, Text

TRUST = 0.7  # see docs/decisions/0002-reasoning.md
SMALL = math.log(1.15)  # a weight below this tells little by itself
MAX_WEIGHT = math.log(20)  # what one answer may do: a ratio of 20 (or 1/20)
DECIDING_WEIGHT = math.log(1000)  # the same for evidence that decides, and for age and sex
LEAST_SHARE = 0.002  # nothing is impossible: reports are wrong, patients are rare


@dataclass(frozen=True)
class Likelihood:
    """What one fact says about one diagnosis, with its reason, in one record.

    `share` and `usual` are P(fact | diagnosis) and P(fact | none of these), in 0..1; `weight` is
    their damped, bounded log ratio in nats. `source` says what it rests on; `named` is False where the
    diagnosis gives no frequency for this very value, so that it got its part of what others left.
    """

    fact: Fact
    diagnosis: str
    finding: str
    group: str
    share: float
    usual: float
    weight: float
    because: Text
    source: Sourced
    named: bool


Table = Mapping[Fact, tuple[Likelihood, ...]]


def likelihoods(knowledge: Knowledge) -> Table:
    """Every fact that says something about some diagnosis, with what it says."""
    table: defaultdict[Fact, list[Likelihood]] = defaultdict(list)
    for diagnosis in knowledge.diagnoses.values():
        for likelihood in _of_diagnosis(knowledge, diagnosis):
            table[likelihood.fact].append(likelihood)
    return {fact: tuple(items) for fact, items in table.items()}


def _of_diagnosis(knowledge: Knowledge, diagnosis: Diagnosis) -> list[Likelihood]:
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in diagnosis.evidence:
        evidence[item.finding].append(item)
    found = _age_and_sex(knowledge, diagnosis)
    for id_, items in evidence.items():
        if id_ in knowledge.patterns:
            pattern = knowledge.patterns[id_]
            share = items[0].share(YES)
            found.append(
                _likelihood(
                    diagnosis.id,
                    Fact(id_),
                    id_,
                    pattern.group or id_,
                    share,
                    pattern.usual,
                    items[0],
                )
            )
            continue
        finding = knowledge.findings[id_]
        make = _several if finding.kind is Kind.SEVERAL else _choice
        found += make(diagnosis.id, id_, finding, items)
    return found


def _choice(
    diagnosis: str, id_: str, finding: Finding, evidence: list[Evidence]
) -> list[Likelihood]:
    """All values of a finding with one answer: those not named share the rest as usual."""
    named = {value: item for item in evidence for value in item.frequency}
    shares = {value: item.share(value) for value, item in named.items()}
    total = sum(shares.values())
    rest_usual = sum(v.usual for name, v in finding.values.items() if name not in named)
    # The middles of classes may pass 1 together, or fall short with nothing left to take the rest.
    if total > 1 or rest_usual == 0:
        shares = {value: share / total for value, share in shares.items()}
        total = 1.0
    found = []
    for name, value in finding.values.items():
        item = named.get(name, evidence[0])
        share = shares.get(name, 0.0)
        if name not in named:
            share = (1 - total) * value.usual / rest_usual
            if item.late:
                share = value.usual
        found.append(
            _likelihood(
                diagnosis,
                Fact(id_, name),
                id_,
                finding.group or id_,
                share,
                value.usual,
                item,
                name in named,
            )
        )
    return found


def _several(
    diagnosis: str, id_: str, finding: Finding, evidence: list[Evidence]
) -> list[Likelihood]:
    """Each option of a finding with several answers, present and denied: those that are named,
    and the others where the evidence says how often they are met."""
    named = {name: item for item in evidence for name in item.frequency}
    shares = {name: item.share(name) for name, item in named.items()}
    for item in evidence:
        for name in finding.values if item.others is not None else ():
            if name not in named and name != finding.exclusive:
                shares[name] = item.others or 0.0
                named[name] = item
    found = []
    for name, item in named.items():
        key = f"{finding.negates or id_}.{name}"
        usual, share, told = finding.values[name].usual, shares[name], name in item.frequency
        group = finding.group or id_
        found.append(_likelihood(diagnosis, Fact(key, YES), id_, group, share, usual, item, told))
        denied = 1 - usual if item.late else 1 - share
        found.append(
            _likelihood(diagnosis, Fact(key, NO), id_, group, denied, 1 - usual, item, False)
        )
    return found


def _age_and_sex(knowledge: Knowledge, diagnosis: Diagnosis) -> list[Likelihood]:
    """Age and sex, from the prior. Age shares the group of the age at onset."""
    prior = diagnosis.prior
    sexes = {"male": prior.male, "female": 1 - prior.male}
    found = []
    for id_, shares in (("age", prior.age), ("sex", sexes)):
        finding = knowledge.findings[id_]
        for name, value in finding.values.items():
            share = shares.get(name, 0.0)
            ratio = max(share, LEAST_SHARE / 2) / max(value.usual, LEAST_SHARE / 2)
            weight = _bounded(math.log(ratio), DECIDING_WEIGHT)
            found.append(
                Likelihood(
                    Fact(id_, name),
                    diagnosis.id,
                    id_,
                    finding.group or id_,
                    share,
                    value.usual,
                    weight,
                    prior.note,
                    prior,
                    name in shares,
                )
            )
    return found


def _likelihood(
    diagnosis: str,
    fact: Fact,
    finding: str,
    group: str,
    share: float,
    usual: float,
    evidence: Evidence,
    named: bool = True,
) -> Likelihood:
    share = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    usual = min(max(usual, LEAST_SHARE), 1 - LEAST_SHARE)
    bound = DECIDING_WEIGHT if evidence.decides and named else MAX_WEIGHT
    weight = _bounded(TRUST * math.log(share / usual), bound)
    return Likelihood(
        fact, diagnosis, finding, group, share, usual, weight, evidence.because, evidence, named
    )


def _bounded(weight: float, bound: float) -> float:
    return min(max(weight, -bound), bound)
