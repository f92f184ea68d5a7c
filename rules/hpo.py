"""The Human Phenotype Ontology, as far as the knowledge refers to it, without the ontology.

`hpo.json` is made from the ontology (`make hpo`, module `rules.make_hpo`) and names its
release. It holds every term that is, is above, or is below a term of the knowledge.
HPO: Human Phenotype Ontology consortium, https://hpo.jax.org; content unaltered.
"""

from __future__ import annotations

import json
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

    An observed term is also a case of every term above it. An excluded one excludes every term
    below it; it denies an option only if it covers every term that stands for the option.
    """
    found = _excluded(knowledge, table, term) if excluded else _observed(knowledge, table, term)
    return tuple(found)


def _observed(knowledge: Knowledge, table: Hpo, term: str) -> Iterator[Reading]:
    above = {id_: i for i, id_ in enumerate(table.up.get(term, ()))}
    for id_, finding in knowledge.findings.items():
        fits = [
            (min(above[t] for t in value.hpo if t in above), name)
            for name, value in finding.values.items()
            if any(t in above for t in value.hpo)
        ]
        if finding.kind is not Kind.SEVERAL:
            fits = sorted(fits)[:1]
        for distance, name in fits:
            yield Reading(id_, name, True, distance)


def _excluded(knowledge: Knowledge, table: Hpo, term: str) -> Iterator[Reading]:
    below = {term, *table.down.get(term, ())}
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            if any(t in below for t in value.hpo_absent):
                yield Reading(id_, name, True, 0)
            elif finding.kind is Kind.SEVERAL and value.hpo and set(value.hpo) <= below:
                yield Reading(id_, name, False, 0)
