"""A session as a dialogue file: what was said becomes a patient, the literal turns, and an
expectation, so that it can be replayed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.dialogue.events import Session, What
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from rules.model import Finding, Kind


def session_data(session: Session, reasoner: Reasoner) -> dict[str, Any]:
    """The session as the plain data of a dialogue file."""
    answers = {
        id_: _plain(reasoner.knowledge.findings[id_], values) for id_, values in session.known()
    }
    patient: dict[str, Any] = {}
    if "age" in answers:
        patient["age"] = float(str(answers.pop("age")))
    if "sex" in answers:
        patient["sex"] = answers.pop("sex")
    patient["answers"] = answers
    outcome = conclude(reasoner, session.answers)
    return {
        "title": _title(session, outcome, reasoner),
        "kind": "recorded",
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
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".amyo-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


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
    """What was typed to each question, as it was understood. Commands leave no trace."""
    for event in session.events:
        if event.what in (What.ANSWERED, What.REVISED):
            finding = reasoner.knowledge.findings[event.finding]
            understood = {event.finding: _plain(finding, event.values)}
            yield {"ask": event.finding, "say": event.text, "understood": understood}
        elif event.what is What.SKIPPED:
            yield {"ask": event.finding, "say": {"fr": "passer", "en": "skip"}}


def _expectation(outcome: Outcome) -> dict[str, Any]:
    expect: dict[str, Any] = {"leading": outcome.leader.id}
    if outcome.red_flags:
        expect["red_flags"] = sorted(outcome.red_flags)
    return expect


def _plain(finding: Finding, values: tuple[str, ...]) -> str | list[str]:
    return list(values) if finding.kind is Kind.SEVERAL else values[0]
