"""`differential`, `how` and `why` in sentences: every number with what it rests on.

`how` shows a product that a reader can check: the share before any answer, the ratio that each
answer multiplies it by, and the sum over all hypotheses that turns the result into a probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    diagnosis_name,
    fact_text,
    joined,
    listed,
    number,
    percent,
    ratio,
    source_text,
    word,
)
from assistant.reasoning.differential import Hypothesis, Outcome, Reason
from assistant.reasoning.engine import Firing
from rules.compile import alternative
from rules.model import Finding, Knowledge
from rules.typography import french

SMALL = math.log(1.15)  # a ratio below this is told in one line with the others
SHOWN_HYPOTHESES, SHOWN_LEAST = 8, 0.01


def differential(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The hypotheses, ranked, each with its word and probability."""
    blocks = [Block(Style.TITLE, say(lang, "differential_title"))]
    for rank, hypothesis in enumerate(outcome.hypotheses[:SHOWN_HYPOTHESES], 1):
        if rank > 3 and hypothesis.probability < SHOWN_LEAST:
            break
        name = diagnosis_name(knowledge, hypothesis.id, lang)
        text = f"{rank}. {name}: {word(hypothesis, lang)}, {percent(hypothesis.probability, lang)}"
        blocks.append(
            Block(
                Style.BAR,
                french(text.replace(": ", " : ")) if lang == "fr" else text,
                share=hypothesis.probability,
            )
        )
    return tuple(blocks)


def how(knowledge: Knowledge, outcome: Outcome, id_: str, lang: str) -> Blocks:
    """The full justification of one hypothesis: every answer, its ratio, reason and source."""
    hypothesis = outcome.hypothesis(id_)
    title = say(lang, "how_title", name=diagnosis_name(knowledge, id_, lang))
    start = say(lang, "how_start", prior=_share(math.exp(hypothesis.prior), lang))
    blocks = [Block(Style.TITLE, title), Block(Style.TEXT, start)]
    large = [r for r in hypothesis.reasons if abs(r.counted) >= SMALL]
    small = [r for r in hypothesis.reasons if abs(r.counted) < SMALL]
    if not hypothesis.reasons:
        blocks.append(Block(Style.TEXT, say(lang, "how_nothing")))
    for key, style, sign in (("how_for", Style.FOR, 1), ("how_against", Style.AGAINST, -1)):
        chosen = [r for r in large if r.counted * sign > 0]
        if chosen:
            blocks.append(Block(Style.STRONG, say(lang, key)))
            blocks += [Block(style, text, 1) for text in reason_texts(knowledge, chosen, lang)]
    if small:
        product = ratio(sum(r.counted for r in small), lang)
        text = say(lang, "how_small", count=len(small), ratio=product)
        blocks.append(Block(Style.MUTED, text))
    blocks += patterns(knowledge, outcome, lang)
    if hypothesis.reasons:
        blocks.append(Block(Style.TEXT, _sum(hypothesis, outcome, lang)))
    return tuple(blocks)


def reason_texts(knowledge: Knowledge, given: Iterable[Reason], lang: str) -> list[str]:
    """Reasons in sentences: the answers with their ratios, why they count, and the source.

    Answers that one piece of evidence weighs are told together, strongest first.
    """
    together: dict[int, list[Reason]] = {}
    for item in given:
        together.setdefault(id(item.likelihood.source), []).append(item)
    texts = []
    for items in together.values():
        first = items[0].likelihood
        by_finding: dict[str, list[str]] = {}
        for item in items:
            label, value = fact_text(knowledge, item.likelihood.fact, lang)
            by_finding.setdefault(label, []).append(_weighed(item, value, lang))
        told = (
            say(lang, "how_answer", label=label, values=", ".join(values))
            for label, values in by_finding.items()
        )
        answers = listed(told, lang)
        texts.append(
            say(lang, "how_reason", answers=answers, because=first.because[lang],
                source=source_text(knowledge, first.source, lang))
        )  # fmt: skip
    return texts


def _weighed(item: Reason, value: str, lang: str) -> str:
    """An answer with its ratio. One that the evidence does not name is told with its shares."""
    lk = item.likelihood
    parts = [say(lang, "how_ratio", ratio=ratio(item.counted, lang))]
    if not lk.named:
        shares = {"share": percent(lk.share, lang), "usual": percent(lk.usual, lang)}
        parts.append(say(lang, "how_shares", **shares))
    if abs(item.counted - lk.weight) > 1e-9:
        parts.append(say(lang, "how_shared"))
    return f"{value} ({listed(parts, lang)})"


