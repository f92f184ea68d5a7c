"""Phenopackets: what is read of them, what is listed as not used, and what is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.facts import facts_of
from assistant.records.export import iso_age, packet
from assistant.records.phenopacket import Case, PhenopacketError, read, understand
from rules.compile import Fact
from rules.hpo import hpo, readings
from rules.make_hpo import table
from rules.model import Knowledge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAIN, UNKNOWN_TERM = "HP:0012531", "HP:0001250"  # pain; seizure, which is no finding here
LEFT, SEVERE, DISTAL = "HP:0012835", "HP:0012828", "HP:0012839"
WEAKNESS = "HP:0001324"
FOOT_DORSIFLEXORS, AREFLEXIA, DISTAL_LEG_WEAKNESS = "HP:0009027", "HP:0001284", "HP:0009053"


def term(id_: str, **more: Any) -> dict[str, Any]:
    return {"type": {"id": id_, "label": "as the packet says"}, **more}


def a_packet(*features: dict[str, Any], **more: Any) -> str:
    body = {"id": "case-1", "phenotypicFeatures": list(features), "metaData": {}, **more}
    return json.dumps(body)


def facts(case: Case, knowledge: Knowledge) -> set[Fact]:
    return set(facts_of(knowledge, case.answers))


def test_the_table_is_what_the_ontology_says(shipped: Knowledge) -> None:
    shipped_table, made = hpo(), table(shipped)
    assert shipped_table.release == made["release"], "make hpo"
    assert dict(shipped_table.up) == {k: tuple(v) for k, v in made["up"].items()}, "make hpo"
    assert dict(shipped_table.down) == {k: tuple(v) for k, v in made["down"].items()}, "make hpo"


def test_the_patient_is_read(shipped: Knowledge) -> None:
    subject = {
        "sex": "MALE",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P34Y6M"}},
    }
    case = read(a_packet(term(WEAKNESS), subject=subject), shipped)
    assert case.answers["sex"] == ("male",)
    assert float(case.answers["age"][0]) == pytest.approx(34.5, abs=0.01)
    assert case.answers["weakness"] == ("yes",)


def test_a_more_specific_term_counts_for_what_it_is_a_case_of(shipped: Knowledge) -> None:
    found = facts(read(a_packet(term(DISTAL_LEG_WEAKNESS)), shipped), shipped)
    assert {Fact("weakness"), Fact("affected_regions.foot"), Fact("gradient", "distal")} <= found


def test_what_is_not_named_is_not_denied(shipped: Knowledge) -> None:
    found = facts(read(a_packet(term(FOOT_DORSIFLEXORS)), shipped), shipped)
    assert not [
        fact for fact in found if fact.key.startswith("affected_regions") and fact.value == "no"
    ]


def test_what_is_excluded_is_denied_with_all_that_is_below_it(shipped: Knowledge) -> None:
    case = read(a_packet(term(PAIN, excluded=True), term("HP:0000163", excluded=True)), shipped)
    assert case.answers["pain"] == ("no",)
    above = read(a_packet(term("HP:0011804", excluded=True)), shipped)  # abnormal muscle physiology
    assert above.answers["weakness"] == ("no",)


def test_what_the_knowledge_has_no_finding_for_is_listed(shipped: Knowledge) -> None:
    case = read(
        a_packet(term(UNKNOWN_TERM), term("MONDO:1"), term(UNKNOWN_TERM, excluded=True)), shipped
    )
    assert [item.code for item in case.unmapped] == [UNKNOWN_TERM, "MONDO:1", UNKNOWN_TERM]
    assert case.unmapped[2].label.startswith("excluded")


def test_every_feature_is_either_used_or_listed(shipped: Knowledge) -> None:
    ids = [PAIN, UNKNOWN_TERM, FOOT_DORSIFLEXORS, AREFLEXIA, WEAKNESS, "HP:0000007"]
    case = read(a_packet(*map(term, ids)), shipped)
    used = {code for finding in case.findings for code in finding.terms}
    assert used | {item.code for item in case.unmapped} == set(ids)


def test_modifiers_say_side_severity_and_gradient(shipped: Knowledge) -> None:
    features = (
        term(WEAKNESS, modifiers=[{"id": LEFT}, {"id": DISTAL}]),
        term(PAIN, severity={"id": SEVERE}),
        term(UNKNOWN_TERM, modifiers=[{"id": SEVERE}]),
    )
    answers = read(a_packet(*features), shipped).answers
    assert answers["symmetry"] == ("one_side",)
    assert answers["gradient"] == ("distal",)
    assert answers["pain_severity"] == ("severe",)


def test_the_onset_gives_age_and_duration(shipped: Knowledge) -> None:
    subject = {"timeAtLastEncounter": {"age": {"iso8601duration": "P40Y"}}}
    early = term(WEAKNESS, onset={"age": {"iso8601duration": "P10Y"}})
    of_disease = [{"onset": {"ontologyClass": {"id": "HP:0003577"}}}]
    case = read(a_packet(early, subject=subject), shipped)
    assert (case.answers["age_at_onset"], case.answers["duration"]) == (("10",), ("P10958D",))
    case = read(a_packet(early, subject=subject, diseases=of_disease), shipped)
    assert case.answers["age_at_onset"] == ("0",)


@pytest.mark.parametrize(
    ("value", "high", "band"),
    [(150, 200, "normal"), (600, 200, "up_to_5"), (1500, 200, "from_5_to_10"), (9000, 200, "over_10"),
     (900, None, "up_to_5")],
)  # fmt: skip
def test_creatine_kinase_is_judged_against_its_own_limit(
    value: float, high: float | None, band: str, shipped: Knowledge
) -> None:
    limits = {"referenceRange": {"low": 30, "high": high}} if high else {}
    quantity = {"unit": {"id": "UO:1", "label": "U/L"}, "value": value, **limits}
    measurement = {"assay": {"id": "LOINC:2157-6", "label": "CK"}, "value": {"quantity": quantity}}
    case = read(a_packet(measurements=[measurement]), shipped)
    assert case.answers["ck"] == (band,)
    assert "limit" in case.findings[0].source


def test_a_measurement_without_use_is_listed(shipped: Knowledge) -> None:
    measurement = {"assay": {"id": "LOINC:2951-2", "label": "Sodium"}, "value": {}}
    case = read(a_packet(measurements=[measurement]), shipped)
    assert [(item.code, item.label) for item in case.unmapped] == [("LOINC:2951-2", "Sodium")]


def test_the_diagnosis_that_a_packet_holds_is_not_read(shipped: Knowledge) -> None:
    told = {"interpretations": [{"diagnosis": {"disease": {"id": "OMIM:310200"}}}]}
    plain = read(a_packet(term(WEAKNESS)), shipped)
    assert read(a_packet(term(WEAKNESS), **told), shipped).answers == plain.answers


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{", '"x"', '{"phenotypicFeatures": 3}', '{"phenotypicFeatures": [1]}',
     '{"phenotypicFeatures": [{"type": 1}]}', '{"metaData": {}, "measurements": {"a": 1}}',
     "[" * 100_000],
)  # fmt: skip
def test_what_is_no_packet_is_refused_in_one_line(text: str, shipped: Knowledge) -> None:
    with pytest.raises(PhenopacketError) as caught:
        read(text, shipped)
    assert "\n" not in str(caught.value)


plain = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
keys = st.sampled_from(["subject", "phenotypicFeatures", "measurements", "diseases", "metaData"])


@given(body=st.dictionaries(keys, plain))
def test_any_object_is_a_case_or_is_refused(body: dict[str, Any], shipped: Knowledge) -> None:
    try:
        case = read(json.dumps(body), shipped)
    except PhenopacketError:
        return
    assert facts_of(shipped, case.answers) is not None


# --- written ------------------------------------------------------------------------------


def exported(case: Case, knowledge: Knowledge) -> dict[str, Any]:
    return packet(case, knowledge, hpo(), NOW, "0")


def test_what_is_written_is_a_valid_packet_and_reads_as_the_same(shipped: Knowledge) -> None:
    from google.protobuf.json_format import ParseDict
    from phenopackets import Phenopacket

    paths = find_dialogues([shipped_dialogues()])[::12]
    assert len(paths) > 20
    for path in paths:
        case = Case(path.stem, read_dialogue(path, shipped).answers, (), ())
        body = exported(case, shipped)
        assert ParseDict(body, Phenopacket()).id == path.stem
        again = facts(understand(body, shipped, hpo()), shipped)
        observed = {f["type"]["id"] for f in body["phenotypicFeatures"] if not f.get("excluded")}
        excluded = {f["type"]["id"] for f in body["phenotypicFeatures"] if f.get("excluded")}
        assert not observed & excluded
        before = facts(case, shipped)
        for fact in again:  # an answer that is read back was given, or is a more general one
            opposite = {"yes": "no", "no": "yes"}.get(fact.value)
            assert opposite is None or Fact(fact.key, opposite) not in before, (path.stem, fact)


def test_ages_are_written_as_the_standard_says() -> None:
    assert [iso_age(years) for years in (34, 0, 0.5, 1.25)] == ["P34Y", "P0Y", "P182D", "P1Y91D"]


def test_a_reading_tells_how_far_it_is_from_what_was_said(shipped: Knowledge) -> None:
    found = readings(shipped, hpo(), FOOT_DORSIFLEXORS, excluded=False)
    by_finding = {reading.finding: reading.distance for reading in found}
    assert by_finding["affected_regions"] == 0
    assert by_finding["weakness"] > 0
