"""A session written as a dialogue can be replayed, whatever happened in it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from talking import OPENING, Talk, begin
from test_any_session import LINES, typed

from assistant.dialogue.events import Settings
from assistant.dialogue.record import session_data, write_session
from assistant.dialogue.replay import TODAY, Result, replay
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.dialogue.step import start
from assistant.reasoning.differential import Reasoner, conclude
from rules.model import Tier


def replayed(talk: Talk, folder: Path) -> tuple[Result, ...]:
    """The session written, read and replayed without a failure."""
    path = folder / "session.yaml"
    path.unlink(missing_ok=True)
    write_session(talk.session, talk.reasoner, path)
    results = replay(talk.reasoner, read_dialogue(path, talk.reasoner.knowledge, path.name))
    for result in results:
        assert not result.failures, (result.failures, path.read_text())
    return results


def known(talk: Talk) -> dict[str, tuple[str, ...]]:
    return dict(talk.session.known())


def test_a_whole_interview_round_trips(opened: Talk, tmp_path: Path) -> None:
    opened.to_the_end({"reflexes": "reduced", "weak_muscles": "interossei, deltoid", "ck": "no"})
    for result in replayed(opened, tmp_path):
        assert result.session.answers == opened.answers
        assert result.session.asked == opened.session.asked


SESSIONS = {
    "back": ["34", "male", "back", "female", "3 weeks"],
    "back twice": ["34", "male", "3 weeks", "back", "back", "female", "2 months", "weakness", "none"],
    "edit": [*OPENING, "edit age", "70", "no"],
    "edit an edit": [*OPENING, "edit age", "edit sex", "female", "no"],
    "edit and skip": [*OPENING, "edit age", "skip", "no"],
    "edit and unknown": [*OPENING, "edit age", "unknown", "no"],
    "edit that withdraws": [*OPENING[:3], "pain", "none", "1", "1", "edit complaint", "weakness", "1"],
    "edit that withdraws and restores": [*OPENING[:3], "pain", "none", "1", "1", "edit complaint", "weakness", "edit complaint", "pain", "1"],
    "edit of what was skipped": [*OPENING, "skip", "edit pain", "no", "1"],
    "looks": [*OPENING, "whynot", "whatif age=70", "pause sex", "no"],
    "skip": ["skip", "male", "passer", "weakness", "none", "skip", "skip"],
    "skip and back": ["34", "skip", "back", "male", "3 weeks"],
    "unknown": ["34", "?", "je ne sais pas", "inconnu", "unknown", "nsp"],
    "quit early": ["34", "male", "quit"],
    "quit at once": ["34", "quit"],
    "misread lines": ["34", "", "nonsense", "male", "99", "\x1b[2J", "3 weeks", "w w w", "weakness"],
    "commands": ["why", "34", "how", "facts", "male", "lang fr", "3 semaines", "aide", "douleur"],
    "a change of language": ["34", "lang fr", "masculin", "depuis 2 ans", "faiblesse", "aucun"],
    "numbers": ["34", "1", "3 weeks", "1 2", "1", "1", "2"],
    "words that YAML knows": [*OPENING, "yes", "no", "no"],
    "a date": ["34", "male", "2019", "weakness", "none"],
    "a date of this year": ["34", "male", "05/2026", "weakness", "none"],
    "today": ["34", "male", "2026-07-01", "weakness", "none"],
    "an infant": ["4 mois", "male", "3 weeks", "weakness", "none", "no"],
    "bands": ["child", "male", "weeks", "weakness", "none"],
}  # fmt: skip


@pytest.mark.parametrize("lines", SESSIONS.values(), ids=SESSIONS)
def test_a_session_round_trips_whatever_was_typed(
    reasoner: Reasoner, tmp_path: Path, lines: list[str]
) -> None:
    talk = begin(reasoner).say(*lines)
    for result in replayed(talk, tmp_path):
        assert dict(result.session.known()) == known(talk)


@pytest.mark.parametrize("lines", SESSIONS.values(), ids=SESSIONS)
def test_a_session_that_went_on_to_its_end_round_trips(
    reasoner: Reasoner, tmp_path: Path, lines: list[str]
) -> None:
    talk = begin(reasoner, "fr").say(*[line for line in lines if line != "quit"])
    talk.to_the_end({"reflexes": "normal"}).say("edit age", "50").to_the_end()
    for result in replayed(talk, tmp_path):
        assert dict(result.session.known()) == known(talk)


def test_an_edit_after_the_end_round_trips(opened: Talk, tmp_path: Path) -> None:
    opened.to_the_end().say("edit warning_signs", "breathless").to_the_end()
    opened.say("back", "2").to_the_end()
    for result in replayed(opened, tmp_path):
        assert dict(result.session.known()) == known(opened)


@pytest.mark.parametrize("tier", list(Tier))
def test_a_session_of_a_lower_tier_round_trips(
    reasoner: Reasoner, tmp_path: Path, tier: Tier
) -> None:
    talk = begin(reasoner, tier=tier).say(*OPENING[:3], "weakness, pain", "none")
    talk.to_the_end({"reflexes": "brisk"})
    for result in replayed(talk, tmp_path):
        assert result.session.asked == talk.session.asked


@given(lines=LINES, tier=st.sampled_from([Tier.HISTORY, Tier.SIGN, Tier.GENETICS]))
def test_any_session_round_trips(
    reasoner: Reasoner,
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[int | str],
    tier: Tier,
) -> None:
    talk = begin(reasoner, tier=tier)
    for drawn in lines:
        talk.say(typed(talk, drawn))
    for result in replayed(talk, tmp_path_factory.getbasetemp()):
        assert dict(result.session.known()) == known(talk)
        assert result.outcome.hypotheses == conclude(reasoner, talk.answers).hypotheses


def test_a_session_can_be_replayed_on_any_later_day(reasoner: Reasoner, tmp_path: Path) -> None:
    settings = Settings(lang="en", today=date(2031, 3, 1))
    talk = Talk(reasoner, start(reasoner, settings, "")).say("34", "male", "02/2031", "pain")
    assert settings.today > TODAY
    for result in replayed(talk, tmp_path):
        assert result.session.answers["duration"] == ("P28D",)


def test_the_file_says_what_a_person_would_want_to_read(opened: Talk) -> None:
    opened.to_the_end({"emg": "neurogenic", "weak_muscles": "interossei", "reflexes": "brisk"})
    data = session_data(opened.session, opened.reasoner)
    assert data["kind"] == "recorded"
    assert "2026-07-01" in data["title"]["fr"]
    assert "motor neuron disease" in data["title"]["en"]
    assert data["patient"]["age"] == 34.0
    assert data["patient"]["sex"] == "male"
    assert "unknown" not in str(data["patient"])
    assert data["expect"]["leading"] == "motor_neuron_disease"
    assert data["turns"][0] == {"ask": "age", "say": "34", "understood": {"age": "34"}}
    assert Dialogue.model_validate(data).answers == known(opened)


def test_red_flags_of_the_session_are_expected_again(talk: Talk, tmp_path: Path) -> None:
    talk.say(*OPENING[:4], "breathless")
    assert session_data(talk.session, talk.reasoner)["expect"]["red_flags"] == ["breathing"]
    replayed(talk, tmp_path)


def test_nothing_that_was_typed_escapes_into_the_structure_of_the_file(
    talk: Talk, tmp_path: Path
) -> None:
    hostile = [
        "34 ans",
        "male",
        "3 weeks",
        "1",
        "no",
        "yes: {a: b}",
        "- x",
        "#",
        "&a *a",
        "!!int 3",
        "'",
        '"',
    ]
    talk.say(*hostile)  # fmt: skip
    path = tmp_path / "session.yaml"
    write_session(talk.session, talk.reasoner, path)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(data) == {"title", "kind", "patient", "turns", "expect"}
    assert all(isinstance(turn["say"], (str, dict)) for turn in data["turns"])


# --- writing ------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["replace", "fdopen"])
def test_a_write_that_fails_leaves_no_file(
    opened: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    if failing == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fdopen", fail)
    with pytest.raises(OSError, match="No space left"):
        write_session(opened.session, opened.reasoner, tmp_path / "session.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_write_into_no_folder_is_an_error_of_the_system(opened: Talk, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_session(opened.session, opened.reasoner, tmp_path / "none" / "session.yaml")


def test_only_its_owner_can_read_a_recorded_session(opened: Talk, tmp_path: Path) -> None:
    path = tmp_path / "session.yaml"
    write_session(opened.session, opened.reasoner, path)
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]
