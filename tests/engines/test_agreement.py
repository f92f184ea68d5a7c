"""CLIPS as the judge of our engine: the same rules fire, and the same is concluded.

`make judge` does the same in full; docs/engine_agreement.md says what came of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest
from agreement import Case, cases, disagreement
from clips_engine import ClipsEngine, ClipsReasoner, judge_of
from random_log import random_log

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.script import answer_problems, read_dialogue
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.engine import Engine, Firing
from assistant.reasoning.facts import UNKNOWN
from rules.compile import Fact, Rule, compile_rules
from rules.model import Kind, Knowledge

SEED = 1
DRAWN, EDITS = 300, 100
DIALOGUES = Path(__file__).parents[2] / "dialogues"


@pytest.fixture(scope="module")
def judge(shipped_reasoner: Reasoner) -> ClipsReasoner:
    return judge_of(shipped_reasoner)


@pytest.fixture(scope="module")
def by_kind(shipped: Knowledge) -> dict[str, list[Case]]:
    paths = find_dialogues([DIALOGUES])
    dialogues = {str(path): read_dialogue(path, shipped).answers for path in paths}
    every = sorted(cases(dialogues, DRAWN), key=lambda case: case.kind)
    return {kind: list(same) for kind, same in groupby(every, key=lambda case: case.kind)}


@pytest.mark.parametrize("kind", ["dialogue", "removed", "changed", "random"])
def test_both_engines_come_to_the_same(
    kind: str, by_kind: dict[str, list[Case]], shipped_reasoner: Reasoner, judge: ClipsReasoner
) -> None:
    some = by_kind[kind]
    if kind in ("removed", "changed"):
        some = random.Random(SEED).sample(some, EDITS // 2)
    for case in some:
        log = case.answers(shipped_reasoner.knowledge, SEED)
        told = disagreement(shipped_reasoner, judge, log)
        assert not told, f"{case.kind} {case.name} {case.edit}: {told} on {log}"
    assert some


def test_random_logs_are_valid_and_of_every_kind(shipped: Knowledge) -> None:
    rng = random.Random(SEED)
    seen = set()
    for _ in range(DRAWN):
        log = random_log(shipped, rng)
        assert 1 <= len(log) <= 60
        for id_, values in log.items():
            assert not answer_problems(shipped.findings, id_, values)
            finding = shipped.findings[id_]
            signs = {value[0] for value in values if value[0] in "-?"}
            alone = finding.exclusive in values
            seen.add((finding.kind, values == (UNKNOWN,), alone, *sorted(signs)))
    assert {kind for kind, *_ in seen} == set(Kind)
    for several in [(False, True), (False, False, "-"), (False, False, "?"), (True, False)]:
        assert (Kind.SEVERAL, *several) in seen


# --- the judge is one: it tells what is wrong ----------------------------------------------


class Faulty(Engine):
    """Our engine with one fault, or none."""

    def __init__(self, knowledge: Knowledge, fault: str) -> None:
        super().__init__(compile_rules(knowledge))
        self.fault = fault

    def run(self, facts: Iterable[Fact]) -> tuple[Firing, ...]:
        *rest, last = super().run(facts)
        return {
            "none": (*rest, last),
            "one rule lost": tuple(rest),
            "one rule twice": (*rest, last, last),
            "another fact matched": (*rest, Firing(last.rule, (Fact("another"),))),
        }[self.fault]


@pytest.mark.parametrize(
    "fault", ["none", "one rule lost", "one rule twice", "another fact matched"]
)
def test_a_fault_is_found_out(fault: str, shipped: Knowledge, judge: ClipsReasoner) -> None:
    ours = Reasoner.of(shipped)
    ours.__dict__["engine"] = Faulty(shipped, fault)
    log = {"age": ("61",), "reflexes": ("brisk",), "babinski": ("yes",)}
    assert bool(disagreement(ours, judge, log)) == (fault != "none")


def test_clips_matches_and_chains_by_itself() -> None:
    a, b, c = Fact("a"), Fact("b", 'odd "value" \\'), Fact("c", "é")
    rules = [
        Rule("r", "pattern", (b, a), c),
        Rule("s", "pattern", (c,)),
        Rule("t", "pattern", (a, c)),
    ]
    engine = ClipsEngine(rules)
    assert engine.run([a, Fact("stranger"), b]) == tuple(Firing(r, r.all) for r in rules)
    assert engine.run([a]) == engine.run([b]) == ()
    assert engine.run([c, b]) == (Firing(rules[1], (c,)),)
