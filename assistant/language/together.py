"""From one line to the answers of several findings that are put in one question.

"34 M, 3 weeks", "femme, 62 ans, depuis 2019"; "deltoid, biceps; normal: triceps". Each companion
takes what is its own out of the line, and what is left answers the question itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from assistant.language.text import fold
from assistant.language.understand import Misread, names, understand
from assistant.reasoning.facts import UNKNOWN
from rules.model import Finding, Kind

_FILLERS = {"a", "an", "the", "un", "une", "le", "la", "de", "d'un", "d'une", "aged", "age", "agee", "old", "of"}  # fmt: skip
# What a length of time begins with, where it stands beside an age.
_SINCE = re.compile(r"\b(?:since|for|depuis|il y a|ca fait)\b")
_KEPT = r"(?:spared|normal|strong|preserved|intact|kept|epargnee?s?|normaux|normale?s?|forts?|preservee?s?|conservee?s?|intacte?s?)"
_WEAK = r"(?:weak|wasted|faibles?|fondus?)"
_PREFIX = r"^(?:muscles?\s+)?{}\s*(?:muscles?)?\s*(?::|=|\s)\s*(?=\S)"
_SUFFIX = r"(?:\s+(?:is|are|est|sont))?\s+{}$"


def understand_together(
    findings: Mapping[str, Finding], text: str, offered: Sequence[str], *, today: date
) -> dict[str, tuple[str, ...]] | Misread:
    """The answers in a line to the first of some findings, and to those asked along with it.

    The answer to the first alone will do, and so will that to a list which denies it ("normal:
    triceps"): the first is then unknown. See `understand` for `offered` and `today`.
    """
    (asked, finding), *companions = findings.items()
    also: dict[str, tuple[str, ...]] = {}
    rest = text
    # A word goes first: what stands on either side of it is then known to be apart.
    for id_, companion in sorted(companions, key=lambda item: item[1].kind is not Kind.CHOICE):
        if companion.kind is Kind.SEVERAL:
            rest, kept = _kept_apart(rest)
            reading = understand(companion, kept, offered, today=today) if kept else None
            if isinstance(reading, Misread):
                return reading
        elif companion.kind is Kind.DURATION:
            rest, reading = _length_apart(companion, rest, today)
        else:
            rest, reading = _word_apart(companion, rest)
        if reading:
            also[id_] = reading
    if not rest and any(findings[id_].negates for id_ in also):
        return {asked: (UNKNOWN,), **also}
    answer = understand(finding, rest or text, offered, today=today)
    return answer if isinstance(answer, Misread) else {asked: answer, **also}


def _word_apart(companion: Finding, text: str) -> tuple[str, tuple[str, ...] | None]:
    """The line without the word that names a value of a choice, and that value."""
    said = re.findall(r"[^\s,;/]+|[,;/]", _apart(fold(text)))
    words = [
        word
        for before, word in zip(["", *said], said, strict=False)
        if word not in _FILLERS or before[-1:].isdigit()  # "1 an" is a year
    ]
    for i, word in enumerate(words):
        named = [v for v, value in companion.values.items() if word in names(v, value)]
        if len(named) == 1:
            left = " ".join((*words[:i], ",", *words[i + 1 :]))
            return re.sub(r"\s*(?:[,;/]\s*)+", ", ", left).strip(" ,"), (named[0],)
    return text, None


def _apart(folded: str) -> str:
    """A number and the letters that cling to it, set apart: "34m", "62ans", "a 62-year-old"."""
    apart = re.sub(r"\b(\d+)-?(?=[a-z])", r"\1 ", folded)
    return apart.replace("-old", " old").replace("il y a ", "depuis ")


def _length_apart(companion: Finding, text: str, today: date) -> tuple[str, tuple[str, ...] | None]:
    """The line without the length of time (or date) that follows the answer to the question."""
    folded = fold(text)
    for split in re.finditer(rf"[,;]\s*|\s+(?={_SINCE.pattern})", folded):
        first, second = folded[: split.start()].strip(), folded[split.end() :].strip()
        reading = understand(companion, second, (), today=today)
        if first and not isinstance(reading, Misread):
            return first, reading
    return text, None


def _kept_apart(text: str) -> tuple[str, str]:
    """The muscles of a line that are weak, and those said to have kept their strength.

    "Normal:" holds for all that follows, until "weak:"; "... normal" for its own piece of the list.
    """
    weak: list[str] = []
    kept: list[str] = []
    now = weak
    for piece in re.split(r"\s*(?:[;,]|\bbut\b|\bmais\b)\s*", fold(text)):
        for word, pieces in ((_KEPT, kept), (_WEAK, weak)):
            bare = re.sub(_PREFIX.format(word), "", piece)
            if bare != piece:
                now, piece = pieces, bare
        goes_to = now
        for word, pieces in ((_KEPT, kept), (_WEAK, weak)):
            bare = re.sub(_SUFFIX.format(word), "", piece)
            if bare != piece:
                goes_to, piece = pieces, bare
        if piece:
            goes_to.append(piece)
    return (", ".join(weak), ", ".join(kept)) if kept else (text, "")
