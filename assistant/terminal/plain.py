"""The interview line by line: for a pipe, a dumb terminal, a screen reader."""

from __future__ import annotations

import shutil
import sys
import unicodedata

from assistant.dialogue.turn import Reply
from assistant.terminal.layout import ASCII, lay_out


class PlainTerminal:
    """Reads lines from standard input and prints numbered menus without colour or motion."""

    def show(self, reply: Reply) -> None:
        width = shutil.get_terminal_size((80, 24)).columns
        for line in lay_out(reply.blocks, width, ASCII):
            print(_printable(line.text))
        sys.stdout.flush()

    def read(self, reply: Reply) -> str:
        """The next line; EOFError at the end of input, KeyboardInterrupt on Ctrl-C."""
        del reply
        typed = input("> ")
        if not sys.stdin.isatty():  # so that a transcript shows what was answered
            print(_printable(typed[:200].translate({27: None})))
        return typed


def _printable(text: str) -> str:
    """The text in the encoding of standard output; accents go where it has none."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        bare = unicodedata.normalize("NFKD", text)
        return bare.encode(encoding, "ignore").decode(encoding)
    return text
