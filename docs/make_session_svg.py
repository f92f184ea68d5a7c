"""Makes docs/session.svg: a real session of the program, as it stands in a terminal of 80 columns.

The program runs in a pseudo-terminal; a patient of `dialogues/` answers its questions; what has
come on the screen between two lines is kept as a picture. The same knowledge gives the same file.

    python docs/make_session_svg.py [FILE]
"""

from __future__ import annotations

import io
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from assistant.dialogue.events import Settings
from assistant.dialogue.replay import typed_line
from assistant.dialogue.script import read_dialogue
from assistant.dialogue.step import start, step
from assistant.reasoning.differential import Reasoner
from rules.check import load

DOCS = Path(__file__).parent
PATIENT = (
    DOCS.parent
    / "dialogues/neuralgic_amyotrophy"
    / "after-a-cold-the-pain-comes-first-then-the-scapula-wings.yaml"
)
COLUMNS, ROWS = 80, 30
LANG = "en"
FIRST = -2  # the picture begins with this question, counted from the last
LAST = "Type how"  # and ends before this line
TITLE = "amyo"
DIM = 246  # the grey, of 256 colours, that stands for dim text

THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255),
     (188, 140, 255), (57, 197, 207), (177, 186, 196)],
)  # fmt: skip


class Screen(pyte.HistoryScreen):
    """A terminal in memory. pyte knows no dim text: it is grey here."""

    def select_graphic_rendition(self, *attrs: int, **kwargs: Any) -> None:
        plain = [attr for attr in attrs if attr != 2]
        super().select_graphic_rendition(*plain, **kwargs)
        if 2 in attrs:
            super().select_graphic_rendition(38, 5, DIM)


def session(answers: list[str]) -> list[Text]:
    """All lines that come on the screen while these answers are typed."""
    screen = Screen(COLUMNS, ROWS, history=2_000)
    stream = pyte.ByteStream(screen)
    environ = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"],
               "HOME": os.environ.get("HOME", "/")}  # fmt: skip
    child = pexpect.spawn(
        sys.executable,
        ["-m", "assistant", "--lang", LANG],
        dimensions=(ROWS, COLUMNS),
        env=environ,
        timeout=30,
        cwd=str(DOCS.parent),
    )
    screen.write_process_input = lambda data: child.send(data.encode())

    def settle() -> None:
        """Take in what comes until the program waits at a prompt."""
        while True:
            try:
                stream.feed(child.read_nonblocking(65_536, timeout=0.5))
            except pexpect.TIMEOUT:
                if screen.display[screen.cursor.y].rstrip().endswith(">"):
                    return

    settle()
    for answer in answers:
        child.send(answer + "\r")
        settle()
    while not screen.display[screen.cursor.y].startswith("> "):  # below a page
        child.send("\r")
        settle()
    child.close(force=True)
    rows = [*screen.history.top, *(screen.buffer[y] for y in range(ROWS))]
    return [_line(row) for row in rows]


def _line(row: Any) -> Text:
    """A row of the terminal, with its colours."""
    line = Text()
    for x in range(COLUMNS):
        cell = row[x]
        colour = None if cell.fg == "default" else cell.fg
        if colour is not None and len(colour) == 6:
            colour = f"#{colour}"
        line.append(cell.data, Style(color=colour, bold=cell.bold or None))
    line.rstrip()
    return line


def typed_by(path: Path) -> list[str]:
    """What the patient of a dialogue types to each question, to the end."""
    reasoner = Reasoner.of(load())
    patient = read_dialogue(path, reasoner.knowledge)
    reply, typed = start(reasoner, Settings(LANG, date(2026, 1, 15)), ""), []
    while reply.question is not None:
        typed.append(typed_line(reasoner, reply.session, patient.answers, LANG))
        reply = step(reasoner, reply.session, typed[-1])
    return typed


def picture(lines: list[Text]) -> str:
    """The lines as SVG, with the fonts of whoever looks at it: nothing is fetched."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    for line in lines:
        console.print(line, no_wrap=True, crop=False)
    svg = console.export_svg(title=TITLE, theme=THEME, unique_id="amyo")
    begin, end = svg.index("@font-face"), svg.index(".amyo-matrix")
    return (svg[:begin] + svg[end:]).replace("Fira Code, monospace", "ui-monospace, monospace")


def main(target: Path) -> None:
    lines = session(typed_by(PATIENT))
    questions = [i for i, line in enumerate(lines) if line.plain.startswith("Question ")]
    end = next(i for i, line in enumerate(lines) if line.plain.startswith(LAST))
    target.write_text(picture(lines[questions[FIRST] : end]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "session.svg")
