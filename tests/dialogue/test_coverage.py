"""What the shipped dialogues cover."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import assistant
from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from rules.check import load
from rules.model import Knowledge

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


def test_published_cases_stand_behind_dialogues_of_each_kind_of_disease() -> None:
    cited = {path.parent.name for path, d in dialogues(load()) if d.source is not None}
    needed = {
        "neuralgic_amyotrophy", "als", "post_polio_sequelae", "sma_3", "cmt",
        "ulnar_neuropathy_elbow",
    }  # fmt: skip
    assert needed <= cited
    assert len([d for _, d in dialogues(load()) if d.source is not None]) >= 8
