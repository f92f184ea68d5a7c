"""The end of an interview: what it comes to, why, what must not wait, and what to do next.

One screen. `report` has the rest, with sources.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import (
    capitalised,
    diagnosis_name,
    joined,
    listed,
    name_within,
    percent,
    source_text,
    uncapitalised,
    word,
)
from assistant.language.reasons import answers_told, by_source, large_reasons
from assistant.reasoning.differential import OTHER, Outcome, side_probability
from assistant.reasoning.inquiry import Stop
from assistant.reasoning.red_flags import red_flags_lack
from rules.compile import alternative
from rules.model import Knowledge, Pattern, RedFlag, Side, Tier

BRIEF_FOR, BRIEF_AGAINST, BRIEF_OTHERS, BRIEF_OPEN = 3, 1, 2, 2
CLOSE = 0.5  # a second hypothesis at over half the probability of the first is told at once
OTHERS_TOLD = 0.01
WORTH_ACTING = 0.2  # from here on what to do is told
SITE_TOLD = 0.5  # the share from which a lesion site is told in the conclusion
CLEAR = 0.6  # from here on "none of these" is said outright; below, that nothing stands out


def conclusion(
    knowledge: Knowledge, outcome: Outcome, stop: Stop | None, cap: int, lang: str
) -> Blocks:
    """What matters, for one screen. `stop` is None when the user ended the interview."""
    return (
        Block(Style.TITLE, say(lang, "conclusion_title")),
        *_red_flags_in_brief(knowledge, outcome, lang),
        *leading(knowledge, outcome, lang),
        *_arguments(knowledge, outcome, lang),
        *_kind(knowledge, outcome, lang),
        *_first_step(knowledge, outcome, lang),
        *open_red_flags(knowledge, outcome, lang, BRIEF_OPEN),
        Block(Style.MUTED, say(lang, f"stop_{stop or 'early'}", cap=cap)),
        Block(Style.MUTED, say(lang, "disclaimer_short")),
    )


def is_unexplained(outcome: Outcome) -> bool:
    """Whether no diagnosis here explains the findings: "none" leads clearly, or the leader fits
    badly."""
    if outcome.leader.id == OTHER:
        return outcome.leader.probability >= CLEAR
    return outcome.leader.evidence < 0


def red_flags(
    knowledge: Knowledge, outcome: Outcome, lang: str, skip: frozenset[str] = frozenset()
) -> Blocks:
    """The red flags raised, the most urgent first, without those in `skip`."""
    blocks = []
    for id_ in _most_urgent(knowledge, (id_ for id_ in outcome.red_flags if id_ not in skip)):
        flag = knowledge.red_flags[id_]
        why = alternative(knowledge, outcome.red_flags[id_][0].rule)
        text = _red_flag_text(flag, flag.action[lang], lang)
        because = f"{why.because[lang]} {source_text(knowledge, why, lang)}"
        blocks += [Block(Style.WARNING, text), Block(Style.MUTED, because, 1)]
    if blocks:
        blocks.insert(0, Block(Style.STRONG, say(lang, "red_flags_title")))
    return tuple(blocks)


def _red_flags_in_brief(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The red flags raised, each with the first thing to do; all was told when it was raised."""
    blocks = []
    for id_ in _most_urgent(knowledge, outcome.red_flags):
        flag = knowledge.red_flags[id_]
        text = _red_flag_text(flag, _first_sentence(flag.action[lang]), lang)
        blocks.append(Block(Style.WARNING, text))
    title = Block(Style.STRONG, say(lang, "red_flags_title"))
    return (title, *blocks) if blocks else ()


def _red_flag_text(flag: RedFlag, action: str, lang: str) -> str:
    urgency = say(lang, f"urgency_{flag.urgency}")
    return say(lang, "red_flag", urgency=urgency, label=flag.label[lang], action=action)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def open_red_flags(knowledge: Knowledge, outcome: Outcome, lang: str, most: int) -> Blocks:
    """In one line, the most urgent of the red flags that a single answer could still raise.

    Without those that wait for a test beyond the laboratory: that test is what the flag would call for.
    """
    lacking: dict[str, list[str]] = {}
    for id_, findings in red_flags_lack(knowledge, outcome).items():
        for finding in findings:
            record = knowledge.patterns.get(finding) or knowledge.findings[finding]
            if isinstance(record, Pattern) or record.tier.rank <= Tier.LABORATORY.rank:
                lacking.setdefault(id_, []).append(record.label[lang])
    parts = []
    for id_ in _most_urgent(knowledge, lacking)[:most]:
        missing = say(lang, "criteria_missing", findings=joined(lacking[id_], lang))
        parts.append(f"{knowledge.red_flags[id_].label[lang]} {missing}")
    text = say(lang, "red_flags_open", flags=listed(parts, lang))
    return (Block(Style.OPEN, text),) if parts else ()


