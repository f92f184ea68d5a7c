"""What the knowledge amounts to, in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from assistant.dialogue.coverage import Coverage, coverage
from assistant.dialogue.script import Dialogue
from assistant.reasoning.differential import Reasoner
from rules.model import Basis


def stats(reasoner: Reasoner, dialogues: Iterable[Dialogue]) -> dict[str, Any]:
    """Counts of rules, findings, references; shares of judgement; rules that no dialogue fires."""
    knowledge, given = reasoner.knowledge, list(dialogues)
    found: Coverage = coverage(reasoner, given)
    bases = Counter(item.basis for item in knowledge.sourced)
    total = sum(bases.values())
    return {
        "diagnoses": len(knowledge.diagnoses),
        "findings": len(knowledge.findings),
        "evidence": sum(len(d.evidence) for d in knowledge.diagnoses.values()),
        "muscles": len(knowledge.muscles),
        "sites": len(knowledge.sites),
        "criteria": len(knowledge.criteria),
        "red_flags": len(knowledge.red_flags),
        "references": len(knowledge.references),
        "rules": dict(sorted(Counter(rule.kind for rule in reasoner.engine.rules).items())),
        "judgement": round(bases[Basis.JUDGEMENT] / total, 3) if total else 0.0,
        "dialogues": len(given),
        "published_cases": len([d for d in given if d.source is not None]),
        "rules_fired": round(found.share, 3),
        "silent_rules": [rule.id for rule in found.silent],
    }
