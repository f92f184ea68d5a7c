"""Answer logs drawn by chance: each answer is possible, together they make no sense."""

from __future__ import annotations

import random

from assistant.reasoning.facts import AMONG_OTHERS, DENIED, UNKNOWN, band
from rules.model import Finding, Kind, Knowledge

MOST_ANSWERS = 60
Log = dict[str, tuple[str, ...]]


def random_log(knowledge: Knowledge, rng: random.Random) -> Log:
    """One to sixty answers, to any findings, in any order."""
    count = min(rng.randint(1, MOST_ANSWERS), len(knowledge.findings))
    ids = rng.sample(list(knowledge.findings), count)
    return {id_: random_answer(knowledge.findings[id_], rng) for id_ in ids}


def random_answer(finding: Finding, rng: random.Random) -> tuple[str, ...]:
    """Any answer to a finding in the form that the answer log keeps, "unknown" included."""
    if rng.random() < 0.1:
        return (UNKNOWN,)
    if finding.kind is Kind.SEVERAL:
        return _several(finding, rng)
    name = rng.choice(list(finding.values))
    if finding.kind is Kind.CHOICE or rng.random() < 0.1:  # a band may be named
        return (name,)
    value = finding.values[name]
    assert value.low is not None
    assert value.high is not None
    amount = rng.uniform(value.low, value.high)
    if finding.kind is Kind.NUMBER:
        text = f"{amount:.{rng.choice((0, 1, 2))}f}"
    else:
        days, unit = rng.choice(((1, "D"), (7, "W"), (30.4375, "M"), (365.25, "Y")))
        text = f"P{round(amount / days)}{unit}"
    return (text if band(finding, text) else name,)


def _several(finding: Finding, rng: random.Random) -> tuple[str, ...]:
    if finding.exclusive and rng.random() < 0.2:
        return (finding.exclusive,)
    options = [name for name in finding.values if name != finding.exclusive]
    chosen = rng.sample(options, rng.randint(1, min(len(options), 12)))
    if finding.negates or rng.random() < 0.5:
        return tuple(chosen)
    signs = ((DENIED if rng.random() < 0.4 else "") + name for name in chosen)
    return (*signs, *((AMONG_OTHERS,) if rng.random() < 0.5 else ()))
