"""One line answers several findings that are put in one question."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.language.together import understand_together
from assistant.language.understand import Fault, Misread
from assistant.reasoning.facts import UNKNOWN
from rules.model import Knowledge

TODAY = date(2026, 11, 24)


def read(knowledge: Knowledge, text: str, *ids: str) -> dict[str, tuple[str, ...]] | Misread:
    findings = {id_: knowledge.findings[id_] for id_ in ids}
    offered = ("trapezius", "infraspinatus", "deltoid", "biceps", "triceps")
    return understand_together(findings, text, offered, today=TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("34 M", ("34", "male", None)),
        ("34m", ("34", "male", None)),
        ("36", ("36", None, None)),
        ("36, 3 weeks", ("36", None, "P3W")),
        ("34 M, 3 weeks", ("34", "male", "P3W")),
        ("34 M 3 weeks", ("34", "male", "P3W")),
        ("H 34a, 3 sem", ("34", "male", "P3W")),
        ("34 M il y a 3 semaines", ("34", "male", "P3W")),
        ("a 62-year-old woman since 2019", ("62", "female", "P2884D")),
        ("62 ans, femme, depuis 2 ans", ("62", "female", "P2Y")),
        ("homme de 62 ans depuis 3 mois", ("62", "male", "P3M")),
        ("2, masculin, 1 an", ("2", "male", "P1Y")),
        ("62 ans, femme, 1 an", ("62", "female", "P1Y")),
        ("4 mois, garçon, depuis 1 mois", ("0.3333", "male", "P1M")),
        ("20 to 39 years, female, P3W", ("young_adult", "female", "P3W")),
    ],
)
def test_age_sex_and_since_when(
    shipped: Knowledge, text: str, expected: tuple[str | None, ...]
) -> None:
    keys = ("age", "sex", "duration")
    said = {key: (value,) for key, value in zip(keys, expected, strict=True) if value}
    assert read(shipped, text, *keys) == said


@pytest.mark.parametrize("text", ["M", "2 years 6 months", "3 weeks, M, 34"])
def test_what_is_not_surely_an_age_is_not_taken_apart(shipped: Knowledge, text: str) -> None:
    """Two lengths without a word between them may be one age."""
    reading = read(shipped, text, "age", "sex", "duration")
    assert isinstance(reading, Misread)
    assert reading.fault is Fault.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "weak", "spared"),
    [
        ("deltoid", ("deltoid",), None),
        ("3, 4; normal: 5", ("deltoid", "biceps"), ("triceps",)),
        ("deltoid, biceps; normal: triceps, trapezius", ("deltoid", "biceps"), ("trapezius", "triceps")),
        ("deltoïde, biceps ; normaux : triceps", ("deltoid", "biceps"), ("triceps",)),
        ("deltoïde faible mais triceps normal", ("deltoid",), ("triceps",)),
        ("deltoid and infraspinatus weak, triceps normal", ("infraspinatus", "deltoid"), ("triceps",)),
        ("normal: triceps; weak: deltoid", ("deltoid",), ("triceps",)),
        ("triceps normal", (UNKNOWN,), ("triceps",)),
        ("unknown", (UNKNOWN,), None),
    ],
)  # fmt: skip
def test_weak_muscles_and_those_that_kept_their_strength(
    shipped: Knowledge, text: str, weak: tuple[str, ...], spared: tuple[str, ...] | None
) -> None:
    said = {"weak_muscles": weak} | ({"spared_muscles": spared} if spared else {})
    assert read(shipped, text, "weak_muscles", "spared_muscles") == said


def test_a_muscle_that_is_not_known_is_not_left_out_in_silence(shipped: Knowledge) -> None:
    for text in ("deltoid, foobar; normal: triceps", "deltoid; normal: foobar"):
        reading = read(shipped, text, "weak_muscles", "spared_muscles")
        assert isinstance(reading, Misread)
        assert reading.part == "foobar"
