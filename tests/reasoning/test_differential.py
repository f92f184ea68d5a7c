"""Scores, reasons and ranks: figures reckoned by hand, and what must hold for any answers."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning import differential, likelihood
from assistant.reasoning.differential import (
    OTHER,
    OTHER_FLOOR,
    OTHER_WEIGHT,
    REFERRAL_EXPONENT,
    REPEAT,
    Outcome,
    Reason,
    Reasoner,
    conclude,
    count,
    counted_sum,
    priors,
    side_probability,
    softmax,
)
from assistant.reasoning.facts import UNKNOWN
from assistant.reasoning.likelihood import (
    DECIDING_WEIGHT,
    LEAST_SHARE,
    MAX_WEIGHT,
    Likelihood,
    likelihoods,
)
from rules.compile import Fact
from rules.model import Basis, Evidence, Finding, Kind, Knowledge, Side, Sourced, Text

ANSWERS = dict[str, tuple[str, ...]]


def answers_to(finding: Finding) -> st.SearchStrategy[tuple[str, ...]]:
    """Any answer to a finding; numbers by the name of their band."""
    values = list(finding.values)
    if finding.kind is Kind.SEVERAL:
        return st.lists(st.sampled_from(values), unique=True).map(tuple)
    return st.sampled_from(values).map(lambda value: (value,))


def any_answers(knowledge: Knowledge) -> st.SearchStrategy[ANSWERS]:
    options = {id_: answers_to(finding) for id_, finding in knowledge.findings.items()}
    return st.fixed_dictionaries({}, optional=options)


@pytest.fixture(scope="module", params=["base", "shipped"])
def reasoner(request: pytest.FixtureRequest) -> Reasoner:
    """Both knowledge bases in turn."""
    made: Reasoner = request.getfixturevalue(f"{request.param}_reasoner")
    return made


def probabilities(outcome: Outcome) -> dict[str, float]:
    return {h.id: h.probability for h in outcome.hypotheses}


# --- reckoned by hand ---------------------------------------------------------------------


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The constants that the figures below were reckoned with, whatever they are tuned to."""
    monkeypatch.setattr(likelihood, "TRUST", 1.0)
    # the base knowledge has diseases of 8, 27 and 125 per 100,000: 2 + 3 + 5, of which a third
    monkeypatch.setattr(differential, "OTHER_WEIGHT", 10 / 3)
    monkeypatch.setattr(differential, "OTHER_FLOOR", 0.03)
    monkeypatch.setattr(differential, "REFERRAL_EXPONENT", 1 / 3)
    monkeypatch.setattr(differential, "REPEAT", 0.5)
    return monkeypatch


@pytest.mark.usefixtures("pinned")
def test_before_any_answer_the_prior_decides(base: Knowledge) -> None:
    # cube roots of 8, 27 and 125 per 100,000 are 2, 3 and 5: three quarters, shared 2 : 3 : 5
    assert probabilities(conclude(Reasoner.of(base), {})) == pytest.approx(
        {"motor_neuron_disease": 0.15, "plexitis": 0.225, "myopathy": 0.375, "other": 0.25}
    )


