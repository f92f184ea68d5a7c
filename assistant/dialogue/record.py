"""A session as a dialogue file: what was said becomes a patient, the literal turns, and an
expectation, so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.dialogue.events import Event, Session, What, withdrawn
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, number
from rules.files import write_whole
from rules.model import Finding, Kind, Tier


def session_data(session: Session, reasoner: Reasoner) -> dict[str, Any]:
    """The session as the plain data of a dialogue file."""
    answers = {
        id_: _plain(reasoner.knowledge.findings[id_], values) for id_, values in session.known()
    }
    patient: dict[str, Any] = {}
    age = number(str(answers.get("age")))
    if age is not None:  # it may be known as a band only
        patient["age"] = age
        del answers["age"]
    if "sex" in answers:
        patient["sex"] = answers.pop("sex")
    patient["answers"] = answers
    outcome = conclude(reasoner, session.answers)
    tier = session.settings.tier
    return {
        "title": _title(session, outcome, reasoner),
        "kind": "recorded",
        **({} if tier is Tier.GENETICS else {"tier": tier.value}),
        "patient": patient,
        "turns": list(_turns(session, reasoner)),
        "expect": _expectation(outcome),
    }


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
            finding = reasoner.knowledge.findings[event.finding]
            understood = {event.finding: _plain(finding, event.values)}
            yield {"ask": event.finding, "say": _said(finding, event), "understood": understood}
        elif event.what is What.SKIPPED:
            yield {"ask": event.finding, "say": {"fr": "passer", "en": "skip"}}
        elif event.what is What.ASKED and event.finding in past.done:  # only `edit` does that
            id_ = event.finding
            yield _command(past, {"fr": f"modifier {id_}", "en": f"edit {id_}"})
        elif event.what is What.ASKED and i and session.events[i - 1] == withdrawn(event.finding):
            before = replace(session, events=session.events[: i - 1])
            yield _command(before, {"fr": "retour", "en": "back"})


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
