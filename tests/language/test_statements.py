"""Answers are told as statements and diagnoses as words of a sentence, in both languages."""

from __future__ import annotations

import pytest

from assistant.language.catalogue import LANGUAGES
from assistant.language.names import name_within, short_reference, statement
from assistant.reasoning.differential import OTHER
from rules.compile import Fact
from rules.model import NO, YES, Kind, Knowledge


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


@pytest.mark.parametrize(
    ("fact", "fr", "en"),
    [
        ("pain=yes", "douleur", "pain"),
        ("pain=no", "pas de douleur", "no pain"),
        ("anorexia=no", "pas de perte d'appétit", "no loss of appetite"),
        ("sensory_ataxia=no", "pas d'ataxie sensitive", "no sensory ataxia"),
        ("hypotonia=no", "pas d'hypotonie", "no floppiness"),
        ("sensory_symptoms=no", "ni fourmillements ni engourdissement", "no tingling or numbness"),
        ("reflexes=brisk", "réflexes vifs", "brisk reflexes"),
        ("reflexes=distal_loss", "réflexes achilléens abolis", "ankle jerks absent"),
        ("tempo=days", "installation en heures ou en jours", "onset over hours or days"),
        ("tempo=since_birth", "présent depuis la naissance", "present since birth"),
        ("family_history=no", "aucun proche atteint", "no relative affected"),
        ("diabetes=no", "pas de diabète", "no diabetes"),
        ("fasciculations=none", "pas de fasciculations", "no fasciculations"),
        ("fasciculations=local", "fasciculations dans une région", "fasciculations in one region"),
        ("ck=up_to_5", "CK de 1 à 5 fois la normale", "CK 1 to 5 times normal"),
        ("ecg=yes", "ECG ou échographie cardiaque anormaux", "abnormal ECG or echocardiogram"),
        ("ecg=no", "ECG et échographie cardiaque normaux", "normal ECG and echocardiogram"),
        ("gaa_activity=yes", "activité de la maltase acide basse", "low acid maltase activity"),
        ("rising_difficulty=yes", "besoin des mains pour se relever", "needs the hands to get up"),
        ("rising_difficulty=no", "se relève sans les mains", "gets up without the hands"),
        ("endemic_area=yes", "séjour en zone de lèpre ou de polio", "has lived where leprosy or polio occurs"),
        ("affected_regions.hand=yes", "régions atteintes : main", "affected regions: hand"),
        ("affected_regions.hand=no", "régions épargnées : main", "regions spared: hand"),
        ("affected_regions.none=yes", "aucune région atteinte", "no region affected"),
        ("weak_muscles.deltoid=no", "muscles testés normaux : deltoïde", "muscles tested normal: deltoid"),
        ("emg_needle=one_root", "EMG à l'aiguille : dénervation d'une seule racine", "needle EMG: denervation of one root"),
        ("lower_motor_neuron=yes", "signes de motoneurone périphérique", "lower motor neuron signs"),
    ],
)  # fmt: skip
def test_a_fact_is_told_as_a_statement(shipped: Knowledge, fact: str, fr: str, en: str) -> None:
    key, _, value = fact.partition("=")
    assert spaced(statement(shipped, Fact(key, value), "fr")) == fr
    assert spaced(statement(shipped, Fact(key, value), "en")) == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_statement_shows_a_yes_a_no_or_a_hole(shipped: Knowledge, lang: str) -> None:
    for id_, finding in shipped.findings.items():
        several = finding.kind is Kind.SEVERAL
        facts = [Fact(f"{id_}.{v}", s) for v in finding.values for s in (YES, NO)] if several else [Fact(id_, v) for v in finding.values]  # fmt: skip
        for fact in facts:
            told = spaced(statement(shipped, fact, lang))
            assert "{" not in told
            assert not told.endswith((": oui", ": non", ": yes", ": no")), told


@pytest.mark.parametrize(
    ("id_", "fr", "en"),
    [
        ("als", "la sclérose latérale amyotrophique", "amyotrophic lateral sclerosis"),
        ("carpal_tunnel", "le syndrome du canal carpien", "median neuropathy at the wrist"),
        ("disuse_atrophy", "l'atrophie de non-utilisation", "disuse atrophy"),
        ("guillain_barre", "le syndrome de Guillain-Barré", "Guillain-Barré syndrome"),
        ("becker", "la dystrophie musculaire de Becker", "Becker muscular dystrophy"),
        ("cmt", "la maladie de Charcot-Marie-Tooth", "Charcot-Marie-Tooth disease"),
        ("hirayama", "la maladie de Hirayama", "Hirayama disease"),
        (OTHER, "« aucun de ces diagnostics »", "“none of these diagnoses”"),
    ],
)
def test_a_diagnosis_within_a_sentence(shipped: Knowledge, id_: str, fr: str, en: str) -> None:
    assert spaced(name_within(shipped, id_, "fr", article=True)) == fr
    assert spaced(name_within(shipped, id_, "en", article=True)) == en


def test_every_french_name_begins_with_a_noun_whose_article_is_known(shipped: Knowledge) -> None:
    feminine = {
        "cachexie", "dermatomyosite", "diplégie", "dystrophie", "maladie", "mononeuropathie", "myasthénie", "myopathie",
        "myosite", "myélopathie", "neuromyopathie", "neuropathie", "plexopathie", "poliomyélite", "polyneuropathie",
        "polyradiculonévrite", "radiculopathie", "rupture", "sarcopénie", "sclérose", "syringomyélie",
    }  # fmt: skip
    for id_ in shipped.diagnoses:
        article, _, noun = name_within(shipped, id_, "fr", article=True).partition(" ")
        first = noun.partition(" ")[0]
        assert article.startswith("l’") or (article, first) == ("le", "syndrome") or (article == "la" and first in feminine), (article, noun)  # fmt: skip


def test_only_names_of_people_keep_their_capital_within_a_sentence(shipped: Knowledge) -> None:
    kept = {name_within(shipped, id_, "en").split(" ")[0] for id_ in shipped.diagnoses}
    assert {word for word in kept if word[0].isupper()} == {
        "Becker", "Charcot-Marie-Tooth", "Duchenne", "Guillain-Barré", "Hirayama",
    }  # fmt: skip


@pytest.mark.parametrize(("lang", "quotes"), [("fr", "«»"), ("en", "“”")])
def test_a_title_that_stands_for_its_author_is_quoted_in_whole_words(
    shipped: Knowledge, lang: str, quotes: str
) -> None:
    for reference in shipped.references.values():
        if reference.first_author is None:
            short = short_reference(reference, lang)
            assert short[0] == quotes[0]
            told = spaced(short)[1:].rpartition(quotes[1])[0].strip().removesuffix("…")
            title = spaced(reference.title)
            assert title.startswith(told)
            assert not title[len(told) :][:1].isalnum(), short