@pytest.mark.usefixtures("pinned")
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # Pain, usual in 0.4, in 0.1 / 0.8 / 0.2 of the diseases: ratios 1/4, 2, 1/2.
        # 0.15/4 + 0.225*2 + 0.375/2 + 0.25 = 0.0375 + 0.45 + 0.1875 + 0.25 = 0.925
        ({"pain": ("yes",)}, {"plexitis": 0.45 / 0.925, "motor_neuron_disease": 0.0375 / 0.925}),
        # No pain, usual in 0.6: 0.9, 0.2 and 0.8 give ratios 3/2, 1/3, 4/3.
        # 0.225 + 0.075 + 0.5 + 0.25 = 1.05
        ({"pain": ("no",)}, {"myopathy": 0.5 / 1.05, "plexitis": 0.075 / 1.05}),
        # Sudden pain, usual in 0.3, in 0.9 of plexitis: ratio 3. It shares a group with pain
        # (ratio 2), which counts half, the root of 2: 0.225 * 3 * 1.414214 = 0.954594.
        # 0.0375 + 0.954594 + 0.1875 + 0.25 = 1.429594
        (
            {"pain": ("yes",), "pain_onset": ("sudden",)},
            {"plexitis": 0.954594 / 1.429594, "other": 0.25 / 1.429594},
        ),
        # A man of 40: 0.39/0.5 * 0.6/0.5 = 0.936, 0.7/0.5 = 1.4, 0.4/0.5 = 0.8.
        # 0.1404 + 0.315 + 0.3 + 0.25 = 1.0054
        (
            {"age": ("40",), "sex": ("male",)},
            {"motor_neuron_disease": 0.1404 / 1.0054, "plexitis": 0.315 / 1.0054},
        ),
        # Brisk reflexes, usual in 0.1, in 0.6 of motor neuron disease: ratio 6; in plexitis the
        # named shares pass 1, so nothing is left: least share, 0.002 / 0.1 = 1/50, bounded at
        # 1/20; in myopathy 0.1 is left for 0.4 of the usual: 0.025 / 0.1 = 1/4.
        # 0.9 + 0.01125 + 0.09375 + 0.25 = 1.255
        (
            {"reflexes": ("brisk",)},
            {"motor_neuron_disease": 0.9 / 1.255, "plexitis": 0.01125 / 1.255},
        ),
    ],
)
def test_figures_reckoned_by_hand(
    answers: ANSWERS, expected: dict[str, float], base: Knowledge
) -> None:
    found = probabilities(conclude(Reasoner.of(base), answers))
    assert {id_: found[id_] for id_ in expected} == pytest.approx(expected, rel=1e-5)


def test_trust_is_an_exponent_of_the_ratio(base: Knowledge, pinned: pytest.MonkeyPatch) -> None:
    pinned.setattr(likelihood, "TRUST", 0.5)
    # roots of 1/4, 2 and 1/2: 0.075 + 0.318198 + 0.265165 + 0.25 = 0.908363
    found = probabilities(conclude(Reasoner.of(base), {"pain": ("yes",)}))
    assert found["plexitis"] == pytest.approx(0.318198 / 0.908363, rel=1e-5)


@pytest.mark.usefixtures("pinned")
def test_what_is_left_is_shared_as_usual(base: Knowledge) -> None:
    shares = {
        lk.fact.value: lk.share
        for items in likelihoods(base).values()
        for lk in items
        if (lk.finding, lk.diagnosis) == ("reflexes", "motor_neuron_disease")
    }
    # brisk 0.6 and reduced 0.2 are named; normal (0.6) and absent (0.1) share 0.2 as 6 : 1
    expected = {"brisk": 0.6, "reduced": 0.2, "normal": 0.2 * 6 / 7, "absent": 0.2 / 7}
    assert shares == pytest.approx(expected)


@pytest.mark.usefixtures("pinned")
def test_classes_that_pass_one_together_are_scaled_down(base: Knowledge) -> None:
    shares = {
        lk.fact.value: lk.share
        for items in likelihoods(base).values()
        for lk in items
        if (lk.finding, lk.diagnosis) == ("reflexes", "plexitis")
    }
    # 0.15 + 0.55 + 0.55 = 1.25
    expected = {"normal": 0.12, "reduced": 0.44, "absent": 0.44, "brisk": LEAST_SHARE}
    assert shares == pytest.approx(expected)


# --- for any answers ----------------------------------------------------------------------


@given(data=st.data())
def test_scores_and_probabilities_add_up(data: st.DataObject, reasoner: Reasoner) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    found = {h.id: h for h in outcome.hypotheses}
    assert set(found) == {*reasoner.knowledge.diagnoses, OTHER}
    for h in outcome.hypotheses:
        assert h.prior == pytest.approx(math.log(reasoner.priors[h.id]))
        counted = math.fsum(reason.counted for reason in h.reasons)
        if h.id != OTHER:
            assert h.score == pytest.approx(h.prior + counted)
            assert h.evidence == pytest.approx(counted)
    whole = math.fsum(math.exp(h.score) for h in found.values())
    for h in found.values():
        assert h.probability == pytest.approx(math.exp(h.score) / whole)
    assert math.fsum(h.probability for h in found.values()) == pytest.approx(1)


