"""The knowledge as something to read: the page of a diagnosis, and the list of all."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.names import colon, fact_text, long_reference, percent, source_text
from assistant.language.text import fold
from rules.compile import option_facts
from rules.model import Diagnosis, Evidence, Finding, Knowledge, Tier

TELLING = 2.0  # an answer this many times more (or less) common than usual is worth a line


def listing(knowledge: Knowledge, lang: str) -> Blocks:
    """Every diagnosis by its group, with its id."""
    groups: dict[str, list[str]] = {}
    for id_, diagnosis in knowledge.diagnoses.items():
        groups.setdefault(diagnosis.group, []).append(id_)
    blocks: list[Block] = []
    for group, ids in groups.items():
        blocks.append(Block(Style.STRONG, say(lang, f"group_{group}")))
        ids.sort(key=lambda id_: fold(knowledge.diagnoses[id_].name[lang]))
        lines = (f"{knowledge.diagnoses[id_].name[lang]}  ({id_})" for id_ in ids)
        blocks += [Block(Style.BULLET, line, 1) for line in lines]
    return tuple(blocks)


def page(knowledge: Knowledge, id_: str, lang: str) -> Blocks:
    """All that the knowledge says of one diagnosis (KeyError if there is none of this id)."""
    diagnosis = knowledge.diagnoses[id_]
    return (
        Block(Style.TITLE, diagnosis.name[lang]),
        Block(Style.MUTED, _codes(diagnosis, lang)),
        Block(Style.TEXT, diagnosis.about[lang]),
        Block(Style.TEXT, diagnosis.course[lang]),
        Block(Style.STRONG, say(lang, "page_how_common")),
        Block(Style.TEXT, f"{diagnosis.prior.note[lang]} {source_text(knowledge, diagnosis.prior, lang)}"),
        *_presentation(knowledge, diagnosis, lang),
        *_neighbours(knowledge, diagnosis, lang),
        *_criteria(knowledge, id_, lang),
        *_steps(knowledge, diagnosis, lang),
        Block(Style.STRONG, say(lang, "references_title")),
        *(Block(Style.BULLET, line, 1) for line in sorted(_references(knowledge, diagnosis), key=fold)),
        Block(Style.MUTED, say(lang, "disclaimer")),
    )  # fmt: skip


def _codes(diagnosis: Diagnosis, lang: str) -> str:
    codes = diagnosis.codes
    named = (("CIM-10" if lang == "fr" else "ICD-10", codes.icd10), ("ORPHA", codes.orpha),
             ("OMIM", codes.omim))  # fmt: skip
    return "  ".join(f"{name} {', '.join(values)}" for name, values in named if values)


def _presentation(knowledge: Knowledge, diagnosis: Diagnosis, lang: str) -> Iterator[Block]:
    """The evidence, from history to genes: first what is common in it, then what is not."""
    for tiers, title in (
        ((Tier.HISTORY, Tier.SIGN), "page_presents"),
        ((Tier.LABORATORY, Tier.EMG, Tier.IMAGING, Tier.GENETICS), "page_tests"),
    ):
        chosen = [e for e in diagnosis.evidence if _tier(knowledge, e) in tiers]
        if chosen:
            yield Block(Style.STRONG, say(lang, title))
        for evidence in chosen:
            yield from _evidence(knowledge, evidence, lang)


def _tier(knowledge: Knowledge, evidence: Evidence) -> Tier:
    finding = knowledge.findings.get(evidence.finding)
    return finding.tier if finding else Tier.SIGN


def _evidence(knowledge: Knowledge, evidence: Evidence, lang: str) -> Iterator[Block]:
    finding = knowledge.findings.get(evidence.finding)
    if finding is None:  # a pattern
        label = knowledge.patterns[evidence.finding].label[lang]
        shares = (
            f"{label} {percent(evidence.share('yes'), lang)}"
            if "yes" in evidence.frequency
            else label
        )
    else:
        shares = _shares(knowledge, finding, evidence, lang)
    text = f"{shares}. {evidence.because[lang]} {source_text(knowledge, evidence, lang)}"
    yield Block(_style(finding, evidence), text, 1)


def _shares(knowledge: Knowledge, finding: Finding, evidence: Evidence, lang: str) -> str:
    told = [
        f"{fact_text(knowledge, option_facts(evidence.finding, finding, value), lang)[1]} "
        f"{percent(evidence.share(value), lang)}"
        for value in evidence.frequency
    ]
    return colon(finding.label[lang], ", ".join(told), lang)


def _style(finding: Finding | None, evidence: Evidence) -> Style:
    """For what is commoner in it than usual, against for what only is rarer."""
    if finding is None:
        return Style.FOR
    ratios = [
        evidence.share(value) / max(finding.values[value].usual, 0.001)
        for value in evidence.frequency
    ]
    if max(ratios) >= TELLING:
        return Style.FOR
    return Style.AGAINST if min(ratios) <= 1 / TELLING else Style.BULLET


def _neighbours(knowledge: Knowledge, diagnosis: Diagnosis, lang: str) -> Iterator[Block]:
    yield Block(Style.STRONG, say(lang, "page_neighbours"))
    for neighbour in diagnosis.neighbours:
        name = knowledge.diagnoses[neighbour.id].name[lang]
        yield Block(Style.BULLET, colon(name, neighbour.difference[lang], lang), 1)


def _criteria(knowledge: Knowledge, id_: str, lang: str) -> Iterator[Block]:
    records = [c for c in knowledge.criteria.values() if c.diagnosis == id_]
    if records:
        yield Block(Style.STRONG, say(lang, "criteria_title"))
    for record in records:
        text = f"{record.label[lang]}. {record.limits[lang]} {source_text(knowledge, record, lang)}"
        yield Block(Style.BULLET, text, 1)


def _steps(knowledge: Knowledge, diagnosis: Diagnosis, lang: str) -> Iterator[Block]:
    yield Block(Style.STRONG, say(lang, "next_title"))
    for step in diagnosis.next_steps:
        yield Block(Style.BULLET, step.do[lang], 1)
        yield Block(Style.MUTED, f"{step.why[lang]} {source_text(knowledge, step, lang)}", 2)
    yield Block(Style.STRONG, say(lang, "must_not_miss_title"))
    yield from (Block(Style.BULLET, text[lang], 1) for text in diagnosis.must_not_miss)


def _references(knowledge: Knowledge, diagnosis: Diagnosis) -> Iterator[str]:
    yield from (long_reference(knowledge.references[id_]) for id_ in diagnosis.cited)
