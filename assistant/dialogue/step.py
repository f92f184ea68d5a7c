"""READ THIS FIRST: one turn of the conversation.

`step(reasoner, session, text)` is the whole program in one function: a typed line goes in, the
session after it and what is said come out. It does no input or output and keeps no state, so the
terminal, the replay of dialogue files and the tests all hold the same conversation.

    typed line → an answer to the pending question? → events in the log → conclude → next question
               → a command (why, back, edit ...)?    → its own reply, the question again
               → neither?                            → what was expected, the question again
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.dialogue.commands import command, is_command
from assistant.dialogue.events import Session, Settings
from assistant.dialogue.turn import (
    Reply,
    after,
    ask_again,
    companions,
    conflict,
    go_on,
    offered_now,
    take,
)
from assistant.language import questions
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.text import MAX_TEXT, clean
from assistant.language.together import understand_together
from assistant.language.understand import Misread, as_typed, is_whole_name
from assistant.reasoning.differential import Reasoner


def start(reasoner: Reasoner, settings: Settings, version: str) -> Reply:
    """The first words, and the first question."""
    lang = settings.lang
    opening = (
        Block(Style.TITLE, say(lang, "title", version=version)),
        Block(Style.MUTED, say(lang, "disclaimer")),
        Block(Style.TEXT, say(lang, "opening_hint")),
    )
    return after(opening, go_on(reasoner, Session(settings)))


def step(reasoner: Reasoner, session: Session, text: str) -> Reply:
    """The session after a typed line, and what is said to it."""
    lang, typed = session.lang, clean(text[: MAX_TEXT + 1])
    if len(text) > MAX_TEXT:
        problem = say(lang, "too_long", count=len(text), limit=MAX_TEXT)
        return ask_again(reasoner, session, (Block(Style.ERROR, problem),))
    if not typed:
        key = "nothing_left" if text.strip() else "empty"
        return ask_again(reasoner, session, (Block(Style.ERROR, say(lang, key)),))
    if _is_surely_a_command(reasoner, session, typed):
        said = command(reasoner, session, typed)
        if said is not None:
            return said
    answer = _answer(reasoner, session, typed)
    if isinstance(answer, dict):
        return take(reasoner, session, answer, typed)
    return command(reasoner, session, typed) or ask_again(reasoner, session, answer.blocks)


def _is_surely_a_command(reasoner: Reasoner, session: Session, typed: str) -> bool:
    """A slash makes a command of any name. Without it, the name of an answer ("back", of a pain)
    comes before the command, and the command before the beginning of an answer ("fin", "fingers").
    """
    if typed.startswith("/") or session.pending is None:
        return True
    finding = reasoner.knowledge.findings[session.pending]
    return is_command(typed) and not is_whole_name(finding, typed)


@dataclass(frozen=True)
class _NoAnswer:
    blocks: Blocks


def _answer(
    reasoner: Reasoner, session: Session, typed: str
) -> dict[str, tuple[str, ...]] | _NoAnswer:
    """What a line answers to the pending question and those along with it, or why nothing."""
    lang = session.lang
    if session.pending is None:
        return _NoAnswer((Block(Style.ERROR, say(lang, "after_end")),))
    finding = reasoner.knowledge.findings[session.pending]
    choices = offered_now(reasoner, session)
    together = {session.pending: finding, **companions(reasoner.knowledge, session)}
    reading = understand_together(together, typed, choices, today=session.settings.today)
    if isinstance(reading, Misread):
        reading = replace(reading, part=as_typed(reading.part, typed))
        return _NoAnswer(questions.misread(finding, choices, reading, lang))
    problem = conflict(session, session.pending, reading[session.pending])
    return reading if problem is None else _NoAnswer((Block(Style.ERROR, problem),))
