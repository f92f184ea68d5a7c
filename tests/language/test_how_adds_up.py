"""The numbers of `how` and `why` can be checked by hand: they are those of the reasoning."""

from __future__ import annotations

import math
import re

import pytest

from assistant.language import reasons
from assistant.language.blocks import Blocks, Style
from assistant.language.catalogue import say
from assistant.language.conclusion import conclusion
from assistant.language.names import capitalised, name_within, number, percent, ratio, stated
from assistant.language.why import why
from assistant.reasoning.differential import OTHER, OTHER_FLOOR, Outcome, Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.grounds import matched, waiting
from assistant.reasoning.inquiry import Stop
from rules.compile import Fact
from rules.typography import NBSP, NNBSP

PATIENTS: dict[str, Answers] = {
    "only an age": {"age": ("34",)},
    "a shoulder after pain": {
        "age": ("34",), "sex": ("male",), "complaint": ("weakness", "pain"), "duration": ("P4W",),
        "warning_signs": ("none",), "pain_onset": ("sudden",), "affected_regions": ("shoulder",),
        "weak_muscles": ("serratus_anterior", "infraspinatus"), "spared_muscles": ("triceps",),
        "reflexes": ("normal",), "sensory_loss": ("no",),
    },
    "a hand without pain": {
        "age": ("61",), "sex": ("female",), "complaint": ("wasting",), "duration": ("P10M",),
        "warning_signs": ("swallowing",), "weakness": ("yes",), "affected_regions": ("hand", "forearm"),
        "fasciculations": ("widespread",), "reflexes": ("brisk",), "sensory_loss": ("no",),
        "babinski": ("yes",), "emg_needle": ("several_regions",),
    },
    "a hand whose lesion has a site": {
        "age": ("66",), "sex": ("male",), "complaint": ("wasting",), "duration": ("P10M",),
        "warning_signs": ("none",), "weakness": ("yes",), "wasting": ("yes",), "affected_regions": ("hand",),
        "symmetry": ("one_side",), "fasciculations": ("local",), "reflexes": ("normal",), "sensory_loss": ("yes",),
        "weak_muscles": ("first_dorsal_interosseous", "abductor_digiti_minimi", "deep_finger_flexors_4_5"),
        "spared_muscles": ("abductor_pollicis_brevis", "triceps"), "nerve_conduction": ("slow_at_elbow",),
    },
    "nothing found": {
        "age": ("45",), "sex": ("male",), "complaint": ("fatigue",), "weakness": ("no",),
        "wasting": ("no",), "affected_regions": ("none",), "reflexes": ("normal",),
        "sensory_loss": ("no",), "duration": ("unknown",),
    },
}  # fmt: skip

SPREADING: Answers = {
    "age": ("30",), "complaint": ("weakness",), "duration": ("P4D",), "weakness": ("yes",),
    "affected_regions": ("lower_leg", "foot"), "course": ("worsening",),
}  # fmt: skip


@pytest.fixture(params=PATIENTS, scope="module")
def outcome(request: pytest.FixtureRequest, shipped_reasoner: Reasoner) -> Outcome:
    return conclude(shipped_reasoner, PATIENTS[request.param])


def points(weight: float, lang: str) -> str:
    """What `how` writes for a share: of a hundred points, to three digits."""
    return number(float(f"{100 * math.exp(weight):.3g}"), lang)


def texts(blocks: Blocks) -> str:
    return "\n".join(block.text for block in blocks)


def test_scores_are_the_prior_and_all_that_was_counted(outcome: Outcome) -> None:
    total = sum(math.exp(h.score) for h in outcome.hypotheses)
    for h in outcome.hypotheses:
        product = math.prod(math.exp(reason.counted) for reason in h.reasons)
        if h.id != OTHER:  # which has no reasons, and a floor
            assert math.isclose(math.exp(h.prior) * product, math.exp(h.score), rel_tol=1e-9)
        assert math.isclose(math.exp(h.score) / total, h.probability, rel_tol=1e-9)
    assert math.isclose(sum(h.probability for h in outcome.hypotheses), 1.0, rel_tol=1e-9)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_how_tells_prior_product_score_total_and_probability(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    total = math.log(sum(math.exp(h.score) for h in outcome.hypotheses))
    for h in outcome.hypotheses:
        told = texts(reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang))
        assert points(h.prior, lang) in told
        if h.reasons:
            best = next(other for other in outcome.hypotheses if other.id != h.id)
            for value in (h.score, total, best.score):
                assert points(value, lang) in told
            assert points(h.evidence - math.log(100), lang) in told
            assert percent(h.probability, lang) in told


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_points_that_how_shows_add_up_to_the_probability(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    for h in outcome.hypotheses:
        for block in reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang):
            if "≈" not in block.text:
                continue
            shown = re.findall(rf"(?<![\w.,])\d[\d.,{NNBSP}]*", block.text)
            prior, product, score, total, again, whole = (read(n, lang) for n in shown[:6])
            assert math.isclose(prior * product, score, rel_tol=0.02)
            assert (again, whole) == (score, total)
            assert math.isclose(score / total, h.probability, rel_tol=0.02)


