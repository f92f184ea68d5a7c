"""Answers that might have been otherwise, and what would then be different, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.criteria import relevant, summary, verdict_text
from assistant.language.names import (
    capitalised,
    colon,
    diagnosis_name,
    fact_text,
    joined,
    listed,
    name_within,
    percent,
    source_text,
    values_text,
)
from assistant.language.reasons import pattern_text
from assistant.reasoning.changes import Difference
from assistant.reasoning.differential import Outcome
from assistant.reasoning.facts import UNKNOWN, Answers
from rules.compile import Fact, alternative
from rules.model import NO, YES, Finding, Kind, Knowledge

MOVED = 0.01  # a probability that moves less is not told
SHOWN = 5


# --- answers ------------------------------------------------------------------------------


def answer_text(finding: Finding, values: Iterable[str], lang: str) -> str:
    """An answer as it is quoted: "reflexes: brisk"."""
    return colon(finding.label[lang], values_text(finding, values, lang), lang)


def conditions_text(knowledge: Knowledge, finding: Finding, lang: str) -> str:
    """The answers without which a question is not asked."""
    told = []
    for when in finding.when:
        other = knowledge.findings[when.finding]
        values = joined((other.values[value].label[lang] for value in when.value), lang)
        told.append(say(lang, "quoted", text=colon(other.label[lang], values, lang)))
    return joined(told, lang, "and")


def changes_text(
    knowledge: Knowledge,
    answers: Answers,
    known: Collection[Fact],
    facts: Iterable[Fact],
    lang: str,
) -> str:
    """Changes of answers as part of a sentence: "with “reflexes: brisk” instead of “normal” and
    without “sensory loss”". `known` are the facts before."""
    keys = {fact.key for fact in known}
    told = []
    for fact in facts:
        text = _change(knowledge, answers, fact, lang)
        if fact.key not in keys:
            asked = answers.get(fact.key.partition(".")[0])
            if asked in (None, (UNKNOWN,)):
                text += f" ({say(lang, 'not_known' if asked else 'not_asked')})"
        told.append(text)
    return joined(told, lang, "and")


def _change(knowledge: Knowledge, answers: Answers, fact: Fact, lang: str) -> str:
    id_, _, option = fact.key.partition(".")
    finding = knowledge.findings[id_]
    given = answers.get(id_, (UNKNOWN,))
    label, value = fact_text(knowledge, fact, lang)
    answer = colon(label, value, lang)
    if set(finding.values) == {YES, NO}:
        return say(lang, "change_no" if fact.value == NO else "change_yes", answer=label)
    counterpart = label != finding.label[lang]  # "muscles tested normal"
    if fact.value == NO and option in given and not counterpart:
        return say(lang, "change_no", answer=answer_text(finding, (option,), lang))
    if given == (UNKNOWN,) or counterpart:
        return say(lang, "change_yes", answer=answer)
    if finding.kind is Kind.SEVERAL and finding.exclusive not in (*given, option):
        return say(lang, "change_also", answer=answer)
    before = values_text(finding, given, lang)
    return say(lang, "change_to", answer=answer, before=before)


# --- before and after ---------------------------------------------------------------------


def compared(knowledge: Knowledge, before: Outcome, after: Outcome, lang: str) -> Blocks:
    """The differential after a change, with what it was before."""
    was = {h.id: (rank, h.probability) for rank, h in enumerate(before.hypotheses, 1)}
    leading = {h.id for h in before.hypotheses[:2]}
    blocks = []
    for rank, h in enumerate(after.hypotheses, 1):
        rank_before, probability = was[h.id]
        moved = abs(h.probability - probability) >= MOVED
        if (rank <= SHOWN and (moved or rank <= 2)) or h.id in leading:
            key = "compared" if rank == rank_before else "compared_rank"
            text = say(
                lang,
                key,
                hypothesis=colon(
                    f"{rank}. {diagnosis_name(knowledge, h.id, lang)}",
                    percent(h.probability, lang),
                    lang,
                ),
                before=percent(probability, lang),
                rank=rank_before,
            )
            blocks.append(Block(Style.BAR, text, share=h.probability))
    return tuple(blocks)


