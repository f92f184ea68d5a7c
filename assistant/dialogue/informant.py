"""An interview held with a case instead of a person: it answers what it is asked, and no more.

The same questions, answers and end as when the answers are typed (`dialogue.replay`), without the
words: no language comes into it. Nor is an answer refused: not even one at odds with the age.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.dialogue.events import Event, Session, Settings, What, answered
from assistant.dialogue.turn import follow_up, told, what_next
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.inquiry import Stop

MOST_QUESTIONS = (
    400  # asked again after a withdrawal included: answers at odds could go on for ever
)


@dataclass(frozen=True)
class Interview:
    """An interview that was held: its log, what it came to, and why it ended.

    `stop` is None where it was broken off (`MOST_QUESTIONS`).
    """

    session: Session
    outcome: Outcome
    stop: Stop | None


def hold_interview(reasoner: Reasoner, answers: Answers, settings: Settings) -> Interview:
    """Ask what the program would ask, each answered from `answers`: "unknown" where they are silent.

    `settings` says how (tier, cap); its language and day do not matter.
    """
    session = Session(settings)
    for _ in range(MOST_QUESTIONS):
        inquiry = what_next(reasoner, session, conclude(reasoner, session.answers))
        if inquiry.question is None:
            return Interview(session, conclude(reasoner, session.answers), inquiry.stop)
        session = session.then(Event(What.ASKED, inquiry.question))
        said = told(reasoner.knowledge, session, answers)
        session = session.then(*(answered(id_, v, "", session) for id_, v in said.items()))
        session, _ = follow_up(reasoner, session)
    return Interview(session, conclude(reasoner, session.answers), None)
