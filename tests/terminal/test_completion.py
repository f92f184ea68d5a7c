"""Completion: what is offered fits what was typed, and what is accepted is understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from assistant.dialogue.events import Event, Session, Settings, What
from assistant.dialogue.step import step
from assistant.dialogue.turn import Reply, ask_again
from assistant.language.blocks import Style
from assistant.language.catalogue import LANGUAGES
from assistant.language.text import fold
from assistant.language.understand import understand
from assistant.reasoning.differential import Reasoner
from assistant.terminal.completion import AnswerCompleter, offers
from rules.model import Kind

TODAY = date(2026, 1, 15)


def asked(reasoner: Reasoner, id_: str | None, lang: str = "fr") -> Reply:
    """The reply in which a finding is asked."""
    session = Session(Settings(lang, TODAY))
    if id_ is not None:
        session = session.then(Event(What.ASKED, id_))
    return ask_again(reasoner, session, ())


def names(reasoner: Reasoner, reply: Reply, before: str) -> list[str]:
    return [name for name, _ in offers(reasoner.knowledge, reply, before)[1]]


def several(reasoner: Reasoner) -> str:
    """The finding with most answers that can be given together."""
    findings = reasoner.knowledge.findings
    lists = [id_ for id_, f in findings.items() if f.kind is Kind.SEVERAL and f.asked]
    return max(lists, key=lambda id_: len(findings[id_].values))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_answer_that_is_offered_is_understood(lang: str, shipped_reasoner: Reasoner) -> None:
    knowledge = shipped_reasoner.knowledge
    for id_, finding in knowledge.findings.items():
        if finding.kind not in (Kind.CHOICE, Kind.SEVERAL) or not finding.asked:
            continue
        reply = asked(shipped_reasoner, id_, lang)
        for value, record in finding.values.items():
            label = record.label[lang]
            offered = names(shipped_reasoner, reply, label.replace(",", ""))
            offered += names(shipped_reasoner, reply, label)
            chosen = [
                name
                for name in offered
                if fold(name).replace(",", "") == fold(label).replace(",", "")
            ]
            assert chosen, f"{id_}: {label} is not offered"
            read = understand(finding, chosen[0], tuple(finding.values), today=TODAY)
            assert read == (value,), f"{id_}: {chosen[0]}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_answers_offered_make_a_list_that_is_understood(
    lang: str, shipped_reasoner: Reasoner
) -> None:
    for id_, finding in shipped_reasoner.knowledge.findings.items():
        free = [value for value in finding.values if value != finding.exclusive]
        if finding.kind is not Kind.SEVERAL or not finding.asked or len(free) < 2:
            continue
        reply = asked(shipped_reasoner, id_, lang)
        typed = ""
        for value in free:
            label = finding.values[value].label[lang].replace(",", "")
            start, offered = offers(shipped_reasoner.knowledge, reply, typed + label)
            assert start == label
            assert label in [name for name, _ in offered], label
            typed += label + ", "
        read = understand(finding, typed.rstrip(", "), tuple(finding.values), today=TODAY)
        assert read == tuple(free), id_


def test_accents_are_optional_and_letters_may_be_left_out(shipped_reasoner: Reasoner) -> None:
    reply = asked(shipped_reasoner, "complaint")
    assert names(shipped_reasoner, reply, "deglut")[0].endswith("déglutition")
    assert names(shipped_reasoner, reply, "dlr")[0] == "douleur"
    assert names(shipped_reasoner, reply, "DOUL")[0] == "douleur"
    assert names(shipped_reasoner, reply, "fonte mus")[0] == "fonte musculaire"
    assert names(shipped_reasoner, reply, "aide") == ["aide"]
    assert names(shipped_reasoner, reply, "zzz") == []


def test_beginnings_come_first(shipped_reasoner: Reasoner) -> None:
    reply = asked(shipped_reasoner, "complaint", "en")
    found = names(shipped_reasoner, reply, "w")
    starts = [name.startswith("w") for name in found]
    assert starts == sorted(starts, reverse=True)
    assert any(starts)


def test_what_stands_after_a_comma_is_completed_by_itself(shipped_reasoner: Reasoner) -> None:
    reply = asked(shipped_reasoner, "complaint")
    typed, found = offers(shipped_reasoner.knowledge, reply, "douleur, fai")
    assert typed == "fai"
    assert found[0] == ("faiblesse", "")
    assert "aide" not in names(shipped_reasoner, reply, "douleur, a")


def test_a_slash_offers_commands_only(shipped_reasoner: Reasoner) -> None:
    reply = asked(shipped_reasoner, "complaint", "en")
    typed, found = offers(shipped_reasoner.knowledge, reply, "/ho")
    assert typed == "ho"
    assert [name for name, _ in found] == ["how", "whynot"]
    assert names(shipped_reasoner, reply, "/pain") == []


def test_commands_offer_what_they_take(shipped_reasoner: Reasoner) -> None:
    start = asked(shipped_reasoner, "age", "fr")
    reply = step(shipped_reasoner, start.session, "36")
    assert names(shipped_reasoner, reply, "comment sclerose l")[0].startswith("Sclérose latérale")
    assert names(shipped_reasoner, reply, "/how sclerose l")[0].startswith("Sclérose latérale")
    assert names(shipped_reasoner, reply, "modifier ") == ["âge"]
    assert names(shipped_reasoner, reply, "suspendre ") == ["âge"]
    assert names(shipped_reasoner, reply, "pourquoi pas sclerose l")[0].startswith("Sclérose lat")
    assert names(shipped_reasoner, reply, "why not sclerose l")[0].startswith("Sclérose latérale")
    assert names(shipped_reasoner, reply, "langue ") == ["fr", "en"]
    assert "aide" in names(shipped_reasoner, reply, "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_whatif_offers_is_understood(lang: str, shipped_reasoner: Reasoner) -> None:
    reply = step(shipped_reasoner, asked(shipped_reasoner, "age", lang).session, "36")
    for name in names(shipped_reasoner, reply, "whatif "):
        assert name.endswith("=")
        offered = names(shipped_reasoner, reply, f"whatif {name}")
        for value in offered[-1:]:
            said = step(shipped_reasoner, reply.session, f"whatif {name}{value}")
            assert not [block.text for block in said.blocks if block.style is Style.ERROR]
            assert said.session == reply.session


def test_answers_of_a_list_are_offered_after_each_comma(shipped_reasoner: Reasoner) -> None:
    reply = asked(shipped_reasoner, "sex")
    typed, found = offers(shipped_reasoner.knowledge, reply, "et-si motif=douleur, fai")
    assert (typed, found[0]) == ("fai", ("faiblesse", ""))


def test_edit_offers_what_was_skipped(shipped_reasoner: Reasoner) -> None:
    reply = step(shipped_reasoner, asked(shipped_reasoner, "sex").session, "passer")
    assert names(shipped_reasoner, reply, "modifier ") == ["sexe"]


def test_numbers_offer_commands_only(shipped_reasoner: Reasoner) -> None:
    assert names(shipped_reasoner, asked(shipped_reasoner, "age", "en"), "3") == []
    assert "why" in names(shipped_reasoner, asked(shipped_reasoner, "age", "en"), "w")


@given(st.text(max_size=80))
def test_no_text_at_all_stops_it(shipped_reasoner: Reasoner, text: str) -> None:
    for id_ in (several(shipped_reasoner), "age", None):
        typed, _ = offers(shipped_reasoner.knowledge, asked(shipped_reasoner, id_), text)
        assert text.endswith(typed)


def test_a_fault_in_it_ends_no_interview(shipped_reasoner: Reasoner) -> None:
    completer = AnswerCompleter(shipped_reasoner.knowledge)
    document = Document("dou", 3)
    assert list(completer.get_completions(document, CompleteEvent())) == []  # nothing asked yet
    completer.reply = replace(asked(shipped_reasoner, "complaint"), question="not a finding")
    assert list(completer.get_completions(document, CompleteEvent())) == []
    completer.reply = asked(shipped_reasoner, "complaint")
    (first, *_) = completer.get_completions(document, CompleteEvent())
    assert (first.text, first.start_position) == ("douleur", -3)