def test_the_reference_hypothesis_is_explained_and_not_multiplied(
    shipped_reasoner: Reasoner, outcome: Outcome
) -> None:
    title, text = reasons.how(shipped_reasoner.knowledge, outcome, OTHER, "en")
    assert title.text == "How: none of these diagnoses"
    other = outcome.hypothesis(OTHER)
    assert f"It has {points(other.prior, 'en')} points of 100" in text.text
    floor = percent(OTHER_FLOOR, "en")
    assert f"now {percent(other.probability, 'en')}. It never falls below {floor}" in text.text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_how_tells_every_ratio_or_counts_it_among_the_small_ones(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    for h in outcome.hypotheses:
        told = texts(reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang))
        small = [r.counted for r in h.reasons if abs(r.counted) < reasons.SMALL]
        for reason in h.reasons:
            if abs(reason.counted) >= reasons.SMALL:
                assert f"× {ratio(reason.counted, lang)}".replace(" ", NBSP) in told.replace(" ", NBSP)  # fmt: skip
        if small:
            key = "how_small" if len(small) > 1 else "how_small_one"
            assert say(lang, key, count=len(small), ratio=ratio(sum(small), lang)) in told


FACTOR = re.compile(rf"×[ {NBSP}]([\d.,{NNBSP}]+)")


