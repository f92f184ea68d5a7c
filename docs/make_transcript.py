"""Writes the transcript of a real session into README.md, between its two marks.

A patient of `dialogues/` answers the program's questions, line by line as in plain mode; the
middle of the interview is left out and marked so. The same knowledge gives the same transcript.

    python docs/make_transcript.py          # or: make docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.cli import VERSION
from assistant.dialogue.events import Settings
from assistant.dialogue.replay import TODAY, typed_line
from assistant.dialogue.script import read_dialogue
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply
from assistant.reasoning.differential import Reasoner
from assistant.terminal.layout import ASCII, lay_out
from rules.check import load

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PATIENT = (
    ROOT
    / "dialogues/neuralgic_amyotrophy"
    / "after-a-cold-the-pain-comes-first-then-the-scapula-wings.yaml"
)
MARKS = re.compile(r"(?<=<!-- transcript -->\n).*?(?=<!-- /transcript -->)", re.DOTALL)
FIRST, LAST = 2, 2  # how many questions are shown at the beginning and at the end
END = "What to do next"  # the conclusion is shown up to here
WIDTH = 88


def transcript() -> str:
    """The transcript, as Markdown."""
    reasoner = Reasoner.of(load())
    dialogue = read_dialogue(PATIENT, reasoner.knowledge)
    reply = start(reasoner, Settings(lang="en", today=TODAY), VERSION)
    turns = [_shown(reply)]
    while reply.question is not None:
        typed = typed_line(reasoner, reply.session, dialogue.answers, "en")
        if len(turns) == FIRST + 1:
            asked = step(reasoner, reply.session, "why")
            turns.append(["> why", *_shown(asked)])
        reply = step(reasoner, reply.session, typed)
        turns.append([f"> {typed}", *_shown(reply)])
    shown = [*turns[: FIRST + 2], ["", "[...]", ""], *turns[-LAST:]]
    lines = list(_until_end(line for turn in shown for line in turn))
    return "```text\n" + "\n".join(lines).rstrip() + "\n\n[...]\n```\n"


def rewritten(readme: str) -> str:
    """The README with a fresh transcript."""
    text = transcript()
    return MARKS.sub(lambda _match: text, readme)


def _shown(reply: Reply) -> list[str]:
    return [line.text for line in lay_out(reply.blocks, WIDTH, ASCII)]


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(END):
            return
        yield line


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
