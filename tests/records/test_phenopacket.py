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
from rules.model import Kind, Knowledge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAIN, UNKNOWN_TERM = "HP:0012531", "HP:0001250"  # pain; seizure, which is no finding here
LEFT, SEVERE, DISTAL = "HP:0012835", "HP:0012828", "HP:0012839"
WEAKNESS = "HP:0001324"
FOOT_DORSIFLEXORS, AREFLEXIA, DISTAL_LEG_WEAKNESS = "HP:0009027", "HP:0001284", "HP:0009053"
QUADRICEPS, PROXIMAL_LEG_WEAKNESS = "HP:0003731", "HP:0008994"
RIGHT, BILATERAL, ACUTE = "HP:0012834", "HP:0012832", "HP:0025307"  # acute: over hours


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


def test_within_a_group_the_nearest_term_counts(shipped: Knowledge) -> None:
    muscle = facts(read(a_packet(term(QUADRICEPS)), shipped), shipped)
    assert {Fact("weak_muscles.quadriceps"), Fact("affected_regions.thigh")} <= muscle
    assert not {Fact("affected_regions.hip"), Fact("gradient", "proximal")} & muscle
    limb = facts(read(a_packet(term(PROXIMAL_LEG_WEAKNESS)), shipped), shipped)
    assert {Fact("affected_regions.hip"), Fact("gradient", "proximal")} <= limb
    tingling = facts(read(a_packet(term("HP:0003401")), shipped), shipped)
    assert Fact("sensory_symptoms") in tingling
    assert Fact("sensory_loss") not in tingling


def test_a_weak_muscle_is_not_a_spared_one(shipped: Knowledge) -> None:
    assert "spared_muscles" not in read(a_packet(term(QUADRICEPS)), shipped).answers
    assert "spared_muscles" not in read(a_packet(term(QUADRICEPS, excluded=True)), shipped).answers


def test_no_term_says_two_things_of_a_choice(shipped: Knowledge) -> None:
    for id_ in hpo().up:
        told = [
            r.finding
            for r in readings(shipped, hpo(), id_, excluded=False)
            if shipped.findings[r.finding].kind is not Kind.SEVERAL
        ]
        assert len(told) == len(set(told)), id_


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


@pytest.mark.parametrize("absent", ["HP:0008959", "HP:0003484", "HP:0003690"])
def test_a_region_whose_weakness_is_excluded_is_denied(absent: str, shipped: Knowledge) -> None:
    # distal weakness of the arm, weakness of the arm, weakness of the limbs
    hand = Fact("affected_regions.hand", "no")
    assert hand in facts(read(a_packet(term(absent, excluded=True)), shipped), shipped)
    thenar = read(a_packet(term(absent, excluded=True), term("HP:0003393")), shipped)
    assert "-hand" not in thenar.answers["affected_regions"]


def test_in_particular_prevails_over_in_general(shipped: Knowledge) -> None:
    hyporeflexia, at_the_ankles, brisk = "HP:0001265", "HP:0009072", "HP:0001347"
    case = read(a_packet(term(hyporeflexia), term(at_the_ankles)), shipped)
    assert case.answers["reflexes"] == ("distal_loss",)
    (said,) = [finding for finding in case.findings if finding.finding == "reflexes"]
    assert set(said.terms) == {hyporeflexia, at_the_ankles}
    case = read(a_packet(term(at_the_ankles), term(brisk)), shipped)
    assert case.answers["reflexes"] == ("brisk",)


def test_what_is_hit_hardest_at_both_ends_is_not_told(shipped: Knowledge) -> None:
    both = read(a_packet(term("HP:0003701"), term("HP:0002460")), shipped)
    assert "gradient" not in both.answers
    assert both.answers["weakness"] == ("yes",)


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


def test_a_modifier_means_what_its_term_is_about(shipped: Knowledge) -> None:
    acute = [{"id": ACUTE}]
    answers = read(a_packet(term(WEAKNESS, modifiers=acute)), shipped).answers
    assert answers["tempo"] == ("days",)
    assert "pain_onset" not in answers
    answers = read(a_packet(term(PAIN, modifiers=acute)), shipped).answers
    assert answers["pain_onset"] == ("sudden",)
    assert "tempo" not in answers
    answers = read(a_packet(term(UNKNOWN_TERM, modifiers=acute)), shipped).answers
    assert not answers


