"""What the terminal offers while one types: answers to the question, commands, what they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from assistant.dialogue.commands import NAMES
from assistant.dialogue.turn import Reply
from assistant.language.catalogue import command_help
from assistant.language.text import fold
from rules.model import Kind, Knowledge

LONGEST = 60  # characters: what is longer is no beginning of a name


class AnswerCompleter(Completer):
    """Completes what stands before the cursor, or the item of a list. Accents are optional."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.reply: Reply | None = None  # the terminal sets it at each turn

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        del event
        if self.reply is None:
            return
        found: list[tuple[str, str]] = []
        typed = ""
        with suppress(Exception):  # a fault in what is only a help must not end an interview
            typed, found = offers(self._knowledge, self.reply, document.text_before_cursor)
        for name, about in found:
            yield Completion(name, start_position=-len(typed), display_meta=about)


def offers(knowledge: Knowledge, reply: Reply, before: str) -> tuple[str, list[tuple[str, str]]]:
    """The part of the line that would be replaced, and the names offered for it, the best first,
    each with a word about it."""
    name, space, argument = before.removeprefix("/").partition(" ")
    answers = {} if before.startswith("/") else _answers(knowledge, reply)
    named = _arguments(knowledge, reply, name) if space else {}
    # "langue fr", but not "langue ou gorge", which is an answer
    if named and not any(fold(answer).startswith(fold(before)) for answer in answers):
        return argument, _matching(argument, named)
    if before.startswith("/"):
        return before[1:], _matching(before[1:], _commands(reply))
    listed = before.rpartition(",")[2].lstrip() if _takes_list(knowledge, reply) else before
    commands = _commands(reply) if listed == before else {}
    return listed, _matching(listed, answers | commands)


def _takes_list(knowledge: Knowledge, reply: Reply) -> bool:
    return reply.question is not None and knowledge.findings[reply.question].kind is Kind.SEVERAL


def _answers(knowledge: Knowledge, reply: Reply) -> dict[str, str]:
    if reply.question is None:
        return {}
    finding = knowledge.findings[reply.question]
    if finding.kind in (Kind.NUMBER, Kind.DURATION):
        return {}
    lang = reply.session.lang
    # in a list a comma parts two answers
    comma = "" if finding.kind is Kind.SEVERAL else ","
    return {value.label[lang].replace(",", comma): "" for value in finding.values.values()}


def _commands(reply: Reply) -> dict[str, str]:
    lang = reply.session.lang
    return {NAMES[id_][lang][0]: about for id_, about in command_help(lang).items()}


def _arguments(knowledge: Knowledge, reply: Reply, name: str) -> dict[str, str]:
    session, findings = reply.session, knowledge.findings
    folded = fold(name)
    if folded in _names_of("how"):
        return {d.name[session.lang]: id_ for id_, d in knowledge.diagnoses.items()}
    if folded in _names_of("edit"):
        return {findings[id_].label[session.lang]: id_ for id_ in session.answers}
    if folded in _names_of("lang"):
        return {"fr": "français", "en": "English"}
    return {}


def _names_of(command: str) -> set[str]:
    return {fold(name) for names in NAMES[command].values() for name in names}


# --- fuzzy matching -----------------------------------------------------------------------


def _matching(typed: str, offered: dict[str, str]) -> list[tuple[str, str]]:
    """The names that fit what was typed: beginnings first, then whatever has its letters in order."""
    wanted = fold(typed)
    if len(wanted) > LONGEST:
        return []
    ranks = {name: _rank(wanted, fold(name)) for name in offered}
    fitting = {name: rank for name, rank in ranks.items() if rank is not None}
    ordered = sorted(fitting, key=lambda name: fitting[name])  # stable: ties stay in order
    return [(name, offered[name]) for name in ordered]


def _rank(wanted: str, name: str) -> tuple[int, int] | None:
    """How well a name fits, the less the better; None if it does not."""
    if name.startswith(wanted):
        return 0, 0
    if f" {wanted}" in f" {name}":
        return 1, 0
    if wanted in name:
        return 2, 0
    spread = _spread(wanted, name)
    return None if spread is None else (3, spread)


def _spread(wanted: str, name: str) -> int | None:
    """Over how many characters of the name the letters wanted are spread, from the first."""
    first, at = -1, -1
    for letter in wanted:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
        first = at if first < 0 else first
    return at - first
