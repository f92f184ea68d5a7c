"""The loop of an interview, whatever the terminal: show, read, step."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply, ask_again, finish
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
        or environ.get("TERM", "dumb") in ("", "dumb")
        or not _is_terminal(sys.stdin)
        or not _is_terminal(sys.stdout)
        or sys.stdout.encoding.lower().replace("-", "") != "utf8"  # no bars, no arrows
    )


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)  # a stream closed by who started us is None
    return isatty is not None and bool(isatty())


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
    """Hold an interview to its end. `keep` is given the session after every turn.

    Ctrl-C drops the line that is being typed and nothing else. Where what is shown can no longer
    be read by anyone, the interview ends, and what was said is returned all the same.
    """
    with _uninterrupted():
        reply = start(reasoner, settings, version)
    try:
        _show(terminal, reply)
        while not reply.closed:
            try:
                typed = terminal.read(reply)
            except KeyboardInterrupt:
                # the terminal may have thrown away what it had not shown yet: ask once more
                hint = Block(Style.MUTED, say(reply.session.lang, "resume_hint"))
                _show(terminal, ask_again(reasoner, reply.session, (hint,)))
                continue
            except EOFError:
                _leave(reasoner, reply, terminal)
                break
            with _uninterrupted():
                reply = step(reasoner, reply.session, typed)
                keep(reply.session)
            _show(terminal, reply)
    except BrokenPipeError:
        pass
    return reply.session


def _leave(reasoner: Reasoner, reply: Reply, terminal: Terminal) -> None:
    """At the end of input: a pipe that ended early still gets its conclusion."""
    if not _is_terminal(sys.stdin) and reply.question is not None and reply.session.answers:
        _show(terminal, finish(reasoner, reply.session))
    goodbye = Block(Style.TEXT, say(reply.session.lang, "goodbye"))
    _show(terminal, Reply(reply.session, (goodbye,), None, closed=True))


def _show(terminal: Terminal, reply: Reply) -> None:
    with _uninterrupted():
        terminal.show(reply)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C does nothing for the moment that a turn takes: it must not cost the answer."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
