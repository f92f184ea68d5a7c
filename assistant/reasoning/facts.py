"""From answers to facts: the bands that numbers fall in, what answers imply, what lists deny.

An answer is the finding's id and its values as strings, in the form that the answer log and the
dialogue files keep: an option's id, a number in the finding's unit ("34", "0.3"), or a length of
time in ISO 8601 ("P4W"). No answer, no fact: missing evidence is never evidence of absence.

An answer to a list may also deny an option ("-face"), and say that it is not a full one ("?").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from rules.compile import Fact, option_facts
from rules.model import NO, YES, Finding, Kind, Knowledge

Answers = Mapping[str, tuple[str, ...]]
UNKNOWN = "unknown"
DENIED = "-"  # before an option of a list: it is absent
AMONG_OTHERS = "?"  # in a list: what it does not name is not known

DAYS_A_YEAR = 365.25
_DAYS = {"D": 1.0, "W": 7.0, "M": DAYS_A_YEAR / 12, "Y": DAYS_A_YEAR}
_ISO = re.compile(
    r"^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?$"
)


def facts_of(knowledge: Knowledge, answers: Answers) -> dict[Fact, str]:
    """Every fact that the answers state, and the finding that stated it.

    What is answered outright prevails over what another answer implies, and the age at onset is
    worked out from age and duration unless it was given. The order of the answers does not matter.
    """
    stated: dict[Fact, str] = {}
    for id_ in sorted(answers):
        finding = knowledge.findings[id_]
        for fact in _stated(id_, finding, answers[id_]):
            stated.setdefault(fact, id_)
    known = {fact.key for fact in stated}
    implied = _implied(knowledge, answers, known)
    stated.update(implied.values())
    onset = _age_at_onset(knowledge, answers)
    if onset and onset.key not in known | set(implied):
        stated[onset] = "duration"
    return _consistent(stated)


def _implied(
    knowledge: Knowledge, answers: Answers, known: Collection[str]
) -> dict[str, tuple[Fact, str]]:
    """By key, the facts that answers contain beside their own, none of them `known`.

    Where two answers imply different things, "yes" prevails, then the first of the findings.
    """
    implied: dict[str, tuple[Fact, str]] = {}
    for id_ in sorted(answers):
        for value in answers[id_]:
            option = knowledge.findings[id_].values.get(value)
            for target, answer in (option.implies if option else {}).items():
                fact = option_facts(target, knowledge.findings[target], answer)
                if fact.key not in known and (fact.key not in implied or fact.value == YES):
                    implied[fact.key] = fact, id_
    return implied


def splits(id_: str, finding: Finding) -> Iterator[dict[Fact, float]]:
    """The ways in which an answer may fall: each a set of exclusive facts with their usual share."""
    if finding.kind is not Kind.SEVERAL:
        yield {Fact(id_, name): value.usual for name, value in finding.values.items()}
        return
    key = finding.negates or id_
    for name, value in finding.values.items():
        yield {Fact(f"{key}.{name}", YES): value.usual, Fact(f"{key}.{name}", NO): 1 - value.usual}


def band(finding: Finding, value: str) -> str | None:
    """The band of a number or length of time; the value itself if it names a band."""
    if value in finding.values:
        return value
    amount = days(value) if finding.kind is Kind.DURATION else number(value)
    if amount is None:
        return None
    for name, item in finding.values.items():
        if item.low is not None and item.high is not None and item.low <= amount < item.high:
            return name
    return None


def days(iso: str) -> float | None:
    """The days in an ISO 8601 length of time ("P4W"), or None if it is not one."""
    match = _ISO.fullmatch(iso)
    if not match or iso == "P":
        return None
    parts = zip("YMWD", match.groups(), strict=True)
    return sum(float(number) * _DAYS[unit] for unit, number in parts if number)


def _stated(id_: str, finding: Finding, values: tuple[str, ...]) -> list[Fact]:
    if values == (UNKNOWN,):
        return []
    if finding.kind is not Kind.SEVERAL:
        found = band(finding, values[0]) if values else None
        return [Fact(id_, found)] if found else []
    if finding.negates:
        return [Fact(f"{finding.negates}.{value}", NO) for value in values]
    if AMONG_OTHERS in values or any(value.startswith(DENIED) for value in values):
        return [
            Fact(f"{id_}.{value.removeprefix(DENIED)}", NO if value.startswith(DENIED) else YES)
            for value in values
            if value != AMONG_OTHERS
        ]
    named = tuple(value for value in values if value != finding.exclusive)
    nothing = bool(values) and not named  # "none of these", alone: beside others it is a slip
    present = named or values
    facts = [Fact(f"{id_}.{value}", YES) for value in present]
    if finding.complete or nothing:
        # that "none of these" is untrue says nothing beside the option that makes it so
        left = (name for name in finding.values if name not in (*present, finding.exclusive))
        facts += [Fact(f"{id_}.{name}", NO) for name in left]
    return facts


def _age_at_onset(knowledge: Knowledge, answers: Answers) -> Fact | None:
    age = number(_only(answers.get("age", ())))
    length = days(_only(answers.get("duration", ())))
    if age is None or length is None or "age_at_onset" not in knowledge.findings:
        return None
    onset = max(age - length / DAYS_A_YEAR, 0.0)
    name = band(knowledge.findings["age_at_onset"], str(onset))
    return Fact("age_at_onset", name) if name else None


def _consistent(stated: dict[Fact, str]) -> dict[Fact, str]:
    """A muscle said to be both weak and normal is weak: the safer reading."""
    return {
        fact: id_
        for fact, id_ in stated.items()
        if not (fact.value == NO and Fact(fact.key, YES) in stated)
    }


def _only(values: tuple[str, ...]) -> str:
    return values[0] if values else ""


def number(text: str) -> float | None:
    """The number in a string, or None if it is not one (it may name a band)."""
    try:
        return float(text)
    except ValueError:
        return None


def option(knowledge: Knowledge, id_: str, value: str) -> Fact:
    """The fact that a finding has a value, or an option of a list is present."""
    finding = knowledge.findings[id_]
    return Fact(f"{id_}.{value}", YES) if finding.kind is Kind.SEVERAL else Fact(id_, value)


def is_denied(knowledge: Knowledge, facts: Collection[Fact], id_: str, value: str) -> bool:
    """Whether a value of a finding is known not to be so: denied, or another was given instead."""
    finding = knowledge.findings[id_]
    others = (other for other in finding.values if other != value)
    if finding.kind is not Kind.SEVERAL:
        return any(Fact(id_, other) in facts for other in others)
    if value == finding.exclusive:  # "none of these" is not denied in so many words
        return any(Fact(f"{id_}.{other}") in facts for other in others)
    said = option_facts(id_, finding, value)
    return Fact(said.key, YES if said.value == NO else NO) in facts


def ruled_out(knowledge: Knowledge, facts: Collection[Fact], id_: str) -> bool:
    """Whether a follow-up question cannot apply any more, given what is known: what it follows
    was answered otherwise, or is a follow-up that cannot apply itself."""
    return any(
        not any(option(knowledge, when.finding, value) in facts for value in when.value)
        and (
            all(is_denied(knowledge, facts, when.finding, value) for value in when.value)
            or ruled_out(knowledge, facts, when.finding)
        )
        for when in knowledge.findings[id_].when
    )