@given(data=st.data())
def test_nothing_is_ever_certain_or_impossible(data: st.DataObject, reasoner: Reasoner) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    assert all(0 < h.probability < 1 for h in outcome.hypotheses)


@given(data=st.data())
def test_none_of_these_has_no_reasons_and_a_least_share(
    data: st.DataObject, reasoner: Reasoner
) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    other = outcome.hypothesis(OTHER)
    assert other.reasons == ()
    assert other.probability >= OTHER_FLOOR * (1 - 1e-9)
    if other.probability > OTHER_FLOOR * (1 + 1e-9):
        assert other.score == pytest.approx(math.log(reasoner.priors[OTHER]))


@pytest.mark.usefixtures("pinned")
def test_the_least_share_of_none_of_these_is_taken_evenly(base: Knowledge) -> None:
    answers: ANSWERS = {
        "age": ("70",), "pain": ("no",), "weakness": ("yes",), "fasciculations": ("yes",),
        "reflexes": ("brisk",), "weak_muscles": ("interossei", "deltoid"),
    }  # fmt: skip
    outcome = conclude(Reasoner.of(base), answers)
    assert outcome.hypothesis(OTHER).probability == pytest.approx(differential.OTHER_FLOOR)
    one, two = (outcome.hypothesis(id_) for id_ in ("motor_neuron_disease", "plexitis"))
    assert one.probability / two.probability == pytest.approx(math.exp(one.score - two.score))


@given(data=st.data())
def test_the_order_of_the_answers_does_not_change_the_outcome(
    data: st.DataObject, reasoner: Reasoner
) -> None:
    answers = data.draw(any_answers(reasoner.knowledge))
    other = dict(data.draw(st.permutations(list(answers.items()))))
    assert conclude(reasoner, other) == conclude(reasoner, answers)


@given(data=st.data())
def test_unknown_is_as_good_as_unanswered(data: st.DataObject, reasoner: Reasoner) -> None:
    answers = data.draw(any_answers(reasoner.knowledge))
    rest = dict.fromkeys(set(reasoner.knowledge.findings) - set(answers), (UNKNOWN,))
    assert conclude(reasoner, {**rest, **answers}) == conclude(reasoner, answers)


@given(data=st.data())
def test_hypotheses_are_ranked_and_reasons_ordered(data: st.DataObject, reasoner: Reasoner) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    ranks = [(-h.probability, h.id) for h in outcome.hypotheses]
    assert ranks == sorted(ranks)
    assert outcome.leader is outcome.hypotheses[0]
    for h in outcome.hypotheses:
        strengths = [abs(reason.counted) for reason in h.reasons]
        assert strengths == sorted(strengths, reverse=True)


@given(data=st.data())
def test_every_reason_rests_on_a_fact_that_holds(data: st.DataObject, reasoner: Reasoner) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    holding = {*outcome.facts, *(f.rule.derives for f in outcome.firings if f.rule.derives)}
    for h in outcome.hypotheses:
        facts = [reason.likelihood.fact for reason in h.reasons]
        assert set(facts) <= holding
        assert len(facts) == len(set(facts))
        assert all(reason.likelihood.diagnosis == h.id for reason in h.reasons)
    weighed = {r.likelihood.fact for h in outcome.hypotheses for r in h.reasons}
    # what is denied of a list that does not apply goes without saying
    known = {fact for fact in holding if fact in reasoner.table}
    assert weighed <= known
    assert all("." in fact.key and fact.value == "no" for fact in known - weighed)


@given(data=st.data())
def test_both_sides_and_none_of_these_are_all_there_is(
    data: st.DataObject, reasoner: Reasoner
) -> None:
    outcome = conclude(reasoner, data.draw(any_answers(reasoner.knowledge)))
    sides = [side_probability(reasoner.knowledge, outcome, side) for side in Side]
    assert sum(sides) + outcome.hypothesis(OTHER).probability == pytest.approx(1)


# --- weights ------------------------------------------------------------------------------


def bound_of(lk: Likelihood) -> float:
    decides = isinstance(lk.source, Evidence) and lk.source.decides is not None
    return DECIDING_WEIGHT if decides and lk.named else MAX_WEIGHT