def patterns(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The syndromes and sites that rules derived, each with the answers and the reason."""
    blocks = [
        Block(Style.BULLET, pattern_text(knowledge, id_, firings[0], lang), 1)
        for id_, firings in outcome.patterns.items()
    ]
    if blocks:
        blocks.insert(0, Block(Style.STRONG, say(lang, "how_patterns")))
    return tuple(blocks)


def pattern_text(knowledge: Knowledge, id_: str, firing: Firing, lang: str) -> str:
    """A pattern, why the rule derived it, and what the rule rests on."""
    rule = alternative(knowledge, firing.rule)
    label = knowledge.patterns[id_].label[lang]
    sentence = f"{label[0].upper()}{label[1:]}. {rule.because[lang]}"
    return f"{sentence} {source_text(knowledge, rule, lang)}"


def why(
    knowledge: Knowledge,
    finding: Finding,
    outcome: Outcome,
    if_answered: Mapping[str, Outcome],
    lang: str,
) -> Blocks:
    """Why a question is asked: what is at stake, and what each answer would do to it.

    `if_answered` holds the outcome after each possible value.
    """
    blocks = [Block(Style.TITLE, say(lang, "why_title", label=finding.label[lang]))]
    if finding.opening:
        blocks.append(Block(Style.TEXT, say(lang, "why_opening")))
    leading = outcome.hypotheses[:3]
    stakes = ", ".join(
        f"{diagnosis_name(knowledge, h.id, lang)} {percent(h.probability, lang)}" for h in leading
    )
    blocks.append(Block(Style.TEXT, say(lang, "why_at_stake", hypotheses=stakes)))
    told: set[str] = set()
    for value, after in if_answered.items():
        label = finding.values[value].label[lang]
        text = say(
            lang, "why_answer", value=label, changes=_changes(knowledge, outcome, after, lang)
        )
        blocks.append(Block(Style.BULLET, text))
        strongest = _strongest_new(outcome, after)
        if strongest:
            lk = strongest.likelihood
            source = source_text(knowledge, lk.source, lang)
            text = say(lang, "why_because", because=lk.because[lang], source=source)
            if text not in told:
                blocks.append(Block(Style.MUTED, text, 1))
            told.add(text)
    how_to = say(lang, "why_how_to", help=finding.help[lang])
    return (*blocks, Block(Style.TEXT, how_to))


def _changes(knowledge: Knowledge, before: Outcome, after: Outcome, lang: str) -> str:
    was = {h.id: h.probability for h in before.hypotheses}
    moved = sorted(after.hypotheses, key=lambda h: -abs(h.probability - was[h.id]))[:2]
    texts = [
        say(
            lang,
            "why_change",
            name=diagnosis_name(knowledge, h.id, lang),
            before=percent(was[h.id], lang),
            after=percent(h.probability, lang),
        )
        for h in moved
        if abs(h.probability - was[h.id]) >= 0.02
    ]
    return ", ".join(texts) or say(lang, "why_no_change")


def _strongest_new(before: Outcome, after: Outcome) -> Reason | None:
    """The reason which an answer would add that tells most among the hypotheses in question."""
    new = [
        (h.probability, r)
        for h in after.hypotheses[:3]
        for r in h.reasons
        if r.likelihood.fact not in before.facts and r.likelihood.named and abs(r.counted) > SMALL
    ]
    return max(new, key=lambda item: item[0] * abs(item[1].counted))[1] if new else None


def _sum(hypothesis: Hypothesis, outcome: Outcome, lang: str) -> str:
    total = sum(math.exp(h.score) for h in outcome.hypotheses)
    return say(
        lang,
        "how_sum",
        prior=_share(math.exp(hypothesis.prior), lang),
        product=number(math.exp(hypothesis.evidence), lang),
        score=number(math.exp(hypothesis.score), lang),
        total=number(total, lang),
        probability=percent(hypothesis.probability, lang),
    )


def _share(share: float, lang: str) -> str:
    text = number(share * 100, lang)
    return french(f"{text} %") if lang == "fr" else f"{text}%"


def leading_names(knowledge: Knowledge, outcome: Outcome, lang: str, count: int = 3) -> str:
    """The first hypotheses with their probabilities, in one line."""
    return joined(
        (
            f"{diagnosis_name(knowledge, h.id, lang)} {percent(h.probability, lang)}"
            for h in outcome.hypotheses[:count]
        ),
        lang,
    )
