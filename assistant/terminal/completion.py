"""What the terminal offers while one types: answers to the question, commands, what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, FuzzyWordCompleter
from prompt_toolkit.document import Document

from assistant.dialogue.commands import NAMES
from assistant.dialogue.turn import Reply
from assistant.language.catalogue import command_help
from assistant.language.text import fold
from rules.model import Kind, Knowledge


class AnswerCompleter(Completer):
    """Completes the word, or the item of a list, under the cursor. Fuzzy; accents are optional."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.reply: Reply | None = None  # the terminal sets it at each turn

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        if self.reply is None:
            return
        before = document.text_before_cursor
        name, space, argument = before.lstrip("/").partition(" ")
        offered = self._arguments(name) if space else {}
        if offered:
            typed = argument
        else:
            typed = before.rpartition(",")[2].lstrip() if self._takes_list() else before
            offered = self._answers() | self._commands(only=before.startswith("/"))
            typed = typed.removeprefix("/")
        yield from _fuzzy(typed, offered, event)

    def _takes_list(self) -> bool:
        id_ = self.reply.question if self.reply else None
        return id_ is not None and self._knowledge.findings[id_].kind is Kind.SEVERAL

    def _answers(self) -> dict[str, str]:
        assert self.reply is not None
        if self.reply.question is None:
            return {}
        finding = self._knowledge.findings[self.reply.question]
        if finding.kind in (Kind.NUMBER, Kind.DURATION):
            return {}
        lang = self.reply.session.lang
        return {value.label[lang].replace(",", " "): "" for value in finding.values.values()}

    def _commands(self, *, only: bool) -> dict[str, str]:
        assert self.reply is not None
        lang = self.reply.session.lang
        helps = command_help(lang)
        prefix = "/" if only else ""
        return {prefix + NAMES[id_][lang][0]: text for id_, text in helps.items()}

    def _arguments(self, name: str) -> dict[str, str]:
        assert self.reply is not None
        session, findings = self.reply.session, self._knowledge.findings
        folded = fold(name)
        if folded in _names_of("how"):
            return {d.name[session.lang]: id_ for id_, d in self._knowledge.diagnoses.items()}
        if folded in _names_of("edit"):
            return {findings[id_].label[session.lang]: id_ for id_ in session.answers}
        if folded in _names_of("lang"):
            return {"fr": "français", "en": "English"}
        return {}


def _names_of(command: str) -> set[str]:
    return {fold(name) for names in NAMES[command].values() for name in names}


def _fuzzy(typed: str, offered: dict[str, str], event: CompleteEvent) -> Iterable[Completion]:
    """prompt_toolkit's fuzzy matching, on names without accents."""
    by_folded = {fold(name): name for name in offered}
    inner = FuzzyWordCompleter(list(by_folded), WORD=False)
    folded = fold(typed)
    for completion in inner.get_completions(Document(folded, len(folded)), event):
        name = by_folded[completion.text]
        yield Completion(name, start_position=-len(typed), display_meta=offered[name])
