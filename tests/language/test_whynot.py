"""What `whynot` says is what the reasoning found: every number, every answer that is named."""

from __future__ import annotations

import re

import pytest

from assistant.language.blocks import Blocks, Style
from assistant.language.catalogue import say
from assistant.language.changes import changes_text
from assistant.language.names import (
    fact_text,
    name_within,
    percent,
    ratio,
    stated,
    statement,
)
from assistant.language.reasons import SMALL, large_reasons
from assistant.language.whynot import SHOWN_AGAINST, SHOWN_MISSING, whynot
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.explain import Goal, Reversal, smallest_change, smallest_changes
from assistant.reasoning.facts import UNKNOWN, Answers
from assistant.reasoning.missing import Missing, missing
from rules.compile import Fact

PATIENT: Answers = {
    "age": ("36",), "sex": ("male",), "complaint": ("weakness", "pain"), "duration": ("P5W",),
    "warning_signs": ("none",), "affected_regions": ("shoulder", "upper_arm"),
    "pain_severity": ("severe",), "pain_site": ("shoulder",), "pain_before_weakness": ("yes",),
    "symmetry": ("one_side",), "reflexes": ("normal",), "wasting": ("yes",), "ck": (UNKNOWN,),
    "weak_muscles": ("infraspinatus", "serratus_anterior"), "spared_muscles": ("triceps",),
    "winged_scapula": (UNKNOWN,),
}  # fmt: skip
DIAGNOSES = ["neuralgic_amyotrophy", "cervical_radiculopathy", "als", "carpal_tunnel", OTHER]
LANGUAGES = ["fr", "en"]


@pytest.fixture(scope="module")
def outcome(shipped_reasoner: Reasoner) -> Outcome:
    return conclude(shipped_reasoner, PATIENT)


def told(
    reasoner: Reasoner, outcome: Outcome, id_: str, lang: str
) -> tuple[list[Missing], Reversal, Blocks]:
    lacks = missing(reasoner, PATIENT, outcome, id_)
    found = smallest_change(reasoner, PATIENT, Goal(id_, outcome.leader.id != id_))
    assert found is not None
    return lacks, found, whynot(reasoner.knowledge, PATIENT, outcome, id_, lacks, [found], lang)


