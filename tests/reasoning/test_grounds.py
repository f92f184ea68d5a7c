"""Back from a conclusion to its answers, and forward to what rules wait for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from assistant.reasoning.criteria import Verdict, judge
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.grounds import Ground, grounds, matched, waiting, waiting_items
from rules.compile import Fact
from rules.criteria import Item
from rules.model import YES, Urgency

ULNAR: Answers = {
    "age": ("66",), "sex": ("male",), "complaint": ("wasting",), "affected_regions": ("hand",),
    "weakness": ("yes",), "wasting": ("yes",), "sensory_loss": ("yes",), "reflexes": ("normal",),
    "fasciculations": ("local",), "nerve_conduction": ("slow_at_elbow",), "symmetry": ("one_side",),
    "weak_muscles": ("first_dorsal_interosseous", "abductor_digiti_minimi", "deep_finger_flexors_4_5"),
    "spared_muscles": ("abductor_pollicis_brevis", "triceps"),
}  # fmt: skip
SPREADING: Answers = {
    "age": ("30",), "sex": ("female",), "complaint": ("weakness",), "duration": ("P4D",),
    "affected_regions": ("lower_leg", "foot"), "course": ("worsening",),
}  # fmt: skip


def leaves(ground: Ground) -> Iterator[Fact]:
    if not ground.parts:
        yield ground.fact
    for part in ground.parts:
        yield from leaves(part)


def test_every_pattern_rests_on_facts_that_answers_state_and_they_suffice(
    shipped_reasoner: Reasoner,
) -> None:
    outcome = conclude(shipped_reasoner, ULNAR)
    assert len(outcome.patterns) >= 3
    for id_ in outcome.patterns:
        found = set(leaves(grounds(shipped_reasoner.knowledge, outcome, Fact(id_))))
        assert found <= set(outcome.facts)
        again = shipped_reasoner.engine.run(found)
        assert Fact(id_) in {firing.rule.derives for firing in again}


def test_what_a_rule_matched_names_the_options_and_not_the_membership(
    shipped_reasoner: Reasoner,
) -> None:
    outcome = conclude(shipped_reasoner, ULNAR)
    for firings in outcome.patterns.values():
        for part in matched(shipped_reasoner.knowledge, outcome, firings[0]):
            assert not part.fact.key.startswith("any:")


def test_a_site_rests_on_the_muscles_that_it_weakens_and_those_tested_normal(
    shipped_reasoner: Reasoner,
) -> None:
    outcome = conclude(shipped_reasoner, ULNAR)
    site = Fact("lesion_site.ulnar_elbow")
    assert site in outcome.facts
    found = set(leaves(grounds(shipped_reasoner.knowledge, outcome, site)))
    muscles = {fact for fact in outcome.facts if fact.key.startswith("weak_muscles.")}
    assert found == muscles
    weak = {fact.key.partition(".")[2] for fact in found if fact.value == YES}
    assert weak <= set(shipped_reasoner.knowledge.sites["ulnar_elbow"].muscles)


def test_an_answer_rests_on_nothing_else(shipped_reasoner: Reasoner) -> None:
    outcome = conclude(shipped_reasoner, ULNAR)
    fact = Fact("reflexes", "normal")
    assert grounds(shipped_reasoner.knowledge, outcome, fact) == Ground(fact)


# --- rules that wait ----------------------------------------------------------------------


@pytest.mark.parametrize("id_", ["warning_signs", "reflexes", "sensory_loss", "preceding_event", "symmetry", "emg_needle", "weak_muscles"])  # fmt: skip
@pytest.mark.parametrize("answers", [SPREADING, ULNAR, {"age": ("50",)}])
def test_what_a_rule_waits_for_completes_it_and_less_does_not(
    shipped_reasoner: Reasoner, answers: Answers, id_: str
) -> None:
    answers = {key: values for key, values in answers.items() if key != id_}
    outcome = conclude(shipped_reasoner, answers)
    for waits in waiting(shipped_reasoner, outcome, id_):
        fired = {firing.rule for firing in outcome.firings}
        assert waits.rule not in fired
        for fact, *more in product(waits.facts, *([waits.more] if waits.more else [])):
            then = {f.rule for f in shipped_reasoner.engine.run({*outcome.facts, fact, *more})}
            assert waits.rule in then
        for fact in waits.facts if waits.more else ():
            alone = {f.rule for f in shipped_reasoner.engine.run({*outcome.facts, fact})}
            assert waits.rule not in alone


def test_the_most_urgent_red_flags_come_first_then_patterns(shipped_reasoner: Reasoner) -> None:
    outcome = conclude(shipped_reasoner, SPREADING)
    found = waiting(shipped_reasoner, outcome, "reflexes")
    assert {waits.rule.kind for waits in found} == {"red_flag", "pattern"}
    flags = shipped_reasoner.knowledge.red_flags
    order = [
        list(Urgency).index(flags[w.rule.target].urgency) if w.rule.kind == "red_flag" else 9
        for w in found
    ]
    assert order == sorted(order)
    assert len({(w.rule.kind, w.rule.target) for w in found}) == len(found)


def test_what_is_recognised_already_waits_for_nothing(shipped_reasoner: Reasoner) -> None:
    outcome = conclude(shipped_reasoner, ULNAR)
    for id_ in ("pain", "tinel_elbow", "cramps"):
        for waits in waiting(shipped_reasoner, outcome, id_):
            assert waits.rule.target not in {*outcome.patterns, *outcome.red_flags}


def test_an_item_of_criteria_waits_for_what_would_meet_it(shipped_reasoner: Reasoner) -> None:
    knowledge, outcome = shipped_reasoner.knowledge, conclude(shipped_reasoner, ULNAR)
    found = waiting_items(knowledge, outcome, knowledge.criteria, "emg_needle")
    assert found
    for item in found:
        assert item.facts
        before = judge(knowledge, outcome.facts, item.criteria).levels
        for fact in item.facts:
            after = judge(knowledge, {*outcome.facts, fact}, item.criteria).levels
            verdicts = [(w.verdict, n.verdict) for w, n in zip(walk(before), walk(after), strict=True) if w.item is item.item]  # fmt: skip
            assert (Verdict.UNDETERMINED, Verdict.MET) in verdicts


def test_no_item_is_said_to_be_met_by_what_it_must_not_find(shipped_reasoner: Reasoner) -> None:
    knowledge = shipped_reasoner.knowledge
    outcome = conclude(shipped_reasoner, {**ULNAR, "fasciculations": ("widespread",)})
    for criteria, record in knowledge.criteria.items():
        excluding = [part for level in record.levels.values() for part in excluded(level.needs)]
        for id_, finding in knowledge.findings.items():
            if finding.asked:
                for waits in waiting_items(knowledge, outcome, [criteria], id_):
                    assert all(waits.item is not part for part in excluding), (criteria, id_)


def excluded(item: Item, inside: bool = False) -> Iterator[Item]:
    """The items below those of which not one may be so."""
    if inside:
        yield item
    for part in item.parts:
        yield from excluded(part, inside or bool(item.none))


def walk(levels: object) -> Iterator[object]:
    for judged in levels.values() if isinstance(levels, dict) else levels.parts:  # type: ignore[attr-defined]
        yield judged
        yield from walk(judged)
