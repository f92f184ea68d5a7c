"""Rules that are no use: that can never fire, that another makes needless, that contradict.

And diagnoses that no question leads to, or that no finding tells from a neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from rules.load import Loc
from rules.model import Alternative, Condition, Diagnosis, Kind, Knowledge

Refuse = Callable[[Loc, str, str], None]
SEPARATES = 3.0  # neighbours need a finding this many times commoner in one than in the other
LEAST = 0.002  # no share counts as less (see assistant.reasoning.likelihood)


def check_rules(knowledge: Knowledge, refuse: Refuse) -> None:
    """Refuse what is no use."""
    for id_, pattern in knowledge.patterns.items():
        _alternatives(knowledge, ("patterns", id_, "any"), pattern.any, refuse)
    for id_, flag in knowledge.red_flags.items():
        _alternatives(knowledge, ("red_flags", id_, "any"), flag.any, refuse)
    _contradictions(knowledge, refuse)
    for id_, diagnosis in knowledge.diagnoses.items():
        if not _can_be_reached(knowledge, diagnosis):
            text = "no question that may be asked speaks for it: give evidence that is asked for"
            refuse(("diagnoses", id_), "R026", text)
        for i, neighbour in enumerate(diagnosis.neighbours):
            near = knowledge.diagnoses.get(neighbour.id)
            if near is not None and not _told_apart(knowledge, diagnosis, near):
                text = f"no finding is {SEPARATES:g} times commoner here or in {near.id}: add one"
                refuse(("diagnoses", id_, "neighbours", i), "R027", text)


# --- rules --------------------------------------------------------------------------------


def _alternatives(
    knowledge: Knowledge, loc: Loc, alternatives: tuple[Alternative, ...], refuse: Refuse
) -> None:
    """Refuse the ways of recognising one thing that can never fire, or that another includes."""
    for i, alternative in enumerate(alternatives):
        why = _impossible(knowledge, alternative)
        if why:
            refuse((*loc, i), "R024", f"can never fire: {why}")
    for (i, one), (j, other) in combinations(enumerate(alternatives), 2):
        if _implies(other, one):
            needless, general = j, i
        elif _implies(one, other):
            needless, general = i, j
        else:
            continue
        text = f"whatever fires it also fires alternative {general + 1}: delete one"
        refuse((*loc, needless), "R025", text)


def _impossible(knowledge: Knowledge, alternative: Alternative) -> str | None:
    """Why the conditions of a rule cannot hold together, with those of the questions they need."""
    allowed: dict[str, set[str]] = {}
    for finding, values in _needed(knowledge, alternative.all):
        before = allowed.get(finding)
        allowed[finding] = set(values) if before is None else before & set(values)
        if not allowed[finding]:
            return f"its conditions leave no value of {finding}"
    present = {
        (c.finding, v)
        for c in alternative.all
        if not c.absent and len(c.value) == 1
        for v in c.value
    }
    absent = {
        (c.finding, v) for c in alternative.all if c.absent and len(c.value) == 1 for v in c.value
    }
    for finding, value in sorted(present & absent):
        if _is_list(knowledge, finding):
            return f"{finding}.{value} cannot be both there and denied"
    return None


def _needed(
    knowledge: Knowledge, conditions: tuple[Condition, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The values that findings with one answer must have, for conditions or for their questions."""
    for condition in conditions:
        finding = knowledge.findings.get(condition.finding)
        if finding is None:
            continue
        if finding.kind is not Kind.SEVERAL:
            yield condition.finding, condition.value
        for when in finding.when:
            if not _is_list(knowledge, when.finding):
                yield when.finding, when.value


def _is_list(knowledge: Knowledge, id_: str) -> bool:
    finding = knowledge.findings.get(id_)
    return finding is not None and finding.kind is Kind.SEVERAL


def _implies(special: Alternative, general: Alternative) -> bool:
    """Whether every case of one rule is a case of the other."""
    return all(any(_within(c, wider) for c in special.all) for wider in general.all)


def _within(narrow: Condition, wide: Condition) -> bool:
    same = (narrow.finding, narrow.absent) == (wide.finding, wide.absent)
    return same and set(narrow.value) <= set(wide.value)


def _contradictions(knowledge: Knowledge, refuse: Refuse) -> None:
    """Patterns that contradict each other, from the very same answers."""
    for id_, pattern in knowledge.patterns.items():
        opposed = [knowledge.patterns[o] for o in pattern.contradicts if o in knowledge.patterns]
        for i, own in enumerate(pattern.any):
            for other in opposed:
                if any(_implies(own, theirs) for theirs in other.any):
                    text = f"the same answers derive “{other.label.en}”, which contradicts it"
                    refuse(("patterns", id_, "any", i), "R028", text)


# --- diagnoses ----------------------------------------------------------------------------


def _can_be_reached(knowledge: Knowledge, diagnosis: Diagnosis) -> bool:
    for evidence in diagnosis.evidence:
        finding = knowledge.findings.get(evidence.finding)
        if finding is None or not _may_be_asked(knowledge, evidence.finding, frozenset()):
            continue
        for value in evidence.frequency:
            if value in finding.values and evidence.share(value) > finding.values[value].usual:
                return True
    return False


def _may_be_asked(knowledge: Knowledge, id_: str, path: frozenset[str]) -> bool:
    finding = knowledge.findings.get(id_)
    if finding is None or id_ in path or not finding.asked:
        return False
    return all(_may_be_asked(knowledge, when.finding, path | {id_}) for when in finding.when)


def _told_apart(knowledge: Knowledge, one: Diagnosis, other: Diagnosis) -> bool:
    shares, others = _shares(one), _shares(other)
    for finding, value in {*shares, *others}:
        usual = _usual(knowledge, finding, value)
        a, b = shares.get((finding, value), usual), others.get((finding, value), usual)
        high, low = max(a, b), max(min(a, b), LEAST)
        if high / low >= SEPARATES and high >= 0.05:
            return True
    return False


def _shares(diagnosis: Diagnosis) -> Mapping[tuple[str, str], float]:
    return {
        (evidence.finding, value): evidence.share(value)
        for evidence in diagnosis.evidence
        for value in evidence.frequency
    }


def _usual(knowledge: Knowledge, id_: str, value: str) -> float:
    if id_ in knowledge.findings:
        option = knowledge.findings[id_].values.get(value)
        return option.usual if option else LEAST
    return knowledge.patterns[id_].usual if id_ in knowledge.patterns else LEAST
