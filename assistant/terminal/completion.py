"""What the terminal offers while one types: answers to the question, commands, what they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from assistant.dialogue.commands import NAMES, editable, named
from assistant.dialogue.events import Session
from assistant.dialogue.turn import Reply
from assistant.language.catalogue import command_help
from assistant.language.text import fold
from assistant.reasoning.facts import facts_of
from assistant.reasoning.inquiry import applies
from rules.model import Finding, Kind, Knowledge

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
    id_, argument = named(before)
    answers = {} if before.startswith("/") else _answers(knowledge, reply)
    typed, takes = argument, dict[str, str]()
    if id_ is not None and (argument or before.endswith(" ")):
        typed, takes = _arguments(knowledge, reply, id_, argument)
    # "langue fr", but not "langue ou gorge", which is an answer
    if takes and not any(fold(answer).startswith(fold(before)) for answer in answers):
        return typed, _matching(typed, takes)
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
    return _labels(finding, reply.session.lang)


def _labels(finding: Finding, lang: str) -> dict[str, str]:
    # in a list a comma parts two answers
    comma = "" if finding.kind is Kind.SEVERAL else ","
    return {value.label[lang].replace(",", comma): "" for value in finding.values.values()}


def _commands(reply: Reply) -> dict[str, str]:
    lang = reply.session.lang
    return {NAMES[id_][lang][0]: about for id_, about in command_help(lang).items()}


def _arguments(
    knowledge: Knowledge, reply: Reply, id_: str, argument: str
) -> tuple[str, dict[str, str]]:
    """What a command takes, and the part of the line that stands for it."""
    session, findings, lang = reply.session, knowledge.findings, reply.session.lang
    if id_ in ("how", "whynot"):
        return argument, {d.name[lang]: "" for d in knowledge.diagnoses.values()}
    if id_ == "edit":
        return argument, {findings[i].label[lang]: "" for i in editable(knowledge, session)}
    if id_ == "pause":
        return argument, {findings[i].label[lang]: "" for i, _ in session.known()}
    if id_ == "whatif":
        return _what_if(knowledge, session, argument)
    return argument, {"fr": "français", "en": "English"} if id_ == "lang" else {}


def _what_if(knowledge: Knowledge, session: Session, argument: str) -> tuple[str, dict[str, str]]:
    """The findings that `whatif` may be about; after the equals sign, the answers to one."""
    lang, facts = session.lang, facts_of(knowledge, session.answers)
    open_ = {
        finding.label[lang]: finding
        for id_, finding in knowledge.findings.items()
        if finding.asked and applies(knowledge, facts, id_)
    }
    label, equals, typed = argument.partition("=")
    if not equals:
        return argument, {f"{label}=": "" for label in open_}
    finding = open_.get(label)
    if finding is None or finding.kind in (Kind.NUMBER, Kind.DURATION):
        return typed, {}
    if finding.kind is Kind.SEVERAL:
        typed = typed.rpartition(",")[2].lstrip()
    return typed, _labels(finding, lang)


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
