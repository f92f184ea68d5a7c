"""The loop of an interview, with a terminal made of a list of lines."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.turn import Reply
from assistant.language.catalogue import say
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.facts import UNKNOWN
from assistant.terminal import run

SETTINGS = Settings("en", date(2026, 1, 15))
Line = str | type[BaseException]


class Typed:
    """A terminal at which these lines are typed; an exception stands for a key."""

    def __init__(self, lines: Iterable[Line], while_showing: Callable[[], None] = lambda: None):
        self._lines = iter(lines)
        self._while_showing = while_showing
        self.shown: list[Reply] = []

    def show(self, reply: Reply) -> None:
        self._while_showing()
        self.shown.append(reply)

    def read(self, reply: Reply) -> str:
        del reply
        line = next(self._lines, EOFError)
        if isinstance(line, str):
            return line
        raise line

    @property
    def last(self) -> str:
        return "\n".join(block.text for block in self.shown[-1].blocks)


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def hold(reasoner: Reasoner, terminal: Typed, **options: Callable[[Session], None]) -> Session:
    return run.interview(reasoner, SETTINGS, terminal, "1", **options)


def test_ctrl_c_in_mid_turn_costs_nothing(base_reasoner: Reasoner) -> None:
    """While a turn is reckoned or shown it does nothing; afterwards it is itself again."""
    terminal = Typed(["unknown", "quit"], while_showing=ctrl_c)
    session = hold(base_reasoner, terminal, keep=lambda _session: ctrl_c())
    assert list(session.answers.values()) == [(UNKNOWN,)]
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_ctrl_c_at_the_prompt_asks_again(base_reasoner: Reasoner) -> None:
    terminal = Typed(["unknown", KeyboardInterrupt, "quit"])
    session = hold(base_reasoner, terminal)
    assert list(session.answers.values()) == [(UNKNOWN,)]
    hinted = terminal.shown[2]
    assert hinted.blocks[0].text == say("en", "resume_hint")
    assert hinted.question == terminal.shown[1].question
    assert hinted.blocks[1:] == terminal.shown[1].blocks[-len(hinted.blocks) + 1 :]


def test_every_turn_is_kept(base_reasoner: Reasoner) -> None:
    kept: list[Session] = []
    session = hold(base_reasoner, Typed(["unknown", "nonsense", "quit"]), keep=kept.append)
    assert len(kept) == 3
    assert kept[-1] == session


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_end_of_input_says_goodbye(
    by_hand: bool, base_reasoner: Reasoner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe that ended early gets its conclusion as well; who leaves by hand does not wait."""
    monkeypatch.setattr(run, "_is_terminal", lambda _stream: by_hand)
    terminal = Typed(["unknown"])
    session = hold(base_reasoner, terminal)
    assert list(session.answers.values()) == [(UNKNOWN,)]
    assert terminal.last == say("en", "goodbye")
    concluded = any(b.text == say("en", "conclusion_title") for b in terminal.shown[-2].blocks)
    assert concluded is not by_hand


def test_a_reader_who_is_gone_ends_it_and_what_was_said_is_kept(base_reasoner: Reasoner) -> None:
    turns = iter(range(3))

    def show() -> None:
        if next(turns) == 1:
            raise BrokenPipeError

    session = hold(base_reasoner, Typed(["unknown", "quit"], show))
    assert list(session.answers.values()) == [(UNKNOWN,)]


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({"TERM": "xterm"}, False),
        ({"TERM": "dumb"}, True),
        ({}, True),
        ({"TERM": "xterm", "ACCESSIBLE": "1"}, True),
        ({"TERM": "xterm", "ACCESSIBLE": "0"}, False),
        ({"TERM": "xterm", "ACCESSIBLE": ""}, False),
    ],
)
def test_what_calls_for_the_plain_mode(
    environ: dict[str, str], plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen:
        encoding = "UTF-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Screen())
    monkeypatch.setattr("sys.stdout", Screen())
    assert run.is_plain(environ) is plain
    monkeypatch.setattr(Screen, "encoding", "iso-8859-1")
    assert run.is_plain(environ)
    monkeypatch.setattr(Screen, "encoding", "utf8")
    assert run.is_plain(environ) is plain
    monkeypatch.setattr("sys.stdin", None)
    assert run.is_plain(environ)
