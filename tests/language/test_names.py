"""How numbers, lengths of time, values and sources are written."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.names import (
    duration_text,
    joined,
    long_reference,
    look_up,
    number,
    percent,
    short_reference,
    source_text,
    values_text,
)
from assistant.reasoning.facts import UNKNOWN
from rules.model import Kind, Knowledge
from rules.typography import NBSP, NNBSP


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("P1D", "1 jour", "1 day"), ("P0D", "0 jour", "0 days"), ("P10D", "10 jours", "10 days"),
        ("P1W", "1 semaine", "1 week"), ("P3W", "3 semaines", "3 weeks"), ("P1M", "1 mois", "1 month"),
        ("P18M", "18 mois", "18 months"), ("P1Y", "1 an", "1 year"), ("P2Y", "2 ans", "2 years"),
        ("P1.5Y", "1,5 an", "1.5 years"), ("P1Y6M", "18 mois", "18 months"), ("P2Y3M", "2 ans", "2 years"),
        ("P90D", "3 mois", "3 months"), ("P2738D", "7 ans", "7 years"), ("P1W3D", "10 jours", "10 days"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_told_in_words(iso: str, french: str, english: str) -> None:
    assert duration_text(iso, "fr").replace(NBSP, " ") == french
    assert duration_text(iso, "en") == english


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("34", "34 ans", "34 years"), ("34.5", "34,5 ans", "34.5 years"), ("0", "0 ans", "0 years"),
        ("0.0192", "7 jours", "7 days"), ("0.115", "42 jours", "42 days"), ("0.3333", "4 mois", "4 months"),
        ("1", "12 mois", "12 months"), ("1.5", "18 mois", "18 months"), ("young_adult", "de 20 à 39 ans", "20 to 39 years"),
        (UNKNOWN, "inconnu", "unknown"),
    ],
)  # fmt: skip
def test_ages_are_told_in_the_unit_that_suits_them(
    shipped: Knowledge, value: str, french: str, english: str
) -> None:
    told = values_text(shipped.findings["age"], (value,), "fr")
    assert told.replace(NBSP, " ") == french
    assert values_text(shipped.findings["age"], (value,), "en") == english


def test_every_value_of_every_shipped_finding_can_be_told(shipped: Knowledge) -> None:
    for finding in shipped.findings.values():
        for lang in ("fr", "en"):
            for name, value in finding.values.items():
                assert values_text(finding, (name,), lang) == value.label[lang]
            if finding.kind is Kind.SEVERAL:
                assert values_text(finding, tuple(finding.values), lang).count(",") > 0


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "<1%"), (0.004, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.97, "97%"), (0.995, ">99%"), (1.0, ">99%")],
)  # fmt: skip
def test_percentages_are_never_quite_certain(share: float, text: str) -> None:
    assert percent(share, "en").replace(NBSP, "") == text
    assert percent(share, "fr").replace(NBSP, "") == text


@given(st.floats(1e-9, 1e12))
def test_numbers_are_written_without_exponent_and_close_to_what_they_are(value: float) -> None:
    for lang, thousands, decimal in (("en", ",", "."), ("fr", NNBSP, ",")):
        text = number(value, lang)
        assert "e" not in text
        read = float(text.replace(thousands, "").replace(decimal, "."))
        assert math.isclose(read, value, rel_tol=0.0051)


@pytest.mark.parametrize(("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")])  # fmt: skip
def test_alternatives_are_joined_by_or(parts: list[str], text: str) -> None:
    assert joined(parts, "en") == text


def test_names_are_looked_up_whole_then_by_beginning_then_by_a_word() -> None:
    named = {"als": ["als", "SLA"], "sma_1": ["sma_1", "amyotrophie spinale"], "sma_3": ["sma_3"]}
    assert look_up("ALS", named) == ("als",)
    assert look_up("sla", named) == ("als",)
    assert look_up("sma", named) == ("sma_1", "sma_3")
    assert look_up("sma 1", named) == ("sma_1",)
    assert look_up("spinale", named) == ("sma_1",)
    assert look_up("nothing", named) == ()


def test_every_reference_is_cited_without_an_empty_part(shipped: Knowledge) -> None:
    for id_, reference in shipped.references.items():
        short, long = short_reference(reference, "en"), long_reference(reference)
        assert short.strip(" .,;"), id_
        assert len(short) <= 70, id_
        cited = long.removesuffix(reference.read_at)
        assert not re.search(r"None|\.\.|, ,|\(\)", cited), id_
        assert ("doi:" in long) or ("PMID" in long) or (reference.read_at in long), id_


def test_what_rests_on_judgement_says_so(shipped: Knowledge) -> None:
    for diagnosis in shipped.diagnoses.values():
        for evidence in diagnosis.evidence:
            told = source_text(shipped, evidence, "en")
            assert ("judgement" in told) == (evidence.basis == "judgement")
            assert told.startswith("[")
            assert told.endswith("]")
