"""What the shipped dialogues cover."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import assistant
from assistant.dialogue.coverage import coverage
from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.reasoning.differential import Reasoner, conclude
from rules.check import load
from rules.model import Knowledge

# Looked for and not found: reports whose title or facts could be read.
WITHOUT_A_CASE = {"diabetic_polyneuropathy"}

DIALOGUES = Path(assistant.__file__).parent.parent / "dialogues"


def dialogues(knowledge: Knowledge) -> list[tuple[Path, Dialogue]]:
    return [(path, read_dialogue(path, knowledge)) for path in find_dialogues([DIALOGUES])]


def test_every_diagnosis_leads_a_typical_and_a_hard_dialogue() -> None:
    knowledge = load()
    kinds: defaultdict[str | None, set[str]] = defaultdict(set)
    for _, dialogue in dialogues(knowledge):
        kinds[dialogue.expect.leading].add(dialogue.kind)
    for id_ in knowledge.diagnoses:
        assert {"typical", "hard"} <= kinds[id_], id_


def test_published_cases_stand_behind_the_dialogues() -> None:
    cases = [d for _, d in dialogues(load()) if d.source is not None and d.expect.leading]
    assert len(cases) >= 60
    assert len({d.source.title for d in cases if d.source}) >= 40
    assert len({d.expect.leading for d in cases}) >= 35


def test_every_seed_diagnosis_has_a_published_case() -> None:
    seeds = {
        "neuralgic_amyotrophy", "ulnar_neuropathy_elbow", "ulnar_neuropathy_wrist", "als", "sma_1",
        "sma_2", "sma_3", "sma_4", "post_polio_sequelae", "post_polio_syndrome", "cmt",
        "diabetic_polyneuropathy", "alcoholic_polyneuropathy", "toxic_polyneuropathy", "cidp",
        "guillain_barre", "sarcopenia", "cachexia", "corticosteroid_myopathy", "disuse_atrophy",
        "duchenne", "becker", "fshd", "lgmd", "myotonic_dystrophy_1",
    }  # fmt: skip
    cited = {path.parent.name for path, d in dialogues(load()) if d.source is not None}
    assert seeds - cited <= WITHOUT_A_CASE


def test_published_cases_are_recognised(shipped_reasoner: Reasoner) -> None:
    """With all that the report says at once; docs/accuracy.md tells each miss."""
    ranks = []
    for _, d in dialogues(shipped_reasoner.knowledge):
        if d.source is not None and d.expect.leading:
            ranked = [h.id for h in conclude(shipped_reasoner, d.answers).hypotheses]
            ranks.append(ranked.index(d.expect.leading) + 1)
    assert sum(rank == 1 for rank in ranks) / len(ranks) >= 0.85
    assert sum(rank <= 3 for rank in ranks) / len(ranks) >= 0.97


def test_the_dialogues_fire_nearly_every_rule(shipped_reasoner: Reasoner) -> None:
    found = coverage(shipped_reasoner, (d for _, d in dialogues(shipped_reasoner.knowledge)))
    assert found.share >= 0.95, [rule.id for rule in found.silent]


def test_nobody_healthy_is_diagnosed(shipped_reasoner: Reasoner) -> None:
    healthy = [
        d for p, d in dialogues(shipped_reasoner.knowledge) if p.parent.name == "nothing_wrong"
    ]
    assert len(healthy) >= 20
    for d in healthy:
        outcome = conclude(shipped_reasoner, d.answers)
        assert d.expect.red_flags is not None, d.title.en
        assert set(outcome.red_flags) == set(d.expect.red_flags), d.title.en
