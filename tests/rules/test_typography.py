"""The spaces that French wants, and the one that English does not, put by the loader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.model import Knowledge
from rules.typography import NBSP, NNBSP, english, french


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Depuis quand ?", f"Depuis quand{NNBSP}?"),
        ("oui ; non", f"oui{NNBSP}; non"),
        ("Attention !", f"Attention{NNBSP}!"),
        ("deux : un", f"deux{NBSP}: un"),
        ("« 4 mois »", f"«{NBSP}4{NBSP}mois{NBSP}»"),
        ("30 % à 3 ans", f"30{NBSP}% à 3{NBSP}ans"),
        ("l'âge d'un", "l’âge d’un"),
        ("3 annexes", "3 annexes"),
        ("11 mm² et 20 mL/kg", f"11{NBSP}mm² et 20{NBSP}mL/kg"),
        ("https://x", "https://x"),
    ],
)
def test_french_spaces_and_apostrophes(typed: str, set_: str) -> None:
    assert french(typed) == set_


@given(st.text(alphabet=" ;:!?«»%'3ansé", max_size=30))
def test_what_is_set_once_stays_as_it_is(text: str) -> None:
    assert french(french(text)) == french(text)


@given(st.text(alphabet=" ;:!?«»%'3ansé", max_size=30))
def test_only_spaces_and_apostrophes_are_touched(text: str) -> None:
    def bare(some: str) -> str:
        return some.replace(NBSP, " ").replace(NNBSP, " ").replace("’", "'")

    assert bare(french(text)) == bare(text)


def test_english_has_no_space_before_a_percent_sign(shipped: Knowledge) -> None:
    assert english("46 % of events, 5.5 %") == "46% of events, 5.5%"
    assert english("% of 46") == "% of 46"
    for diagnosis in shipped.diagnoses.values():
        for evidence in diagnosis.evidence:
            assert " %" not in evidence.because.en
