"""One turn: what is typed, understood or not, changes the log or leaves it as it was."""

from __future__ import annotations

import time

import pytest
from talking import OPENING, Talk, begin

from assistant.dialogue.events import Event, What
from assistant.dialogue.step import step
from assistant.language.blocks import Style
from assistant.language.text import MAX_TEXT
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN

# --- the beginning and the end ------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("fr", "pas un dispositif médical"), ("en", "not a medical device")])  # fmt: skip
def test_every_session_opens_with_what_it_is_not(reasoner: Reasoner, lang: str, words: str) -> None:
    talk = begin(reasoner, lang)
    assert words in talk.text
    assert "1.2.3" in talk.text
    assert talk.question == "age"


def test_the_opening_questions_come_in_their_order(talk: Talk) -> None:
    asked = []
    for line in OPENING:
        asked.append(talk.question)
        talk.say(line)
    assert asked == ["age", "sex", "duration", "complaint", "warning_signs"]


def test_a_question_shows_its_number_its_choices_and_what_form_of_answer_it_takes(
    talk: Talk,
) -> None:
    assert "Question 1. How old?" in talk.text
    assert "years" in talk.text
    talk.say("34")
    assert "Question 2. Which sex?" in talk.text
    assert "male" in talk.text
    assert "female" in talk.text
    talk.say("1")
    assert "3 weeks" in talk.text
    talk.say("2019")
    assert "separate them with commas" in talk.text


def test_an_answer_is_echoed_with_what_follows_from_it(talk: Talk) -> None:
    talk.say(*OPENING[:3], "pain")
    (noted,) = talk.styled(Style.NOTED)
    assert noted.startswith("Noted: complaint: pain.")
    assert "pain: yes" in noted


def test_a_red_flag_is_raised_at_once_and_only_once(talk: Talk) -> None:
    talk.say(*OPENING[:4], "breathless")
    (flag,) = talk.styled(Style.WARNING)
    assert "NOW" in flag
    assert "vital capacity" in flag
    talk.say("unknown")
    assert not talk.styled(Style.WARNING)
    talk.to_the_end()
    assert talk.styled(Style.WARNING)  # and again in the conclusion


def test_the_interview_ends_with_a_conclusion_and_its_reason(opened: Talk) -> None:
    opened.to_the_end()
    assert opened.question is None
    assert opened.reply.stop is not None
    assert not opened.reply.closed
    assert "Conclusion" in opened.text
    assert "I stop here" in opened.text


def test_an_interview_of_unknowns_ends_without_a_diagnosis(talk: Talk) -> None:
    talk.to_the_end()
    assert set(talk.answers.values()) == {(UNKNOWN,)}
    assert "Conclusion" in talk.text


# --- lines that change nothing ------------------------------------------------------------

