"""Text from users: bounded, cleaned, and folded for comparison."""

import re
import unicodedata
from functools import lru_cache

MAX_TEXT = 2_000  # characters of one typed line that are looked at

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS and the like
    r"|\x1b."
)
# Control characters, lone surrogates (undecodable bytes of a pipe) and what has no form of its own:
# direction marks, zero-width spaces, the byte order mark before the first line of a file.
_INVISIBLE = ("Cc", "Cs", "Cf")

SHORT = 200  # characters of a text that is worth remembering


def clean(text: str) -> str:
    """One line without terminal escapes, control characters and invisible marks.

    Not shortened: see `shorten`.
    """
    text = _ESCAPES.sub("", text)
    kept = (
        " " if char in "\t\n\r" else char
        for char in text
        if char in "\t\n\r" or unicodedata.category(char) not in _INVISIBLE
    )
    return " ".join("".join(kept).split())


def shorten(text: str, length: int = 60) -> str:
    """The text, cut with an ellipsis if it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def begins_a_word(beginning: str, name: str) -> bool:
    """Whether a word of a folded name begins so; "aiguille" is a word of "l'aiguille"."""
    return any(f"{edge}{beginning}" in f" {name}" for edge in " '")


def fold(text: str) -> str:
    """Lower case without accents, with plain apostrophes and single spaces: for comparison."""
    return _folded(text) if len(text) <= SHORT else _fold(text)


@lru_cache(maxsize=16_384)  # the names of answers are folded again with every line that is typed
def _folded(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.replace("’", "'").replace("ʼ", "'").split())
