"""The layout is pure: whatever the blocks and the width, nothing is lost and nothing sticks out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from assistant.dialogue.events import Settings
from assistant.dialogue.step import start, step
from assistant.language import questions
from assistant.language.blocks import Block, Style
from assistant.language.catalogue import LANGUAGES
from assistant.reasoning.differential import Reasoner
from assistant.terminal.layout import ASCII, FANCY, MIN_WIDTH, Signs, in_ascii, lay_out, wrap
from rules.model import Knowledge

WIDTHS = st.integers(MIN_WIDTH, 120)
MODES = pytest.mark.parametrize("signs", [FANCY, ASCII], ids=["fancy", "ascii"])
NBSP, NNBSP = "\u00a0", "\u202f"

_letters = st.text("abcdefghijéèçœÀ’«»-.,%×0123456789日本" + NBSP + NNBSP, min_size=1, max_size=9)
_words = _letters.map(lambda word: word.strip(NBSP + NNBSP) or "x")
_addresses = st.from_regex(r"https://[a-z]{1,20}\.org/[a-z0-9/_?&=-]{30,150}", fullmatch=True)
_texts = st.lists(st.one_of(_words, _words, _words, _addresses), min_size=1, max_size=14).map(
    " ".join
)
_shares = st.floats(0, 1, allow_nan=False)
_paragraphs = st.builds(
    Block,
    st.sampled_from([style for style in Style if style is not Style.CHOICES]),
    _texts,
    st.integers(0, 2),
    _shares,
)
_choices = st.builds(
    Block,
    st.just(Style.CHOICES),
    st.just(""),
    items=st.lists(_texts, min_size=1, max_size=20).map(tuple),
)
BLOCKS = st.lists(st.one_of(_paragraphs, _choices), max_size=5)


def too_wide(lines: Iterable[str], width: int) -> list[str]:
    return [line for line in lines if not 0 <= wcswidth(line) <= width]


def bare(text: str, signs: Signs) -> str:
    """The text without any space, for what is broken and what is not alike."""
    return re.sub(r"\s", "", in_ascii(text) if signs is ASCII else text)


# --- whatever is said ---------------------------------------------------------------------


@MODES
@given(BLOCKS, WIDTHS)
def test_no_line_is_wider_than_the_screen(signs: Signs, blocks: list[Block], width: int) -> None:
    lines = [line.text for line in lay_out(blocks, width, signs)]
    assert not too_wide(lines, width)
    assert all(line == line.rstrip() for line in lines)


@MODES
@given(_paragraphs, WIDTHS)
def test_every_word_is_shown_in_its_order(signs: Signs, block: Block, width: int) -> None:
    lines = lay_out([block], width, signs)
    sign = lines[0].sign if block.style is not Style.TITLE else ""
    shown = "".join(line.text.removeprefix(sign if i == 0 else "") for i, line in enumerate(lines))
    wanted = signs.title.format(block.text) if block.style is Style.TITLE else block.text
    assert bare(shown, FANCY) == bare(wanted, signs)


@given(_texts, WIDTHS, st.sampled_from(["", "  • ", "    ", "██████████ "]))
def test_only_what_is_longer_than_a_line_is_broken(text: str, width: int, first: str) -> None:
    rest = " " * wcswidth(first)
    lines = [line.removeprefix(first).removeprefix(rest) for line in wrap(text, width, first, rest)]
    room = width - wcswidth(first)
    # A factor stays with its sign, so what may be parted are the words of this text.
    words = text.replace("× ", f"×{NBSP}").split(" ")
    short = [word for word in words if wcswidth(word) <= room]
    on_lines = [word for line in lines for word in line.split(" ")]
    for word in short:
        assert word in on_lines


@given(_texts, WIDTHS)
def test_spaces_that_must_not_break_end_no_line(text: str, width: int) -> None:
    glued = [word for word in text.split(" ") if wcswidth(word) > width - 2]
    for line in wrap(text, width):
        if line[-1:] in (NBSP, NNBSP):  # only within what is longer than a line
            assert any(line.strip().split(" ")[-1] in word for word in glued)


@MODES
@given(_choices, WIDTHS)
def test_choices_keep_their_numbers_and_all_items(signs: Signs, block: Block, width: int) -> None:
    lines = [line.text for line in lay_out([block], width, signs)]
    items = [in_ascii(item) if signs is ASCII else item for item in block.items]
    numbered = "".join(f"{i}{item}" for i, item in enumerate(items, 1))
    assert sorted(bare("".join(lines), FANCY)) == sorted(bare(numbered, FANCY))


@given(st.lists(_letters.map(lambda w: w.replace(" ", "x")), min_size=8, max_size=40), WIDTHS)
def test_columns_are_read_downwards(items: list[str], width: int) -> None:
    block = Block(Style.CHOICES, "", items=tuple(items))
    lines = [line.text for line in lay_out([block], width, FANCY)]
    numbers = [[int(n) for n in re.findall(r"(?:^|  ) *(\d+) ", line)] for line in lines]
    columns = [[row[i] for row in numbers if i < len(row)] for i in range(max(map(len, numbers)))]
    if all(re.fullmatch(r"[a-jéèçœÀ日本]+", item) for item in items):
        assert [number for column in columns for number in column] == [*range(1, len(items) + 1)]


@given(st.text(max_size=300), WIDTHS)
def test_any_text_at_all_can_be_laid_out(text: str, width: int) -> None:
    for signs in (FANCY, ASCII):
        lay_out(
            [Block(Style.ERROR, text, 2), Block(Style.CHOICES, "", items=(text,))], width, signs
        )


@given(st.text(max_size=80))
def test_ascii_mode_has_ascii_and_accented_letters_only(text: str) -> None:
    for char in in_ascii(text):
        base = unicodedata.normalize("NFD", char)[0]
        assert char.isascii() or base.isascii() or char in (NBSP, NNBSP)


def test_what_ascii_mode_makes_of_signs() -> None:
    told = in_ascii("« l’œil » — 3 × 10² µg, ≥ 5…, TNF-α → Łódź 日 ½ Noël")
    assert told == '" l\'oeil " - 3 x 102 ug, >= 5..., TNF-alpha -> ?ódź ? 1/2 Noël'


def test_a_factor_stays_with_its_sign() -> None:
    for width in range(24, 60):
        text = "weakness: yes (× 1.24; counted in part), pain: yes (× 3.5)"
        assert not [line for line in wrap(text, width) if line.endswith("×")]


def test_what_closes_a_list_stands_apart() -> None:
    blocks = [
        Block(Style.TITLE, "a"), Block(Style.MUTED, "b"), Block(Style.STRONG, "c"),
        Block(Style.BULLET, "d", 1), Block(Style.MUTED, "e", 2), Block(Style.MUTED, "f"),
    ]  # fmt: skip
    lines = [line.text for line in lay_out(blocks, 80, FANCY)]
    assert lines == ["━━ a ━━", "", "b", "", "c", "  • d", "    e", "", "f"]


# --- what is shipped ----------------------------------------------------------------------


@MODES
@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_fits_the_screen(
    signs: Signs, width: int, lang: str, shipped: Knowledge
) -> None:
    for finding in shipped.findings.values():
        if not finding.asked:
            continue
        offered = [name for name, value in finding.values.items() if value.offered]
        asked = questions.ask(finding, offered, 10, lang)
        lines = [line.text for line in lay_out(asked, width, signs)]
        told = bare("".join(lines), FANCY)
        assert not too_wide(lines, width)
        assert bare(finding.ask[lang], signs) in told
        choices = [block.items for block in asked if block.style is Style.CHOICES]
        for label in choices[0] if choices else ():
            for word in (in_ascii(label) if signs is ASCII else label).split():
                assert any(word in line for line in lines), word
        assert len(lines) <= 45, finding.ask[lang]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_question_stands_whole_on_a_small_screen(lang: str, shipped: Knowledge) -> None:
    """80 x 24, with the prompt, what is kept for the menu below it, and the toolbar."""
    for id_, finding in shipped.findings.items():
        if finding.tier.rank < 2 and len(finding.values) <= 20:
            lines = lay_out(questions.ask(finding, finding.values, 10, lang), 79, FANCY)
            assert len(lines) + 6 <= 24, id_


def _answers(lang: str) -> list[str]:
    """A patient with pain, told in words that both languages understand."""
    told = {"en": ["36", "male", "pain, weakness", "5 weeks"],
            "fr": ["36", "masculin", "douleur, faiblesse", "5 semaines"]}  # fmt: skip
    return told[lang]


@MODES
@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_a_long_interview_says_fits_the_screen(
    signs: Signs, width: int, lang: str, shipped_reasoner: Reasoner
) -> None:
    reply = start(shipped_reasoner, Settings(lang, date(2026, 1, 15)), "1")
    typed = [*_answers(lang), *["1"] * 40]
    said = list(reply.blocks)
    while reply.question is not None and typed:
        reply = step(shipped_reasoner, reply.session, typed.pop(0))
        said += reply.blocks
        for command in ("why", "how", "facts") if len(typed) % 6 == 0 else ():
            said += step(shipped_reasoner, reply.session, command).blocks
    for command in ("how", "how als", "how other", "facts", "differential", "help", "how xyz"):
        said += step(shipped_reasoner, reply.session, command).blocks
    assert any(block.style is Style.BAR for block in said)
    lines = [line.text for line in lay_out(said, width, signs)]
    assert not too_wide(lines, width)
    assert not [line for line in lines if line.endswith((NBSP, NNBSP, "×"))]
    if signs is ASCII:
        odd = {
            c for line in lines for c in line if not unicodedata.normalize("NFD", c)[0].isascii()
        }
        assert not odd
    shown = bare("".join(lines), FANCY)
    for block in said:
        for word in (in_ascii(block.text) if signs is ASCII else block.text).split():
            assert bare(word, signs) in shown
