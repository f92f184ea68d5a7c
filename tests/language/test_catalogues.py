"""The program's own sentences: both languages have them all, and all of them are used."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant
from assistant.dialogue.commands import NAMES
from assistant.language.catalogue import LANGUAGES, _catalogue, command_help, keys, say
from assistant.language.understand import Fault
from assistant.reasoning.inquiry import Stop
from rules.model import Urgency
from rules.typography import NBSP, NNBSP

CODE = sorted(Path(assistant.__file__).parent.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in CODE}


def sentences(lang: str) -> dict[str, str]:
    """All texts of a catalogue by key, those of `help` as "help.<command>"."""
    texts = {key: text for key, text in _catalogue(lang).items() if key != "help"}
    return texts | {f"help.{key}": text for key, text in command_help(lang).items()}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def said_in_code() -> Iterator[tuple[str, ast.expr]]:
    """The key of every call of `say` (and of `tell` of the commands), and where it stands."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"say": 1, "tell": 3}.get(node.func.id)
                if place is not None:
                    yield f"{path.name}:{node.lineno}", node.args[place]


def constants() -> set[str]:
    return {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def prefixes_said() -> set[str]:
    """The fixed beginnings of keys that are put together when they are said."""
    return {
        str(key.values[0].value)
        for _, key in said_in_code()
        if isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant)
    }


def test_both_languages_have_the_same_keys() -> None:
    assert keys("fr") == keys("en") == frozenset(sentences("fr")) | {"help"}


def test_both_languages_fill_in_the_same_values() -> None:
    french, english = sentences("fr"), sentences("en")
    differ = {k for k in french if placeholders(french[k]) != placeholders(english[k])}
    assert not differ


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_empty_or_has_a_placeholder_without_a_name(lang: str) -> None:
    for key, text in sentences(lang).items():
        assert text.strip() == text != "", key
        assert all(placeholders(text)), key


def test_the_two_languages_differ_in_every_sentence_of_several_words() -> None:
    french, english = sentences("fr"), sentences("en")
    words = {
        k: re.findall(r"[^\W\d]{3,}", re.sub(r"{\w+}", "", text)) for k, text in french.items()
    }
    assert not {k for k in french if french[k] == english[k] and len(words[k]) > 1}


def test_every_key_that_the_code_says_exists() -> None:
    known = keys("en")
    for where, key in said_in_code():
        if isinstance(key, ast.Constant):
            assert key.value in known, where
        elif isinstance(key, ast.JoinedStr):
            first = key.values[0]
            assert isinstance(first, ast.Constant), where
            assert any(k.startswith(str(first.value)) for k in known), where


def test_every_sentence_that_is_put_together_exists() -> None:
    made = [fault.value for fault in Fault]
    made += [f"stop_{stop}" for stop in Stop] + ["stop_early"]
    made += [f"urgency_{urgency}" for urgency in Urgency]
    assert set(made) <= keys("fr")


def test_no_sentence_is_unused() -> None:
    used, prefixes = constants(), prefixes_said()
    unused = {
        key
        for key in keys("en")
        if not key.startswith("help")
        and key not in used
        and key not in {fault.value for fault in Fault}
        and not any(key.startswith(prefix) for prefix in prefixes)
    }
    assert not unused


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_tells_of_every_command_and_of_nothing_else(lang: str) -> None:
    assert set(command_help(lang)) == set(NAMES)


def test_french_sentences_have_the_spaces_that_do_not_break() -> None:
    for key, text in sentences("fr").items():
        assert not re.search(r"(?<=\S) (?=[;:!?»%](?:\s|$))|« ", text), key
        assert "'" not in text, key


def test_english_sentences_have_no_french_spaces() -> None:
    for key, text in sentences("en").items():
        assert NBSP not in text, key
        assert NNBSP not in text, key


def test_values_are_filled_in_as_they_are_whatever_they_contain() -> None:
    hostile = "{0} {x!r} %s {"
    assert hostile in say("en", "edit_unknown", key=hostile, keys="age")


def test_a_sentence_that_does_not_exist_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        say("en", "no such sentence")