def read(text: str, lang: str) -> float:
    """A number as it is written in a language."""
    text = text.rstrip(".,")
    return float(text.replace(NNBSP, "").replace(",", "." if lang == "fr" else ""))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_ratios_that_how_shows_multiply_to_the_product_that_it_shows(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    for h in outcome.hypotheses:
        blocks = reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang)
        counted = [b for b in blocks if b.style in (Style.FOR, Style.AGAINST)]
        if not h.reasons:
            assert not counted
            continue
        counted += [b for b in blocks if b.style is Style.MUTED and FACTOR.search(b.text)]
        factors = [read(f, lang) for b in counted for f in FACTOR.findall(b.text)]
        (shown,) = [f for b in blocks if "≈" in b.text for f in FACTOR.findall(b.text)]
        # each is rounded to three digits
        assert math.isclose(math.prod(factors), read(shown, lang), rel_tol=0.006 * (len(factors) + 1))  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_counts_less_is_told_without_its_sentence_but_with_its_source(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    for h in outcome.hypotheses:
        blocks = reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang)
        told = {r.likelihood.because[lang] for r in h.reasons}
        for style, most in reasons.IN_FULL.items():
            lines = [b.text for b in blocks if b.style is style]
            assert all(any(because in line for because in told) for line in lines[:most])
            assert all(line.endswith("]") for line in lines)
            assert not any(because in line for line in lines[most:] for because in told)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_under_what_was_derived_stand_answers_that_were_given(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    known = {
        part for fact in (*outcome.facts, *map(Fact, outcome.patterns)) for part in stated(knowledge, fact, lang)
    }  # fmt: skip
    start = say(lang, "how_from", answers="")
    for h in outcome.hypotheses[:12]:
        for block in reasons.how(knowledge, outcome, h.id, lang):
            if block.level < 2:
                continue
            left = block.text.removeprefix(start)
            for told in sorted(known - {""}, key=len, reverse=True):
                left = left.replace(told, "")
            assert not left.strip(f"{NBSP}{NNBSP} ,:;"), block.text


def test_a_site_that_carries_evidence_stands_above_its_muscles(shipped_reasoner: Reasoner) -> None:
    knowledge = shipped_reasoner.knowledge
    outcome = conclude(shipped_reasoner, PATIENTS["a hand whose lesion has a site"])
    blocks = reasons.how(knowledge, outcome, "ulnar_neuropathy_elbow", "en")
    (place,) = [i for i, b in enumerate(blocks) if b.style is Style.FOR and b.text.startswith("Site of the lesion")]  # fmt: skip
    below = blocks[place + 1]
    assert below.level == blocks[place].level + 1
    assert below.text == (
        "from weak or wasted muscles: abductor digiti minimi, deep flexors of fingers 4-5, "
        "first dorsal interosseous; muscles tested normal: abductor pollicis brevis, triceps brachii"
    )


def test_every_pattern_stands_above_the_answers_that_it_comes_from(
    shipped_reasoner: Reasoner, outcome: Outcome
) -> None:
    _, *blocks = reasons.patterns(shipped_reasoner.knowledge, outcome, "en") or (None,)
    assert [b.level for b in blocks] == [1, 2] * len(outcome.patterns)
    for id_, line in zip(outcome.patterns, blocks[1::2], strict=True):
        for part in matched(shipped_reasoner.knowledge, outcome, outcome.patterns[id_][0]):
            told = stated(shipped_reasoner.knowledge, part.fact, "en")
            assert all(text in line.text for text in told)


def test_how_puts_what_speaks_for_before_what_speaks_against(
    shipped_reasoner: Reasoner, outcome: Outcome
) -> None:
    for h in outcome.hypotheses:
        blocks = reasons.how(shipped_reasoner.knowledge, outcome, h.id, "en")
        signs = [b.style for b in blocks if b.style in (Style.FOR, Style.AGAINST)]
        assert signs == sorted(signs, key=[Style.FOR, Style.AGAINST].index)
        shown = {Style.FOR: any(r.counted >= reasons.SMALL for r in h.reasons),
                 Style.AGAINST: any(r.counted <= -reasons.SMALL for r in h.reasons)}  # fmt: skip
        assert set(signs) == {style for style, any_ in shown.items() if any_}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_differential_is_told_in_its_order_with_its_probabilities(
    shipped_reasoner: Reasoner, outcome: Outcome, lang: str
) -> None:
    bars = reasons.differential(shipped_reasoner.knowledge, outcome, lang)[1:]
    assert [bar.share for bar in bars] == [h.probability for h in outcome.hypotheses[: len(bars)]]
    for bar, h in zip(bars, outcome.hypotheses, strict=False):
        assert percent(h.probability, lang) in bar.text


@pytest.mark.parametrize("id_", ["age", "sex", "affected_regions", "reflexes", "duration", "weak_muscles", "gene"])  # fmt: skip
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_why_tells_what_an_answer_would_change_as_it_then_does(
    shipped_reasoner: Reasoner, id_: str, lang: str
) -> None:
    finding = shipped_reasoner.knowledge.findings[id_]
    patient = PATIENTS["a shoulder after pain"]
    answers = {key: values for key, values in patient.items() if key != id_}
    before = conclude(shipped_reasoner, answers)
    value = next(iter(finding.values))
    after = conclude(shipped_reasoner, {**answers, id_: (value,)})
    told = texts(why(shipped_reasoner.knowledge, finding, before, {value: after}, (), lang))
    moved = max(after.hypotheses, key=lambda h: abs(h.probability - before.hypothesis(h.id).probability))  # fmt: skip
    if abs(moved.probability - before.hypothesis(moved.id).probability) >= 0.02:
        assert percent(moved.probability, lang) in told
        assert percent(before.hypothesis(moved.id).probability, lang) in told
        assert finding.values[value].label[lang] in told
    assert finding.help[lang] in told


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_why_names_the_diagnosis_that_a_reason_is_about(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    before = conclude(shipped_reasoner, PATIENTS["a hand without pain"])
    finding = knowledge.findings["symmetry"]
    for value in finding.values:
        after = conclude(
            shipped_reasoner, {**PATIENTS["a hand without pain"], "symmetry": (value,)}
        )
        for block in why(knowledge, finding, before, {value: after}, (), lang):
            if block.style is Style.MUTED:
                (about,) = {
                    lk.diagnosis
                    for lk in shipped_reasoner.table[Fact("symmetry", value)]
                    if block.text.startswith(f"{capitalised(name_within(knowledge, lk.diagnosis, lang))}. {lk.because[lang]}")
                }  # fmt: skip
                assert about in {h.id for h in after.hypotheses[:3]}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_why_says_so_where_no_answer_would_change_much(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    outcome = conclude(shipped_reasoner, PATIENTS["a hand without pain"])
    finding = knowledge.findings["reflexes"]
    same = dict.fromkeys(finding.values, outcome)
    alarms = [w for w in waiting(shipped_reasoner, conclude(shipped_reasoner, SPREADING), "reflexes") if w.rule.kind == "red_flag"]  # fmt: skip
    assert alarms
    for waits, key in (((), "why_idle"), (alarms, "why_for_flag")):
        blocks = why(knowledge, finding, outcome, same, waits, lang)
        assert say(lang, key) in [block.text for block in blocks]
        assert not [block for block in blocks if block.style is Style.BULLET and not block.level]


@pytest.mark.parametrize("stop", [*Stop, None])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_conclusion_says_why_it_stops_and_that_it_is_no_medical_device(
    shipped_reasoner: Reasoner, outcome: Outcome, stop: Stop | None, lang: str
) -> None:
    told = texts(conclusion(shipped_reasoner.knowledge, outcome, stop, 30, lang))
    assert ("not a medical device" if lang == "en" else "pas un dispositif médical") in told
    assert "{" not in told
    assert "None" not in told
    leader = outcome.leader
    if leader.id != OTHER:
        assert shipped_reasoner.knowledge.diagnoses[leader.id].name[lang] in told
        assert percent(leader.probability, lang) in told
