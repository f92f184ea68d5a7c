"""What the dialogues try of the knowledge: which rules no dialogue fires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.dialogue.script import Dialogue
from assistant.reasoning.differential import Reasoner, conclude
from rules.compile import Rule


@dataclass(frozen=True)
class Coverage:
    """`fired` are the rules that some dialogue fires with all its answers, `silent` the others."""

    fired: tuple[Rule, ...]
    silent: tuple[Rule, ...]

    @property
    def share(self) -> float:
        """The share of rules that fire, 0 to 1."""
        total = len(self.fired) + len(self.silent)
        return len(self.fired) / total if total else 1.0


def coverage(reasoner: Reasoner, dialogues: Iterable[Dialogue]) -> Coverage:
    """Which of the rules fire when the answers of each dialogue are given."""
    seen: set[str] = set()
    for dialogue in dialogues:
        outcome = conclude(reasoner, dialogue.answers)
        seen |= {firing.rule.id for firing in outcome.firings}
    rules = reasoner.engine.rules
    return Coverage(
        tuple(rule for rule in rules if rule.id in seen),
        tuple(rule for rule in rules if rule.id not in seen),
    )
