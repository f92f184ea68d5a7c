"""`why` in sentences: what is at stake in a question, what each answer would do, and which rules and
criteria wait for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    capitalised,
    colon,
    fact_text,
    joined,
    name_within,
    percent,
    source_text,
)
from assistant.reasoning.differential import Outcome, Reason
from assistant.reasoning.grounds import Waiting, WaitingItem
from assistant.reasoning.likelihood import SMALL
from rules.compile import Fact, alternative
from rules.model import Finding, Knowledge

SHOWN_WAITING, SHOWN_VALUES = 3, 3


def why(
    knowledge: Knowledge,
    finding: Finding,
    outcome: Outcome,
    if_answered: Mapping[str, Outcome],
    waits: Iterable[Waiting | WaitingItem],
    lang: str,
) -> Blocks:
    """Why a question is asked: what is at stake, what each answer would do to it, and which rules
    wait for one.

    `if_answered` holds the outcome after each possible value.
    """
    blocks = [Block(Style.TITLE, say(lang, "why_title", label=finding.label[lang]))]
    if finding.opening:
        blocks.append(Block(Style.TEXT, say(lang, "why_opening")))
    leading = outcome.hypotheses[:3]
    stakes = ", ".join(
        f"{name_within(knowledge, h.id, lang)} {percent(h.probability, lang)}" for h in leading
    )
    blocks.append(Block(Style.TEXT, say(lang, "why_at_stake", hypotheses=stakes)))
    told: set[str] = set()
    idle: list[str] = []
    for value, after in if_answered.items():
        label = finding.values[value].label[lang]
        changes = _changes(knowledge, outcome, after, lang)
        if not changes:
            idle.append(label)
            continue
        answer = say(lang, "quoted", text=label)
        blocks.append(Block(Style.BULLET, say(lang, "why_answer", answer=answer, changes=changes)))
        strongest = _strongest_new(outcome, after)
        if strongest:
            lk = strongest.likelihood
            source = source_text(knowledge, lk.source, lang)
            name = capitalised(name_within(knowledge, lk.diagnosis, lang))
            text = say(lang, "why_because", name=name, because=lk.because[lang], source=source)
            if text not in told:
                blocks.append(Block(Style.MUTED, text, 1))
            told.add(text)
    waits = list(waits)
    if len(idle) == len(if_answered):
        alarming = any(isinstance(w, Waiting) and w.rule.kind == "red_flag" for w in waits)
        key = "why_for_flag" if alarming else "why_idle"
        blocks.append(Block(Style.TEXT, say(lang, key)))
    elif idle:
        answer = joined(_quoted(idle, lang), lang)
        blocks.append(Block(Style.BULLET, say(lang, "why_no_change", answer=answer)))
    texts = dict.fromkeys(_waits(knowledge, item, lang) for item in waits)  # each once
    if texts:
        blocks.append(Block(Style.STRONG, say(lang, "why_waiting")))
        blocks += [Block(Style.BULLET, text, 1) for text in list(texts)[:SHOWN_WAITING]]
    how_to = say(lang, "why_how_to", help=finding.help[lang])
    return (*blocks, Block(Style.TEXT, how_to))


def _waits(knowledge: Knowledge, waits: Waiting | WaitingItem, lang: str) -> str:
    """What completes a rule, what that concludes, why, and the source."""
    values = joined(_quoted(_values(knowledge, waits.facts, lang), lang), lang)
    if isinstance(waits, WaitingItem):
        record, text = knowledge.criteria[waits.criteria], waits.item.text
        return say(
            lang,
            "waits_criteria" if text else "waits_finding",
            answer=say(lang, "waits_for", values=values),
            name=record.label[lang],
            item=text[lang] if text else "",
            source=source_text(knowledge, record, lang),
        )
    answer = say(lang, "waits_for", values=values)
    if waits.more:
        label = fact_text(knowledge, waits.more[0], lang)[0]
        quoted = _quoted(_values(knowledge, waits.more, lang), lang)
        more = colon(label, joined(quoted, lang), lang)
        answer = say(lang, "waits_for_two", values=values, more=more)
    rule = alternative(knowledge, waits.rule)
    named = knowledge.red_flags if waits.rule.kind == "red_flag" else knowledge.patterns
    return say(
        lang,
        f"waits_{waits.rule.kind}",
        answer=answer,
        name=named[waits.rule.target].label[lang],
        because=rule.because[lang],
        source=source_text(knowledge, rule, lang),
    )


def _quoted(values: Iterable[str], lang: str) -> list[str]:
    return [say(lang, "quoted", text=value) for value in values]


def _values(knowledge: Knowledge, facts: Iterable[Fact], lang: str) -> list[str]:
    """The first of the answers to one question that would do, in words."""
    label = fact_text(knowledge, next(iter(facts)), lang)[0]
    told = (fact_text(knowledge, fact, lang) for fact in facts)
    return [value for name, value in told if name == label][:SHOWN_VALUES]


def _changes(knowledge: Knowledge, before: Outcome, after: Outcome, lang: str) -> str:
    was = {h.id: h.probability for h in before.hypotheses}
    moved = sorted(after.hypotheses, key=lambda h: -abs(h.probability - was[h.id]))[:2]
    texts = [
        say(
            lang,
            "why_change",
            name=name_within(knowledge, h.id, lang),
            before=percent(was[h.id], lang),
            after=percent(h.probability, lang),
        )
        for h in moved
        if abs(h.probability - was[h.id]) >= 0.02
    ]
    return ", ".join(texts)


def _strongest_new(before: Outcome, after: Outcome) -> Reason | None:
    """The reason which an answer would add that tells most among the hypotheses in question."""
    new = [
        (h.probability, r)
        for h in after.hypotheses[:3]
        for r in h.reasons
        if r.likelihood.fact not in before.facts and r.likelihood.named and abs(r.counted) > SMALL
    ]
    return max(new, key=lambda item: item[0] * abs(item[1].counted))[1] if new else None
