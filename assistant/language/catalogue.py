"""The program's own sentences, in both languages (the medicine's stand in the knowledge)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from rules.typography import english, french

LANGUAGES = ("fr", "en")


@cache
def _catalogue(lang: str) -> dict[str, Any]:
    source = files(__package__) / "catalogues" / f"{lang}.json"
    texts: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return {key: _typeset(value, lang) for key, value in texts.items()}


def _typeset(value: Any, lang: str) -> Any:
    if isinstance(value, dict):
        return {key: _typeset(item, lang) for key, item in value.items()}
    return french(value) if lang == "fr" else english(value)


def say(lang: str, sentence: str, /, **values: object) -> str:
    """The sentence of that key in a language, with its values filled in (KeyError if there is none)."""
    text: str = _catalogue(lang)[sentence]
    return text.format(**values)


def command_help(lang: str) -> dict[str, str]:
    """What each command does, by its English name."""
    helps: dict[str, str] = _catalogue(lang)["help"]
    return helps


def keys(lang: str) -> frozenset[str]:
    """All keys of a catalogue, those of `help` as "help.<command>"."""
    catalogue = _catalogue(lang)
    return frozenset(catalogue) | {f"help.{key}" for key in catalogue["help"]}
