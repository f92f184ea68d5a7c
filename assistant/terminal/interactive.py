"""The interview in a real terminal: colours, completion, a toolbar. Built on prompt_toolkit."""

from __future__ import annotations

import os
import shutil

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style as Colours
from wcwidth import wcswidth

from assistant.dialogue.turn import Reply
from assistant.language.catalogue import say
from assistant.language.names import diagnosis_name, percent
from assistant.reasoning.differential import Reasoner, conclude
from assistant.terminal.completion import AnswerCompleter
from assistant.terminal.layout import FANCY, lay_out
from rules.model import Knowledge

# ANSI names, so that the terminal's own theme decides the shades.
_COLOURS = Colours.from_dict(
    {
        "title": "bold ansicyan",
        "strong": "bold",
        "muted": "ansibrightblack",
        "warning": "bold ansired",
        "error": "ansimagenta",
        "noted": "ansigreen",
        "for": "ansigreen",
        "against": "ansiyellow",
        "bar": "",
        "prompt": "bold ansicyan",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


class InteractiveTerminal:
    """A prompt with fuzzy completion and a toolbar that F2 hides. No history touches the disk."""

    def __init__(self, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._completer = AnswerCompleter(reasoner.knowledge)
        self._toolbar_shown = True
        self._leading: list[tuple[str, str]] = []
        self._reply: Reply | None = None
        self._depth = ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None
        self._prompt: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=self._completer,
            complete_while_typing=True,
            bottom_toolbar=self._toolbar,
            key_bindings=self._keys(),
            style=_COLOURS,
            color_depth=self._depth,
            reserve_space_for_menu=4,
        )

    def show(self, reply: Reply) -> None:
        width = shutil.get_terminal_size((80, 24)).columns
        lines = lay_out(reply.blocks, width - 1, FANCY)
        fragments = [(f"class:{line.style}", line.text + "\n") for line in lines]
        print_formatted_text(
            FormattedText(fragments), style=_COLOURS, color_depth=self._depth, end=""
        )

    def read(self, reply: Reply) -> str:
        """The next line; EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C."""
        self._reply = self._completer.reply = reply
        lang = reply.session.lang
        if reply.session.answers:
            outcome = conclude(self._reasoner, reply.session.answers)
            self._leading = [
                (_short(self._reasoner.knowledge, h.id, lang), percent(h.probability, lang))
                for h in outcome.hypotheses[:3]
            ]
        return self._prompt.prompt([("class:prompt", "> ")])

    def _toolbar(self) -> FormattedText | None:
        if not self._toolbar_shown or self._reply is None:
            return None
        session = self._reply.session
        width = shutil.get_terminal_size((80, 24)).columns - 1
        progress = say(
            session.lang, "toolbar_progress", n=len(session.done) + 1, cap=session.settings.cap
        )
        tail = f" | {progress} | {say(session.lang, 'toolbar_hide')}"
        return FormattedText([("", _fit(self._leading, tail, width, session.lang))])

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("f2")
        def _toggle(event: KeyPressEvent) -> None:
            self._toolbar_shown = not self._toolbar_shown
            event.app.invalidate()

        return keys


def _short(knowledge: Knowledge, id_: str, lang: str) -> str:
    """The name without what stands in brackets: the toolbar is one line."""
    return diagnosis_name(knowledge, id_, lang).partition(" (")[0]


def _fit(leading: list[tuple[str, str]], tail: str, width: int, lang: str) -> str:
    """As many of the leading hypotheses, whole, as fit on the line with the tail."""
    if not leading:
        return say(lang, "toolbar_none") + tail
    for count in range(len(leading), 0, -1):
        text = " · ".join(f"{name} {share}" for name, share in leading[:count]) + tail
        if wcswidth(text) <= width:
            return text
    return " · ".join(f"{name} {share}" for name, share in leading[:1])
