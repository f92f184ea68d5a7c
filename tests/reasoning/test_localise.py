"""Localisation: textbook lesions, each examination and each with one muscle unknown; properties.

`lesions.yaml` was written independently of the anatomy that the program ships.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning.localise import Examination, Localisation, deciding_muscle, localise
from rules.check import load
from rules.model import Knowledge

LESIONS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "lesions.yaml").read_text(encoding="utf-8")
)
KNOWLEDGE = load()
MUSCLES, SITES = sorted(KNOWLEDGE.muscles), KNOWLEDGE.sites


def examination(lesion: dict[str, Any]) -> Examination:
    parts = ("weak", "spared", "sensory", "sensory_normal")
    return Examination(*(tuple(sorted(lesion.get(part, ()))) for part in parts))


def accepted(lesion: dict[str, Any]) -> set[frozenset[str]]:
    right = [lesion["sites"]] if "sites" in lesion else [[lesion["site"]]]
    return {frozenset(sites) for sites in (*right, *([s] for s in lesion.get("also_accept", ())))}


def is_right(lesion: dict[str, Any], found: tuple[Localisation, ...]) -> bool:
    return bool(found) and frozenset(found[0].sites) in accepted(lesion)


def with_one_unknown(found: Examination) -> Iterator[Examination]:
    for part in ("weak", "spared"):
        muscles = getattr(found, part)
        for muscle in muscles:
            if part == "weak" and len(muscles) == 1 and not found.numb:
                continue  # nothing would be left to localise
            yield replace(found, **{part: tuple(m for m in muscles if m != muscle)})


def test_there_are_enough_lesions_and_they_name_what_exists() -> None:
    assert len(LESIONS) >= 60
    for name, lesion in LESIONS.items():
        found = examination(lesion)
        assert {*found.weak, *found.spared} <= set(KNOWLEDGE.muscles), name
        assert {*found.numb, *found.felt} <= set(KNOWLEDGE.territories), name
        assert {site for sites in accepted(lesion) for site in sites} <= set(SITES), name


@pytest.mark.parametrize("name", LESIONS)
def test_a_textbook_lesion_is_placed(name: str) -> None:
    found = localise(SITES, examination(LESIONS[name]))
    assert is_right(LESIONS[name], found), [(f.sites, round(f.share, 2)) for f in found[:3]]


def test_with_one_muscle_unknown_nineteen_in_twenty_are_still_placed() -> None:
    right = [
        is_right(lesion, localise(SITES, partial))
        for lesion in LESIONS.values()
        for partial in with_one_unknown(examination(lesion))
    ]
    assert len(right) > 500
    assert sum(right) / len(right) >= 0.95, f"{sum(right)} of {len(right)}"


@pytest.mark.parametrize(
    ("weak", "spared", "muscle"),
    [
        (("deltoid",), (), {"infraspinatus", "triceps", "teres_minor", "biceps", "brachioradialis"}),
        (("first_dorsal_interosseous",), (), {"abductor_pollicis_brevis"}),
        (("tibialis_anterior",), (), {"tibialis_posterior", "gluteus_medius", "fibularis"}),
    ],
)  # fmt: skip
def test_the_muscle_to_test_next_is_one_that_decides(
    weak: tuple[str, ...], spared: tuple[str, ...], muscle: set[str]
) -> None:
    found = Examination(weak, spared, (), ())
    bedside = [id_ for id_, m in KNOWLEDGE.muscles.items() if m.offered_with]
    assert deciding_muscle(SITES, found, localise(SITES, found), bedside) in muscle


def test_nothing_weak_and_nothing_numb_is_nowhere() -> None:
    assert localise(SITES, Examination((), tuple(MUSCLES[:5]), (), ())) == ()


muscle_sets = st.lists(st.sampled_from(MUSCLES), unique=True, max_size=8)


@given(weak=muscle_sets, spared=muscle_sets)
def test_any_examination_is_told_in_shares_that_add_up(weak: list[str], spared: list[str]) -> None:
    only_spared = tuple(sorted(set(spared) - set(weak)))
    found = Examination(tuple(sorted(weak)), only_spared, (), ())
    told = localise(SITES, found)
    assert bool(told) == any(muscle in site.muscles for site in SITES.values() for muscle in weak)
    assert not told or abs(sum(item.share for item in told) - 1) < 1e-9
    assert [item.score for item in told] == sorted((i.score for i in told), reverse=True)
    for item in told:
        assert set(item.explains) | set(item.unexplained) == set(weak)
        assert set(item.contradicts) <= set(only_spared)


def test_the_shipped_anatomy_is_as_broad_as_it_claims(shipped: Knowledge) -> None:
    assert len(shipped.muscles) >= 70
    regions = {muscle.region for muscle in shipped.muscles.values()}
    assert regions >= {"face", "bulbar", "neck", "shoulder", "upper_arm", "forearm", "hand"}
    assert regions >= {"trunk", "hip", "thigh", "lower_leg", "foot"}
