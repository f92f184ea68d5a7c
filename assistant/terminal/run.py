"""The loop of an interview, whatever the terminal: show, read, step."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply, finish
from assistant.language.blocks import Block, Style
from assistant.language.catalogue import say
from assistant.reasoning.differential import Reasoner


class Terminal(Protocol):
    """What the loop needs of a terminal."""

    def show(self, reply: Reply) -> None: ...

    def read(self, reply: Reply) -> str: ...


def is_plain(environ: Mapping[str, str]) -> bool:
    """Whether the plain mode is called for: a pipe, a dumb terminal, or the reader's wish."""
    return bool(
        environ.get("ACCESSIBLE", "0") not in ("", "0")
        or environ.get("TERM", "dumb") == "dumb"
        or not sys.stdin.isatty()
        or not sys.stdout.isatty()
    )


def open_terminal(reasoner: Reasoner, *, plain: bool) -> Terminal:
    """The terminal for this process."""
    if plain or is_plain(os.environ):
        from assistant.terminal.plain import PlainTerminal

        return PlainTerminal()
    from assistant.terminal.interactive import InteractiveTerminal

    return InteractiveTerminal(reasoner)


def interview(
    reasoner: Reasoner,
    settings: Settings,
    terminal: Terminal,
    version: str,
    keep: Callable[[Session], None] = lambda _session: None,
) -> Session:
    """Hold an interview to its end. `keep` is given the session after every turn."""
    reply = start(reasoner, settings, version)
    terminal.show(reply)
    while not reply.closed:
        try:
            typed = terminal.read(reply)
        except KeyboardInterrupt:  # the line is dropped, not the interview
            hint = Block(Style.MUTED, say(reply.session.lang, "resume_hint"))
            terminal.show(Reply(reply.session, (hint,), reply.question))
            continue
        except EOFError:
            _leave(reasoner, reply, terminal)
            break
        reply = step(reasoner, reply.session, typed)
        keep(reply.session)
        terminal.show(reply)
    return reply.session


def _leave(reasoner: Reasoner, reply: Reply, terminal: Terminal) -> None:
    """At the end of input: a pipe that ended early still gets its conclusion."""
    if not sys.stdin.isatty() and reply.question is not None and reply.session.answers:
        terminal.show(finish(reasoner, reply.session))
    goodbye = Block(Style.TEXT, say(reply.session.lang, "goodbye"))
    terminal.show(Reply(reply.session, (goodbye,), None, closed=True))
