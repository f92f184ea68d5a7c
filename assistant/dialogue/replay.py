"""Run dialogue files: hold the conversation with the patient in the file, compare with `expect`.

The literal turns come first, if there are any; then every question is answered from the patient,
"unknown" where the file does not say. The same file is run in French and in English and must come
to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.expectations import Failure, compare
from assistant.dialogue.script import SUFFIXES, Dialogue, Turn, logged
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply, offered_now, told
from assistant.language.blocks import Style
from assistant.language.catalogue import LANGUAGES
from assistant.language.names import duration_text
from assistant.language.text import clean
from assistant.language.understand import understand
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import AMONG_OTHERS, DENIED, UNKNOWN, Answers
from rules.model import Finding, Kind, Text

TODAY = date(2026, 1, 1)  # files hold lengths of time, so the day does not matter: it is fixed
MAX_TURNS = 400


@dataclass(frozen=True)
class Exchange:
    """One turn that was held: the finding asked, what was typed, and what was said to it."""

    asked: str | None
    typed: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A dialogue replayed in one language. `outcome` is that of the interview."""

    lang: str
    session: Session
    exchanges: tuple[Exchange, ...]
    outcome: Outcome
    failures: tuple[Failure, ...]


def find_dialogues(paths: Iterable[Path], suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """The dialogue files (or those of other suffixes) among files and folders, each once, in order
    of name."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = (p for p in sorted(path.rglob("*")) if p.suffix in suffixes and p.is_file())
        found |= dict.fromkeys([path] if path.is_file() else inside)
    return list(found)


def replay(reasoner: Reasoner, dialogue: Dialogue) -> tuple[Result, ...]:
    """The dialogue in every language; differing answers between languages are a failure."""
    results = [replay_in(reasoner, dialogue, lang) for lang in LANGUAGES]
    first = results[0]
    for i, other in enumerate(results[1:], 1):
        if other.session.answers != first.session.answers:
            differ = Failure("languages", str(first.session.answers), str(other.session.answers))
            results[i] = replace(other, failures=(*other.failures, differ))
    return tuple(results)


def replay_in(reasoner: Reasoner, dialogue: Dialogue, lang: str) -> Result:
    """The dialogue in one language."""
    exchanges: list[Exchange] = []
    failures: list[Failure] = []
    settings = Settings(lang=lang, today=TODAY, tier=dialogue.tier)
    reply = start(reasoner, settings, version="")
    for i, turn in enumerate(dialogue.turns, 1):
        failures += _wrong_question(turn, i, reply)
        reply = _exchange(reasoner, reply, _words(turn, lang), exchanges)
        failures += _wrong_reading(turn, i, reply)
    if dialogue.answers or not dialogue.turns:
        while reply.question is not None and len(exchanges) < MAX_TURNS:
            typed = typed_line(reasoner, reply.session, dialogue.answers, lang)
            before = reply.session
            reply = _exchange(reasoner, reply, typed, exchanges)
            if reply.session == before:  # it would be asked for ever
                failures.append(_refused(exchanges[-1]))
                break
    outcome = conclude(reasoner, reply.session.answers)
    failures += compare(reasoner.knowledge, dialogue.expect, outcome, reply.session)
    # What is concluded may not turn on which questions were asked.
    at_once = conclude(reasoner, {**reply.session.answers, **dialogue.answers})
    known = {failure.key for failure in failures}
    failures += [
        replace(failure, key=f"{failure.key} (all answers at once)")
        for failure in compare(reasoner.knowledge, dialogue.expect, at_once, None)
        if failure.key not in known
    ]
    return Result(lang, reply.session, tuple(exchanges), outcome, tuple(failures))


def typed_line(reasoner: Reasoner, session: Session, answers: Answers, lang: str) -> str:
    """What a person with these answers would type to the pending question."""
    findings, offered = reasoner.knowledge.findings, offered_now(reasoner, session)
    said = told(reasoner.knowledge, session, answers)
    line = ""
    for id_, values in said.items():
        text = answer_text(findings[id_], offered, values, lang)
        if id_ == session.pending:
            line = "" if values == (UNKNOWN,) and len(said) > 1 else text
        elif findings[id_].negates:
            line += ("; normal: " if lang == "en" else " ; normaux : ") + text
        else:
            line += f", {text}"
    return line


def answer_text(
    finding: Finding, offered: Sequence[str], values: tuple[str, ...] | None, lang: str
) -> str:
    """What a person would type to give an answer: its label, its number in the list, a length.

    Of a list, what is there: what a file says to be absent beside it is not typed.
    """
    values = tuple(v for v in values or () if v != AMONG_OTHERS and not v.startswith(DENIED))
    if values in ((), (UNKNOWN,)):
        return "inconnu" if lang == "fr" else "unknown"
    numbers = {id_: str(i) for i, id_ in enumerate(offered, 1)}
    if finding.kind is Kind.SEVERAL:
        return ", ".join(numbers.get(value, value.replace("_", " ")) for value in values)
    if values[0] in finding.values:
        return finding.values[values[0]].label[lang]
    if finding.kind is Kind.DURATION:
        text = duration_text(values[0], lang)
        read_back = understand(finding, clean(text), offered, today=TODAY)
        return text if read_back == values else values[0]  # days of a date would be rounded
    return values[0]


def _exchange(reasoner: Reasoner, reply: Reply, typed: str, exchanges: list[Exchange]) -> Reply:
    answered = step(reasoner, reply.session, typed)
    told = tuple(
        block.text
        for block in answered.blocks
        if block.style in (Style.NOTED, Style.ERROR, Style.WARNING)
    )
    exchanges.append(Exchange(reply.question, typed, told))
    return answered


def _refused(exchange: Exchange) -> Failure:
    obtained = " ".join(exchange.told) or "asked again"
    return Failure(f"answer to {exchange.asked}", f"{exchange.typed} is taken", obtained)


def _words(turn: Turn, lang: str) -> str:
    return turn.say[lang] if isinstance(turn.say, Text) else str(turn.say)


def _wrong_question(turn: Turn, number: int, reply: Reply) -> list[Failure]:
    if turn.ask is None or turn.ask == reply.question:
        return []
    return [Failure(f"turn {number}: ask", turn.ask, reply.question or "the end")]


def _wrong_reading(turn: Turn, number: int, reply: Reply) -> list[Failure]:
    answers = reply.session.answers
    return [
        Failure(
            f"turn {number}: understood {id_}",
            ", ".join(logged(value)),
            ", ".join(answers.get(id_, ("nothing",))),
        )
        for id_, value in turn.understood.items()
        if answers.get(id_) != logged(value)
    ]