HOSTILE = [
    "", " ", "\t", "\n", "\r\n", "\x00", "\x07\x08\x1b", "\x1b[31m", "\x1b]8;;x\x07", "\u202e", "\ufeff",
    "\ud800", "\u200b\u200b", "\x9b", "x" * (MAX_TEXT + 1), "34" * 50_000, "\x1b[0m" * 25_000, "é" * 100_000,
    "nonsense", "/nonsense", "/", "//", "///back", "{}", "{0}", "%s", "../../etc/passwd", "; rm -rf /",
    "' OR 1=1 --", "1e309", "-1", "121", "34.5.6", "999999999999", "🦾", "\u0661\u0662\u0663\u0664", ",", ",,,",
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_is_no_answer_gets_a_sentence_and_the_same_question(
    talk: Talk, line: str
) -> None:
    before = talk.session
    began = time.perf_counter()
    talk.say(line)
    assert time.perf_counter() - began < 2.0
    assert talk.session == before
    assert talk.question == "age"
    (problem,) = talk.styled(Style.ERROR)
    assert len(problem) < 400
    assert "How old?" in talk.text
    talk.text.encode("utf-8")
    assert "\x1b" not in talk.text


@pytest.mark.parametrize("question", ["sex", "duration", "complaint", "warning_signs"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_question_takes_a_hostile_line_for_an_answer(
    reasoner: Reasoner, question: str, lang: str
) -> None:
    talk = begin(reasoner, lang).until(question)
    before = talk.session
    for line in HOSTILE:
        if line not in ("1e309", "-1", "\u0661\u0662\u0663\u0664"):
            talk.say(line)
            assert talk.session == before, line
            assert talk.question == question
            assert talk.styled(Style.ERROR)


def test_an_empty_line_and_one_of_control_characters_are_told_apart(talk: Talk) -> None:
    assert "Nothing was typed" in talk.say("").text
    assert "Nothing readable" in talk.say("\x1b[31m\x00").text


def test_a_line_that_is_too_long_says_how_long_it_was(talk: Talk) -> None:
    talk.say("7" * 100_000)
    assert "100000" in talk.text
    assert str(MAX_TEXT) in talk.text


@pytest.mark.parametrize(
    ("question", "line", "words"),
    [
        ("age", "121", "Expected: a number from 0 to 120 years"),
        ("age", "-1", "out of range"),
        ("age", "old man", "is not a number"),
        ("sex", "3", "no answer number 3"),
        ("sex", "masculinn", "Did you mean male?"),
        ("sex", "male, female", "one answer only"),
        ("duration", "2027", "lies in the future"),
        ("duration", "500 years", "longer than a human life"),
        ("duration", "2024-02-30", "not a length of time"),
        ("complaint", "weakness, nonsense", "nonsense"),
        ("warning_signs", "none, choking", "cannot go with other answers"),
    ],
)  # fmt: skip
def test_what_was_wrong_is_said_with_what_was_expected(
    talk: Talk, question: str, line: str, words: str
) -> None:
    before = talk.until(question).session
    talk.say(line)
    assert words in talk.text
    assert "Expected" in talk.text
    assert talk.session == before


def test_an_ambiguous_beginning_is_said_to_be_so(shipped_reasoner: Reasoner) -> None:
    talk = begin(shipped_reasoner).until("complaint")
    before = talk.session
    talk.say("w")
    assert "“w” may mean weakness, wasting" in talk.text
    assert talk.session == before


# --- answers that cannot both be true -----------------------------------------------------


def test_an_illness_cannot_be_older_than_its_patient(talk: Talk) -> None:
    before = talk.say("5", "male").session
    talk.say("20 years")
    assert talk.session == before
    assert talk.question == "duration"
    assert "before birth" in talk.text
    talk.say("4 years")
    assert talk.answers["duration"] == ("P4Y",)


def test_nor_can_its_patient_become_younger_than_the_illness(talk: Talk) -> None:
    talk.say("40", "male", "20 years").say("edit age", "5")
    assert "before birth" in talk.text
    assert talk.answers["age"] == ("40",)
    assert talk.question == "age"


@pytest.mark.parametrize(("age", "length"), [("5", "P5Y"), ("0", "P3W"), ("0.5", "P6M"), ("60", "60 years")])  # fmt: skip
def test_an_illness_may_be_as_old_as_its_patient(talk: Talk, age: str, length: str) -> None:
    assert talk.say(age, "male", length).question == "complaint"


def test_an_illness_cannot_begin_later_than_now(talk: Talk) -> None:
    talk.say("30").until("age_at_onset")
    before = talk.session
    talk.say("50")
    assert talk.session == before
    assert "later than the present age" in talk.text
    assert talk.say("25").answers["age_at_onset"] == ("25",)


def test_bands_named_instead_of_numbers_conflict_with_nothing(talk: Talk) -> None:
    talk.say("child", "male", "years", "other")
    assert talk.answers["age"] == ("child",)
    assert talk.answers["duration"] == ("years",)
    assert talk.question == "warning_signs"


# --- words that are both an answer and a command ------------------------------------------


@pytest.fixture
def at_pain_site(talk: Talk) -> Talk:
    return talk.say(*OPENING[:3], "pain", "none").until("pain_site")


@pytest.mark.parametrize(("line", "values"), [("back", ("back",)), ("Back, hand", ("back", "hand")), ("hand and back", ("back", "hand"))])  # fmt: skip
def test_the_name_of_an_answer_wins_over_a_command(
    at_pain_site: Talk, line: str, values: tuple[str, ...]
) -> None:
    assert at_pain_site.say(line).answers["pain_site"] == values


def test_a_slash_makes_it_the_command(at_pain_site: Talk) -> None:
    at_pain_site.say("/back")
    assert "pain_site" not in at_pain_site.answers
    assert "Back to" in at_pain_site.text


def test_a_command_wins_over_the_mere_beginning_of_an_answer(at_pain_site: Talk) -> None:
    at_pain_site.say("fin")  # French for quit, and the beginning of "fingers"
    assert at_pain_site.reply.closed
    assert "pain_site" not in at_pain_site.answers


def test_a_longer_beginning_is_the_answer(at_pain_site: Talk) -> None:
    assert at_pain_site.say("fing").answers["pain_site"] == ("hand",)


@pytest.mark.parametrize("line", ["back pain", "skip pain", "unknown origin", "quit smoking"])
def test_a_command_that_takes_no_name_is_none_on_a_line_that_says_more(
    at_pain_site: Talk, line: str
) -> None:
    before = at_pain_site.session
    at_pain_site.say(line)
    assert at_pain_site.session == before
    assert at_pain_site.styled(Style.ERROR)
    assert not at_pain_site.reply.closed


# --- the log ------------------------------------------------------------------------------


def test_what_was_typed_is_kept_cleaned_beside_what_it_was_taken_for(talk: Talk) -> None:
    talk.say(" \x1b[1m34 ans\x1b[0m ")
    assert talk.session.events[1] == Event(What.ANSWERED, "age", ("34",), "34 ans")


def test_a_session_is_immutable(talk: Talk) -> None:
    first = talk.session
    events, answers = first.events, dict(first.answers)
    step(talk.reasoner, first, "34")
    talk.say("34", "male", "back", "edit age", "50", "lang fr", "skip")
    assert (first.events, first.answers, first.lang) == (events, answers, "en")
    with pytest.raises(AttributeError):
        first.events = ()  # type: ignore[misc]


def test_the_same_line_to_the_same_session_gives_the_same_reply(opened: Talk) -> None:
    once = step(opened.reasoner, opened.session, "1")
    assert step(opened.reasoner, opened.session, "1") == once


def test_skipping_is_not_knowing_without_an_answer(opened: Talk) -> None:
    skipped = opened.question
    assert skipped is not None
    opened.say("skip")
    assert skipped not in opened.answers
    assert skipped in opened.session.done
    assert skipped in opened.session.unknown
    assert opened.question != skipped


def test_the_order_of_the_answers_does_not_change_the_outcome(opened: Talk) -> None:
    opened.to_the_end({"reflexes": "reduced", "weak_muscles": "deltoid", "emg": "neurogenic"})
    answers = opened.answers
    outcome = conclude(opened.reasoner, answers)
    backwards = conclude(opened.reasoner, dict(reversed(answers.items())))
    assert backwards == outcome


# --- follow-ups ---------------------------------------------------------------------------


def test_answers_that_no_longer_apply_are_withdrawn_and_named(talk: Talk) -> None:
    talk.say(*OPENING[:3], "weakness, pain", "none")
    talk.to_the_end({"pain_onset": "sudden", "pain_site": "shoulder"})
    talk.say("edit complaint", "weakness")
    assert not {"pain_onset", "pain_site"} & set(talk.answers)
    (named,) = [text for text in talk.styled(Style.NOTED) if "withdrawn" in text]
    assert "onset of pain" in named
    assert "site of pain" in named


def test_answers_are_withdrawn_when_the_answer_that_they_follow_becomes_unknown(talk: Talk) -> None:
    talk.say(*OPENING[:3], "other", "none").until("pain").say("yes").until("pain_onset")
    talk.say("sudden", "edit pain", "unknown")
    assert "pain_onset" not in talk.answers
    assert talk.answers["pain"] == (UNKNOWN,)


def test_the_answer_to_a_follow_up_comes_back_once_it_applies_again(talk: Talk) -> None:
    talk.say(*OPENING[:3], "other", "none").until("pain").say("yes").until("pain_onset")
    talk.say("sudden", "edit pain", "no")
    assert "pain_onset" not in talk.answers
    talk.say("edit pain", "yes")
    assert talk.answers["pain_onset"] == ("sudden",)
    assert "Applies again, as it was answered" in talk.text
    assert "onset of pain (sudden)" in talk.text
    assert talk.say("edit pain_onset", "gradual").answers["pain_onset"] == ("gradual",)


def test_a_follow_up_that_back_took_back_is_asked_again(talk: Talk) -> None:
    talk.say(*OPENING[:3], "other", "none").until("pain").say("yes").until("pain_onset")
    talk.say("sudden", "back", "edit pain", "no", "edit pain", "yes")
    assert "pain_onset" not in talk.answers
    assert talk.until("pain_onset").say("gradual").answers["pain_onset"] == ("gradual",)


def test_nothing_is_left_that_follows_from_a_question_left_open(talk: Talk) -> None:
    talk.say(*OPENING[:3], "other", "none").until("pain").say("yes").until("pain_onset")
    talk.say("sudden", "edit pain", "yes", "back")  # back to pain, revised last
    assert talk.question == "pain"
    talk.say("skip")
    assert "pain_onset" not in talk.answers
    assert "withdrawn" in talk.text


# --- after the end ------------------------------------------------------------------------


def test_after_the_end_an_answer_is_refused_and_commands_still_work(opened: Talk) -> None:
    opened.to_the_end()
    before = opened.session
    for line in ("34", "yes", "unknown", "skip", "nonsense", ""):
        opened.say(line)
        assert opened.session == before
        assert opened.question is None
        assert opened.styled(Style.ERROR)
    assert "quit" in opened.say("34").text
    for line in ("how", "facts", "differential", "conclude", "help", "lang fr"):
        opened.say(line)
        assert not opened.styled(Style.ERROR), line
    assert opened.session.events == before.events


def test_why_after_the_end_says_that_no_question_waits(opened: Talk) -> None:
    opened.to_the_end().say("why")
    assert "No question is waiting" in opened.text


def test_an_answer_may_be_changed_after_the_end(opened: Talk) -> None:
    opened.to_the_end({"reflexes": "reduced"}).say("edit reflexes")
    assert opened.question == "reflexes"
    opened.say("brisk").to_the_end()
    assert opened.answers["reflexes"] == ("brisk",)
    assert "Conclusion" in opened.text


def test_going_back_after_the_end_reopens_the_last_question(opened: Talk) -> None:
    opened.to_the_end()
    last = opened.session.asked[-1]
    opened.say("back")
    assert opened.question == last
    assert last not in opened.session.done
