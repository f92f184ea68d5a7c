"""What a benchmark is to meet, told in words."""

from __future__ import annotations

from collections.abc import Iterable
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
