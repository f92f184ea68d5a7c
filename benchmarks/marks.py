"""What a benchmark is to meet, told in words; how one is timed and ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """What was measured, in words with its figure and bound, and whether it is met."""

    text: str
    met: bool


def at_most(what: str, found: float, bound: float, unit: str = "") -> Mark:
    """A figure that may not be above its bound."""
    return Mark(f"{what}: {found:.2f}{unit}, at most {bound:g}{unit}", found <= bound)


def at_least(what: str, found: float, bound: float, unit: str = "") -> Mark:
    """A figure that may not be below its bound."""
    return Mark(f"{what}: {found:.2f}{unit}, at least {bound:g}{unit}", found >= bound)


def tell(marks: Iterable[Mark]) -> int:
    """Print each mark and whether it is met; the exit status, 1 if one is not."""
    marks = list(marks)
    print()
    for mark in marks:
        print(f"{'met' if mark.met else 'NOT MET'}: {mark.text}")
    return int(not all(mark.met for mark in marks))


def seconds(work: Callable[[], object]) -> float:
    """What some work takes, in seconds of the processor."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def end_with(main: Callable[[], int]) -> None:
    """Run a benchmark and exit with its status; with 130 after Ctrl-C."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