@pytest.mark.parametrize(
    ("sides", "symmetry"),
    [([[RIGHT], []], "one_side"), ([[RIGHT], [RIGHT]], "one_side"), ([[RIGHT], [LEFT]], "asymmetric"),
     ([[RIGHT, LEFT], []], "symmetric"), ([[BILATERAL], [BILATERAL]], "symmetric"),
     ([[BILATERAL], [LEFT]], "asymmetric"), ([[], []], None)],
)  # fmt: skip
def test_all_sides_together_tell_the_symmetry(
    sides: list[list[str]], symmetry: str | None, shipped: Knowledge
) -> None:
    one, other = ([{"id": code} for code in codes] for codes in sides)
    packet = a_packet(term(FOOT_DORSIFLEXORS, modifiers=one), term("HP:0031189", modifiers=other))
    assert read(packet, shipped).answers.get("symmetry", (None,)) == (symmetry,)


def test_inheritance_tells_who_else_is_affected(shipped: Knowledge) -> None:
    answers = read(a_packet(term("HP:0000006")), shipped).answers  # autosomal dominant
    assert answers["family_history"] == ("parent",)


def test_the_onset_gives_age_and_duration(shipped: Knowledge) -> None:
    subject = {"timeAtLastEncounter": {"age": {"iso8601duration": "P40Y"}}}
    early = term(WEAKNESS, onset={"age": {"iso8601duration": "P10Y"}})
    of_disease = [{"onset": {"ontologyClass": {"id": "HP:0003577"}}}]
    case = read(a_packet(early, subject=subject), shipped)
    assert (case.answers["age_at_onset"], case.answers["duration"]) == (("10",), ("P10958D",))
    case = read(a_packet(early, subject=subject, diseases=of_disease), shipped)
    assert case.answers["age_at_onset"] == ("0",)


def test_a_term_of_onset_is_an_onset(shipped: Knowledge) -> None:
    case = read(a_packet(term("HP:0003621")), shipped)  # juvenile onset
    assert case.answers == {"age_at_onset": ("10",)}
    assert not case.unmapped


@pytest.mark.parametrize(
    ("age", "onset", "expected"),
    [("P45Y", "P45Y", None), ("P45Y", "P44Y", "P365D"), ("P45Y2M", "P45Y", "P61D"),
     ("P45Y", "P45Y2M", None), ("P60Y", "HP:0003621", "P20089D"), ("P18Y", "HP:0003621", None)],
)  # fmt: skip
def test_a_duration_is_told_where_the_ages_tell_it(
    age: str, onset: str, expected: str | None, shipped: Knowledge
) -> None:
    when = {"ontologyClass": {"id": onset}} if ":" in onset else {"age": {"iso8601duration": onset}}
    subject = {"timeAtLastEncounter": {"age": {"iso8601duration": age}}}
    answers = read(a_packet(subject=subject, diseases=[{"onset": when}]), shipped).answers
    assert answers.get("duration", (None,)) == (expected,)


def test_a_wide_class_of_onset_tells_no_age_but_what_the_age_leaves_of_it(
    shipped: Knowledge,
) -> None:
    def onset_at(age: str) -> tuple[str, ...] | None:
        subject = {"timeAtLastEncounter": {"age": {"iso8601duration": age}}}
        packet = a_packet(term("HP:0003581"), subject=subject)  # adult onset
        return read(packet, shipped).answers.get("age_at_onset")

    assert onset_at("P70Y") is None
    assert onset_at("P29Y") == ("23",)


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


def test_a_figure_prevails_over_a_term(shipped: Knowledge) -> None:
    value = {"quantity": {"unit": {"label": "U/L"}, "value": 9000}}
    measurement = {"assay": {"id": "LOINC:2157-6", "label": "CK"}, "value": value}
    case = read(a_packet(term("HP:0003236"), measurements=[measurement]), shipped)
    assert case.answers["ck"] == ("over_10",)


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [("LOINC:1988-5", 40, "mg/L", {"inflammation": ("yes",)}), ("LOINC:1988-5", 4, "mg/dL", {"inflammation": ("yes",)}),
     ("LOINC:1988-5", 2, "mg/L", {}), ("LOINC:1751-7", 28, "g/L", {"inflammation": ("yes",)}),
     ("LOINC:1751-7", 4.1, "g/dL", {}), ("LOINC:718-7", 95, "g/L", {"inflammation": ("yes",)}),
     ("LOINC:718-7", 9.5, "stones", {}), ("LOINC:39156-5", 17, "kg/m2", {"low_bmi": ("yes",)}),
     ("LOINC:39156-5", 27, "kg/m2", {"low_bmi": ("no",)})],
)  # fmt: skip
def test_other_figures_are_judged_by_the_limits_of_their_finding(
    code: str, value: float, unit: str, expected: dict[str, tuple[str, ...]], shipped: Knowledge
) -> None:
    measured = {"quantity": {"unit": {"label": unit}, "value": value}}
    case = read(a_packet(measurements=[{"assay": {"id": code}, "value": measured}]), shipped)
    assert case.answers == expected


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
