"""What is taken out of typed text, and how it is folded for comparison."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.text import clean, fold, shorten

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates as well


@pytest.mark.parametrize(
    "typed",
    [
        "\x1b[31mshoulder\x1b[0m",
        "\x1b[2J\x1b[1;1Hshoulder",
        "\x1b[?25lshoulder\x1b[?25h",
        "\x1b]8;;https://example.org\x07shoulder\x1b]8;;\x07",
        "\x1b]8;;https://example.org\x1b\\shoulder\x1b]8;;\x1b\\",
        "\x1b]0;a new window title\x07shoulder",
        "\x1bPq#0;2;0;0;0\x1b\\shoulder",
        "\x1b_an application command\x1b\\shoulder",
        "\x1bcshoulder",
        "shoulder\x1b",
        "shoulder\x1b]52;c;c3RvbGVu",
    ],
)
def test_terminal_escapes_leave_only_the_word(typed: str) -> None:
    assert clean(typed) == "shoulder"


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_no_control_character_is_left(code: int) -> None:
    cleaned = clean(f"a{chr(code)}b")
    assert cleaned in ("ab", "a b", "a")  # an escape takes the letter after it along
    assert all(unicodedata.category(char) != "Cc" for char in cleaned)


def test_tabs_and_line_ends_become_single_spaces() -> None:
    assert clean("  weakness\tand\r\n  pain ") == "weakness and pain"


@pytest.mark.parametrize(
    "code", [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
def test_no_direction_mark_is_left(code: int) -> None:
    assert clean(f"sho{chr(code)}ulder") == "shoulder"


@pytest.mark.parametrize("code", [0x00AD, 0x200B, 0x200D, 0x2060, 0xFEFF])
def test_no_invisible_mark_is_left(code: int) -> None:
    assert clean(f"{chr(code)}34") == "34"


def test_lone_surrogates_of_undecodable_bytes_are_taken_out() -> None:
    typed = b"\xff\xfeshoulder\x80".decode("utf-8", "surrogateescape")
    assert clean(typed) == "shoulder"
    assert clean(typed).encode("utf-8") == b"shoulder"


@pytest.mark.parametrize("word", ["épaule", "œdème", "main — poignet", "肩", "🦾", "e\u0301paule"])
def test_letters_of_any_script_are_left_as_they_are(word: str) -> None:
    assert clean(word) == word


@given(ANY_TEXT)
def test_cleaned_text_can_be_printed_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "\x1b" * 100_000,
        "\x1b[" * 50_000,
        "\x1b]" * 50_000,
        "\x1b[0;" * 25_000,
        "\x1bP" + "x" * 100_000,
        "\x1b[" + "0" * 100_000,
        " \t" * 50_000,
        "é\u202e\x00" * 33_000,
    ],
    ids=["letters", "escapes", "csi", "osc", "colours", "dcs", "digits", "spaces", "mixed"],
)
def test_a_hundred_kilobytes_are_cleaned_quickly(text: str) -> None:
    began = time.perf_counter()
    clean(text)
    fold(text)
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Épaule", "epaule"),
        ("ÉPAULE", "epaule"),
        ("e\u0301paule", "epaule"),
        ("œdème", "oedeme"),
        ("Sœur", "soeur"),
        ("SŒUR", "soeur"),
        ("l’aiguille", "l'aiguille"),
        ("lʼaiguille", "l'aiguille"),
        ("deux\u00a0ans", "deux ans"),
        ("  deux \u202f ans ", "deux ans"),
        ("Ça", "ca"),
        ("naïf", "naif"),
        ("３４", "34"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_folding_takes_off_case_accents_and_odd_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT)
def test_folding_never_fails_and_leaves_single_spaces(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert not any(unicodedata.combining(char) for char in folded)


@given(ANY_TEXT, st.integers(2, 80))
def test_shortened_text_fits_and_shows_that_it_was_cut(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert short == text if len(text) <= length else short.endswith("…")
