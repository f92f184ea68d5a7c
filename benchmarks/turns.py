"""How long one turn of an interview takes, and how that grows with the knowledge.

    python benchmarks/turns.py [--dialogues 120] [--sizes 10 50] [--profile]

A turn is `assistant.dialogue.step.step`: an answer is understood, all that follows is concluded, and
the next question is chosen or the conclusion told. Patients of dialogues answer what they are asked,
with the knowledge as it is shipped and with knowledge several times as large (`scaled.py` says what
grows), where the copies of a finding are answered as it is. Everything that is made once is made
before, and timed apart. Times are of the processor. Exit 1 if the slowest turn in a hundred takes over
50 ms with the shipped knowledge, or if a turn grows more than the knowledge.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import platform
import pstats
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from marks import Mark, at_most, end_with, seconds, tell
from rich.console import Console
from rich.progress import track
from scaled import scaled, scaled_answers
from soak import MEGABYTE, resident_bytes

from assistant.dialogue.events import Settings
from assistant.dialogue.replay import TODAY, find_dialogues, typed_line
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.dialogue.step import start, step
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.facts import Answers
from rules.check import load
from rules.model import Knowledge, Tier

CONSOLE = Console(stderr=True)
LANG = "fr"
P99_LIMIT = 50.0  # ms, with the shipped knowledge
GROWTH_LIMIT = 1.0  # times as slow, for times as large
LEAST_DIALOGUES = 6
Run = Callable[..., Any]  # how a turn is run: with or without a profile


@dataclass(frozen=True)
class Size:
    """The knowledge `times` as large: what it holds, what it took to make it ready (seconds of the
    processor, MB of memory in all), and the turns of interviews (ms); `beside` are those of the same
    interviews with the knowledge as shipped, each held just before.
    """

    times: int
    knowledge: Knowledge
    rules: int
    built: Mapping[str, float]
    memory: float
    turns: list[float]
    beside: list[float]

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.turns, n=100, method="inclusive")[-1]

    @property
    def longer(self) -> float:
        """How many times as long a turn takes as with the knowledge as shipped (means)."""
        return statistics.mean(self.turns) / statistics.mean(self.beside)


def measure(shipped: Reasoner, times: int, dialogues: Sequence[Dialogue], run: Run) -> Size:
    """The turns of some dialogues, with the knowledge `times` as large."""
    knowledge = scaled(shipped.knowledge, times)
    gc.collect()
    gc.freeze()  # as the program does with what it has read
    reasoner = Reasoner.of(knowledge)
    built = {
        part: seconds(partial(getattr, reasoner, part)) for part in ("engine", "table", "arrays")
    }
    turns, beside = list[float](), list[float]()
    for dialogue in track(dialogues, f"{times} times as large", console=CONSOLE):
        answers = scaled_answers(dialogue.answers, times)
        beside += interview(shipped, dialogue.answers, dialogue.tier, plainly)
        turns += interview(reasoner, answers, dialogue.tier, run)
    memory, rules = resident_bytes() / MEGABYTE, len(reasoner.engine.rules)
    return Size(times, knowledge, rules, built, memory, turns, beside)


def interview(reasoner: Reasoner, answers: Answers, tier: Tier, run: Run) -> Iterable[float]:
    """Hold an interview with someone who has these answers; the ms of each turn."""
    reply = start(reasoner, Settings(lang=LANG, today=TODAY, tier=tier), version="")
    while reply.question is not None:
        typed, before = typed_line(reasoner, reply.session, answers, LANG), reply.session
        begin = time.process_time()
        reply = run(step, reasoner, before, typed)
        taken = time.process_time() - begin
        if reply.session == before:  # the answer was not taken: it would be asked for ever
            return
        yield taken * 1000


def show(size: Size) -> None:
    """Print what a size holds and takes."""
    k = size.knowledge
    built = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in size.built.items())
    print(
        f"\n{size.times} times the shipped size: {len(k.diagnoses):,} diagnoses,"
        f" {len(k.findings):,} findings, {len(k.patterns):,} patterns, {len(k.red_flags):,} red"
        f" flags, {size.rules:,} rules\n"
        f"  made ready: {built}; {size.memory:,.0f} MB in all\n"
        f"  {len(size.turns):,} turns: mean {statistics.mean(size.turns):.1f} ms, median"
        f" {statistics.median(size.turns):.1f}, p99 {size.p99:.1f}, longest {max(size.turns):.1f}\n"
        f"  the same interviews with the knowledge as shipped: mean"
        f" {statistics.mean(size.beside):.1f} ms, median {statistics.median(size.beside):.1f}"
    )


def marks(sizes: Sequence[Size]) -> Iterable[Mark]:
    """What is to be met: by the first size, the shipped one, and by the growth of a turn."""
    first, *larger = sizes
    yield at_most("p99 of a turn with the knowledge as shipped", first.p99, P99_LIMIT, " ms")
    for size in larger:
        what = f"a turn {size.longer:.1f} times as long, of knowledge {size.times} times as large"
        yield at_most(what, size.longer / size.times, GROWTH_LIMIT)


def main() -> int:
    options = _options()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    shipped = Reasoner.of(load())
    paths = find_dialogues([shipped_dialogues()])
    every = [d for d in (read_dialogue(path, shipped.knowledge) for path in paths) if d.answers]
    list(interview(shipped, every[0].answers, every[0].tier, plainly))  # makes what is made once
    sizes: list[Size] = []
    for times in (1, *options.sizes):
        count = max(options.dialogues // times, LEAST_DIALOGUES)
        profile = cProfile.Profile()
        run = profile.runcall if options.profile else plainly
        sizes.append(measure(shipped, times, every[:: max(len(every) // count, 1)], run))
        show(sizes[-1])
        if options.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(40)
    return tell(marks(sizes))


def plainly(work: Callable[..., Any], *given: Any) -> Any:
    """Do some work, without looking at what it does."""
    return work(*given)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=120, help="with the shipped knowledge")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 50], help="how much larger")
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    return parser.parse_args()


if __name__ == "__main__":
    end_with(main)
