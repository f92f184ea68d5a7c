"""The end of an interview: what it comes to, why, what must not wait, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.criteria import relevant, summary
from assistant.language.names import (
    diagnosis_name,
    joined,
    listed,
    long_reference,
    percent,
    source_text,
    word,
)
from assistant.language.reasons import differential, pattern_text, reason_texts
from assistant.language.site import site
from assistant.language.text import fold
from assistant.reasoning.criteria import judge
from assistant.reasoning.differential import (
    OTHER,
    Hypothesis,
    Outcome,
    side_probability,
)
from assistant.reasoning.inquiry import Stop
from assistant.reasoning.red_flags import red_flags_lack
from rules.compile import alternative
from rules.model import Diagnosis, Knowledge, Pattern, Side, Tier
from rules.typography import french

SHOWN_FOR, SHOWN_AGAINST, SHOWN_OPEN = 5, 3, 3
CLOSE = 0.5  # a second hypothesis at over half the probability of the first is told at once
WORTH_TELLING = 0.02
CLEAR = 0.6  # from here on "none of these" is said outright; below, that nothing stands out


def conclusion(
    knowledge: Knowledge, outcome: Outcome, stop: Stop | None, cap: int, lang: str
) -> Blocks:
    """All of it. `stop` is None when the user ended the interview."""
    ranked = [h for h in outcome.hypotheses if h.id != OTHER]
    shown = [h for h in ranked[:3] if h.probability >= WORTH_TELLING]
    blocks = [
        Block(Style.TITLE, say(lang, "conclusion_title")),
        Block(Style.MUTED, say(lang, f"stop_{stop or 'early'}", cap=cap)),
        *red_flags(knowledge, outcome, lang),
        *_open_red_flags(knowledge, outcome, lang),
        *_summary(knowledge, outcome, lang),
        *differential(knowledge, outcome, lang),
        *_side(knowledge, outcome, lang),
        *site(knowledge, outcome, lang),
        *_criteria(knowledge, outcome, lang),
    ]
    for hypothesis in shown:
        blocks += _evidence(knowledge, hypothesis, lang)
    if not is_unexplained(outcome):
        blocks += _next(knowledge, [h for h in shown[:2] if h.probability > 0.2], lang)
    blocks += _references(knowledge, outcome, shown, lang)
    blocks.append(Block(Style.MUTED, say(lang, "disclaimer")))
    return tuple(blocks)


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
        text = say(
            lang,
            "red_flag",
            urgency=say(lang, f"urgency_{flag.urgency}"),
            label=flag.label[lang],
            action=flag.action[lang],
        )
        because = f"{why.because[lang]} {source_text(knowledge, why, lang)}"
        blocks += [Block(Style.WARNING, text), Block(Style.MUTED, because, 1)]
    if blocks:
        blocks.insert(0, Block(Style.STRONG, say(lang, "red_flags_title")))
    return tuple(blocks)


def _open_red_flags(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
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
    for id_ in _most_urgent(knowledge, lacking)[:SHOWN_OPEN]:
        missing = say(lang, "criteria_missing", findings=joined(lacking[id_], lang))
        parts.append(f"{knowledge.red_flags[id_].label[lang]} {missing}")
    text = say(lang, "red_flags_open", flags=listed(parts, lang))
    return (Block(Style.OPEN, text),) if parts else ()


def _most_urgent(knowledge: Knowledge, ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda id_: knowledge.red_flags[id_].urgency.rank)


def _summary(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    leader = outcome.leader
    if leader.id == OTHER:
        known = outcome.hypotheses[1]
        if is_unexplained(outcome):
            return (Block(Style.STRONG, say(lang, "summary_none")),)
        name = diagnosis_name(knowledge, known.id, lang)
        probability = percent(known.probability, lang)
        text = say(lang, "summary_unclear", name=name, probability=probability)
        return (Block(Style.STRONG, text),)
    first, second = (
        {
            "name": diagnosis_name(knowledge, h.id, lang),
            "word": word(h, lang),
            "probability": percent(h.probability, lang),
        }
        for h in outcome.hypotheses[:2]
    )
    text = say(lang, "summary_leader", **first)
    if outcome.hypotheses[1].probability > CLOSE * leader.probability:
        text += " " + say(lang, "summary_close", **second)
    if is_unexplained(outcome):
        text += " " + say(lang, "summary_poor_fit")
    return (Block(Style.STRONG, text),)


def _side(knowledge: Knowledge, outcome: Outcome, lang: str) -> Blocks:
    """On which side of the first fork the case stands, and what the rules saw of the lesion."""
    shares = {
        "neurogenic": side_probability(knowledge, outcome, Side.NEUROGENIC),
        "mimic": side_probability(knowledge, outcome, Side.MIMIC),
        "other": outcome.hypothesis(OTHER).probability,
    }
    told = {key: percent(share, lang) for key, share in shares.items()}
    blocks = [
        Block(Style.STRONG, say(lang, "side_title")),
        Block(Style.TEXT, say(lang, "side_neurogenic", **told)),
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
    for key, style, sign, limit in (
        ("for", Style.FOR, 1, SHOWN_FOR),
        ("against", Style.AGAINST, -1, SHOWN_AGAINST),
    ):
        chosen = [r for r in hypothesis.reasons if r.counted * sign > 0.1][:limit]
        lines = reason_texts(knowledge, chosen, lang)
        for line in lines or [say(lang, "nothing_for")]:
            label = say(lang, key)
            text = french(f"{label} : {line}") if lang == "fr" else f"{label}: {line}"
            blocks.append(Block(style, text if not lines else line, 1))
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
