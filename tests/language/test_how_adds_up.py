"""The numbers of `how` and `why` can be checked by hand: they are those of the reasoning."""

from __future__ import annotations

import math

import pytest

from assistant.language import reasons
from assistant.language.blocks import Blocks, Style
from assistant.language.conclusion import conclusion
from assistant.language.names import number, percent, ratio
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.inquiry import Stop
from rules.typography import NBSP, french

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
    "nothing found": {
        "age": ("45",), "sex": ("male",), "complaint": ("fatigue",), "weakness": ("no",),
        "wasting": ("no",), "affected_regions": ("none",), "reflexes": ("normal",),
        "sensory_loss": ("no",), "duration": ("unknown",),
    },
}  # fmt: skip


@pytest.fixture(params=PATIENTS, scope="module")
def outcome(request: pytest.FixtureRequest, shipped_reasoner: Reasoner) -> Outcome:
    return conclude(shipped_reasoner, PATIENTS[request.param])


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
    total = sum(math.exp(h.score) for h in outcome.hypotheses)
    for h in outcome.hypotheses:
        told = texts(reasons.how(shipped_reasoner.knowledge, outcome, h.id, lang))
        prior = number(math.exp(h.prior) * 100, lang)
        assert (french(f"{prior} %") if lang == "fr" else f"{prior}%") in told
        if h.reasons:
            for value in (math.exp(h.evidence), math.exp(h.score), total):
                assert number(value, lang) in told
            assert percent(h.probability, lang) in told


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
            assert ratio(sum(small), lang) in told
            assert str(len(small)) in told


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
    told = texts(reasons.why(shipped_reasoner.knowledge, finding, before, {value: after}, lang))
    moved = max(after.hypotheses, key=lambda h: abs(h.probability - before.hypothesis(h.id).probability))  # fmt: skip
    if abs(moved.probability - before.hypothesis(moved.id).probability) >= 0.02:
        assert percent(moved.probability, lang) in told
        assert percent(before.hypothesis(moved.id).probability, lang) in told
    assert finding.values[value].label[lang] in told
    assert finding.help[lang] in told


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
