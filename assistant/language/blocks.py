"""What the program says, before it is laid out: blocks of text with a meaning, not a colour.

The terminal decides width, colour and signs; plain mode turns the same blocks into ASCII.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a block is."""

    TITLE = "title"
    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    WARNING = "warning"  # a red flag
    ERROR = "error"  # an answer that was not understood
    NOTED = "noted"
    BULLET = "bullet"
    FOR = "for"
    AGAINST = "against"
    OPEN = "open"  # not decided yet
    BAR = "bar"  # a hypothesis with its probability
    CHOICES = "choices"


@dataclass(frozen=True)
class Block:
    """One paragraph. `share` (0..1) is for bars, `items` for choices, `level` indents."""

    style: Style
    text: str
    level: int = 0
    share: float | None = None
    items: tuple[str, ...] = ()


Blocks = tuple[Block, ...]
