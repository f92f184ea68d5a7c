"""`differential`, `how` and `why` in sentences: every number with what it rests on.

`how` shows a product that a reader can check: the share before any answer, the ratio that each
answer multiplies it by, and the sum over all hypotheses that turns the result into a probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    diagnosis_name,
    fact_text,
    joined,
    number,
    percent,
    ratio,
    source_text,
    word,
)
from assistant.reasoning.differential import Hypothesis, Outcome, Reason
from rules.compile import alternative
from rules.model import Finding, Knowledge
from rules.typography import french

SMALL = math.log(1.15)  # a ratio below this is told in one line with the others
SHOWN_HYPOTHESES = 8


def differential(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The hypotheses, ranked, each with its word and probability."""
    blocks = [Block(Style.TITLE, say(lang, "differential_title"))]
    for rank, hypothesis in enumerate(outcome.hypotheses[:SHOWN_HYPOTHESES], 1):
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
            blocks += [Block(style, reason(knowledge, r, lang), 1) for r in chosen]
    if small:
        product = ratio(sum(r.counted for r in small), lang)
        text = say(lang, "how_small", count=len(small), ratio=product)
        blocks.append(Block(Style.MUTED, text))
    blocks += patterns(knowledge, outcome, lang)
    if hypothesis.reasons:
        blocks.append(Block(Style.TEXT, _sum(hypothesis, outcome, lang)))
    return tuple(blocks)


def reason(knowledge: Knowledge, given: Reason, lang: str) -> str:
    """One reason in a sentence: the answer, its ratio, why, and the source."""
    lk = given.likelihood
    label, value = fact_text(knowledge, lk.fact, lang)
    parts = {
        "label": label,
        "value": value,
        "ratio": ratio(given.counted, lang),
        "because": lk.because[lang],
        "source": source_text(knowledge, lk.source, lang),
        "share": percent(lk.share, lang),
        "usual": percent(lk.usual, lang),
    }
    # Where the answer is not the one that the sentence speaks of, the two shares say why it counts.
    text = say(lang, "how_reason" if lk.named else "how_reason_rest", **parts)
    if abs(given.counted - lk.weight) > 1e-9:
        text += f" ({say(lang, 'how_shared')})"
    return text


def patterns(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The syndromes and sites that rules derived, each with the answers and the reason."""
    blocks = []
    for id_, firings in outcome.patterns.items():
        text = firings[0]
        rule = alternative(knowledge, text.rule)
        label = knowledge.patterns[id_].label[lang]
        source = source_text(knowledge, rule, lang)
        blocks.append(Block(Style.BULLET, f"{label}. {rule.because[lang]} {source}", 1))
    if blocks:
        blocks.insert(0, Block(Style.STRONG, say(lang, "how_patterns")))
    return tuple(blocks)


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
            blocks.append(Block(Style.MUTED, text, 1))
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