def _most_urgent(knowledge: Knowledge, ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda id_: knowledge.red_flags[id_].urgency.rank)


def leading(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """The leader with its probability, and what comes next; that none fits, if none does."""
    leader = outcome.leader
    if leader.id == OTHER:
        known = outcome.hypotheses[1]
        key = "summary_none" if is_unexplained(outcome) else "summary_unclear"
        name = name_within(knowledge, known.id, lang, article=True)
        probability = percent(known.probability, lang)
        return (Block(Style.STRONG, say(lang, key, name=name, probability=probability)),)
    text = say(
        lang,
        "summary_leader",
        name=diagnosis_name(knowledge, leader.id, lang),
        word=word(leader, lang),
        probability=percent(leader.probability, lang),
    )
    blocks = [Block(Style.STRONG, text)]
    others = [h for h in outcome.hypotheses[1 : 1 + BRIEF_OTHERS] if h.probability >= OTHERS_TOLD]
    told = [
        f"{name_within(knowledge, h.id, lang)} ({percent(h.probability, lang)})" for h in others
    ]
    if told:
        close = others[0].probability > CLOSE * leader.probability
        key = "summary_close" if close else "summary_others"
        blocks.append(Block(Style.TEXT, say(lang, key, names=joined(told, lang, "and"))))
    if is_unexplained(outcome):
        blocks.append(Block(Style.TEXT, say(lang, "summary_poor_fit")))
    return tuple(blocks)


def _arguments(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """What speaks most for the leader, and most against it, a line each."""
    blocks = []
    for style, most in ((Style.FOR, BRIEF_FOR), (Style.AGAINST, BRIEF_AGAINST)):
        for reasons in by_source(large_reasons(outcome.leader, style))[:most]:
            facts = [reason.likelihood.fact for reason in reasons]
            told = answers_told(knowledge, facts, lang)
            text = (
                capitalised(told)
                if style is Style.FOR
                else say(lang, "brief_against", answers=told)
            )
            blocks.append(Block(style, text, 1))
    return tuple(blocks)


def _kind(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """What kind of trouble it is, whatever the disease: on which side, which syndromes, where."""
    text = side_text(knowledge, outcome, "side_brief", lang)
    labels = [knowledge.patterns[id_].label[lang] for id_ in outcome.patterns]
    first = outcome.sites[0] if outcome.sites else None
    if first and len(first.sites) == 1 and first.share >= SITE_TOLD and not first.unexplained:
        labels.append(knowledge.sites[first.sites[0]].label[lang])
    if labels:
        text += " " + say(lang, "kind_recognised", names=listed(dict.fromkeys(labels), lang))
    return (Block(Style.BULLET, text),)


def _first_step(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """What to do first for the leader."""
    leader = outcome.leader
    if leader.id == OTHER or is_unexplained(outcome) or leader.probability <= WORTH_ACTING:
        return ()
    do = uncapitalised(knowledge.diagnoses[leader.id].next_steps[0].do[lang].rstrip("."))
    return (Block(Style.BULLET, say(lang, "next_first", step=do)),)


def side_text(knowledge: Knowledge, outcome: Outcome, sentence: str, lang: str) -> str:
    """How likely the case stands on each side of the first fork, in a sentence of the catalogue."""
    shares = {
        "neurogenic": side_probability(knowledge, outcome, Side.NEUROGENIC),
        "mimic": side_probability(knowledge, outcome, Side.MIMIC),
        "other": outcome.hypothesis(OTHER).probability,
    }
    told = {key: percent(share, lang) for key, share in shares.items()}
    return say(lang, sentence, **told)
