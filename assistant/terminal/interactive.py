"""The interview in a real terminal: colours, completion, a toolbar. Built on prompt_toolkit."""

from __future__ import annotations

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style as Colours
from wcwidth import wcswidth

from assistant.dialogue.turn import Reply
from assistant.language.blocks import Style
from assistant.language.catalogue import say
from assistant.language.names import diagnosis_name, percent
from assistant.language.text import clean, shorten
from assistant.reasoning.differential import Reasoner, conclude
from assistant.terminal.completion import AnswerCompleter
from assistant.terminal.layout import FANCY, Line, lay_out
from rules.model import Knowledge

# Only signs and titles are coloured, by ANSI names, so that the terminal's own theme decides the
# shades. What is read stays in the colour of the text, or a dimmer tone of it, since no ANSI
# colour is legible on every background (bright black is the background itself in Solarized).
# prompt_toolkit honours NO_COLOR by itself.
_COLOURS = Colours.from_dict(
    {
        "title": "bold ansicyan",
        "strong": "bold",
        "muted": "dim",
        "warning": "bold",
        "noted": "dim",
        "sign.warning": "bold ansired",
        "sign.error": "bold ansimagenta",
        "sign.noted": "ansigreen",
        "sign.for": "bold ansigreen",
        "sign.against": "bold ansired",
        "sign.bar": "ansicyan",
        "mark": "bold ansicyan",
        "bottom-toolbar": "noreverse dim",
    }
)
_MENU_ROWS = 4  # kept below the prompt, so that the completion menu has room at once
_LEAST_PAGE = 8


class InteractiveTerminal:
    """A prompt with fuzzy completion and a toolbar that F2 hides. No history touches the disk."""

    def __init__(self, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._completer = AnswerCompleter(reasoner.knowledge)
        self._toolbar_shown = True
        self._leading: list[tuple[str, str]] = []
        self._reply: Reply | None = None
        self._ahead: list[str | type[EOFError]] = []  # what was typed below a page
        self._prompt: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=self._completer,
            complete_while_typing=True,
            bottom_toolbar=self._toolbar,
            key_bindings=self._keys(),
            style=_COLOURS,
            reserve_space_for_menu=_MENU_ROWS,
        )

    def show(self, reply: Reply) -> None:
        """Print the reply. One that is higher than the screen waits after each page for Enter; a
        line that is typed there is taken as typed after the rest."""
        size = self._prompt.output.get_size()
        lines = lay_out(reply.blocks, size.columns - 1, FANCY)
        page = max(size.rows - 1, _LEAST_PAGE)
        while len(lines) > page:
            self._print(lines[: page - 1])
            lines = lines[page - 1 :]
            if not self._wait(reply.session.lang):
                break
        self._print(lines)

    def read(self, reply: Reply) -> str:
        """The next line; EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C."""
        self._reply = self._completer.reply = reply
        lang = reply.session.lang
        outcome = conclude(self._reasoner, reply.session.answers)
        self._leading = [
            (_short(self._reasoner.knowledge, h.id, lang), percent(h.probability, lang))
            for h in outcome.hypotheses[: 3 if reply.session.answers else 0]
        ]
        if not self._ahead:
            return self._prompt.prompt([("class:mark", "> ")])
        typed = self._ahead.pop()
        if not isinstance(typed, str):
            raise typed
        self._print([Line(Style.TEXT, "> " + shorten(clean(typed), 200), "> ")])
        return typed

    def _print(self, lines: list[Line]) -> None:
        fragments = [
            fragment
            for line in lines
            for fragment in (
                (f"class:sign.{line.style}", line.sign),
                (f"class:{line.style}", line.text.removeprefix(line.sign) + "\n"),
            )
        ]
        print_formatted_text(FormattedText(fragments), style=_COLOURS, end="")

    def _wait(self, lang: str) -> bool:
        """Wait below a page: whether the next page is wanted, and not the whole rest at once."""
        hint: PromptSession[str] = PromptSession(style=_COLOURS, erase_when_done=True)
        try:
            typed = hint.prompt([("class:muted", say(lang, "next_page")), ("class:mark", " > ")])
        except KeyboardInterrupt:
            return False
        except EOFError:
            self._ahead.append(EOFError)
            return False
        if typed:
            self._ahead.append(typed)
        return not typed

    def _toolbar(self) -> FormattedText:
        assert self._reply is not None
        session = self._reply.session
        progress = say(
            session.lang, "toolbar_progress", n=len(session.done) + 1, cap=session.settings.cap
        )
        tail = [progress] if self._reply.question is not None else []
        width = self._prompt.output.get_size().columns - 1
        text = fit(self._leading, [*tail, say(session.lang, "toolbar_hide")], width, session.lang)
        return FormattedText([("", text)])

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("f2")
        def _toggle(event: KeyPressEvent) -> None:
            self._toolbar_shown = not self._toolbar_shown
            self._prompt.bottom_toolbar = self._toolbar if self._toolbar_shown else None
            event.app.invalidate()

        return keys


def _short(knowledge: Knowledge, id_: str, lang: str) -> str:
    """The name without what stands in brackets: the toolbar is one line."""
    return diagnosis_name(knowledge, id_, lang).partition(" (")[0]


def fit(leading: list[tuple[str, str]], tail: list[str], width: int, lang: str) -> str:
    """The toolbar's line: the leading hypothesis, then the tail, then the others as they fit."""
    told = [f"{name} {share}" for name, share in leading] or [say(lang, "toolbar_none")]
    ends = [" | ".join(["", *tail[:count]]) for count in range(len(tail), -1, -1)]
    first = [" · ".join(told[:count]) + ends[0] for count in range(len(told), 0, -1)]
    for text in (*first, *(told[0] + end for end in ends[1:])):
        if wcswidth(text) <= width:
            return text
    name, share = leading[0] if leading else (told[0], "")
    return f"{shorten(name, max(width - wcswidth(share) - 1, 2))} {share}".rstrip()
