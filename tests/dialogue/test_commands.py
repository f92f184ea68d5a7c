"""What may be typed besides answers, in both languages, with and without a slash."""

from __future__ import annotations

import re

import pytest
from talking import OPENING, Talk, begin

from assistant.dialogue.commands import NAMES
from assistant.dialogue.events import What
from assistant.language.blocks import Style
from assistant.language.names import percent
from assistant.reasoning.differential import OTHER, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN

EVERY_NAME = [(id_, word) for id_, names in NAMES.items() for words in names.values() for word in words]  # fmt: skip
TAKE_A_NAME = ("how", "whatif", "pause", "edit", "lang")
ANSWERED = {"weakness": "yes", "reflexes": "reduced", "weak_muscles": "interossei", "emg": "neurogenic"}  # fmt: skip


# --- every command ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("form", ["{}", "/{}", "/ {}", "  {}  ", "{} ", "{}?", "{} ?"])
@pytest.mark.parametrize(("id_", "word"), EVERY_NAME)
def test_every_name_of_a_command_works_in_both_languages(
    reasoner: Reasoner, id_: str, word: str, form: str, lang: str
) -> None:
    talk = begin(reasoner, lang).say(*OPENING)
    line = form.format(word)
    if form == "{}?" or (id_ in TAKE_A_NAME and form == "{} ?"):
        return  # "why?" is a word of its own, and these take a name
    expected = begin(reasoner, lang).say(*OPENING, f"/{id_}").reply
    talk.say(line)
    if id_ == "unknown":  # the answer that "unknown" is keeps what was typed
        assert talk.answers[list(talk.answers)[-1]] == (UNKNOWN,)
        assert talk.question == expected.question
    else:
        assert talk.reply == expected


@pytest.mark.parametrize("word", ["DIFFÉRENTIEL", "differentiel", "Différentiel", "arriere", "ARRIÈRE", "Why", "HELP"])  # fmt: skip
def test_commands_are_understood_without_accents_and_in_any_case(opened: Talk, word: str) -> None:
    opened.say(word)
    assert not opened.styled(Style.ERROR)


def test_no_name_stands_for_two_commands() -> None:
    words = [word for _, word in EVERY_NAME]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("id_", ["why", "facts", "differential", "conclude", "help"])
def test_an_argument_that_a_command_does_not_take_is_passed_over(opened: Talk, id_: str) -> None:
    plain = begin(opened.reasoner).say(*OPENING, id_).reply
    for argument in ("nonsense", "{x}", "\x1b[31m", "é" * 1000, "1"):
        assert opened.say(f"/{id_} {argument}").reply == plain


@pytest.mark.parametrize("argument", ["nonsense", "{x}", "%s", "é" * 1000, "-1", "0", "999999999", "___", "\ud800x", "..", "'"])  # fmt: skip
@pytest.mark.parametrize("id_", [*TAKE_A_NAME, "whynot"])
def test_a_name_that_does_not_exist_is_said_to_be_unknown(
    opened: Talk, id_: str, argument: str
) -> None:
    before = opened.session
    opened.say(f"{id_} {argument}")
    assert opened.session == before
    (problem,) = opened.styled(Style.ERROR)
    assert len(problem) < 500
    assert opened.question == before.pending


@pytest.mark.parametrize(
    "id_", ["why", "how", "whynot", "facts", "differential", "conclude", "help"]
)
def test_what_only_tells_leaves_the_log_alone_and_puts_the_question_again(
    opened: Talk, id_: str
) -> None:
    before = opened.session
    question = [block.text for block in opened.reply.blocks if block.text.startswith("Question")]
    opened.say(id_)
    assert opened.session == before
    assert question[0] in opened.text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_command_may_be_the_first_line(reasoner: Reasoner, lang: str) -> None:
    for id_, names in NAMES.items():
        for word in names[lang]:
            talk = begin(reasoner, lang).say(word)
            assert talk.reply.closed == (id_ == "quit")
            assert talk.question is not None
            assert talk.text.strip()


# --- back ---------------------------------------------------------------------------------