def test_every_weight_is_the_damped_bounded_log_of_its_ratio(reasoner: Reasoner) -> None:
    seen = 0
    for fact, items in reasoner.table.items():
        for lk in items:
            assert lk.fact == fact
            if lk.finding in ("age", "sex"):
                least = LEAST_SHARE / 2
                raw, bound = math.log(max(lk.share, least) / max(lk.usual, least)), DECIDING_WEIGHT
            else:
                raw, bound = likelihood.TRUST * math.log(lk.share / lk.usual), bound_of(lk)
                assert LEAST_SHARE <= lk.share <= 1 - LEAST_SHARE
                assert LEAST_SHARE <= lk.usual <= 1 - LEAST_SHARE
            assert lk.weight == pytest.approx(max(-bound, min(bound, raw)))
            seen += 1
    assert seen > 50


@pytest.mark.usefixtures("pinned")
def test_one_answer_does_not_decide_alone_unless_its_evidence_decides(base: Knowledge) -> None:
    rare = base.findings["pain_onset"]
    values = {
        "sudden": rare.values["sudden"].model_copy(update={"usual": 0.01}),
        "gradual": rare.values["gradual"].model_copy(update={"usual": 0.99}),
    }
    onset = rare.model_copy(update={"values": values})
    page = base.diagnoses["plexitis"]
    for decides, weight in ((None, math.log(20)), ("pathognomonic", math.log(99.8))):
        sudden = {"frequency": {"sudden": 0.999}, "decides": decides}
        evidence = tuple(
            e.model_copy(update=sudden) if e.finding == "pain_onset" else e for e in page.evidence
        )
        knowledge = base.model_copy(
            update={
                "findings": {**base.findings, "pain_onset": onset},
                "diagnoses": {"plexitis": page.model_copy(update={"evidence": evidence})},
            }
        )
        table = likelihoods(knowledge)
        (named,) = table[Fact("pain_onset", "sudden")]
        (left,) = table[Fact("pain_onset", "gradual")]
        assert named.weight == pytest.approx(weight)  # 0.998 / 0.01, at most 20 by itself
        assert left.weight == pytest.approx(-math.log(20))  # what is not named never decides


def test_usual_shares_are_those_of_the_findings(reasoner: Reasoner) -> None:
    knowledge = reasoner.knowledge
    for fact, items in reasoner.table.items():
        for lk in items:
            if lk.finding in knowledge.patterns:
                usual = knowledge.patterns[lk.finding].usual
            else:
                finding = knowledge.findings[lk.finding]
                several = finding.kind is Kind.SEVERAL
                name = fact.key.partition(".")[2] if several else fact.value
                usual = finding.values[name].usual
                usual = 1 - usual if several and fact.value == "no" else usual
            assert lk.usual == pytest.approx(usual, abs=LEAST_SHARE)


def test_the_shares_of_a_choice_add_up_to_one(reasoner: Reasoner) -> None:
    shares: defaultdict[tuple[str, str], list[Likelihood]] = defaultdict(list)
    for items in reasoner.table.values():
        for lk in items:
            finding = reasoner.knowledge.findings.get(lk.finding)
            if finding and finding.kind is not Kind.SEVERAL:
                shares[lk.diagnosis, lk.finding].append(lk)
    assert shares
    for key, of_one in shares.items():
        late = any(isinstance(lk.source, Evidence) and lk.source.late for lk in of_one)
        if not late:
            slack = LEAST_SHARE * len(of_one) + 0.005
            assert sum(lk.share for lk in of_one) == pytest.approx(1, abs=slack), key


def test_the_absence_of_a_late_sign_weighs_nothing(reasoner: Reasoner) -> None:
    absent = [
        lk
        for items in reasoner.table.values()
        for lk in items
        if isinstance(lk.source, Evidence) and lk.source.late and not lk.named
    ]
    pages = reasoner.knowledge.diagnoses.values()
    assert bool(absent) == any(e.late for page in pages for e in page.evidence)
    assert [lk for lk in absent if lk.weight != 0] == []


