"""From blocks to lines that fit a width. Pure: no terminal is needed to see what would be shown.

Nothing is cut, and no line breaks inside a word; only an address longer than a whole line is
broken, after one of its own signs. What a block means is carried by a sign as well as by a
colour, so that nothing is lost without colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wcwidth import wcswidth

from assistant.language.blocks import Block, Style

MAX_WIDTH = 100  # longer lines are hard to read
MIN_WIDTH = 24
BAR_CELLS = 10


@dataclass(frozen=True)
class Signs:
    """The ornaments of a mode. `ascii` has none that a dumb terminal or a reader stumbles on."""

    title: str
    bullet: str
    plus: str
    minus: str
    warning: str
    error: str
    noted: str
    full: str
    empty: str


FANCY = Signs("━━ {} ━━", "• ", "+ ", "− ", "▲ ", "✗ ", "→ ", "█", "░")
ASCII = Signs("== {} ==", "* ", "+ ", "- ", "!! ", "?? ", "> ", "#", ".")

_PLAIN_FOR = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "×": "x",
     "≥": ">=", "≤": "<=", "→": "->", "…": "...", "–": "-", "−": "-", "œ": "oe", "µ": "u"}
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line on the screen."""

    style: Style
    text: str


def lay_out(blocks: Iterable[Block], width: int, signs: Signs) -> list[Line]:
    """The lines of the blocks at a width in columns, with an empty line around what is apart."""
    width = max(min(width, MAX_WIDTH), MIN_WIDTH)
    lines: list[Line] = []
    before: Style | None = None
    for block in blocks:
        if lines and _apart(before, block.style):
            lines.append(Line(Style.TEXT, ""))
        lines += [Line(block.style, text) for text in _lines(block, width, signs)]
        before = block.style
    if signs is ASCII:
        lines = [Line(line.style, line.text.translate(_PLAIN_FOR)) for line in lines]
    return lines


def _apart(before: Style | None, now: Style) -> bool:
    return now in (Style.TITLE, Style.STRONG) or (before is Style.TITLE and now is Style.MUTED)


def _lines(block: Block, width: int, signs: Signs) -> Iterator[str]:
    if block.style is Style.CHOICES:
        yield from _choices(block.items, width)
        return
    indent = "  " * block.level
    if block.style is Style.TITLE:
        yield from wrap(signs.title.format(block.text), width)
        return
    sign = indent + _sign(block, signs)
    yield from wrap(block.text, width, first=sign, rest=" " * wcswidth(sign))


def _sign(block: Block, signs: Signs) -> str:
    if block.style is Style.BAR:
        cells = round((block.share or 0.0) * BAR_CELLS)
        return signs.full * cells + signs.empty * (BAR_CELLS - cells) + " "
    return {
        Style.BULLET: signs.bullet,
        Style.FOR: signs.plus,
        Style.AGAINST: signs.minus,
        Style.WARNING: signs.warning,
        Style.ERROR: signs.error,
        Style.NOTED: signs.noted,
        Style.MUTED: "",
    }.get(block.style, "")


def _choices(items: tuple[str, ...], width: int) -> Iterator[str]:
    """Numbered choices: one a line if they are few, else in columns read downwards."""
    digits = len(str(len(items)))
    numbered = [f"{i:>{digits}} {item}" for i, item in enumerate(items, 1)]
    cell = max(map(wcswidth, numbered)) + 2
    columns = min(3, (width - 2) // cell) if len(items) > 7 else 1
    if columns < 2:
        for item in numbered:
            yield from wrap(
                item[digits + 1 :], width, first="  " + item[: digits + 1], rest=" " * (digits + 3)
            )
        return
    height = -(-len(numbered) // columns)
    for row in range(height):
        cells = [numbered[i] for i in range(row, len(numbered), height)]
        line = "".join(text + " " * (cell - wcswidth(text)) for text in cells)
        yield "  " + line.rstrip()


def wrap(text: str, width: int, first: str = "", rest: str = "") -> Iterator[str]:
    """Lines of at most `width` columns, broken at ordinary spaces only."""
    line, empty = first, True
    for word in _words(text, width - max(wcswidth(first), wcswidth(rest))):
        glue = "" if empty or word.startswith("\0") else " "
        word = word.removeprefix("\0")
        if not empty and wcswidth(line + glue + word) > width:
            yield line.rstrip()
            line, glue = rest, ""
        line, empty = line + glue + word, False
    yield line.rstrip()


def _words(text: str, room: int) -> Iterator[str]:
    """The words of a text. A word longer than a line comes in parts, all but the first marked."""
    for word in text.split(" "):
        if wcswidth(word) <= room:
            if word:
                yield word
            continue
        mark = ""
        for part in _parts(word, max(room, 8)):
            yield mark + part
            mark = "\0"


def _parts(word: str, room: int) -> Iterator[str]:
    part = ""
    for piece in re.findall(r"[^/._?&=;:\-\u00a0\u202f]*[/._?&=;:\-\u00a0\u202f]?", word):
        if part and wcswidth(part + piece) > room:
            yield part
            part = ""
        part += piece
        while wcswidth(part) > room:
            yield part[:room]
            part = part[room:]
    if part:
        yield part