@pytest.mark.parametrize("id_", DIAGNOSES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_counts_against_is_told_with_its_ratio_and_the_rest_together(
    shipped_reasoner: Reasoner, outcome: Outcome, id_: str, lang: str
) -> None:
    *_, blocks = told(shipped_reasoner, outcome, id_, lang)
    hypothesis = outcome.hypothesis(id_)
    clear = large_reasons(hypothesis, Style.AGAINST)[:SHOWN_AGAINST]
    against = " ".join(block.text for block in blocks if block.style is Style.AGAINST)
    for reason in clear:
        head, value = stated(shipped_reasoner.knowledge, reason.likelihood.fact, lang)
        assert head.lower() in against.lower()
        factor = say(lang, "how_ratio", ratio=ratio(reason.counted, lang))
        assert f"{value or head} ({factor}".lower() in against.lower()
    rest = [r.counted for r in hypothesis.reasons if r.counted < 0 and r not in clear]
    muted = [block.text for block in blocks if block.style is Style.MUTED]
    if clear and rest:
        key = "whynot_rest" if len(rest) > 1 else "whynot_rest_one"
        assert say(lang, key, count=len(rest), ratio=ratio(sum(rest), lang)) in muted
    else:
        assert not muted


@pytest.mark.parametrize("id_", DIAGNOSES[:-1])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_missing_is_told_with_what_it_would_count_and_whether_it_was_asked(
    shipped_reasoner: Reasoner, outcome: Outcome, id_: str, lang: str
) -> None:
    lacks, _, blocks = told(shipped_reasoner, outcome, id_, lang)
    lines = " ".join(block.text for block in blocks if block.style is Style.OPEN)
    for item in lacks[:SHOWN_MISSING]:
        lk = item.reason.likelihood
        head, value = stated(shipped_reasoner.knowledge, lk.fact, lang)
        assert f"{value or head} (".lower() in lines.lower()
        assert say(lang, "how_ratio", ratio=ratio(item.reason.counted, lang)) in lines
        assert percent(lk.share, lang) in lines
        assert lk.because[lang] in lines
    for why in ("not_asked", "not_known", "not_named"):
        assert lines.count(say(lang, why)) == sum(item.why == why for item in lacks[:SHOWN_MISSING])


@pytest.mark.parametrize("id_", DIAGNOSES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_would_have_to_be_otherwise_is_told_with_what_would_follow(
    shipped_reasoner: Reasoner, outcome: Outcome, id_: str, lang: str
) -> None:
    _, found, blocks = told(shipped_reasoner, outcome, id_, lang)
    after = conclude(shipped_reasoner, found.answers)
    text = blocks[-1].text
    assert percent(after.hypothesis(id_).probability, lang) in text
    assert changes_text(shipped_reasoner.knowledge, PATIENT, outcome.facts, found.changes, lang) in text  # fmt: skip
    for fact in found.changes:
        assert fact_text(shipped_reasoner.knowledge, fact, lang)[0] in text
    for id_ in found.withdrawn:
        known = PATIENT[id_] != (UNKNOWN,)
        assert (shipped_reasoner.knowledge.findings[id_].label[lang] in text) >= known


@pytest.mark.parametrize("id_", DIAGNOSES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_change_has_its_own_sentence(
    shipped_reasoner: Reasoner, outcome: Outcome, id_: str, lang: str
) -> None:
    goal = Goal(id_, outcome.leader.id != id_)
    found = smallest_changes(shipped_reasoner, PATIENT, goal)
    blocks = whynot(shipped_reasoner.knowledge, PATIENT, outcome, id_, [], found, lang)
    texts = [block.text for block in blocks[-len(found) :]]
    assert len(set(texts)) == len(found)
    for reversal, text in zip(found, texts, strict=True):
        own = reversal.outcome.hypothesis(id_)
        assert percent(own.probability, lang) in text
        assert "{" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_speaks_more_for_the_leader_does(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    *_, blocks = told(shipped_reasoner, outcome, "cervical_radiculopathy", lang)
    knowledge = shipped_reasoner.knowledge
    names = {key: name_within(knowledge, id_, lang, article=True) for key, id_ in (("leader", outcome.leader.id), ("name", "cervical_radiculopathy"))}  # fmt: skip
    title = say(lang, "whynot_favours", **names)
    start = next(i for i, block in enumerate(blocks) if block.text == title)
    own = {r.likelihood.fact: r.counted for r in outcome.hypothesis("cervical_radiculopathy").reasons}  # fmt: skip
    line = blocks[start + 1].text
    words = {r.likelihood.fact: statement(knowledge, r.likelihood.fact, lang) for r in outcome.leader.reasons}  # fmt: skip
    (reason,) = [r for r in outcome.leader.reasons if line.lower().startswith(f"{words[r.likelihood.fact]} (".lower())]  # fmt: skip
    mine = own.get(reason.likelihood.fact, 0.0)
    assert reason.counted > mine
    assert say(lang, "how_ratio", ratio=ratio(reason.counted, lang)) in line
    assert say(lang, "whynot_than", ratio=ratio(mine, lang)) in line


@pytest.mark.parametrize(
    ("fact", "en", "fr"),
    [
        ("reflexes=brisk", "with “reflexes: brisk” instead of “normal”", "avec « réflexes : vifs » au lieu de « normaux »"),
        ("pain=no", "without “pain”", "sans « douleur »"),
        ("winged_scapula=yes", "with “winged scapula” (asked, not known)", "avec « décollement de la scapula » (demandé, inconnu)"),
        ("babinski=yes", "with “Babinski's sign” (not asked)", "avec « signe de Babinski » (non demandé)"),
        ("affected_regions.hand=yes", "with “affected regions: hand” as well", "avec aussi « régions atteintes : main »"),
        ("affected_regions.shoulder=no", "without “affected regions: shoulder girdle”", "sans « régions atteintes : épaule »"),
        ("weak_muscles.infraspinatus=no", "with “muscles tested normal: infraspinatus”", "avec « muscles testés normaux : infra-épineux »"),
        ("weak_muscles.deltoid=no", "with “muscles tested normal: deltoid”", "avec « muscles testés normaux : deltoïde »"),
        ("warning_signs.swallowing=yes", "with “warning signs: choking, slurred or nasal speech” instead of “none of these”", "avec « signes d'alerte : fausses routes, parole pâteuse, voix nasonnée » au lieu de « aucun »"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words(
    shipped_reasoner: Reasoner, outcome: Outcome, fact: str, en: str, fr: str
) -> None:
    key, _, value = fact.partition("=")
    for lang, words in (("en", en), ("fr", fr)):
        said = changes_text(shipped_reasoner.knowledge, PATIENT, outcome.facts, [Fact(key, value)], lang)  # fmt: skip
        assert re.sub(r"[\u00a0\u202f]", " ", said).replace("’", "'") == words


def test_what_hardly_counts_is_not_told_by_itself(outcome: Outcome) -> None:
    for reason in large_reasons(outcome.leader, Style.FOR):
        assert reason.counted >= SMALL