def test_a_late_sign_counts_once_it_is_there_and_only_then(base_reasoner: Reasoner) -> None:
    def weight(fact: Fact) -> float:
        (found,) = (
            lk for lk in base_reasoner.table[fact] if lk.diagnosis == "motor_neuron_disease"
        )
        return found.weight

    assert weight(Fact("fasciculations", "yes")) > 0
    assert weight(Fact("fasciculations", "no")) == 0
    assert weight(Fact("weak_muscles.quadriceps", "yes")) > 0
    assert weight(Fact("weak_muscles.quadriceps", "no")) == 0
    assert weight(Fact("weak_muscles.interossei", "no")) < 0  # this one is not late


def test_none_of_these_is_weighed_by_nothing(reasoner: Reasoner) -> None:
    assert not [lk for items in reasoner.table.values() for lk in items if lk.diagnosis == OTHER]


def test_an_age_that_nobody_usual_has_is_no_division_by_zero(base: Knowledge) -> None:
    age = base.findings["age"]
    values = {
        name: value.model_copy(update={"usual": usual})
        for (name, value), usual in zip(age.values.items(), (0.0, 0.5, 0.5), strict=True)
    }
    findings = {**base.findings, "age": age.model_copy(update={"values": values})}
    table = likelihoods(base.model_copy(update={"findings": findings}))
    assert all(abs(lk.weight) <= DECIDING_WEIGHT for lk in table[Fact("age", "child")])


# --- groups -------------------------------------------------------------------------------

TEXT = Text(fr="x", en="x")
SOURCE = Sourced(basis=Basis.JUDGEMENT)
NUMBERS = st.floats(-MAX_WEIGHT, MAX_WEIGHT)
WEIGHTS = st.lists(st.tuples(st.sampled_from(["g", "h"]), NUMBERS), max_size=12)


def weights(pairs: list[tuple[str, float]]) -> list[Likelihood]:
    return [
        Likelihood(Fact(f"k{i}"), "d", f"k{i}", group, 0.5, 0.5, weight, TEXT, SOURCE, True)
        for i, (group, weight) in enumerate(pairs)
    ]


def total(reasons: tuple[Reason, ...], group: str, sign: int) -> float:
    """What the reasons of one sign in one group count together, as a strength."""
    return sum(
        sign * reason.counted
        for reason in reasons
        if reason.likelihood.group == group and reason.counted * sign > 0
    )


def test_within_a_group_each_reason_counts_half_of_the_last() -> None:
    reasons = count(weights([("g", 1.0), ("g", 2.0), ("h", 0.8), ("g", -1.5), ("g", 0.4)]))
    assert [(r.likelihood.weight, r.counted) for r in reasons] == [
        (2.0, 2.0),
        (-1.5, -1.5),
        (0.8, 0.8),
        (1.0, 1.0 * REPEAT),
        (0.4, 0.4 * REPEAT**2),
    ]


@given(pairs=WEIGHTS, weight=NUMBERS)
def test_one_more_reason_never_weakens_what_it_supports(
    pairs: list[tuple[str, float]], weight: float
) -> None:
    before, after = count(weights(pairs)), count(weights([*pairs, ("g", weight)]))
    for sign in (1, -1):
        grown = total(after, "g", sign) - total(before, "g", sign)
        if weight * sign > 0:
            assert grown >= -1e-12
        else:
            assert grown == pytest.approx(0)
        assert total(after, "h", sign) == pytest.approx(total(before, "h", sign))


@given(pairs=WEIGHTS)
def test_a_group_never_counts_more_than_twice_its_strongest(
    pairs: list[tuple[str, float]],
) -> None:
    reasons = count(weights(pairs))
    for group in ("g", "h"):
        for sign in (1, -1):
            strongest = max((w * sign for g, w in pairs if g == group), default=0)
            strength = total(reasons, group, sign)
            assert strength <= 2 * max(strongest, 0) + 1e-12
            assert strength >= max(strongest, 0) - 1e-12


@given(pairs=WEIGHTS, data=st.data())
def test_the_order_of_the_weights_does_not_matter(
    pairs: list[tuple[str, float]], data: st.DataObject
) -> None:
    all_ = weights(pairs)
    assert count(data.draw(st.permutations(all_))) == count(all_)


