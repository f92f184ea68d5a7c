"""From a typed line to an answer to the pending question. What is not understood is not guessed.

An answer is a number of the list, a word, an unambiguous beginning, a list for questions that
take several answers, a number with its unit, or a length of time or a date. Words are matched in
both languages, whatever the language of the session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.language.text import begins_a_word, fold
from assistant.reasoning.facts import UNKNOWN, days
from rules.model import Finding, Kind, Value


class Fault(StrEnum):
    """Why a line is no answer; each has its sentence in the catalogues."""

    NO_SUCH_NUMBER = "no_such_number"
    NO_SUCH_ANSWER = "no_such_answer"
    AMBIGUOUS = "ambiguous"
    ONE_ANSWER = "one_answer"
    EXCLUSIVE = "exclusive"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DURATION = "not_a_duration"
    IN_THE_FUTURE = "in_the_future"
    TOO_LONG_AGO = "too_long_ago"


@dataclass(frozen=True)
class Misread:
    """A line that is no answer: why, the part at fault, and what it may have meant (value ids)."""

    fault: Fault
    part: str
    candidates: tuple[str, ...] = ()


_UNKNOWN = {
    "unknown", "inconnu", "inconnue", "?", "don't know", "do not know", "dont know", "not known",
    "ne sais pas", "je ne sais pas", "nsp", "sais pas", "not done", "non fait", "non faite",
    "pas fait", "pas faite",
}  # fmt: skip
MANY_WORDS = 20  # of a line are looked through for the part that was not understood
_SEPARATORS = re.compile(r"\s*[,;+/]\s*|\s+(?:et|and)\s+")


def understand(
    finding: Finding, text: str, offered: Sequence[str], *, today: date
) -> tuple[str, ...] | Misread:
    """The answer in a cleaned line, as values of the answer log (`(UNKNOWN,)` for unknown).

    `offered` are the values that the numbers 1, 2 ... stand for.
    """
    folded = fold(text).rstrip(" .!")
    if folded in _UNKNOWN:
        return (UNKNOWN,)
    if finding.kind in (Kind.NUMBER, Kind.DURATION):
        for id_, value in finding.values.items():
            if folded in names(id_, value):  # a whole band: "20 to 39 years", "weeks"
                return (id_,)
        number = finding.kind is Kind.NUMBER
        return _number(finding, folded) if number else _duration(folded, today)
    if finding.kind is Kind.CHOICE:
        found = _value(finding, folded, offered)
        if isinstance(found, Misread) and len(_parts(folded)) > 1:
            return Misread(Fault.ONE_ANSWER, text)
        return found if isinstance(found, Misread) else (found,)
    return _several(finding, folded, offered)


def names(id_: str, value: Value) -> Iterable[str]:
    """Every way of naming a value, folded. Commas of a label may be left out."""
    yield fold(id_)
    yield fold(id_.replace("_", " "))
    for lang in ("fr", "en"):
        yield fold(value.label[lang])
        yield fold(value.label[lang].replace(",", " "))
        yield from map(fold, value.synonyms[lang])


def as_typed(part: str, text: str) -> str:
    """The folded part of a line, with the accents and capitals that it was typed with."""
    words = text.split()[:MANY_WORDS]
    for first in range(len(words)):
        for end in range(first + 1, len(words) + 1):
            piece = " ".join(words[first:end]).strip(" ,;/+.!")
            if fold(piece) == part:
                return piece
    return part


def is_whole_name(finding: Finding, text: str) -> bool:
    """Whether a line is the full name of one of the values, not only its beginning."""
    folded = fold(text)
    return any(folded in names(id_, value) for id_, value in finding.values.items())


# --- choices ------------------------------------------------------------------------------


def _value(finding: Finding, folded: str, offered: Sequence[str]) -> str | Misread:
    if folded.isdecimal() and folded.isascii():
        index = int(folded[:9])
        if 1 <= index <= len(offered):
            return offered[index - 1]
        return Misread(Fault.NO_SUCH_NUMBER, folded)
    if not folded:
        return Misread(Fault.NO_SUCH_ANSWER, folded)
    known = {id_: set(names(id_, value)) for id_, value in finding.values.items()}
    # The whole name, then the beginning of a name, then the beginning of a word in a name.
    for fits in (_is_name, _begins_name, _begins_word):
        found = [id_ for id_, words in known.items() if fits(folded, words)]
        if len(found) == 1:
            return found[0]
        if found:
            return Misread(Fault.AMBIGUOUS, folded, tuple(found))
    return Misread(Fault.NO_SUCH_ANSWER, folded, _close(folded, known))


def _is_name(folded: str, words: set[str]) -> bool:
    return folded in words or folded.removeprefix("the ") in words


def _begins_name(folded: str, words: set[str]) -> bool:
    return any(word.startswith(folded) for word in words)


def _begins_word(folded: str, words: set[str]) -> bool:
    return len(folded) >= 3 and any(begins_a_word(folded, word) for word in words)


def _close(folded: str, known: dict[str, set[str]]) -> tuple[str, ...]:
    """Values whose names look like what was typed: offered, never taken."""
    import difflib

    by_name = {word: id_ for id_, words in known.items() for word in words}
    close = difflib.get_close_matches(folded[:80], by_name, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(by_name[word] for word in close))


def _several(finding: Finding, folded: str, offered: Sequence[str]) -> tuple[str, ...] | Misread:
    whole = _value(finding, folded, offered)
    if not isinstance(whole, Misread):
        return (whole,)
    found: list[str] = []
    parts = _parts(folded)
    for part in parts:
        value = _value(finding, part, offered)
        if isinstance(value, Misread):
            return whole if len(parts) == 1 else value
        found.append(value)
    if not found:  # nothing but separators
        return whole
    chosen = tuple(id_ for id_ in finding.values if id_ in found)
    if finding.exclusive in chosen and len(chosen) > 1:
        return Misread(Fault.EXCLUSIVE, folded, (finding.exclusive or "",))
    return chosen


def _parts(folded: str) -> list[str]:
    if re.fullmatch(r"\d+(?:[\s,;]+\d+)*", folded):
        return re.findall(r"\d+", folded)
    return [part for part in _SEPARATORS.split(folded) if part]


# --- numbers and lengths of time ----------------------------------------------------------

_YEARS = r"(?:a|an|ans|annee|annees|y|yo|yr|yrs|year|years|years? old|annees?)"
_MONTHS = r"(?:m|mo|mois|month|months|months? old)"
_WEEKS = r"(?:w|wk|wks|sem|semaine|semaines|week|weeks|weeks? old)"
_DAYS = r"(?:j|d|jour|jours|day|days|days? old)"
_UNITS = {"Y": _YEARS, "M": _MONTHS, "W": _WEEKS, "D": _DAYS}
_LEADS = re.compile(
    r"^(?:depuis|il y a|environ|vers|ca fait|since|for|about|around|from|en|in|at|a|age of)\s+"
)
_QUANTITY = re.compile(r"^(\d{1,6}(?:[.,]\d{1,9})?)\s*([a-z ]*?)(?:\s+ago)?\.?$")
_WORD_NUMBERS = {"un": "1", "une": "1", "a": "1", "an": "1", "one": "1", "deux": "2", "two": "2",
                 "trois": "3", "three": "3", "quatre": "4", "four": "4"}  # fmt: skip


def _quantity(folded: str) -> tuple[float, str | None] | None:
    """A number and the letter of its unit of time ("", no unit), or None."""
    match, previous = None, ""
    while match is None and previous != folded:
        first, _, rest = folded.partition(" ")
        spelt = f"{_WORD_NUMBERS.get(first, first)} {rest}" if rest else folded
        match = _QUANTITY.match(spelt)
        previous, folded = folded, _LEADS.sub("", folded)
    if not match:
        return None
    number = float(match.group(1).replace(",", "."))
    unit = match.group(2).strip()
    if not unit:
        return number, None
    for letter, pattern in _UNITS.items():
        if re.fullmatch(pattern, unit):
            return number, letter
    return None


def _number(finding: Finding, folded: str) -> tuple[str, ...] | Misread:
    quantity = _quantity(folded)
    if quantity is None:
        if re.fullmatch(r"-\s*\d+(?:[.,]\d+)?.*|\d{7,}", folded):
            return Misread(Fault.OUT_OF_RANGE, folded)
        return Misread(Fault.NOT_A_NUMBER, folded)
    number, unit = quantity
    if unit:  # ages are in years
        number = (days(f"P{number:f}{unit}") or 0.0) / 365.25
    low, high = finding.minimum, finding.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return Misread(Fault.OUT_OF_RANGE, folded)
    return (_decimal(number),)


def _duration(folded: str, today: date) -> tuple[str, ...] | Misread:
    if days(folded.upper()) is not None:
        return _bounded_duration(folded.upper(), folded)
    start = _start_date(folded)
    if start is not None:
        return _since(start, folded, today)
    quantity = _quantity(folded)
    if quantity is None or quantity[1] is None:
        return Misread(Fault.NOT_A_DURATION, folded)
    number, unit = quantity
    return _bounded_duration(f"P{_decimal(number)}{unit}", folded)


def _decimal(number: float) -> str:
    """The number to four decimals, never with an exponent."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def _since(start: date | None, folded: str, today: date) -> tuple[str, ...] | Misread:
    assert start is not None
    if start > today:
        return Misread(Fault.IN_THE_FUTURE, folded)
    return _bounded_duration(f"P{(today - start).days}D", folded)


def _bounded_duration(iso: str, folded: str) -> tuple[str, ...] | Misread:
    length = days(iso)
    if length is None or length > 120 * 365.25:
        return Misread(Fault.TOO_LONG_AGO, folded)
    return (iso,)


_DATES = (
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$"), (1, 2, 3)),
    (re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$"), (3, 2, 1)),
    (re.compile(r"^(\d{4})-(\d{1,2})$"), (1, 2, 0)),
    (re.compile(r"^(\d{1,2})/(\d{4})$"), (2, 1, 0)),
    (re.compile(r"^(1[89]\d{2}|2\d{3})$"), (1, 0, 0)),
)


def _start_date(folded: str) -> date | None:
    """The date in "2019", "2019-05", "05/2019", "2019-05-12" or "12/05/2019" (day first)."""
    folded = _LEADS.sub("", folded)
    for pattern, (year, month, day) in _DATES:
        match = pattern.match(folded)
        if match:
            part = [match.group(i) if i else "1" for i in (year, month, day)]
            try:
                return date(*map(int, part))
            except ValueError:
                return None
    return None
