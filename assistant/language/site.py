"""Where the lesion is, in sentences: what supports it, what contradicts it, what to test next."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import percent, source_text
from assistant.language.reasons import pattern_text
from assistant.reasoning.differential import Outcome
from assistant.reasoning.localise import Examination, Localisation, deciding_muscle
from rules.model import Knowledge

SHOWN, LEAST = 3, 0.05
SURE = 0.25  # below that, several sites at once are only a guess


def site(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The likely sites of the lesion; nothing while no muscle is weak and no area numb."""
    title = Block(Style.STRONG, say(lang, "site_title"))
    patterns = _patterns(knowledge, outcome, lang)
    if not outcome.sites:
        return (title, *patterns) if patterns else ()
    first = outcome.sites[0]
    if first.unexplained or (len(first.sites) > 1 and first.share < SURE):
        return (title, *patterns, Block(Style.TEXT, say(lang, "site_diffuse"), 1))
    blocks = [title, *patterns]
    if patterns:
        blocks.append(Block(Style.TEXT, say(lang, "site_muscles"), 1))
    for item in outcome.sites[:SHOWN]:
        if item is first or item.share >= LEAST:
            text = f"{_names(knowledge, item, lang)} ({percent(item.share, lang)})"
            blocks.append(Block(Style.BULLET, text, 1))
    blocks += _reasons(knowledge, first, lang)
    return (*blocks, *_next_muscle(knowledge, outcome, lang))


def _patterns(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """Sites that follow from more than muscles: the far end of long nerves, the anterior horn."""
    return tuple(
        Block(Style.BULLET, pattern_text(knowledge, id_, firings[0], lang), 1)
        for id_, firings in outcome.patterns.items()
        if knowledge.patterns[id_].kind == "site"
    )


def _reasons(knowledge: Knowledge, item: Localisation, lang: str) -> Iterable[Block]:
    about = knowledge.sites[item.sites[0]]
    if len(item.sites) == 1:
        yield Block(Style.MUTED, f"{about.about[lang]} {source_text(knowledge, about, lang)}", 1)
    if item.explains:
        text = say(lang, "site_explains", parts=_parts(knowledge, item.explains, lang))
        yield Block(Style.FOR, text, 1)
    if item.contradicts:
        text = say(lang, "site_contradicts", parts=_parts(knowledge, item.contradicts, lang))
        yield Block(Style.AGAINST, text, 1)


def _next_muscle(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    found = Examination.of(outcome.facts)
    bedside = [id_ for id_, muscle in knowledge.muscles.items() if muscle.offered_with]
    muscle = deciding_muscle(knowledge.sites, found, outcome.sites, bedside)
    if muscle is None:
        return ()
    record = knowledge.muscles[muscle]
    text = say(lang, "site_test_next", muscle=record.label[lang], test=record.test[lang])
    likely = {id_ for item in outcome.sites if item.share >= LEAST for id_ in item.sites}
    for id_ in outcome.sites[0].sites:
        for decision in knowledge.sites[id_].decide:
            if decision.muscle == muscle and decision.against in likely:
                text += f" {decision.because[lang]}"
    return (Block(Style.TEXT, text, 1),)


def _names(knowledge: Knowledge, item: Localisation, lang: str) -> str:
    return " + ".join(knowledge.sites[id_].label[lang] for id_ in item.sites)


def _parts(knowledge: Knowledge, ids: Iterable[str], lang: str) -> str:
    labels = {id_: item.label for id_, item in knowledge.muscles.items()}
    labels |= {id_: item.label for id_, item in knowledge.territories.items()}
    return ", ".join(labels[id_][lang] for id_ in ids)
