"""Work on many things one after the other: a bar on a terminal, and Ctrl-C between two of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def tracked(items: Sequence[T], title: str) -> Iterator[T]:
    """The items, with a bar on standard error if that is a terminal.

    After Ctrl-C no further item comes, so what was done so far can be told; at the second Ctrl-C
    KeyboardInterrupt.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    plain = console.is_dumb_terminal or os.environ.get("ACCESSIBLE", "0") not in ("", "0")
    # Without a thread of its own that refreshes it: it would be given the signal while the engine
    # holds it back from this one.
    bar = Progress(
        console=console,
        auto_refresh=False,
        transient=True,
        disable=plain or not console.is_terminal,
    )
    with bar, _interrupts() as seen:
        for item in bar.track(items, description=title):
            yield item
            if seen:
                return


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """The interrupts so far: the first is noted, the second raises."""
    seen: list[int] = []

    def note(number: int, _frame: object) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)
