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
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
from rules.check import load
from rules.model import Knowledge

CONSOLE = Console(stderr=True)
LANG = "fr"
P99_LIMIT = 50.0  # ms, with the shipped knowledge
GROWTH_LIMIT = 1.0  # times as slow, for times as large
LEAST_DIALOGUES = 6


@dataclass(frozen=True)
class Size:
    """The knowledge `times` as large: what it holds, what it took to make it ready (seconds of the
    processor, MB of memory in all), and the turns (ms)."""

    times: int
    knowledge: Knowledge
    rules: int
    built: dict[str, float]
    memory: float
    turns: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.turns)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.turns, n=100, method="inclusive")[-1]


def measure(
    shipped: Knowledge,
    times: int,
    dialogues: Sequence[Dialogue],
    profile: cProfile.Profile | None = None,
) -> Size:
    """The turns of some dialogues, with the knowledge `times` as large."""
    knowledge = scaled(shipped, times)
    gc.collect()
    gc.freeze()  # as the program does with what it has read
    reasoner, built = Reasoner.of(knowledge), {}
    for part in ("engine", "table", "arrays"):
        begin = time.process_time()
        getattr(reasoner, part)
        built[part] = time.process_time() - begin
    turns = [
        ms
        for dialogue in track(dialogues, f"{times} times as large", console=CONSOLE)
        for ms in interview(reasoner, dialogue, times, profile)
    ]
    memory = resident_bytes() / MEGABYTE
    return Size(times, knowledge, len(reasoner.engine.rules), built, memory, turns)


def interview(
    reasoner: Reasoner, dialogue: Dialogue, times: int, profile: cProfile.Profile | None = None
) -> Iterable[float]:
    """Hold the interview with the patient of a dialogue; the ms of each turn."""
    answers = scaled_answers(dialogue.answers, times)
    settings = Settings(lang=LANG, today=TODAY, tier=dialogue.tier)
    reply = start(reasoner, settings, version="")
    while reply.question is not None:
        typed, before = typed_line(reasoner, reply.session, answers, LANG), reply.session
        if profile is not None:
            profile.enable()
        begin = time.process_time()
        reply = step(reasoner, before, typed)
        taken = time.process_time() - begin
        if profile is not None:
            profile.disable()
        if reply.session == before:  # the answer was not taken: it would be asked for ever
            return
        yield taken * 1000


def show(size: Size, first: Size) -> None:
    """Print what a size holds and takes."""
    k, built = size.knowledge, size.built
    print(
        f"\n{size.times} times the shipped size: {len(k.diagnoses):,} diagnoses,"
        f" {len(k.findings):,} findings, {len(k.patterns):,} patterns, {len(k.red_flags):,} red flags,"
        f" {size.rules:,} rules"
    )
    print(
        "  made ready: "
        + ", ".join(f"{part} {seconds:.2f} s" for part, seconds in built.items())
        + f"; {size.memory:,.0f} MB in all"
    )
    print(
        f"  {len(size.turns):,} turns: median {size.median:.1f} ms, p99 {size.p99:.1f} ms,"
        f" longest {max(size.turns):.1f} ms"
    )
    if size is not first:
        print(
            f"  a turn grows by {size.median / first.median:.1f} (median), {size.p99 / first.p99:.1f}"
            f" (p99)"
        )


def verdicts(sizes: Sequence[Size]) -> list[tuple[str, bool]]:
    """Each mark in words, and whether it is met."""
    first, *larger = sizes
    found = [
        (
            f"p99 of a turn {first.p99:.1f} ms, at most {P99_LIMIT:g}",
            first.p99 <= P99_LIMIT,
        )
    ]
    for size in larger:
        growth = size.median / first.median / size.times
        found.append(
            (
                f"{size.times} times as large: growth of a turn to that of the knowledge {growth:.2f},"
                f" at most {GROWTH_LIMIT:g}",
                growth <= GROWTH_LIMIT,
            )
        )
    return found


def main() -> int:
    options = _options()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    shipped = load()
    paths = find_dialogues([shipped_dialogues()])
    every = [d for d in (read_dialogue(path, shipped) for path in paths) if d.answers]
    profile = cProfile.Profile() if options.profile else None
    sizes: list[Size] = []
    for times in (1, *options.sizes):
        count = max(options.dialogues // times, LEAST_DIALOGUES)
        chosen = every[:: max(len(every) // count, 1)]
        sizes.append(measure(shipped, times, chosen, profile))
        show(sizes[-1], sizes[0])
        if profile is not None:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(40)
            profile.clear()
    marks = verdicts(sizes)
    print()
    for text, met in marks:
        print(f"{'met' if met else 'NOT MET'}: {text}")
    return int(not all(met for _, met in marks))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=120, help="with the shipped knowledge")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 50], help="how much larger")
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