def test_back_returns_through_every_question_to_the_first(opened: Talk) -> None:
    opened.to_the_end(ANSWERED)
    asked = list(opened.session.asked)
    for question in reversed(asked):
        opened.say("/back")
        assert opened.question == question
        assert question not in opened.answers
    assert not opened.answers
    before = opened.session
    opened.say("/back")
    assert opened.session == before
    assert "first question" in opened.text


def test_back_then_the_same_answer_leads_to_the_same_question(opened: Talk) -> None:
    question = opened.question
    assert question is not None
    opened.say("1")
    after, answers = opened.question, opened.answers
    opened.say("/back")
    assert opened.question == question
    assert opened.say("1").question == after
    assert opened.answers == answers


def test_back_names_the_question_it_returns_to(opened: Talk) -> None:
    assert "Back to: warning signs." in opened.say("back").text


def test_back_returns_to_a_skipped_question(opened: Talk) -> None:
    skipped = opened.question
    opened.say("skip", "back")
    assert opened.question == skipped


def test_the_log_keeps_what_was_taken_back(talk: Talk) -> None:
    talk.say("34", "back", "35")
    assert [what for what, finding in talk.log if finding == "age"] == [
        What.ASKED, What.ANSWERED, What.WITHDRAWN, What.ASKED, What.ANSWERED
    ]  # fmt: skip
    assert talk.answers["age"] == ("35",)


# --- edit ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["warning_signs", "warning signs", "WARNING SIGNS", "signes d'alerte", "signes d’alerte", "warn", "signes", "alerte"])  # fmt: skip
def test_an_answer_is_edited_by_id_label_beginning_or_word(opened: Talk, name: str) -> None:
    assert opened.say(f"edit {name}").question == "warning_signs"
    assert opened.say("choking").answers["warning_signs"] == ("choking",)


def test_a_revised_answer_replaces_the_first_in_its_place(opened: Talk) -> None:
    order = list(opened.answers)
    opened.say("edit age", "70")
    assert opened.answers["age"] == ("70",)
    assert list(opened.answers) == order
    assert (What.REVISED, "age") in opened.log


def test_after_an_edit_the_interview_goes_on_where_it_was(opened: Talk) -> None:
    pending = opened.question
    assert opened.say("edit sex", "male").question == pending


@pytest.mark.parametrize("line", ["skip", "passer"])
def test_edit_and_skip_leave_the_answer_as_it_was(opened: Talk, line: str) -> None:
    answers, pending = opened.answers, opened.question
    opened.say("edit age", line)
    assert opened.answers == answers
    assert opened.question == pending


def test_edit_and_unknown_take_the_answer_back(opened: Talk) -> None:
    assert opened.say("edit age", "unknown").answers["age"] == (UNKNOWN,)


def test_edit_without_a_name_tells_what_may_be_edited(opened: Talk) -> None:
    opened.say("edit")
    for id_ in opened.answers:
        assert opened.reasoner.knowledge.findings[id_].label.en in opened.text


def test_only_what_was_answered_can_be_edited(opened: Talk) -> None:
    before = opened.session
    opened.say("edit emg")
    assert opened.session == before
    assert "Answered so far" in opened.text


def test_an_ambiguous_name_of_an_answer_is_said_to_be_so(talk: Talk) -> None:
    talk.say(*OPENING[:3], "pain", "none").to_the_end(
        {"pain_onset": "gradual", "pain_site": "back"}
    )
    talk.say("edit pain")
    assert talk.question is None
    assert "may mean" in talk.text
    assert "onset of pain" in talk.text
    assert "site of pain" in talk.text
    assert talk.say("edit pain_site").question == "pain_site"


def test_answers_are_edited_one_after_the_other_in_any_order(opened: Talk) -> None:
    opened.say("edit sex", "edit age", "50").say("edit sex", "female")
    assert opened.answers["age"] == ("50",)
    assert opened.answers["sex"] == ("female",)


# --- how ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["motor_neuron_disease", "motor neuron disease", "maladie du motoneurone", "als", "SLA", "motor", "motoneurone", "MOTOR NEURON"])  # fmt: skip
def test_a_diagnosis_is_named_by_id_name_synonym_or_beginning(opened: Talk, name: str) -> None:
    assert "How: motor neuron disease" in opened.say(f"how {name}").text


