"""A session as a dialogue file: what was said becomes a patient, the literal turns, and an
expectation, so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.dialogue.events import Event, Session, What, withdrawn
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, Answers, number
from rules.files import write_whole
from rules.model import Finding, Kind, Knowledge, Tier


def session_data(session: Session, reasoner: Reasoner) -> dict[str, Any]:
    """The session as the plain data of a dialogue file."""
    outcome = conclude(reasoner, session.answers)
    tier = session.settings.tier
    return {
        "title": _title(session, outcome, reasoner),
        "kind": "recorded",
        **({} if tier is Tier.GENETICS else {"tier": tier.value}),
        "patient": patient_data(reasoner.knowledge, dict(session.known())),
        "turns": list(_turns(session, reasoner)),
        "expect": _expectation(outcome),
    }


def patient_data(knowledge: Knowledge, answers: Answers) -> dict[str, Any]:
    """Answers as the `patient` of a dialogue file."""
    told = {id_: _plain(knowledge.findings[id_], values) for id_, values in answers.items()}
    patient: dict[str, Any] = {}
    age = number(str(told.get("age")))
    if age is not None:  # it may be known as a band only
        patient["age"] = age
        del told["age"]
    if "sex" in told:
        patient["sex"] = told.pop("sex")
    return {**patient, "answers": told}


def write_session(session: Session, reasoner: Reasoner, path: Path) -> None:
    """Write the session to a new file, whole or not at all. OSError if that cannot be done."""
    write_yaml(path, session_data(session, reasoner))


def write_yaml(path: Path, data: dict[str, Any]) -> None:
    """Write plain data as YAML, whole or not at all."""
    import yaml

    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    write_whole(path, text)


def _title(session: Session, outcome: Outcome, reasoner: Reasoner) -> dict[str, str]:
    from assistant.language.names import diagnosis_name

    day = session.settings.today.isoformat()
    name = {
        lang: diagnosis_name(reasoner.knowledge, outcome.leader.id, lang) for lang in ("fr", "en")
    }
    return {
        "fr": f"Séance du {day} : {name['fr']}",
        "en": f"Session of {day}: {name['en']}",
    }


def _turns(session: Session, reasoner: Reasoner) -> Iterator[dict[str, Any]]:
    """What was typed to each question, as it was understood.

    Of commands only those leave a trace that changed what was asked: `skip`, `back` and `edit`.
    """
    for i, event in enumerate(session.events):
        past = replace(session, events=session.events[:i])
        if event.what in (What.ANSWERED, What.REVISED):
            if past.pending != event.finding:
                continue  # it was answered along with another: told with that one
            finding = reasoner.knowledge.findings[event.finding]
            told = {event.finding: event.values, **_along(session, i, reasoner)}
            understood = {
                id_: _plain(reasoner.knowledge.findings[id_], values)
                for id_, values in told.items()
            }
            yield {"ask": event.finding, "say": _said(finding, event), "understood": understood}
        elif event.what is What.SKIPPED:
            yield {"ask": event.finding, "say": {"fr": "passer", "en": "skip"}}
        elif event.what is What.ASKED and event.finding in past.done:  # only `edit` does that
            id_ = event.finding
            yield _command(past, {"fr": f"modifier {id_}", "en": f"edit {id_}"})
        elif event.what is What.ASKED and i and session.events[i - 1] == withdrawn(event.finding):
            before = replace(session, events=session.events[: i - 1])
            yield _command(before, {"fr": "retour", "en": "back"})


def _along(session: Session, i: int, reasoner: Reasoner) -> dict[str, tuple[str, ...]]:
    """The answers that the line of an event gave to findings put in the same question."""
    asked, found = session.events[i].finding, {}
    for event in session.events[i + 1 :]:
        if reasoner.knowledge.findings[event.finding].along != asked or event.what is What.ASKED:
            break
        found[event.finding] = event.values
    return found


def _command(session: Session, said: dict[str, str]) -> dict[str, Any]:
    """A turn in which a command was typed, to the question that was pending, if any was."""
    return {**({"ask": session.pending} if session.pending else {}), "say": said}


def _said(finding: Finding, event: Event) -> str:
    """What was typed. A date would mean another length of time on another day: the length then."""
    if finding.kind is Kind.DURATION and event.values != (UNKNOWN,):
        return event.values[0]
    return event.text


def _expectation(outcome: Outcome) -> dict[str, Any]:
    expect: dict[str, Any] = {"leading": outcome.leader.id}
    if outcome.red_flags:
        expect["red_flags"] = sorted(outcome.red_flags)
    return expect


def _plain(finding: Finding, values: tuple[str, ...]) -> str | list[str]:
    return list(values) if finding.kind is Kind.SEVERAL else values[0]
