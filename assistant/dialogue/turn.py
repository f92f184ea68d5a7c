"""The moves that a turn is made of: take an answer, ask, conclude. See `step` first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.dialogue.events import Event, Session, What, answered
from assistant.language import changes, conclusion, questions, report
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import duration_text
from assistant.reasoning.changes import difference, standing
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, Answers, days, facts_of, number
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
    before, given = conclude(reasoner, session.answers), session.answers
    session = session.then(*(answered(id_, v, typed, session) for id_, v in answers.items()))
    session, followed = follow_up(reasoner, session)
    outcome = conclude(reasoner, session.answers)
    implied = [
        fact
        for fact, by in outcome.facts.items()
        if fact not in before.facts
        and fact.key.partition(".")[0] not in answers
        and by in (*answers, *given)  # what was restored is told by itself
        and (UNKNOWN,) not in answers.values()
        and not reasoner.knowledge.findings[by].negates
    ]
    echo = questions.noted(reasoner.knowledge, answers, implied, session.lang)
    revised = any(id_ in given for id_ in answers)
    undone = _undone(reasoner, session, before, outcome) if revised else ()
    seen = frozenset(before.red_flags)
    flags = conclusion.red_flags(reasoner.knowledge, outcome, session.lang, skip=seen)
    return after((*echo, *followed, *undone, *flags), go_on(reasoner, session, outcome))


def follow_up(reasoner: Reasoner, session: Session) -> tuple[Session, Blocks]:
    """Answers whose questions no longer apply are withdrawn, those whose questions apply again
    restored; both are told."""
    knowledge, lang = reasoner.knowledge, session.lang
    given, withdrawn = session.answers, session.withdrawn
    left = standing(knowledge, given)
    while True:
        waiting = {id_: v for id_, v in withdrawn.items() if applies(knowledge, left.facts, id_)}
        if not waiting.keys() - left.answers.keys():
            break
        left = standing(knowledge, {**left.answers, **waiting})
    gone = [id_ for id_ in given if id_ not in left.answers]
    again = [id_ for id_ in left.answers if id_ not in given]
    blocks = []
    for ids, key in ((gone, "withdrawn"), (again, "restored")):
        if ids:
            labels = changes.withdrawn_text(knowledge, {**given, **left.answers}, ids, lang)
            blocks.append(Block(Style.NOTED, say(lang, key, labels=labels)))
    session = session.then(
        *(Event(What.WITHDRAWN, id_) for id_ in gone),
        *(Event(What.RESTORED, id_, left.answers[id_]) for id_ in again),
    )
    return session, tuple(blocks)


def _undone(reasoner: Reasoner, session: Session, before: Outcome, now: Outcome) -> Blocks:
    """What a revised answer has undone: conclusions, verdicts, the leader, follow-up questions."""
    knowledge, lang = reasoner.knowledge, session.lang
    found = difference(knowledge, before, now, session.settings.tier)
    told = session.done | session.withdrawn.keys()
    unasked = [id_ for id_ in found.questions_lost if id_ not in told]
    keys = {fact.key for fact in now.facts}
    unknown = [
        fact
        for fact, by in before.facts.items()
        if fact.key not in keys and by in session.answers and fact.key.partition(".")[0] != by
    ]
    sentences = [
        *changes.facts_lost(knowledge, unknown, lang),
        *changes.lost(knowledge, found, lang),
        *changes.criteria_changed(knowledge, found, before, now, lang),
        *changes.leader_changed(knowledge, before, now, lang),
        *changes.questions_lost(knowledge, unasked, lang),
    ]
    return tuple(Block(Style.NOTED, text) for text in sentences)


def go_on(reasoner: Reasoner, session: Session, outcome: Outcome | None = None) -> Reply:
    """Ask the next question, or conclude."""
    outcome = outcome or conclude(reasoner, session.answers)
    inquiry = what_next(reasoner, session, outcome)
    if inquiry.question is None:
        return finish(reasoner, session, inquiry.stop)
    return ask_again(reasoner, session.then(Event(What.ASKED, inquiry.question)), ())


def finish(
    reasoner: Reasoner, session: Session, stop: Stop | None = None, *, say_all: bool = False
) -> Reply:
    """The conclusion from what is known, or the whole report. `stop` is None if the interview was
    broken off."""
    outcome = conclude(reasoner, session.answers)
    cap, lang = session.settings.cap, session.lang
    told = report.report if say_all else conclusion.conclusion
    blocks = told(reasoner.knowledge, outcome, stop, cap, lang)
    closing = Block(Style.MUTED, say(lang, "after_end"))
    return Reply(session, (*blocks, closing), None, stop)


def what_next(reasoner: Reasoner, session: Session, outcome: Outcome) -> Inquiry:
    """The next question of a session, or why there is none."""
    last = session.asked[-1] if session.asked else None
    return next_question(
        reasoner,
        outcome,
        session.done | _left_out(reasoner.knowledge, session),
        tier=session.settings.tier,
        cap=session.settings.cap,
        topic=reasoner.knowledge.findings[last].topic if last else None,
        unknown=session.unknown,
        asked=len(session.asked),
        strategy=session.settings.strategy,
    )


def _left_out(knowledge: Knowledge, session: Session) -> frozenset[str]:
    """What was put in a question and its answer left out: not asked again by itself.

    But with what every interview opens with we insist.
    """
    asked = session.done.intersection(session.asked)
    return frozenset(
        id_
        for id_, finding in knowledge.findings.items()
        if finding.along in asked and finding.opening is None
    )


def ask_again(reasoner: Reasoner, session: Session, blocks: Blocks) -> Reply:
    """Say something, and put the pending question (again)."""
    if session.pending is None:
        return Reply(session, blocks, None)
    finding = reasoner.knowledge.findings[session.pending]
    number = session.asked.index(session.pending) + 1
    choices = offered_now(reasoner, session)
    together = bool(companions(reasoner.knowledge, session))
    asked = questions.ask(finding, choices, number, session.lang, together=together)
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


def told(knowledge: Knowledge, session: Session, answers: Answers) -> dict[str, tuple[str, ...]]:
    """What someone with these answers says to the pending question: its answer, and what they know
    of the findings along with it; "unknown" where they are silent."""
    assert session.pending is not None
    values = answers.get(session.pending, (UNKNOWN,))
    also = companions(knowledge, session)
    known = (
        id_
        for id_, finding in also.items()
        if answers.get(id_, (UNKNOWN,)) != (UNKNOWN,) and (values != (UNKNOWN,) or finding.negates)
    )
    return {session.pending: values, **{id_: answers[id_] for id_ in known}}


def offered_now(reasoner: Reasoner, session: Session) -> tuple[str, ...]:
    """The values offered for the pending question, in the order of their numbers."""
    assert session.pending is not None
    facts = facts_of(reasoner.knowledge, session.answers)
    return offered(reasoner.knowledge, facts, session.pending)


def after(blocks: Blocks, reply: Reply) -> Reply:
    """The reply, with something said before it."""
    return replace(reply, blocks=(*blocks, *reply.blocks))


def tell(
    reasoner: Reasoner, session: Session, style: Style, sentence: str, /, **values: str
) -> Reply:
    """Say a sentence of the catalogues, and put the pending question (again)."""
    return ask_again(reasoner, session, (Block(style, say(session.lang, sentence, **values)),))


def conflict(session: Session, finding: str, values: tuple[str, ...]) -> str | None:
    """Answers that cannot both be true: an illness older than its patient, or yet to begin."""
    answers = {**session.answers, finding: values}
    age, onset, duration = (
        answers.get(id_, (UNKNOWN,))[0] for id_ in ("age", "age_at_onset", "duration")
    )
    years, began, length = number(age), number(onset), days(duration)
    if years is not None and began is not None and began >= years + 1:
        return say(session.lang, "onset_above_age", age=age, onset=onset)
    if years is None or length is None or length <= (years + 1) * 365.25:
        return None
    told = duration_text(duration, session.lang)
    return say(session.lang, "onset_after_age", age=age, duration=told)