def test_how_without_a_name_explains_the_leading_diagnosis(opened: Talk) -> None:
    leader = next(h.id for h in conclude(opened.reasoner, opened.answers).hypotheses if h.id != OTHER)  # fmt: skip
    name = opened.reasoner.knowledge.diagnoses[leader].name.en
    assert f"How: {name}" in opened.say("how").text


def test_how_takes_the_rank_of_the_differential(opened: Talk) -> None:
    ranked = conclude(opened.reasoner, opened.answers).hypotheses
    for rank, hypothesis in enumerate(ranked, 1):
        by_rank = opened.say(f"how {rank}").reply
        assert opened.say(f"how {hypothesis.id}").reply == by_rank
    assert opened.say(f"how {len(ranked) + 1}").styled(Style.ERROR)


def test_how_explains_none_of_these_diagnoses_too(opened: Talk) -> None:
    assert "none of these diagnoses" in opened.say("how other").text
    assert not opened.styled(Style.ERROR)


def test_how_of_an_ambiguous_name_lists_what_it_may_mean(shipped_reasoner: Reasoner) -> None:
    talk = begin(shipped_reasoner).say("how neuropathy")
    (problem,) = talk.styled(Style.ERROR)
    assert "may mean" in problem


def test_how_before_any_answer_says_that_nothing_speaks_yet(talk: Talk) -> None:
    assert "No answer so far" in talk.say("how").text


# --- the others ---------------------------------------------------------------------------


def test_the_differential_and_the_conclusion_need_an_answer(talk: Talk) -> None:
    assert "Too early" in talk.say("differential").text
    assert "Too early" in talk.say("conclude").text
    talk.say("34")
    outcome = conclude(talk.reasoner, talk.answers)
    assert percent(outcome.leader.probability, "en") in talk.say("differential").text
    assert "Conclusion" in talk.say("conclude").text
    assert talk.question == "sex"


def test_facts_lists_what_was_answered_and_what_follows(talk: Talk) -> None:
    assert "Nothing is known yet" in talk.say("facts").text
    talk.say("34", "unknown", "3 weeks", "pain", "facts")
    for words in ("age: 34 years", "sex: unknown", "3 weeks", "complaint: pain", "pain: yes"):
        assert words in talk.text


@pytest.mark.parametrize(("line", "lang"), [("lang fr", "fr"), ("langue en", "en"), ("lang", "fr"), ("/lang français", "fr"), ("language English", "en"), ("lang french", "fr")])  # fmt: skip
def test_the_language_changes_in_mid_session(opened: Talk, line: str, lang: str) -> None:
    events, question = opened.session.events, opened.question
    opened.say(line)
    assert opened.session.lang == lang
    assert opened.session.events == events
    assert opened.question == question
    finding = opened.reasoner.knowledge.findings[str(question)]
    assert finding.ask[lang].replace("\u202f", " ").replace("\u00a0", " ") in opened.text


def test_after_the_language_changed_everything_is_said_in_it(opened: Talk) -> None:
    opened.say("lang fr", "faits")
    assert "âge : 34 ans" in opened.text
    opened.say("conclure")
    assert "Hypothèse en tête" in opened.text
    assert not re.search(r"\b(the|Leading|disease)\b", opened.text)


def test_a_language_that_is_not_there_is_refused(opened: Talk) -> None:
    opened.say("lang de")
    assert opened.session.lang == "en"
    assert "fr, en" in opened.text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_help_lists_every_command_and_how_to_find_the_answer(reasoner: Reasoner, lang: str) -> None:
    talk = begin(reasoner, lang).say("help")
    for names in NAMES.values():
        assert names[lang][0] in talk.text
    assert reasoner.knowledge.findings["age"].help[lang] in talk.text


def test_quit_closes_and_keeps_the_session_as_it_is(opened: Talk) -> None:
    before = opened.session
    opened.say("quit")
    assert opened.reply.closed
    assert opened.session == before
    assert opened.text == "Goodbye."


def test_a_session_that_was_closed_can_be_taken_up_again(opened: Talk) -> None:
    question = opened.question
    assert opened.say("quit").say("help").question == question
    assert not opened.reply.closed
