"""GA4GH Phenopackets (version 2, JSON): a case from elsewhere read into answers, and written.

Phenopackets: GA4GH, https://phenopacket-schema.readthedocs.io. What cannot be mapped is listed and
never dropped. What the packet says of the disease or its gene is not read: it is to be found.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.reasoning.facts import AMONG_OTHERS, DENIED, Answers, band
from assistant.records.ages import ONSET, age_at, between, span
from assistant.records.measurements import measured
from assistant.records.modifiers import MOTOR, symmetry, told_by
from rules.hpo import Hpo, Reading, hpo, readings
from rules.model import Finding as Question
from rules.model import Kind, Knowledge, Tier

# Of values that different terms state, which one holds: brisk where any is, then what takes most.
PREVAILS = {"reflexes": ("brisk", "absent", "distal_loss", "local_loss")}
UNDECIDED = ("gradient",)  # hit hardest both here and there is hit hardest nowhere


class PhenopacketError(ValueError):
    """What is not a Phenopacket, or not one that can be read: one line, and where."""


@dataclass(frozen=True)
class Finding:
    """One answer, and what in the packet says it: the terms, or where it stands."""

    finding: str
    value: str
    terms: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Unmapped:
    """What the knowledge has no finding for."""

    code: str
    label: str


@dataclass(frozen=True)
class Case:
    """A packet as the program understands it, or a dialogue.

    `expected` is the diagnosis that a dialogue expects to lead, `tier` the furthest that it lets
    an interview ask for; a packet says neither.
    """

    id: str
    answers: Answers
    findings: tuple[Finding, ...]
    unmapped: tuple[Unmapped, ...]
    expected: str | None = None
    tier: Tier = Tier.GENETICS


def is_phenopacket(data: Any) -> bool:
    """Whether plain data looks like a Phenopacket rather than a dialogue."""
    return isinstance(data, dict) and bool({"phenotypicFeatures", "metaData"} & set(data))


def read(text: str, knowledge: Knowledge) -> Case:
    """The case in a packet. PhenopacketError if it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PhenopacketError(f"not JSON: {error}") from None
    if not is_phenopacket(data):
        raise PhenopacketError("no Phenopacket: phenotypicFeatures and metaData are missing")
    return understand(data, knowledge, hpo())


def understand(data: Mapping[str, Any], knowledge: Knowledge, table: Hpo) -> Case:
    """The answers that a packet gives, each with what says it, and what it leaves unmapped."""
    features = [_feature(item, i) for i, item in enumerate(_list(data, "phenotypicFeatures"))]
    said = [*_patient(_mapping(data, "subject")), *_onset(data, knowledge, features)]
    unmapped: list[Unmapped] = []
    told: list[_Told] = []
    sides: list[tuple[str, str]] = []
    for feature in features:
        found = readings(knowledge, table, feature.id, excluded=feature.excluded)
        told += [_Told(reading, (feature.id,), "term") for reading in found]
        about = {r.finding for r in found if r.present and not feature.excluded}
        for code in feature.modifiers:
            more = told_by(knowledge, table, code, about)
            told += [_Told(reading, (feature.id, code), "modifier") for reading in more]
            sides += [(feature.id, code)] if about & set(MOTOR) else []
        if not found and (feature.excluded or feature.id not in ONSET):
            label = feature.label or table.labels.get(feature.id, "")
            prefix = "excluded: " if feature.excluded else ""
            unmapped.append(Unmapped(feature.id, prefix + label))
    if side := symmetry(sides):
        said.append(Finding("symmetry", *side, "modifier"))
    for i, item in enumerate(_list(data, "measurements")):
        answer = measured(item)
        if answer is None:
            unmapped.append(_unmapped_measurement(item, i))
        else:
            said.append(Finding(answer.finding, answer.value, (answer.code,), answer.source))
    said += _of_terms(knowledge, table, told)  # after the figures: what was first said holds
    answers = _answers(knowledge, said)
    return Case(str(data.get("id", ""))[:200], answers, _kept(said, answers), tuple(unmapped))


# --- the patient --------------------------------------------------------------------------


def _patient(subject: Mapping[str, Any]) -> Iterator[Finding]:
    sex = str(subject.get("sex", "")).lower()
    if sex in ("male", "female"):
        yield Finding("sex", sex, (), "subject.sex")
    age = span(subject.get("timeAtLastEncounter"))
    if age is not None:
        yield Finding("age", _number(age.usual), (), "subject.timeAtLastEncounter")


def _onset(
    data: Mapping[str, Any], knowledge: Knowledge, features: list[_Feature]
) -> Iterator[Finding]:
    """The age at onset, as the disease or a term of onset gives it, else the first feature; and
    the time since, where age and onset tell it."""
    observed = [feature for feature in features if not feature.excluded]
    of_disease = [span(item.get("onset")) for item in _list(data, "diseases")]
    of_disease += [ONSET[feature.id] for feature in observed if feature.id in ONSET]
    of_features = [span(feature.onset) for feature in observed]
    for spans, source in ((of_disease, "diseases.onset"), (of_features, "onset of the features")):
        onset = min((s for s in spans if s is not None), key=lambda s: s.usual, default=None)
        if onset is None:
            continue
        age = span(_mapping(data, "subject").get("timeAtLastEncounter"))
        years = age_at(onset, age)
        if years is not None:
            yield Finding("age_at_onset", _number(years), (), source)
        lengths = [f"P{round(length * 365.25)}D" for length in between(onset, age)]
        if len({band(knowledge.findings["duration"], length) for length in lengths}) == 1:
            yield Finding("duration", lengths[-1], (), f"age less {source}")
        return


