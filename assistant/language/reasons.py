"""`differential` and `how` in sentences: every number with what it rests on.

`how` shows a product that a reader can check: the share before any answer, the ratio that each
answer multiplies it by, and the sum over all hypotheses that turns the result into a probability.
Under what was derived (a pattern, a lesion site) stand the answers that it was derived from.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    diagnosis_name,
    fact_text,
    listed,
    number,
    percent,
    ratio,
    source_text,
    word,
)
from assistant.reasoning.differential import Hypothesis, Outcome, Reason
from assistant.reasoning.engine import Firing
from assistant.reasoning.grounds import Ground, grounds, matched
from rules.compile import Fact, alternative
from rules.model import Knowledge
from rules.typography import french

SMALL = math.log(1.15)  # a ratio below this is told in one line with the others
SHOWN_HYPOTHESES, SHOWN_LEAST = 8, 0.01

Notes = Mapping[Fact, Sequence[str]]


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
    if not hypothesis.reasons:
        blocks.append(Block(Style.TEXT, say(lang, "how_nothing")))
    blocks += _speaks(knowledge, outcome, hypothesis, Style.FOR, lang)
    blocks += _speaks(knowledge, outcome, hypothesis, Style.AGAINST, lang)
    blocks += small_reasons(hypothesis, lang)
    blocks += patterns(knowledge, outcome, lang, hypothesis)
    if hypothesis.reasons:
        blocks.append(Block(Style.TEXT, _sum(hypothesis, outcome, lang)))
    return tuple(blocks)


def _speaks(
    knowledge: Knowledge, outcome: Outcome, hypothesis: Hypothesis, style: Style, lang: str
) -> Iterator[Block]:
    """What speaks clearly for a hypothesis, or against it; what was derived, with its answers."""
    chosen = large_reasons(hypothesis, style)
    if chosen:
        yield Block(Style.STRONG, say(lang, f"how_{style}"))
    for together in _together(chosen):
        yield Block(style, _reason_text(knowledge, together, lang, {}), 1)
        for reason in together:
            parts = grounds(knowledge, outcome, reason.likelihood.fact).parts
            yield from _tree(knowledge, parts, hypothesis, lang, 2)


def large_reasons(hypothesis: Hypothesis, style: Style) -> list[Reason]:
    """The reasons worth a sentence each: those for a hypothesis, or those against it."""
    sign = 1 if style is Style.FOR else -1
    return [reason for reason in hypothesis.reasons if reason.counted * sign >= SMALL]


def small_reasons(hypothesis: Hypothesis, lang: str) -> Blocks:
    """The others, in one line."""
    small = [reason.counted for reason in hypothesis.reasons if abs(reason.counted) < SMALL]
    if not small:
        return ()
    key = "how_small" if len(small) > 1 else "how_small_one"
    text = say(lang, key, count=len(small), ratio=ratio(sum(small), lang))
    return (Block(Style.MUTED, text),)


def reason_texts(
    knowledge: Knowledge, given: Iterable[Reason], lang: str, notes: Notes | None = None
) -> list[str]:
    """Reasons in sentences: the answers with their ratios, why they count, and the source.

    Answers that one piece of evidence weighs are told together, strongest first. `notes` stand
    beside the ratio of a fact.
    """
    return [_reason_text(knowledge, items, lang, notes or {}) for items in _together(given)]


def _together(given: Iterable[Reason]) -> list[list[Reason]]:
    together: dict[int, list[Reason]] = {}
    for item in given:
        together.setdefault(id(item.likelihood.source), []).append(item)
    return list(together.values())


def _reason_text(knowledge: Knowledge, items: Sequence[Reason], lang: str, notes: Notes) -> str:
    first = items[0].likelihood
    told = (
        (*fact_text(knowledge, item.likelihood.fact, lang), _weighed(item, lang, notes))
        for item in items
    )
    return say(
        lang,
        "how_reason",
        answers=_answers(told, lang),
        because=first.because[lang],
        source=source_text(knowledge, first.source, lang),
    )


def _answers(told: Iterable[tuple[str, str, str]], lang: str) -> str:
    """Answers with what is said beside each, those to one question together."""
    by_label: dict[str, list[str]] = {}
    for label, value, beside in told:
        by_label.setdefault(label, []).append(f"{value} ({beside})" if beside else value)
    return listed(
        (
            say(lang, "how_answer", label=label, values=", ".join(v))
            for label, v in by_label.items()
        ),
        lang,
    )


def _weighed(item: Reason, lang: str, notes: Notes) -> str:
    """The ratio of an answer. One that the evidence does not name is told with its shares."""
    lk = item.likelihood
    parts = [say(lang, "how_ratio", ratio=ratio(item.counted, lang))]
    parts += notes.get(lk.fact, () if lk.named else (shares(item, lang),))
    if abs(item.counted - lk.weight) > 1e-9:
        parts.append(say(lang, "how_shared"))
    return listed(parts, lang)


def shares(item: Reason, lang: str) -> str:
    """How often an answer is met in a diagnosis, and in others."""
    lk = item.likelihood
    return say(lang, "how_shares", share=percent(lk.share, lang), usual=percent(lk.usual, lang))


# --- what was derived, and from what ------------------------------------------------------


def patterns(
    knowledge: Knowledge, outcome: Outcome, lang: str, hypothesis: Hypothesis | None = None
) -> Blocks:
    """The syndromes and sites that rules derived, each with its reason and the answers behind it.

    With a hypothesis, each answer has the ratio that it counts for that by itself.
    """
    if not outcome.patterns:
        return ()
    blocks, told = [Block(Style.STRONG, say(lang, "how_patterns"))], set[Fact]()
    if hypothesis:
        told = {r.likelihood.fact for r in hypothesis.reasons if abs(r.counted) >= SMALL}
        blocks.append(Block(Style.MUTED, say(lang, "how_tree")))
    for id_, firings in outcome.patterns.items():
        blocks.append(Block(Style.BULLET, pattern_text(knowledge, id_, firings[0], lang), 1))
        if Fact(id_) not in told:
            parts = (Ground(part.fact) for part in matched(knowledge, outcome, firings[0]))
            blocks += _tree(knowledge, parts, hypothesis, lang, 2)  # patterns have their own line
    return tuple(blocks)


def pattern_text(knowledge: Knowledge, id_: str, firing: Firing, lang: str) -> str:
    """A pattern, why the rule derived it, and what the rule rests on."""
    rule = alternative(knowledge, firing.rule)
    label = knowledge.patterns[id_].label[lang]
    sentence = f"{label[0].upper()}{label[1:]}. {rule.because[lang]}"
    return f"{sentence} {source_text(knowledge, rule, lang)}"


def _tree(
    knowledge: Knowledge,
    parts: Iterable[Ground],
    hypothesis: Hypothesis | None,
    lang: str,
    level: int,
) -> Iterator[Block]:
    """The answers under a conclusion, a line for each question; under what was derived, its own."""
    counted = {r.likelihood.fact: r.counted for r in hypothesis.reasons} if hypothesis else {}
    lines: dict[str, list[tuple[str, str, str]]] = {}
    below: dict[str, list[Ground]] = {}
    for part in parts:
        label, value = fact_text(knowledge, part.fact, lang)
        beside = ratio(counted.get(part.fact, 0.0), lang)
        beside = "" if beside == "1" else say(lang, "how_ratio", ratio=beside)
        lines.setdefault(label, []).append((label, value, beside))
        below.setdefault(label, []).extend(part.parts)
    for label, told in lines.items():
        yield Block(Style.BULLET, _answers(told, lang), level)
        yield from _tree(knowledge, below[label], hypothesis, lang, level + 1)


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
