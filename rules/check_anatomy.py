"""What is wrong in the anatomy: muscles, territories and sites that do not fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rules.anatomy import Muscle, Site, Territory
from rules.base import Sourced
from rules.load import REGIONS, Loc
from rules.model import Knowledge

Refuse = Callable[[Loc, str, str], None]


def check_anatomy(
    knowledge: Knowledge, refuse: Refuse, sourced: Callable[[Loc, Sourced], None]
) -> None:
    """Refuse what does not fit; `sourced` judges what a muscle or site rests on."""
    regions = knowledge.findings[REGIONS].values if REGIONS in knowledge.findings else {}
    for id_, muscle in knowledge.muscles.items():
        sourced(("muscles", id_), muscle)
        _known(("muscles", id_, "region"), (muscle.region,), regions, "region", refuse)
    for part, items in (("muscles", knowledge.muscles), ("territories", knowledge.territories)):
        for id_, item in items.items():
            assert isinstance(item, Muscle | Territory)
            _known((part, id_, "offered_with"), item.offered_with, regions, "region", refuse)
    for id_, site in knowledge.sites.items():
        sourced(("sites", id_), site)
        _site(knowledge, ("sites", id_), site, refuse)


def _site(knowledge: Knowledge, loc: Loc, site: Site, refuse: Refuse) -> None:
    muscles, territories = knowledge.muscles, knowledge.territories
    decisions = (decision.muscle for decision in site.decide)
    _known((*loc, "muscles"), site.muscles, muscles, "muscle", refuse)
    _known((*loc, "spares"), site.spares, muscles, "muscle", refuse)
    _known((*loc, "decide"), decisions, muscles, "muscle", refuse)
    _known((*loc, "sensory"), site.sensory, territories, "territory", refuse)
    _known((*loc, "sensory_spared"), site.sensory_spared, territories, "territory", refuse)
    others = (decision.against for decision in site.decide)
    _known((*loc, "decide"), others, knowledge.sites, "site", refuse)
    for both in set(site.muscles) & set(site.spares):
        refuse((*loc, "spares"), "R021", f"“{both}” is both weakened and spared: choose")


def _known(loc: Loc, ids: Iterable[str], known: Iterable[str], kind: str, refuse: Refuse) -> None:
    existing = set(known)
    for id_ in ids:
        if id_ not in existing:
            refuse(loc, "R008", f"no {kind} “{id_}”")
