"""GA4GH Phenopackets (version 2, JSON): a case from elsewhere read into answers, and written.

Phenopackets: GA4GH, https://phenopacket-schema.readthedocs.io. What cannot be mapped is listed and
never dropped. What the packet says of the disease or its gene is not read: it is to be found.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.reasoning.facts import AMONG_OTHERS, DENIED, Answers, band, days
from assistant.records.measurements import measured
from rules.hpo import Hpo, Reading, hpo, readings
from rules.model import Kind, Knowledge, Tier

MOTOR = ("weakness", "wasting", "affected_regions", "gradient", "complaint")
ONE_SIDE = ("HP:0012833", "HP:0012834", "HP:0012835")  # unilateral, right, left
SEVERITY = {"HP:0012825": "mild", "HP:0012827": "mild", "HP:0012826": "moderate",
            "HP:0012828": "severe", "HP:0012829": "severe"}  # fmt: skip
GRADIENT = {"HP:0012840": "proximal", "HP:0012839": "distal", "HP:0012837": "diffuse",
            "HP:0012838": "focal"}  # fmt: skip
# Classes of onset, as years inside the range that HPO gives them.
ONSET = {"HP:0030674": 0.0, "HP:0011460": 0.0, "HP:0011461": 0.0, "HP:0034197": 0.0,
         "HP:0034198": 0.0, "HP:0034199": 0.0, "HP:0003577": 0.0, "HP:0003623": 0.05,
         "HP:0003593": 0.4, "HP:0011463": 3.0, "HP:0003621": 10.0, "HP:0003581": 30.0,
         "HP:0011462": 28.0, "HP:0025708": 20.0, "HP:0025709": 30.0, "HP:0025710": 38.0,
         "HP:0003596": 50.0, "HP:0003584": 65.0}  # fmt: skip


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
    subject = _mapping(data, "subject")
    said: list[Finding] = [*_patient(subject), *_onset(data, features, subject)]
    unmapped: list[Unmapped] = []
    told: list[tuple[Reading, str]] = []
    for feature in features:
        found = readings(knowledge, table, feature.id, excluded=feature.excluded)
        told += [(reading, feature.id) for reading in found]
        said += _modified(feature, found)
        if not found:
            label = feature.label or table.labels.get(feature.id, "")
            prefix = "excluded: " if feature.excluded else ""
            unmapped.append(Unmapped(feature.id, prefix + label))
    said += _of_terms(knowledge, told)
    for i, item in enumerate(_list(data, "measurements")):
        answer = measured(item)
        if answer is None:
            unmapped.append(_unmapped_measurement(item, i))
        else:
            said.append(Finding(answer.finding, answer.value, (answer.code,), answer.source))
    answers = _answers(knowledge, said)
    return Case(str(data.get("id", ""))[:200], answers, _kept(said, answers), tuple(unmapped))


# --- the patient --------------------------------------------------------------------------


def _patient(subject: Mapping[str, Any]) -> Iterator[Finding]:
    sex = str(subject.get("sex", "")).lower()
    if sex in ("male", "female"):
        yield Finding("sex", sex, (), "subject.sex")
    age = _years(subject.get("timeAtLastEncounter"))
    if age is not None:
        yield Finding("age", _number(age), (), "subject.timeAtLastEncounter")


def _onset(
    data: Mapping[str, Any], features: list[_Feature], subject: Mapping[str, Any]
) -> Iterator[Finding]:
    """The age at onset, as the disease gives it, else as the first of the features does."""
    of_disease = [_years(item.get("onset")) for item in _list(data, "diseases")]
    of_features = [_years(feature.onset) for feature in features if not feature.excluded]
    for years, source in ((of_disease, "diseases.onset"), (of_features, "onset of the features")):
        known = [value for value in years if value is not None]
        if known:
            yield Finding("age_at_onset", _number(min(known)), (), source)
            age = _years(subject.get("timeAtLastEncounter"))
            if age is not None and age >= min(known):
                length = f"P{round((age - min(known)) * 365.25)}D"
                yield Finding("duration", length, (), f"age less {source}")
            return


def _years(time: Any) -> float | None:
    """Years of a TimeElement: an age, the younger end of a range, or a class of onset."""
    if not isinstance(time, dict):
        return None
    age = time.get("age") or _mapping(time, "ageRange").get("start")
    if isinstance(age, dict):
        length = days(str(age.get("iso8601duration", "")).partition("T")[0])
        return None if length is None or length > 120 * 366 else length / 365.25
    return ONSET.get(str(_mapping(time, "ontologyClass").get("id", "")))


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


def _modified(feature: _Feature, found: tuple[Reading, ...]) -> Iterator[Finding]:
    """What the modifiers of an observed feature add: side, severity, gradient."""
    about = {reading.finding for reading in found if reading.present and not feature.excluded}
    for code in feature.modifiers:
        if about & set(MOTOR):
            if code in ONE_SIDE:
                yield Finding("symmetry", "one_side", (feature.id, code), "modifier")
            if code in GRADIENT:
                yield Finding("gradient", GRADIENT[code], (feature.id, code), "modifier")
        if about & {"pain", "pain_site"} and code in SEVERITY:
            yield Finding("pain_severity", SEVERITY[code], (feature.id, code), "modifier")


def _of_terms(knowledge: Knowledge, told: list[tuple[Reading, str]]) -> Iterator[Finding]:
    """One value for each choice, the closest to its term, then the rarest; all options of lists."""
    by_finding: defaultdict[str, list[tuple[Reading, str]]] = defaultdict(list)
    for reading, term in told:
        by_finding[reading.finding].append((reading, term))
    for id_, items in by_finding.items():
        finding = knowledge.findings[id_]
        if finding.kind is Kind.SEVERAL:
            present = {reading.value for reading, _ in items if reading.present}
            for reading, term in items:
                if reading.present or reading.value not in present:
                    value = reading.value if reading.present else DENIED + reading.value
                    yield Finding(id_, value, (term,), "term")
            continue
        observed = [i for i in items if not _is_no(i[0])] or items
        reading, term = min(
            observed, key=lambda i: (i[0].distance, finding.values[i[0].value].usual, i[0].value)
        )
        yield Finding(id_, reading.value, (term,), "term")


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
