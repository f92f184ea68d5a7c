"""The Human Phenotype Ontology, as far as the knowledge refers to it, without the ontology.

`hpo.json` is made from the ontology (`make hpo`, module `rules.make_hpo`) and names its
release. It holds every term that is, is above, or is below a term of the knowledge.
HPO: Human Phenotype Ontology consortium, https://hpo.jax.org; content unaltered.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rules.model import Kind, Knowledge

TABLE = Path(__file__).parent / "hpo.json"


@dataclass(frozen=True)
class Hpo:
    """`up` gives, for a term, the terms of the knowledge that it is a case of (itself first, then
    by distance); `down` those that are cases of it; `labels` the names of terms."""

    release: str
    labels: Mapping[str, str]
    up: Mapping[str, tuple[str, ...]]
    down: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Reading:
    """What a term says of a finding: the option, whether it is present, how exactly it fits.

    `distance` counts the terms between the one that was given and the one that the knowledge
    names: 0 if it is the same, 1 for its next of kin.
    """

    finding: str
    value: str
    present: bool
    distance: int


@lru_cache(maxsize=1)
def hpo() -> Hpo:
    """The shipped table."""
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    up = {id_: tuple(ids) for id_, ids in data["up"].items()}
    down = {id_: tuple(ids) for id_, ids in data["down"].items()}
    return Hpo(data["release"], data["labels"], up, down)


def readings(knowledge: Knowledge, table: Hpo, term: str, *, excluded: bool) -> tuple[Reading, ...]:
    """What an observed or excluded term says; nothing if the knowledge does not know it.

    An observed term is also a case of every term above it, but within a group of findings it
    counts as a case of the nearest only: "Quadriceps muscle weakness", named for the thigh, says
    nothing of the hip and of the gradient, for which "Proximal lower limb muscle weakness" above
    it is named. An excluded term excludes every term below it. It denies an option of a list if
    one of the terms in the option's `hpo_absent` is among them or, where the option has none,
    every term that stands for it.
    """
    found = _excluded(knowledge, table, term) if excluded else _observed(knowledge, table, term)
    return tuple(found)


def _observed(knowledge: Knowledge, table: Hpo, term: str) -> Iterator[Reading]:
    above = {id_: i for i, id_ in enumerate(table.up.get(term, ()))}
    fits: defaultdict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            if not finding.negates and (terms := {t for t in value.hpo if t in above}):
                fits[id_].append((name, terms))
    named: defaultdict[str, set[str]] = defaultdict(set)
    for id_, options in fits.items():
        named[knowledge.findings[id_].group or id_].update(*(terms for _, terms in options))
    for id_, options in fits.items():
        finding = knowledge.findings[id_]
        near = _nearest(table, named[finding.group or id_])
        said = [
            (min(above[t] for t in terms & near), -finding.values[name].usual, name)
            for name, terms in options
            if terms & near
        ]
        if finding.kind is not Kind.SEVERAL:
            said = sorted(said)[:1]  # the nearest; of those that are as near, the most usual
        for distance, _, name in said:
            yield Reading(id_, name, True, distance)


def _nearest(table: Hpo, terms: set[str]) -> set[str]:
    """The terms without those that stand above another one."""
    return {t for t in terms if not any(t in table.up[other] for other in terms - {t})}


def _excluded(knowledge: Knowledge, table: Hpo, term: str) -> Iterator[Reading]:
    below = {term, *table.down.get(term, ())}
    for id_, finding in knowledge.findings.items():
        if finding.negates:
            continue
        several = finding.kind is Kind.SEVERAL
        for name, value in finding.values.items():
            if any(t in below for t in value.hpo_absent):
                yield Reading(id_, name, not several, 0)
            elif several and value.hpo and not value.hpo_absent and set(value.hpo) <= below:
                yield Reading(id_, name, False, 0)
