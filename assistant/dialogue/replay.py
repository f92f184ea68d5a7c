"""Run dialogue files: hold the conversation with the patient in the file, compare with `expect`.

The literal turns come first, if there are any; then every question is answered from the patient,
"unknown" where the file does not say. The same file is run in French and in English and must come
to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.script import SUFFIXES, Dialogue, Expect, Turn, logged
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply, offered_now
from assistant.language.blocks import Style
from assistant.language.catalogue import LANGUAGES
from assistant.language.conclusion import WORTH_TELLING
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN
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
class Failure:
    """An expectation that was not met: its key, what was expected, and what was obtained."""

    key: str
    expected: str
    obtained: str


@dataclass(frozen=True)
class Result:
    """A dialogue replayed in one language. `outcome` is that of the interview."""

    lang: str
    session: Session
    exchanges: tuple[Exchange, ...]
    outcome: Outcome
    failures: tuple[Failure, ...]


def find_dialogues(paths: Iterable[Path]) -> list[Path]:
    """The dialogue files among files and folders, each once, in order of name."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = (p for p in sorted(path.rglob("*")) if p.suffix in SUFFIXES and p.is_file())
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
            finding = reasoner.knowledge.findings[reply.question]
            choices = offered_now(reasoner, reply.session)
            typed = answer_text(finding, choices, dialogue.answers.get(reply.question), lang)
            before = reply.session
            reply = _exchange(reasoner, reply, typed, exchanges)
            if reply.session == before:  # it would be asked for ever
                failures.append(_refused(exchanges[-1]))
                break
    outcome = conclude(reasoner, reply.session.answers)
    failures += compare(dialogue.expect, outcome, reply.session)
    # What is concluded may not turn on which questions were asked.
    at_once = conclude(reasoner, {**dialogue.answers, **reply.session.answers})
    known = {failure.key for failure in failures}
    failures += [
        replace(failure, key=f"{failure.key} (all answers at once)")
        for failure in compare(dialogue.expect, at_once, None)
        if failure.key not in known
    ]
    return Result(lang, reply.session, tuple(exchanges), outcome, tuple(failures))


def answer_text(
    finding: Finding, offered: Sequence[str], values: tuple[str, ...] | None, lang: str
) -> str:
    """What a person would type to give an answer: its label, its number in the list, a length."""
    if values is None or values == (UNKNOWN,):
        return "inconnu" if lang == "fr" else "unknown"
    numbers = {id_: str(i) for i, id_ in enumerate(offered, 1)}
    if finding.kind is Kind.SEVERAL:
        return ", ".join(numbers.get(value, value.replace("_", " ")) for value in values)
    if values[0] in finding.values:
        return finding.values[values[0]].label[lang]
    return values[0]


def compare(expect: Expect, outcome: Outcome, session: Session | None) -> list[Failure]:
    """Every expectation that an outcome does not meet.

    With a session: as an interview ended. Without: as all answers at once show it.
    """
    ranked = [h.id for h in outcome.hypotheses]
    checks = list(_of_outcome(expect, outcome, ranked))
    checks += _of_reasons(expect, outcome) if session is None else _of_interview(expect, session)
    return [Failure(key, expected, obtained) for key, ok, expected, obtained in checks if not ok]


Check = tuple[str, bool, str, str]


def _of_outcome(expect: Expect, outcome: Outcome, ranked: list[str]) -> Iterator[Check]:
    order = " > ".join(f"{h.id} {h.probability:.2f}" for h in outcome.hypotheses[:4])
    if expect.leading is not None:
        yield "leading", ranked[0] == expect.leading, expect.leading, order
    if expect.differential:
        wanted = list(expect.differential)
        yield "differential", ranked[: len(wanted)] == wanted, " > ".join(wanted), order
    shown = presented(outcome)
    for id_ in expect.not_:
        yield "not", id_ not in shown, f"{id_} not among the first three", order
    derived = ", ".join(outcome.patterns) or "none"
    for key, ids in (("sites", expect.sites), ("patterns", expect.patterns)):
        for id_ in ids:
            yield key, id_ in outcome.patterns, id_, derived
    if expect.red_flags is not None:
        raised = sorted(outcome.red_flags)
        yield (
            "red_flags",
            raised == sorted(expect.red_flags),
            ", ".join(sorted(expect.red_flags)) or "none",
            ", ".join(raised) or "none",
        )


def presented(outcome: Outcome) -> set[str]:
    """The hypotheses that a conclusion presents: the first three that are worth telling."""
    return {h.id for h in outcome.hypotheses[:3] if h.probability >= WORTH_TELLING}


def speaking(outcome: Outcome) -> set[str]:
    """The findings that speak for the leading hypothesis."""
    return {r.likelihood.finding for r in outcome.leader.reasons if r.counted > 0}


def _of_reasons(expect: Expect, outcome: Outcome) -> Iterator[Check]:
    found = speaking(outcome)
    for id_ in expect.why:
        yield "why", id_ in found, f"{id_} speaks for it", ", ".join(sorted(found))


def _of_interview(expect: Expect, session: Session) -> Iterator[Check]:
    asked = session.asked
    told = ", ".join(asked)
    for id_ in expect.asked:
        yield "asked", id_ in asked, id_, told
    for id_ in expect.not_asked:
        yield "not_asked", id_ not in asked, f"{id_} not asked", told
    most = expect.questions_at_most
    if most is not None:
        yield "questions_at_most", len(asked) <= most, str(most), f"{len(asked)}: {told}"


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
