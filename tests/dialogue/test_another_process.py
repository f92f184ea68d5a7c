"""A log comes to the same anywhere: the hashes of strings, hence the order of sets, differ there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.dialogue.events import Settings
from assistant.dialogue.informant import hold_interview
from assistant.dialogue.replay import TODAY
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.differential import Outcome, Reasoner, conclude

ROOT = Path(__file__).parents[2]
CASES = (
    "neuralgic_amyotrophy/after-a-cold-the-pain-comes-first-then-the-scapula-wings.yaml",
    "als/the-hand-wastes-while-the-reflexes-rise.yaml",
    "guillain_barre/uneven-legs-and-upgoing-toes-yet-no-reflexes.yaml",
)
PROGRAM = """
import json, sys
from test_another_process import told
from assistant.reasoning.differential import Reasoner, conclude
from rules.check import load

reasoner = Reasoner.of(load())
for answers in json.load(sys.stdin):
    print(json.dumps(told(conclude(reasoner, {id_: tuple(v) for id_, v in answers.items()}))))
"""


def told(outcome: Outcome) -> list[object]:
    """All that an outcome says, to the last digit."""
    return [
        [(h.id, h.score.hex(), [w.fact.id for w in h.weights]) for h in outcome.hypotheses],
        [firing.rule.id for firing in outcome.firings],
        sorted(outcome.red_flags),
        [site.sites for site in outcome.sites],
    ]


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_a_log_comes_to_the_same_outcome_in_another_process(
    shipped_reasoner: Reasoner, seed: str
) -> None:
    logs = []
    for name in CASES:
        case = read_dialogue(ROOT / "dialogues" / name, shipped_reasoner.knowledge)
        held = hold_interview(shipped_reasoner, case.answers, Settings("en", TODAY))
        logs.append(held.session.answers)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(logs),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
    )
    here = [json.loads(json.dumps(told(conclude(shipped_reasoner, log)))) for log in logs]
    assert [json.loads(line) for line in run.stdout.splitlines()] == here
