"""Whatever is typed, in whatever order: nothing fails, nothing that was answered is lost."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from talking import Talk, begin

from assistant.dialogue.commands import NAMES
from assistant.dialogue.events import Event, Session, What
from assistant.dialogue.turn import offered_now
from assistant.language.blocks import Style
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, band, facts_of
from assistant.reasoning.inquiry import applies
from rules.model import Kind

COMMANDS = [word for names in NAMES.values() for words in names.values() for word in words]
GOING_BACK = {word for lang in ("fr", "en") for word in NAMES["back"][lang]}
SMALL_IDS = ["age", "sex", "duration", "complaint", "pain", "pain_onset", "weakness", "weak_muscles", "emg", "nothing"]  # fmt: skip

COMMAND = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "/"]),
    st.sampled_from(COMMANDS),
    st.sampled_from(["", " fr", " en", " plexitis", " 1", " nonsense", *(f" {id_}" for id_ in SMALL_IDS)]),
)  # fmt: skip
EDIT = st.sampled_from([f"edit {id_}" for id_ in SMALL_IDS])
JUNK = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.sampled_from(
        ["", "\x1b[2J", "a" * 3000, "-1", "999", "none, choking", "2027", "P400Y", "{}"]
    ),
)
# An answer is drawn as a number and made into something that fits the question when it is put.
ANSWER = st.integers(0, 1000)
LINES = st.lists(st.one_of(ANSWER, ANSWER, ANSWER, EDIT, COMMAND, JUNK), min_size=8, max_size=45)


def typed(talk: Talk, drawn: int | str) -> str:
    """The line for what was drawn: a fitting answer to the pending question, for a number."""
    if isinstance(drawn, str):
        return drawn
    if talk.question is None:
        return str(drawn)
    finding = talk.reasoner.knowledge.findings[talk.question]
    if drawn % 7 == 0:
        return "unknown"
    if finding.kind is Kind.NUMBER:
        return str(drawn % 100)
    if finding.kind is Kind.DURATION:
        return f"{drawn % 40} {('days', 'semaines', 'months', 'ans')[drawn % 4]}"
    offered = offered_now(talk.reasoner, talk.session)
    chosen = [str(drawn % len(offered) + 1)]
    if finding.kind is Kind.SEVERAL and finding.exclusive is None and drawn % 3 == 0:
        chosen.append(str((drawn + 1) % len(offered) + 1))
    return ", ".join(chosen)


def check_turn(talk: Talk, before: Session, line: str) -> None:
    """What must hold after any line."""
    session, reply = talk.session, talk.reply
    assert session.events[: len(before.events)] == before.events, "the log only grows"
    assert reply.question == session.pending, "what is asked is what the log says"
    assert reply.blocks, "something is said"
    if reply.question is None:
        return
    finding = talk.reasoner.knowledge.findings[reply.question]
    if not reply.closed:
        assert finding.ask[session.lang] in "".join(block.text for block in reply.blocks)
    new = session.events[len(before.events) :]
    if any(block.style is Style.ERROR for block in reply.blocks):
        assert not new, f"{line!r} was refused and changed the log"
    lost = set(before.answers) - set(session.answers)
    withdrawn = {event.finding for event in new if event.what is What.WITHDRAWN}
    assert lost <= withdrawn, "only what is withdrawn is lost"
    if lost and line.strip().lstrip("/").split()[0].casefold() not in GOING_BACK:
        told = " ".join(block.text for block in reply.blocks)
        for id_ in lost - {before.pending}:
            assert talk.reasoner.knowledge.findings[id_].label[session.lang] in told


def check_session(talk: Talk) -> None:
    """What must hold of a session at any time."""
    session, knowledge = talk.session, talk.reasoner.knowledge
    for id_, values in session.answers.items():
        finding = knowledge.findings[id_]
        assert values, id_
        if values != (UNKNOWN,):
            fits = set(finding.values) if finding.kind is Kind.SEVERAL else set(values)
            assert set(values) <= fits
            assert finding.kind is Kind.SEVERAL or band(finding, values[0]) is not None
            assert finding.exclusive not in values or len(values) == 1
    assert session.pending not in session.done or session.pending in session.answers
    assert set(session.answers) <= session.done
    assert all(event.text == event.text.strip() for event in session.events)


@given(lines=LINES, lang=st.sampled_from(["fr", "en"]))
def test_any_lines_keep_the_session_whole(
    reasoner: Reasoner, lines: list[int | str], lang: str
) -> None:
    talk = begin(reasoner, lang)
    for drawn in lines:
        before, line = talk.session, typed(talk, drawn)
        talk.say(line)
        check_turn(talk, before, line)
    check_session(talk)


@given(lines=LINES)
def test_no_follow_up_stays_answered_when_it_no_longer_applies(
    reasoner: Reasoner, lines: list[int | str]
) -> None:
    talk = begin(reasoner)
    reopened = False  # between `back` and the new answer, what followed the old one stands still
    for drawn in lines:
        talk.say(typed(talk, drawn))
        facts = facts_of(reasoner.knowledge, talk.answers)
        idle = [id_ for id_ in talk.answers if not applies(reasoner.knowledge, facts, id_)]
        events = talk.session.events
        reopened = len(events) > 1 and events[-2] == Event(What.WITHDRAWN, events[-1].finding)
        assert not idle or reopened


@given(lines=LINES)
def test_the_interview_always_comes_to_an_end_from_where_it_stands(
    reasoner: Reasoner, lines: list[int | str]
) -> None:
    talk = begin(reasoner)
    for drawn in lines:
        talk.say(typed(talk, drawn))
    for _ in range(len(reasoner.knowledge.findings) + 1):
        if talk.question is None:
            break
        talk.say("unknown")
    assert talk.question is None


@given(lines=LINES, seed=st.integers())
def test_the_answers_of_the_log_in_any_order_give_the_same_outcome(
    reasoner: Reasoner, lines: list[int | str], seed: int
) -> None:
    talk = begin(reasoner)
    for drawn in lines:
        talk.say(typed(talk, drawn))
    items = list(talk.answers.items())
    random.Random(seed).shuffle(items)
    assert conclude(reasoner, dict(items)) == conclude(reasoner, talk.answers)


@given(lines=LINES)
def test_a_log_read_again_says_the_same(reasoner: Reasoner, lines: list[int | str]) -> None:
    talk = begin(reasoner)
    for drawn in lines:
        talk.say(typed(talk, drawn))
    again = Session(talk.session.settings).then(*talk.session.events)
    assert (again.answers, again.pending, again.done) == (
        talk.session.answers,
        talk.session.pending,
        talk.session.done,
    )


@given(lines=LINES)
def test_both_languages_understand_the_same(reasoner: Reasoner, lines: list[int | str]) -> None:
    french, english = begin(reasoner, "fr"), begin(reasoner, "en")
    for drawn in lines:
        line = typed(french, drawn)
        if line.lstrip("/ ").split(" ")[0] in ("lang", "langue", "language"):
            continue
        french.say(line)
        english.say(line)
        assert french.session.events == english.session.events
        assert french.question == english.question


@settings(max_examples=5)
@given(lines=LINES)
def test_the_same_holds_with_the_shipped_knowledge(
    shipped_reasoner: Reasoner, lines: list[int | str]
) -> None:
    talk = begin(shipped_reasoner)
    for drawn in lines:
        before, line = talk.session, typed(talk, drawn)
        talk.say(line)
        check_turn(talk, before, line)
    check_session(talk)
