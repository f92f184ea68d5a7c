"""The interview line by line: for a pipe, a dumb terminal, a screen reader."""

from __future__ import annotations

import io
import shutil
import sys

from assistant.dialogue.turn import Reply
from assistant.language.blocks import Blocks
from assistant.language.text import clean, shorten
from assistant.terminal.layout import ASCII, FANCY, lay_out

LONGEST_LINE = 1_000_000  # characters kept of one line: what comes may have no end
ECHOED = 200


def printed(blocks: Blocks) -> str:
    """Blocks as the lines that a command prints: for a terminal with signs, else in ASCII."""
    signs = FANCY if sys.stdout is not None and sys.stdout.isatty() else ASCII
    width = shutil.get_terminal_size((80, 24)).columns
    return "\n".join(line.text for line in lay_out(blocks, width, signs))


class PlainTerminal:
    """Reads lines from standard input and prints numbered menus without colour or motion.

    Not a byte of a terminal escape is printed. What standard output has no letters for is left
    to its error handler (see `assistant.ending`), bytes that are no text become a sign for it.
    """

    def __init__(self) -> None:
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def show(self, reply: Reply) -> None:
        width = shutil.get_terminal_size((80, 24)).columns
        for line in lay_out(reply.blocks, width, ASCII):
            print(line.text)
        print(end="", flush=True)

    def read(self, reply: Reply) -> str:
        """The next line; EOFError at the end of input, KeyboardInterrupt on Ctrl-C."""
        del reply
        print("> ", end="", flush=True)
        try:
            typed = _line()
        except EOFError:
            print()
            raise
        if not sys.stdin.isatty():  # so that a transcript shows what was answered
            print(shorten(clean(typed[: 2 * ECHOED]), ECHOED))
        return typed


def _line() -> str:
    """One line of standard input without its end; of a longer one than is kept, the beginning."""
    if sys.stdin is None:  # closed by who started us
        raise EOFError
    line = sys.stdin.readline(LONGEST_LINE)
    if not line:
        raise EOFError
    part = line
    while part and not part.endswith("\n"):
        part = sys.stdin.readline(LONGEST_LINE)
    return line.rstrip("\r\n")
