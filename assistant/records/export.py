"""The case as the program understood it, as a GA4GH Phenopacket (version 2, JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.reasoning.facts import facts_of, number
from assistant.records.phenopacket import Case
from rules.compile import Fact, option_facts
from rules.files import write_whole
from rules.hpo import Hpo, hpo, readings
from rules.model import NO, YES, Kind, Knowledge

SCHEMA = "2.0"
MOST_DAYS = 365


def write_phenopacket(
    path: Path, case: Case, knowledge: Knowledge, now: datetime, version: str
) -> None:
    """Write the packet, whole or not at all. OSError if that cannot be done."""
    body = packet(case, knowledge, hpo(), now, version)
    write_whole(path, json.dumps(body, ensure_ascii=False, indent=2) + "\n")


def packet(
    case: Case, knowledge: Knowledge, table: Hpo, now: datetime, version: str
) -> dict[str, Any]:
    """The packet as plain data: the patient, terms observed and excluded, where they come from.

    For each answer the first term of the option that says nothing else than the case does, for a
    "no" the terms that it excludes. What has no such term is left out.
    """
    subject: dict[str, Any] = {"id": "patient"}
    sex = case.answers.get("sex")
    subject["sex"] = sex[0].upper() if sex else "UNKNOWN_SEX"
    age = number(case.answers.get("age", ("",))[0])
    if age is not None:
        subject["timeAtLastEncounter"] = {"age": {"iso8601duration": iso_age(age)}}
    features = list(_features(knowledge, table, facts_of(knowledge, case.answers)))
    onset = number(case.answers.get("age_at_onset", ("",))[0])
    body: dict[str, Any] = {"id": case.id or "case", "subject": subject}
    if onset is not None:
        for feature in features:
            if not feature.get("excluded"):
                feature["onset"] = {"age": {"iso8601duration": iso_age(onset)}}
                break
    body["phenotypicFeatures"] = features
    body["metaData"] = _meta(table, now, version)
    return body


def iso_age(years: float) -> str:
    """An age in ISO 8601: whole years, or days for an infant or a part of a year."""
    whole = int(years)
    rest = round((years - whole) * MOST_DAYS)
    return f"P{whole}Y" if not rest else f"P{rest}D" if not whole else f"P{whole}Y{rest}D"


def _features(
    knowledge: Knowledge, table: Hpo, facts: Mapping[Fact, str]
) -> Iterator[dict[str, Any]]:
    observed: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for fact in sorted(facts):
        id_, _, option = fact.key.partition(".")
        finding = knowledge.findings[id_]
        value = finding.values[option or fact.value]
        if finding.kind is Kind.SEVERAL and fact.value == NO:
            excluded |= dict.fromkeys(value.hpo)
            continue
        if fact.value == YES or finding.kind is not Kind.SEVERAL:
            fitting = (
                term for term in value.hpo if _fits(knowledge, table, facts, term, excluded=False)
            )
            observed |= dict.fromkeys(list(fitting)[:1])
            excluded |= dict.fromkeys(value.hpo_absent)
    for id_ in observed:
        yield {"type": _term(table, id_)}
    for id_ in excluded:
        # what is a case of it was observed: it cannot be absent
        seen = any(id_ in table.up.get(term, ()) for term in observed)
        if not seen and _fits(knowledge, table, facts, id_, excluded=True):
            yield {"type": _term(table, id_), "excluded": True}


def _fits(
    knowledge: Knowledge, table: Hpo, facts: Mapping[Fact, str], term: str, *, excluded: bool
) -> bool:
    """Whether a term says nothing that the case denies: it may say more than one answer does."""
    for reading in readings(knowledge, table, term, excluded=excluded):
        finding = knowledge.findings[reading.finding]
        said = option_facts(reading.finding, finding, reading.value)
        if finding.kind is Kind.SEVERAL:
            denied = Fact(said.key, NO if reading.present else YES) in facts
        else:
            denied = said not in facts and any(
                Fact(reading.finding, value) in facts for value in finding.values
            )
        if denied:
            return False
    return True


def _term(table: Hpo, id_: str) -> dict[str, str]:
    return {"id": id_, "label": table.labels.get(id_, "")}


def _meta(table: Hpo, now: datetime, version: str) -> dict[str, Any]:
    return {
        "created": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "createdBy": f"amyo {version}",
        "resources": [
            {
                "id": "hp",
                "name": "human phenotype ontology",
                "url": "http://purl.obolibrary.org/obo/hp.owl",
                "version": table.release,
                "namespacePrefix": "HP",
                "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
            }
        ],
        "phenopacketSchemaVersion": SCHEMA,
    }
