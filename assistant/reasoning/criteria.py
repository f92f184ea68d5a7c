"""Published criteria, judged on what is known: met, not met, or undetermined (Kleene's logic).

What nobody looked for leaves an item undetermined; only what was looked for and not found
makes it unmet. A follow-up question that does not apply is as good as a "no".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.reasoning.facts import is_denied, ruled_out
from rules.compile import Fact, option_facts
from rules.criteria import Criteria, Item
from rules.model import Knowledge


class Verdict(StrEnum):
    """What can be said of an item, a level, or a set of criteria."""

    MET = "met"
    UNMET = "unmet"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Judged:
    """An item with its verdict, and those of its parts."""

    item: Item
    verdict: Verdict
    parts: tuple[Judged, ...] = ()

    @property
    def missing(self) -> Iterator[str]:
        """The findings whose answers could still decide, each perhaps several times."""
        if self.verdict is Verdict.UNDETERMINED:
            if self.item.finding:
                yield self.item.finding
            for part in self.parts:
                yield from part.missing


@dataclass(frozen=True)
class Judgement:
    """A set of criteria on one patient. `level` is the most certain one met, if any is.

    The verdict is unmet if no level can be reached any more.
    """

    id: str
    verdict: Verdict
    level: str | None
    levels: dict[str, Judged]


def judge(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> Judgement:
    """The verdict of a set of criteria (KeyError if there is none of this id)."""
    criteria: Criteria = knowledge.criteria[id_]
    levels = {name: _judge(knowledge, facts, lv.needs) for name, lv in criteria.levels.items()}
    met = next((name for name, found in levels.items() if found.verdict is Verdict.MET), None)
    return Judgement(id_, _any([found.verdict for found in levels.values()]), met, levels)


def _judge(knowledge: Knowledge, facts: Collection[Fact], item: Item) -> Judged:
    if item.unknowable:
        return Judged(item, Verdict.UNDETERMINED)
    if item.finding is not None:
        return Judged(item, of_finding(knowledge, facts, item.finding, item.value))
    parts = tuple(_judge(knowledge, facts, part) for part in item.parts)
    verdicts = [part.verdict for part in parts]
    if item.none:
        return Judged(item, _not(_any(verdicts)), parts)
    least = item.at_least or (1 if item.any else len(parts))
    return Judged(item, _at_least(least, verdicts), parts)


def of_finding(
    knowledge: Knowledge,
    facts: Collection[Fact],
    id_: str,
    values: tuple[str, ...],
    *,
    absent: bool = False,
) -> Verdict:
    """Whether a finding has one of the values; `absent`: whether one of the options is denied."""
    finding = knowledge.findings[id_]
    so = (option_facts(id_, finding, value) in facts for value in values)
    otherwise = (is_denied(knowledge, facts, id_, value) for value in values)
    if absent:
        so, otherwise = otherwise, so
    if any(so):
        return Verdict.MET
    out = all(otherwise) or ruled_out(knowledge, facts, id_)
    return Verdict.UNMET if out else Verdict.UNDETERMINED


def _at_least(count: int, verdicts: list[Verdict]) -> Verdict:
    met = verdicts.count(Verdict.MET)
    possible = met + verdicts.count(Verdict.UNDETERMINED)
    if met >= count:
        return Verdict.MET
    return Verdict.UNDETERMINED if possible >= count else Verdict.UNMET


def _any(verdicts: list[Verdict]) -> Verdict:
    return _at_least(1, verdicts)


def _not(verdict: Verdict) -> Verdict:
    opposite = {Verdict.MET: Verdict.UNMET, Verdict.UNMET: Verdict.MET}
    return opposite.get(verdict, Verdict.UNDETERMINED)
