"""What the shipped dialogues cover."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

import assistant
from assistant.dialogue.coverage import coverage
from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.reasoning.criteria import Verdict
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.red_flags import judge_condition, judge_red_flag
from rules.model import Knowledge

# Looked for and not found: reports whose title or facts could be read.
WITHOUT_A_CASE = {"diabetic_polyneuropathy"}

DIALOGUES = Path(assistant.__file__).parent.parent / "dialogues"


@pytest.fixture(scope="module")
def dialogues(shipped: Knowledge) -> list[tuple[Path, Dialogue]]:
    return [(path, read_dialogue(path, shipped)) for path in find_dialogues([DIALOGUES])]


@pytest.fixture(scope="module")
def outcomes(
    dialogues: list[tuple[Path, Dialogue]], shipped_reasoner: Reasoner
) -> list[tuple[Path, Dialogue, Outcome]]:
    """All answers of each dialogue given at once."""
    return [(path, d, conclude(shipped_reasoner, d.answers)) for path, d in dialogues]


def test_every_diagnosis_leads_a_typical_and_a_hard_dialogue(
    dialogues: list[tuple[Path, Dialogue]], shipped: Knowledge
) -> None:
    kinds: defaultdict[str | None, set[str]] = defaultdict(set)
    for _, dialogue in dialogues:
        kinds[dialogue.expect.leading].add(dialogue.kind)
    for id_ in shipped.diagnoses:
        assert {"typical", "hard"} <= kinds[id_], id_


def test_published_cases_stand_behind_the_dialogues(dialogues: list[tuple[Path, Dialogue]]) -> None:
    cases = [d for _, d in dialogues if d.source is not None and d.expect.leading]
    assert len(cases) >= 60
    assert len({d.source.title for d in cases if d.source}) >= 40
    assert len({d.expect.leading for d in cases}) >= 35


def test_every_seed_diagnosis_has_a_published_case(dialogues: list[tuple[Path, Dialogue]]) -> None:
    seeds = {
        "neuralgic_amyotrophy", "ulnar_neuropathy_elbow", "ulnar_neuropathy_wrist", "als", "sma_1",
        "sma_2", "sma_3", "sma_4", "post_polio_sequelae", "post_polio_syndrome", "cmt",
        "diabetic_polyneuropathy", "alcoholic_polyneuropathy", "toxic_polyneuropathy", "cidp",
        "guillain_barre", "sarcopenia", "cachexia", "corticosteroid_myopathy", "disuse_atrophy",
        "duchenne", "becker", "fshd", "lgmd", "myotonic_dystrophy_1",
    }  # fmt: skip
    cited = {path.parent.name for path, d in dialogues if d.source is not None}
    assert seeds - cited <= WITHOUT_A_CASE


def test_published_cases_are_recognised(outcomes: list[tuple[Path, Dialogue, Outcome]]) -> None:
    """With all that the report says at once; docs/accuracy.md tells each miss."""
    ranks = []
    for _, d, outcome in outcomes:
        if d.source is not None and d.expect.leading:
            ranked = [h.id for h in outcome.hypotheses]
            ranks.append(ranked.index(d.expect.leading) + 1)
    assert sum(rank == 1 for rank in ranks) / len(ranks) >= 0.85
    assert sum(rank <= 3 for rank in ranks) / len(ranks) >= 0.97


def test_the_dialogues_fire_nearly_every_rule(
    dialogues: list[tuple[Path, Dialogue]], shipped_reasoner: Reasoner
) -> None:
    found = coverage(shipped_reasoner, (d for _, d in dialogues))
    assert found.share >= 0.95, [rule.id for rule in found.silent]


def test_every_red_flag_has_a_dialogue_for_each_outcome(
    dialogues: list[tuple[Path, Dialogue]], shipped: Knowledge
) -> None:
    """That these are right is tested by their replay."""
    expected: defaultdict[str, set[Verdict]] = defaultdict(set)
    for _, d in dialogues:
        for id_ in d.expect.red_flags or ():
            expected[id_].add(Verdict.MET)
        for id_, verdict in d.expect.red_flag_verdicts.items():
            expected[id_].add(verdict)
    for id_ in shipped.red_flags:
        assert expected[id_] == set(Verdict), id_


def test_a_red_flag_that_is_not_raised_is_missed_by_one_item(
    outcomes: list[tuple[Path, Dialogue, Outcome]], shipped: Knowledge
) -> None:
    """Either one condition of an alternative is known to be untrue, or one is not known."""
    for path, d, outcome in outcomes:
        for id_, verdict in d.expect.red_flag_verdicts.items():
            judged = [
                [judge_condition(shipped, outcome.facts, condition) for condition in a.all]
                for a in shipped.red_flags[id_].any
                if len(a.all) > 1
            ]
            lacking = [[v for v in verdicts if v is not Verdict.MET] for verdicts in judged]
            near = {lack[0] for lack in lacking if len(lack) == 1}
            if verdict is Verdict.UNMET:
                assert verdict in near, path.name
            if verdict is Verdict.UNDETERMINED:
                missing = judge_red_flag(shipped, outcome.facts, id_).missing
                assert {len(findings) for findings in missing} == {1}, path.name


def test_nobody_healthy_raises_a_flag_that_is_not_there(
    outcomes: list[tuple[Path, Dialogue, Outcome]],
) -> None:
    healthy = [(d, o) for path, d, o in outcomes if path.parent.name == "nothing_wrong"]
    assert len(healthy) >= 20
    for d, outcome in healthy:
        assert d.expect.leading == "other", d.title.en
        assert d.expect.red_flags is not None, d.title.en
        assert set(outcome.red_flags) == set(d.expect.red_flags), d.title.en