@given(pairs=WEIGHTS)
def test_no_reason_is_lost_or_changes_its_sign(pairs: list[tuple[str, float]]) -> None:
    reasons = count(weights(pairs))
    assert sorted(r.likelihood.fact for r in reasons) == [w.fact for w in sorted_by_fact(pairs)]
    for reason in reasons:
        assert reason.counted * reason.likelihood.weight >= 0
        assert abs(reason.counted) <= abs(reason.likelihood.weight)


@given(pairs=st.lists(st.tuples(st.sampled_from("abc"), st.floats(-3, 3)), max_size=12))
def test_the_sum_is_that_of_what_is_counted(pairs: list[tuple[str, float]]) -> None:
    given_ = weights(pairs)
    assert counted_sum(given_) == pytest.approx(sum(r.counted for r in count(given_)))


def sorted_by_fact(pairs: list[tuple[str, float]]) -> list[Likelihood]:
    return sorted(weights(pairs), key=lambda w: w.fact)


# --- priors, softmax, the outcome ---------------------------------------------------------


def test_priors_add_up_to_one_and_are_compressed(reasoner: Reasoner) -> None:
    diagnoses = reasoner.knowledge.diagnoses
    found = priors(diagnoses)
    assert sum(found.values()) == pytest.approx(1)
    order = sorted(diagnoses, key=lambda id_: diagnoses[id_].prior.per_100k)
    assert [found[id_] for id_ in order] == sorted(found[id_] for id_ in order)
    rarest, commonest = order[0], order[-1]
    ratio = diagnoses[commonest].prior.per_100k / diagnoses[rarest].prior.per_100k
    assert 1 < found[commonest] / found[rarest] < ratio
    weight = diagnoses[rarest].prior.per_100k ** REFERRAL_EXPONENT
    assert found[OTHER] / found[rarest] == pytest.approx(OTHER_WEIGHT / weight)


def test_the_more_diseases_are_known_the_less_is_left_to_none_of_these(shipped: Knowledge) -> None:
    few = dict(list(shipped.diagnoses.items())[:5])
    assert priors(shipped.diagnoses)[OTHER] < priors(few)[OTHER]


def test_without_diagnoses_there_is_only_none_of_these() -> None:
    assert priors({}) == {OTHER: 1.0}


@given(st.dictionaries(st.text(max_size=3), st.floats(-300, 300), min_size=1))
def test_a_softmax_adds_up_to_one_and_keeps_the_order(scores: dict[str, float]) -> None:
    shares = softmax(scores)
    assert sum(shares.values()) == pytest.approx(1)
    by_score = sorted(scores, key=lambda id_: scores[id_])
    assert [shares[id_] for id_ in by_score] == sorted(shares.values())


def test_a_softmax_does_not_overflow() -> None:
    assert softmax({"a": 5_000.0, "b": 5_000.0}) == {"a": 0.5, "b": 0.5}


def test_patterns_and_red_flags_tell_what_they_rest_on(base_reasoner: Reasoner) -> None:
    answers: ANSWERS = {
        "weakness": ("yes",),
        "fasciculations": ("yes",),
        "reflexes": ("absent",),
        "weak_muscles": ("deltoid",),
        "spared_muscles": ("quadriceps",),
        "warning_signs": ("breathless",),
    }
    outcome = conclude(base_reasoner, answers)
    assert set(outcome.patterns) == {"lower_motor_neuron", "arm", "neurogenic_arm"}
    assert len(outcome.patterns["lower_motor_neuron"]) == 2  # both ways of recognising it
    assert {f.rule.alternative for f in outcome.patterns["lower_motor_neuron"]} == {0, 1}
    (flag,) = outcome.red_flags["breathing"]
    assert flag.facts == (Fact("warning_signs.breathless"),)
    (both,) = outcome.patterns["neurogenic_arm"]
    assert both.facts == (Fact("lower_motor_neuron"), Fact("arm"))


def test_no_answer_raises_nothing(base_reasoner: Reasoner) -> None:
    outcome = conclude(base_reasoner, {})
    assert (outcome.patterns, outcome.red_flags, outcome.firings) == ({}, {}, ())


def test_a_hypothesis_is_found_by_its_id(base_reasoner: Reasoner) -> None:
    outcome = conclude(base_reasoner, {})
    assert outcome.hypothesis("plexitis").id == "plexitis"
    with pytest.raises(KeyError, match="gout"):
        outcome.hypothesis("gout")
