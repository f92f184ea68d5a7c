"""Many cases through one engine: does its memory grow, and does it still say the same?

    python benchmarks/soak.py [--cases 20000] [--warm-up 500] [--limit-mb 5] [--seed 1]

durable-rules keeps its working memory in C, where Python does not look. Exit 0 if the process
grew by no more than the limit between the warm-up and the end, 1 if it grew by more or if the
first case did not fire the same rules again at the end, 130 if it was interrupted (Ctrl-C).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from marks import Mark, at_most, end_with, tell
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from assistant.reasoning.differential import Reasoner
from assistant.reasoning.facts import facts_of
from rules.check import load
from rules.model import Finding, Kind, Knowledge

MEGABYTE = 1024 * 1024


def main() -> int:
    options = _options()
    print(f"{options.cases} cases after {options.warm_up} to warm up", flush=True)
    reasoner = Reasoner.of(load())
    rng = random.Random(options.seed)
    first = facts_of(reasoner.knowledge, random_answers(reasoner.knowledge, rng))
    expected = reasoner.engine.run(first)
    for _ in _cases(reasoner, rng, options.warm_up):
        pass
    before, began, done, fired = resident_bytes(), time.perf_counter(), 0, 0
    try:
        for firings in _watched(_cases(reasoner, rng, options.cases), options.cases):
            done, fired = done + 1, fired + firings
    except KeyboardInterrupt:
        print(f"interrupted after {done} of {options.cases} cases", file=sys.stderr)
    seconds = time.perf_counter() - began
    grown = (resident_bytes() - before) / MEGABYTE
    print(f"cases: {done}, rules fired: {fired}, seconds: {seconds:.1f}")
    print(f"memory: {before / MEGABYTE:.1f} MB after warm-up, grown by {grown:+.2f} MB")
    if done < options.cases:
        return 130
    same = reasoner.engine.run(first) == expected
    return tell(
        [
            Mark("the first case fires the same rules at the end", same),
            at_most("memory grown", grown, options.limit_mb, " MB"),
        ]
    )


def random_answers(knowledge: Knowledge, rng: random.Random) -> dict[str, tuple[str, ...]]:
    """Answers to about a third of the findings, each possible, together of no sense."""
    asked = (item for item in knowledge.findings.items() if rng.random() < 1 / 3)
    return {id_: _random_answer(finding, rng) for id_, finding in asked}


def _random_answer(finding: Finding, rng: random.Random) -> tuple[str, ...]:
    values = list(finding.values)
    if finding.kind is Kind.SEVERAL:
        return tuple(value for value in values if rng.random() < 0.3) or (rng.choice(values),)
    return (rng.choice(values),)


def resident_bytes() -> int:
    """The memory that the process holds now (where there is no /proc: the most it ever held)."""
    gc.collect()
    # A session's working memory is some 10 MB, freed with it. Whether glibc then gives it back or
    # keeps it for the next is chance, and would be taken for growth: it is made to give it back.
    with suppress(AttributeError, OSError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()


def _cases(reasoner: Reasoner, rng: random.Random, count: int) -> Iterator[int]:
    """How many rules fired in each case."""
    for _ in range(count):
        facts = facts_of(reasoner.knowledge, random_answers(reasoner.knowledge, rng))
        reasoner.engine.run(list(facts)[: len(facts) // 2])  # begun, and then extended
        yield len(reasoner.engine.run(facts))


def _watched(cases: Iterator[int], total: int) -> Iterator[int]:
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield from progress.track(cases, total=total, description="cases")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000, help="after the warm-up")
    parser.add_argument("--warm-up", type=int, default=500, help="while allocators and caches fill")
    parser.add_argument("--limit-mb", type=float, default=5.0, help="growth that is accepted")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    end_with(main)