def gained(knowledge: Knowledge, found: Difference, after: Outcome, lang: str) -> Iterator[Block]:
    """The red flags and patterns that only the second outcome has, each with its reason."""
    for id_ in found.flags_gained:
        rule = alternative(knowledge, after.red_flags[id_][0].rule)
        text = say(lang, "flag_gained", name=knowledge.red_flags[id_].label[lang])
        because = f"{rule.because[lang]} {source_text(knowledge, rule, lang)}"
        yield Block(Style.BULLET, f"{text} {because}")
    for id_ in found.patterns_gained:
        text = pattern_text(knowledge, id_, after.patterns[id_][0], lang)
        yield Block(Style.BULLET, say(lang, "pattern_gained", pattern=text))


def lost(knowledge: Knowledge, found: Difference, lang: str) -> Iterator[str]:
    """The red flags and patterns that no longer hold, in one sentence."""
    flags, patterns = knowledge.red_flags, knowledge.patterns
    names = [say(lang, "lost_flag", name=flags[id_].label[lang]) for id_ in found.flags_lost]
    names += [say(lang, "quoted", text=patterns[id_].label[lang]) for id_ in found.patterns_lost]
    if names:
        yield say(lang, "lost_conclusions", names=joined(names, lang, "and"))


def facts_lost(knowledge: Knowledge, facts: Iterable[Fact], lang: str) -> Iterator[str]:
    """What followed from an answer and is not known without it, in one sentence."""
    told = [colon(*fact_text(knowledge, fact, lang), lang) for fact in facts]
    if told:
        yield say(lang, "facts_lost", facts=listed(told, lang))


def criteria_changed(
    knowledge: Knowledge, found: Difference, before: Outcome, after: Outcome, lang: str
) -> Iterator[str]:
    """The sets of criteria whose verdict is another, where they bear on what is likely."""
    bearing = {*relevant(knowledge, before), *relevant(knowledge, after)}
    for was, now in found.criteria:
        if now.id in bearing or was.level or now.level:
            told = verdict_text(knowledge, was, lang)
            yield say(lang, "criteria_changed", now=summary(knowledge, now, lang), was=told)


def leader_changed(
    knowledge: Knowledge, before: Outcome, after: Outcome, lang: str
) -> Iterator[str]:
    """That another hypothesis leads, if one does."""
    was, now = before.leader, after.leader
    if was.id != now.id:
        yield say(
            lang,
            "leader_changed",
            name=capitalised(name_within(knowledge, now.id, lang, article=True)),
            probability=percent(now.probability, lang),
            before=name_within(knowledge, was.id, lang, article=True),
            was=percent(after.hypothesis(was.id).probability, lang),
        )


def questions_lost(knowledge: Knowledge, ids: Iterable[str], lang: str) -> Iterator[str]:
    """The follow-up questions that no longer make sense, in one sentence."""
    labels = [knowledge.findings[id_].label[lang] for id_ in ids]
    if labels:
        yield say(lang, "questions_lost", labels=listed(labels, lang))


def withdrawn_text(knowledge: Knowledge, answers: Answers, ids: Iterable[str], lang: str) -> str:
    """The answers to these questions: "onset of pain (suddenly) and site of pain (shoulder)"."""
    findings = {id_: knowledge.findings[id_] for id_ in ids}
    told = (
        f"{finding.label[lang]} ({values_text(finding, answers[id_], lang)})"
        for id_, finding in findings.items()
    )
    return joined(told, lang, "and")


def look(
    knowledge: Knowledge,
    before: Outcome,
    after: Outcome,
    found: Difference,
    lang: str,
) -> Blocks:
    """What the conclusions would be after a change, beside what they are."""
    told = [
        *gained(knowledge, found, after, lang),
        *(Block(Style.BULLET, text) for text in lost(knowledge, found, lang)),
        *(Block(Style.BULLET, t) for t in criteria_changed(knowledge, found, before, after, lang)),
    ]
    if told:
        told.insert(0, Block(Style.STRONG, say(lang, "look_besides")))
    return (*compared(knowledge, before, after, lang), *told)
