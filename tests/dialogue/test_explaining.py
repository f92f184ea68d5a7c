"""`whynot`, `whatif` and `pause` only look; `edit` undoes what it undoes, and can be undone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talking import OPENING, Talk, begin
from test_any_session import LINES, typed

from assistant.dialogue.events import What
from assistant.dialogue.turn import what_next
from assistant.language.blocks import Style
from assistant.language.names import capitalised, name_within, percent
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN
from assistant.reasoning.inquiry import offered
from rules.model import Kind

LOOKS = ("whynot", "whatif", "pause", "pourquoi-pas", "et-si", "suspendre")
PAIN = {"pain": "yes", "pain_onset": "sudden", "pain_site": "shoulder", "weakness": "yes",
        "reflexes": "reduced", "weak_muscles": "deltoid", "emg": "neurogenic"}  # fmt: skip
IN_PAIN = (*OPENING[:3], "pain, weakness", "none")


def shares(outcome: Outcome) -> dict[str, float]:
    return {h.id: h.probability for h in outcome.hypotheses}


def drawn(reasoner: Reasoner, lines: list[int | str], lang: str = "en") -> Talk:
    talk = begin(reasoner, lang)
    for item in lines:
        talk.say(typed(talk, item))
    return talk


def arguments(talk: Talk) -> list[str]:
    """What may be typed after `whatif`: every answer to every question answered or asked now."""
    knowledge = talk.reasoner.knowledge
    facts = conclude(talk.reasoner, talk.answers).facts
    asked = [id_ for id_ in (*talk.answers, talk.question) if id_ is not None]
    found = ["", "nonsense", "pain", "age=", "=", "age=200", "sex=other", "duration=tomorrow"]
    for id_ in asked:
        finding = knowledge.findings[id_]
        if finding.kind is Kind.NUMBER:
            found += [f"{id_}=30", f"{id_} 70"]
        elif finding.kind is not Kind.DURATION:
            for value in offered(knowledge, facts, id_):
                found += [f"{id_}={finding.values[value].label.fr}", f"{finding.label.en} {value}"]
    return found


# --- the session is untouched -------------------------------------------------------------


@given(lines=LINES, data=st.data())
def test_looks_leave_the_log_as_it_is(
    reasoner: Reasoner, lines: list[int | str], data: st.DataObject
) -> None:
    talk = drawn(reasoner, lines)
    before, question = talk.session, talk.question
    names = [*reasoner.knowledge.findings, *reasoner.knowledge.diagnoses, OTHER, "1", "", "?"]
    for name in LOOKS:
        argument = data.draw(st.sampled_from([*names, *arguments(talk)]))
        talk.say(f"/{name} {argument}")
        assert repr(talk.session.events) == repr(before.events)
        assert talk.session == before
        assert talk.question == question
        assert talk.reply.blocks


@settings(max_examples=5)
@given(lines=LINES, data=st.data())
def test_and_so_they_do_with_the_shipped_knowledge(
    shipped_reasoner: Reasoner, lines: list[int | str], data: st.DataObject
) -> None:
    talk = drawn(shipped_reasoner, lines)
    before = talk.session
    talk.say("/whynot", f"/whynot {data.draw(st.sampled_from(list(shipped_reasoner.knowledge.diagnoses)))}")  # fmt: skip
    for argument in data.draw(st.lists(st.sampled_from(arguments(talk)), max_size=3)):
        talk.say(f"/whatif {argument}", f"/pause {argument}")
    assert talk.session == before


# --- what if ------------------------------------------------------------------------------


@given(lines=LINES, data=st.data())
def test_whatif_tells_what_edit_would_then_come_to(
    reasoner: Reasoner, lines: list[int | str], data: st.DataObject
) -> None:
    talk = drawn(reasoner, lines)
    choices = [id_ for id_ in talk.answers if reasoner.knowledge.findings[id_].kind is Kind.CHOICE]
    if not choices:
        return
    id_ = data.draw(st.sampled_from(choices))
    facts = conclude(reasoner, talk.answers).facts
    value = data.draw(st.sampled_from(list(offered(reasoner.knowledge, facts, id_))))
    told = talk.say(f"/whatif {id_}={value}").text
    outcome = conclude(reasoner, talk.say(f"/edit {id_}").say(value).answers)
    if "That is the answer already" not in told and "déjà" not in told:
        leader = outcome.leader
        assert percent(leader.probability, talk.session.lang) in told.replace(" %", "\u00a0%")


def test_whatif_tells_before_and_after_and_the_next_question(opened: Talk) -> None:
    opened.until("reflexes").say("reduced")
    before = conclude(opened.reasoner, opened.answers)
    after = conclude(opened.reasoner, {**opened.answers, "reflexes": ("brisk",)})
    talk = opened.say("whatif reflexes=brisk")
    assert "What if “reflexes: brisk” instead of “reduced”?" in talk.text
    bars = [block for block in talk.reply.blocks if block.style is Style.BAR]
    assert [bar.share for bar in bars[:2]] == [h.probability for h in after.hypotheses[:2]]
    for bar, h in zip(bars, after.hypotheses, strict=False):
        assert percent(h.probability, "en") in bar.text
        assert f"before: {percent(shares(before)[h.id], 'en')}".replace("\u00a0", " ") in bar.text.replace("\u00a0", " ")  # fmt: skip
    assert "only a look" in talk.text
    changed = talk.session.as_if({**talk.answers, "reflexes": ("brisk",)})
    following = what_next(talk.reasoner, changed, after).question
    ask = talk.reasoner.knowledge.findings[str(following)].ask.en
    same = following == talk.question
    assert ("The next question would be the same." if same else f"would be: {ask}") in talk.text


def test_whatif_tells_patterns_and_red_flags_that_come_and_go(opened: Talk) -> None:
    opened.until("reflexes").say("reduced")  # the complaint is weakness
    assert "No longer holds: “lower motor neuron signs”." in opened.say("whatif reflexes=brisk").text  # fmt: skip
    told = opened.say("whatif warning_signs=breathless").text
    (flag,) = opened.reasoner.knowledge.red_flags.values()
    assert f"The red flag “{flag.label.en}” would be raised." in told
    opened.say("edit reflexes", "brisk")
    assert "Newly recognised: Lower motor neuron signs." in opened.say("whatif reflexes=reduced").text  # fmt: skip


@pytest.mark.parametrize("line", ["whatif reflexes=brisk", "whatif reflexes = brisk", "whatif reflexes brisk", "what if reflexes=vifs", "whatif refl=3", "et-si réflexes=vifs", "et si reflexes vifs", "/whatif réfl bri"])  # fmt: skip
def test_names_and_answers_are_understood_as_edit_and_answers_understand_them(
    opened: Talk, line: str
) -> None:
    opened.until("reflexes").say("reduced")
    assert "“reflexes: brisk” instead of “reduced”" in opened.say(line).text


def test_whatif_answers_a_question_that_was_not_asked(opened: Talk) -> None:
    assert "emg" not in opened.session.asked
    assert "What if “EMG: myopathic”?" in opened.say("whatif emg=myopathic").text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("whatif", "Type whatif"),
        ("whatif =", "Type whatif"),
        ("whatif age", "Type whatif"),
        ("whatif nonsense=1", "No finding here is called “nonsense”"),
        ("whatif pain_=sudden", "may mean onset of pain or site of pain"),
        ("whatif site of=1", "does not apply"),
        ("whatif onset of pain=sudden", "asked only if “pain: yes”"),
        ("whatif age=400", "out of range"),
        ("whatif sex=purple", "not one of the answers"),
        ("whatif duration=60 years", "before birth"),
    ],
)
def test_what_whatif_cannot_look_at_is_said(opened: Talk, line: str, words: str) -> None:
    opened.say(line)
    assert opened.styled(Style.ERROR), opened.text
    assert words in opened.text


def test_what_is_the_answer_already_is_said_to_be(opened: Talk) -> None:
    assert "That is the answer already: sex: male." in opened.say("whatif sex=male").text


def test_the_contrary_of_what_was_complained_of_takes_the_complaint_with_it(talk: Talk) -> None:
    talk.say(*IN_PAIN).until("pain_onset").say("sudden", "whatif pain=no")
    assert "So also: complaint (weakness)." in talk.text
    assert "no longer apply: onset of pain (sudden)" in talk.text


# --- pause --------------------------------------------------------------------------------


def test_pause_tells_what_would_be_concluded_without_an_answer(opened: Talk) -> None:
    opened.until("reflexes").say("brisk", "pause refl")
    without = conclude(opened.reasoner, {k: v for k, v in opened.answers.items() if k != "reflexes"})  # fmt: skip
    assert "Without “reflexes: brisk”" in opened.text
    (first, *_) = [block for block in opened.reply.blocks if block.style is Style.BAR]
    assert first.share == without.leader.probability


@pytest.mark.parametrize("line", ["pause", "pause emg", "pause nonsense"])
def test_only_what_is_known_can_be_paused(opened: Talk, line: str) -> None:
    opened.say(line)
    (problem,) = opened.styled(Style.ERROR)
    assert "age; sex; time since onset; complaint; warning signs" in problem


@given(lines=LINES, data=st.data())
def test_an_unknown_answer_changes_no_conclusion(
    reasoner: Reasoner, lines: list[int | str], data: st.DataObject
) -> None:
    talk = drawn(reasoner, lines)
    open_ = [id_ for id_ in reasoner.knowledge.findings if id_ not in talk.answers]
    if open_:
        id_ = data.draw(st.sampled_from(open_))
        with_it = conclude(reasoner, {**talk.answers, id_: (UNKNOWN,)})
        assert with_it == conclude(reasoner, talk.answers)


# --- why not ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_change_that_whynot_names_makes_it_lead(reasoner: Reasoner, lang: str) -> None:
    talk = begin(reasoner, lang).say(*OPENING).until("reflexes").say("normal")
    outcome = conclude(reasoner, talk.answers)
    runner_up = next(h for h in outcome.hypotheses[1:] if h.id != OTHER)
    told = talk.say("whynot").text
    assert reasoner.knowledge.diagnoses[runner_up.id].name[lang] in told
    assert percent(runner_up.probability, lang).replace("\u00a0", " ") in told
    assert (
        "It would lead with" if lang == "en" else "Ce diagnostic passerait en tête avec"
    ) in told


def test_whynot_of_what_leads_says_so_and_what_would_overturn_it(opened: Talk) -> None:
    opened.until("reflexes").say("reduced")
    told = opened.say("whynot 1").text
    leader = conclude(opened.reasoner, opened.answers).leader
    assert f"It leads already, with {percent(leader.probability, 'en')}." in told
    assert "that would overturn it" in told


def test_whynot_before_any_answer_is_too_early(talk: Talk) -> None:
    assert "Too early" in talk.say("whynot").text


@pytest.mark.parametrize("line", ["pourquoi pas plexite", "pourquoi-pas plexite ?", "why not plexitis?", "whynot plexitis", "/why-not plexitis"])  # fmt: skip
def test_whynot_is_not_why(opened: Talk, line: str) -> None:
    assert "Why not: plexitis" in opened.say(line).text


@pytest.mark.parametrize("id_", ["other", "plexitis", "myopathy", "motor_neuron_disease"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_whynot_leaves_no_hole_in_its_sentences(reasoner: Reasoner, id_: str, lang: str) -> None:
    talk = begin(reasoner, lang).say(*OPENING)
    while talk.question is not None:
        told = talk.say(f"whynot {id_}").text
        assert not talk.styled(Style.ERROR)
        assert "{" not in told
        assert "None" not in told
        talk.say("1")


# --- edit ---------------------------------------------------------------------------------


@given(lines=LINES, data=st.data())
def test_an_answer_edited_and_restored_is_as_if_nothing_had_been(
    reasoner: Reasoner, lines: list[int | str], data: st.DataObject
) -> None:
    talk = drawn(reasoner, lines)
    knowledge, answers = reasoner.knowledge, talk.answers
    editable = [id_ for id_, v in answers.items() if knowledge.findings[id_].kind is Kind.CHOICE and v != (UNKNOWN,)]  # fmt: skip
    if not editable or (talk.question in answers):
        return
    id_ = data.draw(st.sampled_from(editable))
    other = data.draw(st.sampled_from([*knowledge.findings[id_].values, "unknown"]))
    done = talk.session.done
    talk.say(f"/edit {id_}", other, f"/edit {id_}", answers[id_][0])
    assert talk.answers == answers
    assert talk.session.done == done
    assert conclude(reasoner, talk.answers) == conclude(reasoner, answers)


def test_edit_lists_what_it_withdraws(talk: Talk) -> None:
    talk.say(*IN_PAIN).to_the_end(PAIN)
    before = conclude(talk.reasoner, talk.answers)
    assert "lower_motor_neuron" in before.patterns
    talk.say("edit reflexes", "brisk")
    assert "No longer holds: “lower motor neuron signs”." in talk.text
    talk.say("edit complaint", "weakness")
    told = talk.text
    assert "withdrawn: site of pain (shoulder) and onset of pain (sudden)" in told
    assert "No longer known: pain: yes." in told


def test_edit_says_that_another_hypothesis_leads(opened: Talk) -> None:
    opened.to_the_end({"emg": "myopathic", "reflexes": "normal"})
    before = conclude(opened.reasoner, opened.answers)
    opened.say("edit reflexes", "reduced")
    after = conclude(opened.reasoner, opened.answers)
    assert before.leader.id != after.leader.id
    was, now = (name_within(opened.reasoner.knowledge, o.leader.id, "en") for o in (before, after))
    shares_now = shares(after)
    told = (
        f"{capitalised(now)} now leads ({percent(after.leader.probability, 'en')}), "
        f"and no longer {was} ({percent(shares_now[before.leader.id], 'en')})."
    )
    assert told in opened.styled(Style.NOTED)
    assert "now leads" not in opened.say("edit sex", "female").text


def test_edit_lists_red_flags_and_questions_that_fall(talk: Talk) -> None:
    talk.say(*OPENING[:3], "pain", "breathless").until("pain_onset")
    flag = next(iter(talk.reasoner.knowledge.red_flags.values()))
    talk.say("edit warning_signs", "none")
    assert f"No longer holds: the red flag “{flag.label.en}”." in talk.text
    talk.say("edit complaint", "other")
    assert "No longer asked: onset of pain." in talk.text


def test_an_edit_that_undoes_nothing_says_nothing_of_it(opened: Talk) -> None:
    opened.say("edit sex", "female")
    assert not [text for text in opened.styled(Style.NOTED) if "No longer" in text]


def test_a_skipped_question_is_reopened_by_edit(opened: Talk) -> None:
    skipped = opened.question
    assert skipped is not None
    opened.say("skip")
    assert opened.reasoner.knowledge.findings[skipped].label.en in opened.say("edit").text
    assert opened.say(f"edit {skipped}").question == skipped
    opened.say("1")
    assert skipped in opened.answers
    assert (What.ANSWERED, skipped) in opened.log


def test_a_skipped_question_that_no_longer_applies_is_not_reopened(talk: Talk) -> None:
    talk.say(*IN_PAIN).until("pain_onset").say("skip", "edit complaint", "weakness")
    before = talk.session
    talk.say("edit pain_onset")
    assert talk.session == before
    assert talk.styled(Style.ERROR)
