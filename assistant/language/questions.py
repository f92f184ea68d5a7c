"""Questions as they are put, answers as they are echoed, lines that were not understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import colon, fact_text, joined, listed, values_text
from assistant.language.text import shorten
from assistant.language.understand import Fault, Misread
from assistant.reasoning.facts import UNKNOWN, Answers
from rules.compile import Fact
from rules.model import Finding, Kind, Knowledge

_SHOWS_CHOICES = (Kind.CHOICE, Kind.SEVERAL)


def ask(
    finding: Finding, offered: Iterable[str], number: int, lang: str, *, together: bool = False
) -> Blocks:
    """A question, with the choices offered or what form of answer it takes.

    Where it asks for other findings as well (`together`), its help shows how to answer them all.
    """
    blocks = [Block(Style.STRONG, f"{say(lang, 'question_number', n=number)}. {finding.ask[lang]}")]
    if finding.kind in _SHOWS_CHOICES:
        labels = tuple(finding.values[id_].label[lang] for id_ in offered)
        blocks.append(Block(Style.CHOICES, "", items=labels))
    hint = finding.help[lang] if together else _hint(finding, lang)
    if hint:
        blocks.append(Block(Style.MUTED, hint))
    return tuple(blocks)


def noted(knowledge: Knowledge, answers: Answers, implied: Iterable[Fact], lang: str) -> Blocks:
    """The echo of the answers in a line, in one short line, with what they imply."""
    told_answers = (
        colon(
            knowledge.findings[id_].label[lang],
            values_text(knowledge.findings[id_], values, lang),
            lang,
        )
        for id_, values in answers.items()
    )
    text = say(lang, "noted", answers=listed(told_answers, lang))
    told = (colon(*fact_text(knowledge, fact, lang), lang) for fact in implied)
    facts = listed(told, lang)
    if facts:
        text += " " + say(lang, "noted_implied", facts=facts)
    return (Block(Style.NOTED, text),)


def misread(finding: Finding, offered: Sequence[str], fault: Misread, lang: str) -> Blocks:
    """Why a line is no answer, and what was expected."""
    labels = [finding.values[id_].label[lang] for id_ in fault.candidates if id_ in finding.values]
    candidates = joined(labels, lang)
    text = say(lang, fault.fault, part=shorten(fault.part, 40), candidates=candidates)
    if fault.fault is Fault.NO_SUCH_ANSWER and candidates:
        text += " " + say(lang, "did_you_mean", candidates=candidates)
    return (Block(Style.ERROR, f"{text} {_expected(finding, len(offered), lang)}"),)


def known(
    knowledge: Knowledge,
    answers: Mapping[str, tuple[str, ...]],
    facts: Mapping[Fact, str],
    lang: str,
) -> Blocks:
    """All that was answered, and what follows from it without any rule."""
    if not answers:
        return (Block(Style.TEXT, say(lang, "no_facts")),)
    blocks = [Block(Style.TITLE, say(lang, "facts_title"))]
    for id_, values in answers.items():
        finding = knowledge.findings[id_]
        style = Style.MUTED if values == (UNKNOWN,) else Style.BULLET
        text = colon(finding.label[lang], values_text(finding, values, lang), lang)
        blocks.append(Block(style, text))
    for fact, stated_by in facts.items():
        if fact.key.partition(".")[0] not in (*answers, "weak_muscles"):
            origin = say(lang, "from_answer", label=knowledge.findings[stated_by].label[lang])
            text = colon(*fact_text(knowledge, fact, lang), lang)
            blocks.append(Block(Style.BULLET, f"{text} ({origin})"))
    return tuple(blocks)


def _hint(finding: Finding, lang: str) -> str:
    if finding.kind is Kind.SEVERAL:
        return say(lang, "several_hint")
    if finding.kind is Kind.NUMBER:
        return say(lang, "number_hint", unit=finding.unit[lang] if finding.unit else "")
    return say(lang, "duration_hint") if finding.kind is Kind.DURATION else ""


def _expected(finding: Finding, count: int, lang: str) -> str:
    if finding.kind is Kind.NUMBER:
        unit = finding.unit[lang] if finding.unit else ""
        low, high = finding.minimum or 0, finding.maximum or 0
        return say(lang, "expected_number", low=f"{low:g}", high=f"{high:g}", unit=unit)
    key = {Kind.DURATION: "expected_duration", Kind.SEVERAL: "expected_several"}
    return say(lang, key.get(finding.kind, "expected_choice"), count=count)
