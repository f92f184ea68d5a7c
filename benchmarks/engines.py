"""A whole case through our engine, CLIPS and experta, with the same rules.

    PYTHONPATH=tests/engines:build/experta python benchmarks/engines.py [ROUNDS]

After each answer the rules are run on the facts so far, as in an interview, and each engine
returns all that fired with what was matched, in order. Each is used in the quickest way: told
only what is new while a case grows. Cases are dialogues of about forty answers. The engines take
turns, in any order, and processor time is measured, so that the machine's other
work counts little. Exit 1 if ours is slower than CLIPS, less than twenty times as quick as
experta, or if they do not fire the same rules.
"""

from __future__ import annotations

import collections
import collections.abc
import gc
import os
import platform
import random
import re
import statistics
import sys
import time
from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cached_property
from importlib.metadata import version
from operator import attrgetter
from typing import Any

from clips_engine import ClipsEngine, string
from marks import at_least, at_most, tell

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.engine import Engine, Firing
from rules.check import load
from rules.compile import Fact, Rule

ROUNDS = 21
CASES, ANSWERS = 6, 40
CLIPS_LIMIT, EXPERTA_LIMIT = 1.0, 20.0
OURS = "ours"
RULE_ID = attrgetter("rule.id")
Run = Callable[[Iterable[Fact]], tuple[Firing, ...]]
Case = list[Mapping[Fact, str]]  # the facts after each answer


class Growing:
    """The quickest use of an engine: while a case grows, it is told only what is new."""

    rules: tuple[Rule, ...]
    fired: list[Firing]
    told: Set[Fact] = frozenset()

    def run(self, facts: Iterable[Fact]) -> tuple[Firing, ...]:
        told = set(facts)
        new = told - self.told
        if len(told) - len(new) < len(self.told):
            self.begin()
            new = told
        self.told = told
        self.tell(new & self.tested)
        return tuple(self.fired)

    @cached_property
    def tested(self) -> set[Fact]:
        return {fact for rule in self.rules for fact in rule.all}

    def record(self, firing: Firing) -> None:
        insort(self.fired, firing, key=RULE_ID)


