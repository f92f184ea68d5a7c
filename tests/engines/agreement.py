"""Whether two engines come to the same, and the answer logs on which they must.

Three kinds of log: the answers of every dialogue at once; the same with one answer removed or
changed; answers drawn by chance. A case knows how to make its log, from the seed and its name
alone: any part of them can be run, in any order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from random_log import Log, random_answer, random_log

from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import facts_of
from rules.model import Knowledge


@dataclass(frozen=True)
class Case:
    """An answer log to be made: `log`, with `edit` (the id of a finding) removed or changed."""

    kind: str
    name: str
    log: Log
    edit: str = ""

    def answers(self, knowledge: Knowledge, seed: int) -> Log:
        """The log. The same seed always gives the same one."""
        rng = random.Random(f"{seed} {self.kind} {self.name} {self.edit}")
        if self.kind == "random":
            return random_log(knowledge, rng)
        rest = {id_: values for id_, values in self.log.items() if id_ != self.edit}
        if self.kind == "changed":
            rest[self.edit] = random_answer(knowledge.findings[self.edit], rng)
        return rest


def cases(dialogues: dict[str, Log], drawn: int) -> Iterator[Case]:
    """Every dialogue, every edit of one answer, and as many logs drawn by chance."""
    for name, log in dialogues.items():
        yield Case("dialogue", name, log)
    for name, log in dialogues.items():
        for id_ in log:
            yield Case("removed", name, log, id_)
            yield Case("changed", name, log, id_)
    for number in range(drawn):
        yield Case("random", str(number), {})


def disagreement(ours: Reasoner, judge: Reasoner, log: Log) -> str:
    """What differs between the outcomes of a log, in a line; empty if nothing does.

    Our engine is given half of the log before the whole, so that it extends an open session
    wherever the facts only grow; the judge begins from scratch.
    """
    ours.engine.run(facts_of(ours.knowledge, dict(list(log.items())[: len(log) // 2])))
    mine, other = conclude(ours, log), conclude(judge, log)
    return "" if mine == other else "; ".join(_differences(mine, other)) or "something else"


def _differences(mine: Outcome, other: Outcome) -> Iterator[str]:
    here, there = ({(f.rule.id, f.facts) for f in o.firings} for o in (mine, other))
    for name, found in {
        "fired here only": here - there,
        "fired there only": there - here,
        "patterns": set(mine.patterns) ^ set(other.patterns),
        "red flags": set(mine.red_flags) ^ set(other.red_flags),
        "hypotheses": {(h.id, h.probability) for h in mine.hypotheses}
        ^ {(h.id, h.probability) for h in other.hypotheses},
    }.items():
        if found:
            yield f"{name}: {', '.join(map(str, sorted(found)[:3]))}"
