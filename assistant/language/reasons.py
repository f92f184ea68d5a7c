"""`differential` and `how` in sentences: every number with what it rests on.

`how` shows a product that a reader can check: the points before any answer, the ratio that each
answer multiplies them by, and the points of all hypotheses, which turn the result into a
probability. What counts most is told with why it counts, the rest in a line each, all with their
source. Under what was derived (a pattern, a lesion site) stand the answers that it was derived from.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    capitalised,
    colon,
    diagnosis_name,
    listed,
    name_within,
    number,
    percent,
    ratio,
    source_text,
    stated,
    word,
)
from assistant.reasoning.differential import OTHER, OTHER_FLOOR, Hypothesis, Outcome, Reason
from assistant.reasoning.engine import Firing
from assistant.reasoning.grounds import Ground, grounds, matched
from assistant.reasoning.likelihood import SMALL
from rules.compile import Fact, alternative
from rules.model import Knowledge
from rules.typography import french

SHOWN_HYPOTHESES, SHOWN_LEAST = 8, 0.01
IN_FULL = {Style.FOR: 6, Style.AGAINST: 4}  # reasons told with why they count; the others in a line

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
    prior = _points(hypothesis.prior, lang)
    if id_ == OTHER:
        floor, share = percent(OTHER_FLOOR, lang), percent(hypothesis.probability, lang)
        text = say(lang, "how_other", prior=prior, floor=floor, probability=share)
        return (Block(Style.TITLE, title), Block(Style.TEXT, text))
    blocks = [
        Block(Style.TITLE, title),
        Block(Style.TEXT, say(lang, "how_start", prior=prior)),
    ]
    if not hypothesis.reasons:
        blocks.append(Block(Style.TEXT, say(lang, "how_nothing")))
    blocks += _speaks(knowledge, outcome, hypothesis, Style.FOR, lang)
    blocks += _speaks(knowledge, outcome, hypothesis, Style.AGAINST, lang)
    blocks += small_reasons(hypothesis, lang)
    if hypothesis.reasons:
        blocks.append(Block(Style.TEXT, _sum(knowledge, hypothesis, outcome, lang)))
    blocks += patterns(knowledge, outcome, lang)
    return tuple(blocks)


def _speaks(
    knowledge: Knowledge, outcome: Outcome, hypothesis: Hypothesis, style: Style, lang: str
) -> Iterator[Block]:
    """What speaks clearly for a hypothesis, or against it; what was derived, with its answers."""
    chosen = large_reasons(hypothesis, style)
    if chosen:
        yield Block(Style.STRONG, say(lang, f"how_{style}"))
    for place, together in enumerate(by_source(chosen)):
        if place == IN_FULL[style]:
            yield Block(Style.MUTED, say(lang, "how_less"), 1)
        text = _reason_text(knowledge, together, lang, {}, in_full=place < IN_FULL[style])
        yield Block(style, text, 1)
        for reason in together:
            parts = grounds(knowledge, outcome, reason.likelihood.fact).parts
            if parts:
                yield _from(knowledge, _answers_behind(parts), lang)


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
    return [_reason_text(knowledge, items, lang, notes or {}) for items in by_source(given)]


def answers_told(knowledge: Knowledge, facts: Iterable[Fact], lang: str) -> str:
    """Facts as statements in one line, without numbers."""
    return _answers(((*stated(knowledge, fact, lang), "") for fact in facts), lang)


def by_source(given: Iterable[Reason]) -> list[list[Reason]]:
    """Reasons that rest on the same statement of a page, together."""
    together: dict[int, list[Reason]] = {}
    for item in given:
        together.setdefault(id(item.likelihood.source), []).append(item)
    return list(together.values())


def _reason_text(
    knowledge: Knowledge,
    items: Sequence[Reason],
    lang: str,
    notes: Notes,
    *,
    in_full: bool = True,
) -> str:
    first = items[0].likelihood
    told = (
        (*stated(knowledge, item.likelihood.fact, lang), _weighed(item, lang, notes))
        for item in items
    )
    return say(
        lang,
        "how_reason" if in_full else "how_reason_short",
        answers=capitalised(_answers(told, lang)),
        because=first.because[lang],
        source=source_text(knowledge, first.source, lang),
    )


def _answers(told: Iterable[tuple[str, str, str]], lang: str) -> str:
    """Statements in two parts (see `stated`), each with what is said beside it."""
    by_head: dict[str, list[str]] = {}
    for head, value, beside in told:
        key = colon(head, "", lang) if value else _beside(head, beside)
        by_head.setdefault(key, []).extend([_beside(value, beside)] if value else [])
    return listed((head + ", ".join(values) for head, values in by_head.items()), lang)


def _beside(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text


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


def patterns(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The syndromes and sites that rules derived, each with its reason and the answers behind it."""
    if not outcome.patterns:
        return ()
    blocks = [Block(Style.STRONG, say(lang, "how_patterns"))]
    for id_, firings in outcome.patterns.items():
        blocks.append(Block(Style.BULLET, pattern_text(knowledge, id_, firings[0], lang), 1))
        facts = (part.fact for part in matched(knowledge, outcome, firings[0]))
        blocks.append(_from(knowledge, facts, lang))  # patterns have their own line
    return tuple(blocks)


def pattern_text(knowledge: Knowledge, id_: str, firing: Firing, lang: str) -> str:
    """A pattern, why the rule derived it, and what the rule rests on."""
    rule = alternative(knowledge, firing.rule)
    label = knowledge.patterns[id_].label[lang]
    return f"{capitalised(label)}. {rule.because[lang]} {source_text(knowledge, rule, lang)}"


def _from(knowledge: Knowledge, facts: Iterable[Fact], lang: str) -> Block:
    """The answers that something was derived from, in one line."""
    answers = answers_told(knowledge, dict.fromkeys(facts), lang)
    return Block(Style.MUTED, say(lang, "how_from", answers=answers), 2)


def _answers_behind(parts: Iterable[Ground]) -> Iterator[Fact]:
    """What was answered, under all that was derived."""
    for part in parts:
        if part.parts:
            yield from _answers_behind(part.parts)
        else:
            yield part.fact


def _sum(knowledge: Knowledge, hypothesis: Hypothesis, outcome: Outcome, lang: str) -> str:
    """The product, and the share of all points that it comes to, beside the next best."""
    total = math.log(sum(math.exp(h.score) for h in outcome.hypotheses))
    rival = next(h for h in outcome.hypotheses if h.id != hypothesis.id)
    return say(
        lang,
        "how_sum",
        prior=_points(hypothesis.prior, lang),
        product=_rounded(math.exp(hypothesis.evidence), lang),
        score=_points(hypothesis.score, lang),
        total=_points(total, lang),
        probability=percent(hypothesis.probability, lang),
        rival=name_within(knowledge, rival.id, lang, article=True),
        other=_points(rival.score, lang),
    )


def _points(weight: float, lang: str) -> str:
    """A share in nats as points: before any answer, all hypotheses together have a hundred."""
    return _rounded(100 * math.exp(weight), lang)


def _rounded(value: float, lang: str) -> str:
    return number(float(f"{value:.3g}"), lang)
