"""All that an interview comes to, with sources: what the conclusion leaves out for want of room."""

from __future__ import annotations

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.conclusion import (
    WORTH_ACTING,
    is_unexplained,
    leading,
    open_red_flags,
    red_flags,
    side_text,
)
from assistant.language.criteria import relevant, summary
from assistant.language.names import (
    diagnosis_name,
    long_reference,
    percent,
    source_text,
    word,
)
from assistant.language.reasons import differential, large_reasons, pattern_text, reason_texts
from assistant.language.site import site
from assistant.language.text import fold
from assistant.reasoning.criteria import judge
from assistant.reasoning.differential import OTHER, Hypothesis, Outcome
from assistant.reasoning.inquiry import Stop
from rules.compile import alternative
from rules.model import Diagnosis, Knowledge

SHOWN_FOR, SHOWN_AGAINST, SHOWN_OPEN = 5, 3, 3
WORTH_TELLING = 0.02  # a hypothesis less likely is not told by itself


def report(
    knowledge: Knowledge, outcome: Outcome, stop: Stop | None, cap: int, lang: str
) -> Blocks:
    """All of it, with sources. `stop` as for `conclusion`."""
    ranked = [h for h in outcome.hypotheses if h.id != OTHER]
    shown = [h for h in ranked[:3] if h.probability >= WORTH_TELLING]
    blocks = [
        Block(Style.TITLE, say(lang, "report_title")),
        Block(Style.MUTED, say(lang, f"stop_{stop or 'early'}", cap=cap)),
        *red_flags(knowledge, outcome, lang),
        *open_red_flags(knowledge, outcome, lang, SHOWN_OPEN),
        *leading(knowledge, outcome, lang),
        *differential(knowledge, outcome, lang),
        *_side(knowledge, outcome, lang),
        *site(knowledge, outcome, lang),
        *_criteria(knowledge, outcome, lang),
    ]
    for hypothesis in shown:
        blocks += _evidence(knowledge, hypothesis, lang)
    if not is_unexplained(outcome):
        blocks += _next(knowledge, [h for h in shown[:2] if h.probability > WORTH_ACTING], lang)
    blocks += _references(knowledge, outcome, shown, lang)
    blocks.append(Block(Style.MUTED, say(lang, "disclaimer")))
    return tuple(blocks)


def _side(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """On which side of the first fork the case stands, and what the rules saw of the lesion."""
    blocks = [
        Block(Style.STRONG, say(lang, "side_title")),
        Block(Style.TEXT, side_text(knowledge, outcome, "side_neurogenic", lang)),
    ]
    if "peripheral_neurogenic" in outcome.patterns:
        blocks.append(Block(Style.TEXT, say(lang, "side_peripheral")))
    for id_, firings in outcome.patterns.items():
        if knowledge.patterns[id_].kind == "syndrome":  # the sites are told with the lesion
            blocks.append(Block(Style.BULLET, pattern_text(knowledge, id_, firings[0], lang), 1))
    return tuple(blocks)


def _criteria(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The verdict of each set of criteria that bears on what is likely, a line each."""
    lines = [
        Block(Style.BULLET, summary(knowledge, judge(knowledge, outcome.facts, id_), lang), 1)
        for id_ in relevant(knowledge, outcome)
    ]
    return (Block(Style.STRONG, say(lang, "criteria_title")), *lines) if lines else ()


def _evidence(knowledge: Knowledge, hypothesis: Hypothesis, lang: str) -> Blocks:
    """What speaks most for and against one hypothesis."""
    name = diagnosis_name(knowledge, hypothesis.id, lang)
    probability = percent(hypothesis.probability, lang)
    title = f"{name} ({word(hypothesis, lang)}, {probability})"
    blocks = [Block(Style.STRONG, title)]
    for style, limit in ((Style.FOR, SHOWN_FOR), (Style.AGAINST, SHOWN_AGAINST)):
        chosen = large_reasons(hypothesis, style)[:limit]
        lines = reason_texts(knowledge, chosen, lang) or [say(lang, f"nothing_{style}")]
        blocks += [Block(style, line, 1) for line in lines]
    return tuple(blocks)


def _next(knowledge: Knowledge, hypotheses: list[Hypothesis], lang: str) -> Blocks:
    blocks: list[Block] = []
    for hypothesis in hypotheses:
        diagnosis = knowledge.diagnoses[hypothesis.id]
        suffix = "" if len(hypotheses) == 1 else f" ({diagnosis.name[lang]})"
        blocks.append(Block(Style.STRONG, say(lang, "next_title") + suffix))
        for step in diagnosis.next_steps:
            because = f"{step.why[lang]} {source_text(knowledge, step, lang)}"
            blocks.append(Block(Style.BULLET, step.do[lang], 1))
            blocks.append(Block(Style.MUTED, because, 2))
        blocks += _not_to_miss(diagnosis, lang)
    return tuple(blocks)


def _not_to_miss(diagnosis: Diagnosis, lang: str) -> Blocks:
    texts = [text[lang] for text in diagnosis.must_not_miss]
    title = Block(Style.STRONG, say(lang, "must_not_miss_title"))
    return (title, *(Block(Style.BULLET, text, 1) for text in texts))


def _references(
    knowledge: Knowledge, outcome: Outcome, shown: list[Hypothesis], lang: str
) -> Blocks:
    ids: dict[str, None] = {}
    for hypothesis in shown:
        ids |= dict.fromkeys(knowledge.diagnoses[hypothesis.id].cited)
    for fired in (outcome.patterns, outcome.red_flags):
        for firings in fired.values():
            ids |= dict.fromkeys(alternative(knowledge, firings[0].rule).references)
    lines = sorted((long_reference(knowledge.references[id_]) for id_ in ids), key=fold)
    title = Block(Style.STRONG, say(lang, "references_title"))
    return (title, *(Block(Style.BULLET, line, 1) for line in lines)) if lines else ()
