"""The moves that a turn is made of: take an answer, ask, conclude. See `step` first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.dialogue.events import Event, Session, What, answered
from assistant.language import conclusion, questions
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, Answers, facts_of
from assistant.reasoning.inquiry import Inquiry, Stop, applies, next_question, offered
from rules.model import Finding, Knowledge


@dataclass(frozen=True)
class Reply:
    """What a turn comes to. `question` is the finding asked now, None once the interview is over.

    `stop` says why it is over; `closed` that the user left.
    """

    session: Session
    blocks: Blocks
    question: str | None
    stop: Stop | None = None
    closed: bool = False


def take(reasoner: Reasoner, session: Session, answers: Answers, typed: str) -> Reply:
    """The session with the answers in a line, to the pending question first, and the next question."""
    before = conclude(reasoner, session.answers)
    session = session.then(*(answered(id_, v, typed, session) for id_, v in answers.items()))
    session, withdrawn = withdraw_what_no_longer_applies(reasoner, session)
    outcome = conclude(reasoner, session.answers)
    implied = [
        fact
        for fact, by in outcome.facts.items()
        if fact not in before.facts
        and fact.key.partition(".")[0] not in answers
        and (UNKNOWN,) not in answers.values()
        and not reasoner.knowledge.findings[by].negates
    ]
    echo = questions.noted(reasoner.knowledge, answers, implied, session.lang)
    seen = frozenset(before.red_flags)
    flags = conclusion.red_flags(reasoner.knowledge, outcome, session.lang, skip=seen)
    return after((*echo, *withdrawn, *flags), go_on(reasoner, session, outcome))


def go_on(reasoner: Reasoner, session: Session, outcome: Outcome | None = None) -> Reply:
    """Ask the next question, or conclude."""
    outcome = outcome or conclude(reasoner, session.answers)
    inquiry = what_next(reasoner, session, outcome)
    if inquiry.question is None:
        return finish(reasoner, session, inquiry.stop)
    return ask_again(reasoner, session.then(Event(What.ASKED, inquiry.question)), ())


def finish(reasoner: Reasoner, session: Session, stop: Stop | None = None) -> Reply:
    """The conclusion from what is known. `stop` is None if the interview was broken off."""
    outcome = conclude(reasoner, session.answers)
    cap, lang = session.settings.cap, session.lang
    blocks = conclusion.conclusion(reasoner.knowledge, outcome, stop, cap, lang)
    closing = Block(Style.MUTED, say(lang, "after_end"))
    return Reply(session, (*blocks, closing), None, stop)


def what_next(reasoner: Reasoner, session: Session, outcome: Outcome) -> Inquiry:
    """The next question of a session, or why there is none."""
    last = session.asked[-1] if session.asked else None
    return next_question(
        reasoner,
        outcome,
        session.done,
        tier=session.settings.tier,
        cap=session.settings.cap,
        topic=reasoner.knowledge.findings[last].topic if last else None,
        unknown=session.unknown,
    )


def ask_again(reasoner: Reasoner, session: Session, blocks: Blocks) -> Reply:
    """Say something, and put the pending question (again)."""
    if session.pending is None:
        return Reply(session, blocks, None)
    finding = reasoner.knowledge.findings[session.pending]
    number = session.asked.index(session.pending) + 1
    choices = offered_now(reasoner, session)
    asked = questions.ask(finding, choices, number, session.lang)
    return Reply(session, (*blocks, *asked), session.pending)


def companions(knowledge: Knowledge, session: Session) -> dict[str, Finding]:
    """The findings that are put in the pending question as well, if they are still to be asked."""
    return {
        id_: finding
        for id_, finding in knowledge.findings.items()
        if finding.along is not None
        and finding.along == session.pending
        and id_ not in session.done
    }


def offered_now(reasoner: Reasoner, session: Session) -> tuple[str, ...]:
    """The values offered for the pending question, in the order of their numbers."""
    assert session.pending is not None
    facts = facts_of(reasoner.knowledge, session.answers)
    return offered(reasoner.knowledge, facts, session.pending)


def after(blocks: Blocks, reply: Reply) -> Reply:
    """The reply, with something said before it."""
    return replace(reply, blocks=(*blocks, *reply.blocks))


def withdraw_what_no_longer_applies(reasoner: Reasoner, session: Session) -> tuple[Session, Blocks]:
    """Follow-up answers whose conditions no longer hold are withdrawn, and said to be."""
    knowledge, labels = reasoner.knowledge, []
    while True:
        facts = conclude(reasoner, session.answers).facts
        idle = [id_ for id_ in session.answers if not applies(knowledge, facts, id_)]
        if not idle:
            break
        session = session.then(*(Event(What.WITHDRAWN, id_) for id_ in idle))
        labels += [knowledge.findings[id_].label[session.lang] for id_ in idle]
    if not labels:
        return session, ()
    return session, (Block(Style.NOTED, say(session.lang, "withdrawn", labels=", ".join(labels))),)
