"""The answer log: a session is a list of small immutable events, and nothing else is stored.

Answers, the pending question and what was done are all computed from it, so undo, edit, resume
and replay are one operation: read a log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from assistant.reasoning.facts import UNKNOWN, Answers
from assistant.reasoning.inquiry import DEFAULT_CAP, Strategy
from rules.model import Tier


class What(StrEnum):
    """What an event says."""

    ASKED = "asked"
    ANSWERED = "answered"
    REVISED = "revised"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"  # withdrawn with what it followed, which holds again
    NOTED = "noted"  # free text kept for the reader; no fact comes of it


_GIVEN = (What.ANSWERED, What.REVISED, What.RESTORED)


@dataclass(frozen=True)
class Event:
    """One thing that happened, to one finding. `text` is what was typed, cleaned."""

    what: What
    finding: str
    values: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Settings:
    """How an interview is held. `today` is the day that dates are reckoned from."""

    lang: str
    today: date
    tier: Tier = Tier.GENETICS
    cap: int = DEFAULT_CAP
    strategy: Strategy = Strategy.INFORMATION


@dataclass(frozen=True)
class Session:
    """An interview: its settings and its log. A new one is made for every event."""

    settings: Settings
    events: tuple[Event, ...] = field(default=())

    @property
    def lang(self) -> str:
        return self.settings.lang

    def then(self, *events: Event) -> Session:
        """The session after these events."""
        return replace(self, events=(*self.events, *events))

    def in_language(self, lang: str) -> Session:
        """The session in another language."""
        return replace(self, settings=replace(self.settings, lang=lang))

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """What is answered now, "unknown" included, in the order in which it was first said."""
        answers: dict[str, tuple[str, ...]] = {}
        for event in self.events:
            if event.what in _GIVEN:
                answers[event.finding] = event.values
            elif event.what is What.WITHDRAWN:
                answers.pop(event.finding, None)
        return answers

    @property
    def done(self) -> frozenset[str]:
        """Findings that are answered, unknown or skipped: not to be asked again."""
        done = set()
        for event in self.events:
            if event.what in (*_GIVEN, What.SKIPPED):
                done.add(event.finding)
            elif event.what is What.WITHDRAWN:
                done.discard(event.finding)
        return frozenset(done)

    @property
    def withdrawn(self) -> dict[str, tuple[str, ...]]:
        """What was answered to follow-up questions until they no longer applied.

        What `back` took back is asked again at once, and is not among it.
        """
        last = {event.finding: event.what for event in self.events}
        given = {e.finding: e.values for e in self.events if e.what in _GIVEN}
        return {id_: v for id_, v in given.items() if last[id_] is What.WITHDRAWN}

    @property
    def unknown(self) -> frozenset[str]:
        """Findings that were asked for and are not known, or were skipped."""
        return self.done - {id_ for id_, _ in self.known()}

    @property
    def pending(self) -> str | None:
        """The question that waits for an answer."""
        for event in reversed(self.events):
            if event.what is What.ASKED:
                return event.finding
            if event.what in (What.ANSWERED, What.REVISED, What.SKIPPED):
                return None
        return None

    @property
    def asked(self) -> tuple[str, ...]:
        """The findings asked about, each once, in order."""
        return tuple(dict.fromkeys(e.finding for e in self.events if e.what is What.ASKED))

    def last_done(self) -> str | None:
        """The finding that `back` returns to."""
        done = self.done
        for event in reversed(self.events):
            told = event.what in (What.ANSWERED, What.REVISED, What.SKIPPED)
            if told and event.finding in done and event.finding != self.pending:
                return event.finding
        return None

    def as_if(self, answers: Answers) -> Session:
        """The session as it would be with other answers: for a look at what would follow."""
        given = self.answers
        gone = (withdrawn(id_) for id_ in given if id_ not in answers)
        new = (
            answered(id_, values, "", self)
            for id_, values in answers.items()
            if given.get(id_) != values
        )
        return self.then(*gone, *new)

    def known(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The answers that say something: without the unknown."""
        return (item for item in self.answers.items() if item[1] != (UNKNOWN,))


def withdrawn(finding: str) -> Event:
    """The event of an answer that no longer stands."""
    return Event(What.WITHDRAWN, finding)


def answered(finding: str, values: Iterable[str], text: str, session: Session) -> Event:
    """The event of an answer: revised if the finding was answered before."""
    what = What.REVISED if finding in session.answers else What.ANSWERED
    return Event(what, finding, tuple(values), text)