class Clips(Growing, ClipsEngine):
    """CLIPS with facts of one slot, their id: rules pass on the ids that they matched."""

    @cached_property
    def by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.tested}

    def tell(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._template.assert_fact(key=fact.id)
        self.environment.run()

    def defrule(self, number: int, rule: Rule) -> str:
        conditions = " ".join(f"(fact (key ?f{i}&{string(f.id)}))" for i, f in enumerate(rule.all))
        matched = " ".join(f"?f{i}" for i in range(len(rule.all)))
        derived = f"(assert (fact (key {string(rule.derives.id)})))" if rule.derives else ""
        return f"(defrule r{number} {conditions} => (fired {number} {matched}) {derived})"

    def fire(self, number: int, *matched: str) -> None:
        self.record(Firing(self.rules[number], tuple([self.by_id[id_] for id_ in matched])))


class TerseClips(Clips):
    """CLIPS whose rules only say which they are: what they matched is what they ask for."""

    @cached_property
    def firings(self) -> list[Firing]:
        return [Firing(rule, rule.all) for rule in self.rules]

    def defrule(self, number: int, rule: Rule) -> str:
        return re.sub(r"\?f\d+&?", "", super().defrule(number, rule))

    def fire(self, number: int, *_: str) -> None:
        self.record(self.firings[number])


class Experta(Growing):
    """experta, whose rules say which they are, too."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules, self.fired = tuple(rules), []
        for name in ("Mapping", "MutableMapping"):  # which frozendict 1.2 knows by their old place
            vars(collections).setdefault(name, getattr(collections.abc, name))
        import experta

        told = self.fact = type("Told", (experta.Fact,), {})

        def compiled(rule: Rule) -> Any:
            firing = Firing(rule, rule.all)

            def fire(engine: Any) -> None:
                self.record(firing)
                if rule.derives:
                    engine.declare(told(key=rule.derives.key, value=rule.derives.value))

            return experta.Rule(*(told(key=f.key, value=f.value) for f in rule.all))(fire)

        named = {f"r{number}": compiled(rule) for number, rule in enumerate(self.rules)}
        self.engine = type("Rules", (experta.KnowledgeEngine,), named)()
        self.begin()

    def begin(self) -> None:
        self.fired.clear()
        self.engine.reset()

    def tell(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.engine.declare(self.fact(key=fact.key, value=fact.value))
        self.engine.run()


def comparisons(rules: tuple[Rule, ...]) -> list[dict[str, Run]]:
    """What is measured side by side: ours first, then others, used in the same way."""
    ours, clips = Engine(rules).run, Clips(rules).run
    return [
        {OURS: ours, "CLIPS": clips, "CLIPS, rules only": TerseClips(rules).run},
        {OURS: ours, "experta": Experta(rules).run},
        {"ours, from scratch": from_scratch(ours), "CLIPS, from scratch": from_scratch(clips)},
    ]


def from_scratch(run: Run) -> Run:
    """An engine that begins anew after each answer."""

    def again(facts: Iterable[Fact]) -> tuple[Firing, ...]:
        run(())
        return run(facts)

    return again


def cases(reasoner: Reasoner) -> dict[str, Case]:
    """Dialogues with about forty answers, each of another diagnosis."""
    folder, found = shipped_dialogues(), {}
    for path in find_dialogues([folder]):
        answers = list(read_dialogue(path, reasoner.knowledge).answers.items())
        distance = abs(len(answers) - ANSWERS)
        if distance < found.get(path.parent.name, (ANSWERS,))[0]:
            found[path.parent.name] = (distance, path.stem, answers)
    nearest = sorted(found.values())[:CASES]
    return {
        name: [conclude(reasoner, dict(answers[: i + 1])).facts for i in range(len(answers))]
        for _, name, answers in nearest
    }


def disagreeing(runs: Mapping[str, Run], given: Mapping[str, Case]) -> list[str]:
    """The engines that do not fire as the first does, at some answer of some case."""
    fired = {
        name: [[run(facts) for facts in case] for case in given.values()]
        for name, run in runs.items()
    }
    expected, *_ = fired.values()
    return [name for name, firings in fired.items() if firings != expected]


def measure(
    runs: Mapping[str, Run], given: Mapping[str, Case], rounds: int
) -> dict[str, dict[str, float]]:
    """Milliseconds of processor time that a case takes, by engine and case: medians."""
    taken: dict[str, dict[str, list[float]]] = {n: {case: [] for case in given} for n in runs}
    rng = random.Random(1)
    for _ in range(rounds):
        for name, case in given.items():
            for engine in rng.sample(list(runs), len(runs)):
                begin = time.process_time()
                for facts in case:
                    runs[engine](facts)
                taken[engine][name].append((time.process_time() - begin) * 1000)
    return {n: {c: statistics.median(t) for c, t in each.items()} for n, each in taken.items()}


def show(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Print a table; the ratios of the mean times to the first engine's."""
    means = {name: statistics.mean(each.values()) for name, each in found.items()}
    first, *_ = means.values()
    count = len(next(iter(found.values())))
    head = "".join(f"{i:9}" for i in range(1, count + 1))
    print(f"\n{'ms of a case':22}{head}{'mean':>9}{'ratio':>9}")
    for name, each in found.items():
        times = "".join(f"{ms:9.2f}" for ms in each.values())
        print(f"{name:22}{times}{means[name]:9.2f}{means[name] / first:9.2f}")
    return {name: mean / first for name, mean in means.items()}


def main(rounds: int) -> int:
    reasoner = Reasoner.of(load())
    given, compared = cases(reasoner), comparisons(reasoner.engine.rules)
    gc.freeze()  # as the program does
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},"
        f" {len(reasoner.engine.rules)} rules, {rounds} rounds by turns;"
        f" durable-rules {version('durable-rules')}, clipspy {version('clipspy')}, experta 1.9.4"
    )
    for i, (name, case) in enumerate(given.items(), 1):
        print(f"case {i}: {len(case)} answers, {len(case[-1])} facts, {name}")
    ratios: dict[str, float] = {}
    for runs in compared:
        if wrong := disagreeing(runs, given):
            print(f"other rules fire than in ours: {', '.join(wrong)}", file=sys.stderr)
            return 1
        ratios |= show(measure(runs, given, rounds))
    return tell(
        [
            at_most("a case, beside CLIPS at the same work", 1 / ratios["CLIPS"], CLIPS_LIMIT),
            at_least("experta, beside ours", ratios["experta"], EXPERTA_LIMIT),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