# --- features -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Feature:
    id: str
    label: str
    excluded: bool
    modifiers: tuple[str, ...]
    onset: Any


def _feature(item: Mapping[str, Any], place: int) -> _Feature:
    type_ = _mapping(item, "type")
    id_ = type_.get("id")
    if not isinstance(id_, str):
        raise PhenopacketError(f"phenotypicFeatures[{place}].type.id is missing: a term is needed")
    modifiers = [*_list(item, "modifiers"), _mapping(item, "severity")]
    codes = tuple(str(m.get("id", "")) for m in modifiers)
    excluded = item.get("excluded") is True or item.get("negated") is True
    return _Feature(id_, str(type_.get("label", ""))[:200], excluded, codes, item.get("onset"))


@dataclass(frozen=True)
class _Told:
    """What a term says, alone or with a modifier (which then stands last)."""

    reading: Reading
    terms: tuple[str, ...]
    source: str


def _of_terms(knowledge: Knowledge, table: Hpo, told: list[_Told]) -> Iterator[Finding]:
    """One value for each choice, and all options of lists: those denied too, unless observed."""
    by_finding: defaultdict[str, list[_Told]] = defaultdict(list)
    for item in told:
        by_finding[item.reading.finding].append(item)
    for id_, items in by_finding.items():
        finding = knowledge.findings[id_]
        if finding.kind is not Kind.SEVERAL:
            observed = [item for item in items if not _is_no(item.reading)] or items
            exact = _in_particular(table, observed)
            values = {item.reading.value for item in exact}
            if id_ in UNDECIDED and len(values) > 1:
                continue
            best = _preferred(finding, exact, PREVAILS.get(id_, ()))
            agree = [i for i in observed if i not in exact or i.reading.value == best.reading.value]
            terms = dict.fromkeys(term for item in (best, *agree) for term in item.terms)
            yield Finding(id_, best.reading.value, tuple(terms), best.source)
            continue
        present = {item.reading.value for item in items if item.reading.present}
        for item in items:
            value = item.reading.value
            if item.reading.present or value not in present:
                value = value if item.reading.present else DENIED + value
                yield Finding(id_, value, item.terms, item.source)


def _in_particular(table: Hpo, items: list[_Told]) -> list[_Told]:
    """What a packet says in general and in particular, it says in particular."""
    codes = {item.terms[-1] for item in items}
    general = {c for c in codes if any(c in table.up.get(other, ()) for other in codes - {c})}
    return [item for item in items if item.terms[-1] not in general]


def _preferred(choice: Question, items: list[_Told], order: Sequence[str]) -> _Told:
    """What comes first in `order`, then what is closest to its term, then the rarest."""
    rank = {value: i for i, value in enumerate(order)}

    def preference(item: _Told) -> tuple[int, int, float, str]:
        value = item.reading.value
        usual = choice.values[value].usual
        return rank.get(value, 0), item.reading.distance, usual, value

    return min(items, key=preference)


def _is_no(reading: Reading) -> bool:
    return reading.value in ("no", "none", "normal")


def _answers(knowledge: Knowledge, said: list[Finding]) -> dict[str, tuple[str, ...]]:
    answers: dict[str, tuple[str, ...]] = {}
    for item in said:
        finding = knowledge.findings.get(item.finding)
        if finding is None:
            continue
        if finding.kind is Kind.SEVERAL:
            before = answers.get(item.finding, (AMONG_OTHERS,))
            answers[item.finding] = tuple(dict.fromkeys((*before, item.value)))
        elif item.finding not in answers and _fits(knowledge, item):
            answers[item.finding] = (item.value,)
    return answers


def _fits(knowledge: Knowledge, item: Finding) -> bool:
    return band(knowledge.findings[item.finding], item.value) is not None


def _kept(said: list[Finding], answers: Answers) -> tuple[Finding, ...]:
    kept = (item for item in said if item.value in answers.get(item.finding, ()))
    return tuple(dict.fromkeys(kept))


def _unmapped_measurement(item: Mapping[str, Any], place: int) -> Unmapped:
    assay = _mapping(item, "assay")
    return Unmapped(
        str(assay.get("id", f"measurements[{place}]")), str(assay.get("label", ""))[:200]
    )


# --- plain data of unknown form -----------------------------------------------------------


def _list(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    items = data.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PhenopacketError(f"{key} is not a list of objects")
    return items


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    item = data.get(key) or {}
    return item if isinstance(item, dict) else {}


def _number(years: float) -> str:
    return f"{years:.3f}".rstrip("0").rstrip(".") or "0"
