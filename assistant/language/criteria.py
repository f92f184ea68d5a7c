"""Published criteria in sentences: which level is met, item by item, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import colon, joined, source_text
from assistant.reasoning.criteria import Judged, Judgement, Verdict, judge
from assistant.reasoning.differential import Outcome
from rules.criteria import Item
from rules.model import Knowledge

WORTH_JUDGING = 0.05  # criteria of diagnoses less likely than this are told only when asked for
SIGNS = {Verdict.MET: Style.FOR, Verdict.UNMET: Style.AGAINST, Verdict.UNDETERMINED: Style.OPEN}


def criteria(knowledge: Knowledge, outcome: Outcome, ids: Iterable[str], lang: str) -> Blocks:
    """Sets of criteria, each with its verdict and its items."""
    blocks: list[Block] = []
    for id_ in ids:
        record, found = knowledge.criteria[id_], judge(knowledge, outcome.facts, id_)
        blocks.append(Block(Style.STRONG, summary(knowledge, found, lang)))
        shown = found.level or next(
            (name for name, level in found.levels.items() if level.verdict is not Verdict.UNMET),
            list(found.levels)[-1],
        )
        level = say(lang, "criteria_level", level=record.levels[shown].label[lang])
        blocks.append(Block(Style.TEXT, level, 1))
        blocks += _items(knowledge, found.levels[shown], lang, 1)
        source = f"{record.limits[lang]} {source_text(knowledge, record, lang)}"
        blocks.append(Block(Style.MUTED, source, 1))
    return tuple(blocks)


def summary(knowledge: Knowledge, found: Judgement, lang: str) -> str:
    """The name of a set of criteria and its verdict, with the level that is met."""
    name = knowledge.criteria[found.id].label[lang]
    return say(lang, "criteria_verdict", name=name, verdict=verdict_text(knowledge, found, lang))


def verdict_text(knowledge: Knowledge, found: Judgement, lang: str) -> str:
    """The verdict on a set of criteria, with the level that is met."""
    if found.level is None:
        return say(lang, f"criteria_{found.verdict}")
    level = knowledge.criteria[found.id].levels[found.level]
    return say(lang, "criteria_met", level=level.label[lang])


def relevant(knowledge: Knowledge, outcome: Outcome) -> list[str]:
    """The sets of criteria of the diagnoses that are in question, the likeliest first."""
    likely = [h.id for h in outcome.hypotheses if h.probability >= WORTH_JUDGING]
    known = knowledge.criteria.items()
    return [id_ for diagnosis in likely for id_, c in known if c.diagnosis == diagnosis]


def _items(knowledge: Knowledge, judged: Judged, lang: str, level: int) -> Iterator[Block]:
    told = judged.item.text is not None or judged.item.finding is not None
    if told:
        text = _text(knowledge, judged.item, lang)
        if judged.verdict is Verdict.UNDETERMINED and judged.item.text is not None:
            missing = dict.fromkeys(judged.missing)
            labels = [knowledge.findings[id_].label[lang] for id_ in missing][:4]
            if labels:
                text += " " + say(lang, "criteria_missing", findings=joined(labels, lang))
        yield Block(SIGNS[judged.verdict], text, level)
    if judged.item.text is None:  # an item that is told in words is not told again in parts
        for part in judged.parts:
            yield from _items(knowledge, part, lang, level + told)


def _text(knowledge: Knowledge, item: Item, lang: str) -> str:
    if item.text is not None:
        return item.text[lang]
    finding = knowledge.findings[item.finding or ""]
    values = joined((finding.values[value].label[lang] for value in item.value), lang)
    return colon(finding.label[lang], values, lang)
