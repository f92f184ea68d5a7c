"""From blocks to lines that fit a width. Pure: no terminal is needed to see what would be shown.

Nothing is cut, and no line breaks inside a word or at a space that must not break; only an address
(or a word) longer than a whole line is broken, after one of its own signs if it has any. What a
block means is carried by a sign as well as by a colour, so that nothing is lost without colours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wcwidth import wcswidth

from assistant.language.blocks import Block, Style

MAX_WIDTH = 100  # longer lines are hard to read
MIN_WIDTH = 24
BAR_CELLS = 10
FEW = 7  # as many choices stand one a line


@dataclass(frozen=True)
class Signs:
    """The ornaments of a mode. `ASCII` has none that a dumb terminal or a reader stumbles on."""

    title: str
    bullet: str
    plus: str
    open: str
    minus: str
    warning: str
    error: str
    noted: str
    full: str
    empty: str


FANCY = Signs("━━ {} ━━", "• ", "+ ", "? ", "− ", "▲ ", "✗ ", "→ ", "█", "░")
ASCII = Signs("== {} ==", "* ", "+ ", "? ", "- ", "!! ", "?? ", "> ", "#", ".")

_PLAIN_FOR = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "×": "x", "≥": ">=", "≤": "<=", "≈": "~",
     "→": "->", "…": "...", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "±": "+/-",
     "½": "1/2", "·": "-", "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ø": "o",
     "µ": "u", "°": " deg"}
)  # fmt: skip
_UNBREAKABLE = "\u00a0\u202f"
_SPACES = re.compile(r"[ \t\r\n]+")  # not those that must not break
_PIECES = re.compile(rf"[^/._?&=;:\-{_UNBREAKABLE}]*[/._?&=;:\-{_UNBREAKABLE}]?")


@dataclass(frozen=True)
class Line:
    """One line on the screen. `sign` is the part at its beginning that says what it is."""

    style: Style
    text: str
    sign: str = ""


def lay_out(blocks: Iterable[Block], width: int, signs: Signs) -> list[Line]:
    """The lines of the blocks at a width in columns, with an empty line around what is apart."""
    width = max(min(width, MAX_WIDTH), MIN_WIDTH)
    lines: list[Line] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and _apart(before, block):
            lines.append(Line(Style.TEXT, ""))
        shown = _in_ascii(block) if signs is ASCII else block
        lines += _lines(shown, width, signs)
        before = block
    if signs is ASCII:
        lines = [replace(line, text=_breakable(line.text)) for line in lines]
    return lines


def _apart(before: Block, now: Block) -> bool:
    if now.style in (Style.TITLE, Style.STRONG):
        return True
    if now.level or now.style not in (Style.TEXT, Style.MUTED):
        return False
    closes_list = before.style in (Style.BULLET, Style.BAR) and now.style is Style.TEXT
    return before.level > 0 or closes_list or before.style is Style.TITLE


def _lines(block: Block, width: int, signs: Signs) -> Iterator[Line]:
    if block.style is Style.CHOICES:
        yield from (Line(block.style, text) for text in _choices(block.items, width))
        return
    if block.style is Style.TITLE:
        title = signs.title.format(block.text)
        yield from (Line(block.style, text) for text in wrap(title, width))
        return
    sign = "  " * block.level + _sign(block, signs)
    for i, text in enumerate(wrap(block.text, width, first=sign, rest=" " * wcswidth(sign))):
        yield Line(block.style, text, "" if i else sign)


def _sign(block: Block, signs: Signs) -> str:
    if block.style is Style.BAR:
        cells = round((block.share or 0.0) * BAR_CELLS)
        return signs.full * cells + signs.empty * (BAR_CELLS - cells) + " "
    return {
        Style.BULLET: signs.bullet,
        Style.FOR: signs.plus,
        Style.AGAINST: signs.minus,
        Style.OPEN: signs.open,
        Style.WARNING: signs.warning,
        Style.ERROR: signs.error,
        Style.NOTED: signs.noted,
    }.get(block.style, "")


def _choices(items: tuple[str, ...], width: int) -> Iterator[str]:
    """Numbered choices: one a line if they are few, else in columns read downwards."""
    digits = len(str(len(items)))
    numbered = [f"{i:>{digits}} {item}" for i, item in enumerate(items, 1)]
    for columns in (3, 2) if len(items) > FEW else ():
        height = -(-len(numbered) // columns)
        table = [numbered[start : start + height] for start in range(0, len(numbered), height)]
        cells = [max(map(wcswidth, column)) for column in table]
        if 2 * len(cells) + sum(cells) <= width:
            yield from _rows(table, cells)
            return
    for item in numbered:
        number, label = item[:digits], item[digits + 1 :]
        yield from wrap(label, width, first=f"  {number} ", rest=" " * (digits + 3))


def _rows(table: list[list[str]], cells: list[int]) -> Iterator[str]:
    for row in range(len(table[0])):
        line = "".join(
            f"  {column[row]}" + " " * (cell - wcswidth(column[row]))
            for column, cell in zip(table, cells, strict=True)
            if row < len(column)
        )
        yield line.rstrip()


# --- breaking lines -----------------------------------------------------------------------


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
    text = text.replace("× ", "×\u00a0")  # a factor stays with its sign
    for word in _SPACES.split(text):
        if wcswidth(word) <= room:
            if word:
                yield word
            continue
        mark = ""
        for part in _parts(word, max(room, 2)):
            yield mark + part
            mark = "\0"


def _parts(word: str, room: int) -> Iterator[str]:
    part = ""
    for piece in _PIECES.findall(word):
        if part and wcswidth(part + piece) > room:
            yield part
            part = ""
        part += piece
        while wcswidth(part) > room:
            end = _fitting(part, room)
            yield part[:end]
            part = part[end:]
    if part:
        yield part


def _fitting(text: str, room: int) -> int:
    """How many characters fit; at least one."""
    end = 1
    while end < len(text) and wcswidth(text[: end + 1]) <= room:
        end += 1
    return end


# --- plain mode ---------------------------------------------------------------------------


def _in_ascii(block: Block) -> Block:
    items = tuple(in_ascii(item) for item in block.items)
    return replace(block, text=in_ascii(block.text), items=items)


def in_ascii(text: str) -> str:
    """The text in ASCII but for accented letters (and spaces that must not break)."""
    text = text.translate(_PLAIN_FOR)
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    if char.isascii() or char in _UNBREAKABLE or (base.isascii() and base.isalpha()):
        return char
    name = unicodedata.name(char, "")
    if name.startswith("GREEK"):
        return name.rpartition(" ")[2].lower()
    bare = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return bare or ("" if unicodedata.combining(char) else "?")


def _breakable(text: str) -> str:
    return text.translate({ord(space): " " for space in _UNBREAKABLE})
