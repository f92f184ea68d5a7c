"""The arrays reckon what a plain loop over the records does."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reasoning.differential import REPEAT, Outcome, Reasoner, conclude
from assistant.reasoning.facts import splits
from rules.compile import Fact
from rules.model import Knowledge

Answers = dict[str, tuple[str, ...]]


def naive_information(
    reasoner: Reasoner,
    outcome: Outcome,
    facts: Mapping[Fact, float],
    before: Mapping[str, float],
    stakes: Mapping[str, float],
) -> float:
    if not any(fact in reasoner.table for fact in facts) or any(f in outcome.facts for f in facts):
        return 0.0
    counted: defaultdict[tuple[str, str, bool], int] = defaultdict(int)
    for hypothesis in outcome.hypotheses:
        for reason in hypothesis.reasons:
            lk = reason.likelihood
            counted[hypothesis.id, lk.group, lk.weight > 0] += 1
    likely: dict[Fact, dict[str, float]] = {}
    for fact, usual in facts.items():
        likely[fact] = dict.fromkeys(before, usual)
        for lk in reasoner.table.get(fact, ()):
            repeats = counted[lk.diagnosis, lk.group, lk.weight > 0]
            likely[fact][lk.diagnosis] *= math.exp(lk.weight * REPEAT**repeats)
    totals = {id_: sum(shares[id_] for shares in likely.values()) for id_ in before}
    information = 0.0
    for shares in likely.values():
        joint = {id_: before[id_] * share / totals[id_] for id_, share in shares.items()}
        mass = sum(joint.values())
        for id_, part in joint.items():
            if part > 0:
                information += stakes[id_] * part * math.log(part / mass / before[id_])
    return max(information, 0.0)


def some_answers(data: st.DataObject, knowledge: Knowledge) -> Answers:
    chosen = data.draw(
        st.lists(st.sampled_from(list(knowledge.findings)), max_size=12, unique=True)
    )
    return {
        id_: (data.draw(st.sampled_from(list(knowledge.findings[id_].values))),) for id_ in chosen
    }


@pytest.mark.parametrize("which", ["base_reasoner", "shipped_reasoner"])
@given(data=st.data())
def test_the_information_of_every_question_is_that_of_a_plain_loop(
    which: str, data: st.DataObject, base_reasoner: Reasoner, shipped_reasoner: Reasoner
) -> None:
    reasoner = base_reasoner if which == "base_reasoner" else shipped_reasoner
    knowledge = reasoner.knowledge
    outcome = conclude(reasoner, some_answers(data, knowledge))
    before = {h.id: h.probability for h in outcome.hypotheses}
    stakes = {id_: 0.5 + i % 3 for i, id_ in enumerate(sorted(before))}
    found = reasoner.arrays.foresee(outcome, before, stakes, REPEAT).information
    asked = data.draw(st.lists(st.sampled_from(list(knowledge.findings)), min_size=1, max_size=4))
    for id_ in asked:
        ours = [found[i] for i in reasoner.arrays.splits.of_finding[id_]]
        plain = [
            naive_information(reasoner, outcome, facts, before, stakes)
            for facts in splits(id_, knowledge.findings[id_])
        ]
        assert ours == pytest.approx(plain, abs=1e-9), id_


@given(data=st.data())
def test_the_most_that_answers_could_do_is_that_of_a_plain_loop(
    data: st.DataObject, shipped_reasoner: Reasoner
) -> None:
    arrays, table = shipped_reasoner.arrays, shipped_reasoner.table
    leader = data.draw(st.sampled_from(arrays.hypotheses))
    facts = st.lists(st.sampled_from(sorted(arrays.rows)), min_size=1, max_size=4)
    alternatives = data.draw(st.lists(facts, max_size=5))
    plain: defaultdict[str, float] = defaultdict(float)
    for exclusive in alternatives:
        best: defaultdict[str, float] = defaultdict(float)
        for fact in exclusive:
            weights = {lk.diagnosis: lk.weight for lk in table.get(fact, ())}
            harm = max(-weights.get(leader, 0.0), 0.0)
            for id_ in arrays.hypotheses:
                best[id_] = max(best[id_], max(weights.get(id_, 0.0), 0.0) + harm)
        for id_, value in best.items():
            plain[id_] += value
    found = arrays.most_gained(leader, alternatives)
    assert {id_: found[id_] for id_ in arrays.hypotheses} == pytest.approx(
        {id_: plain[id_] for id_ in arrays.hypotheses}
    )
