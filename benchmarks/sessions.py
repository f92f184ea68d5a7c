"""Many sessions in one process, and how quickly dialogues are replayed.

    python benchmarks/sessions.py [--opened 10000] [--at-once 2000] [--turns 10] [--replayed 40]

A session is a log of answers: the engine knows nothing of it between two turns. Sessions are
opened one after another; others are held at once, the next turn always in any of them; what
finished ones take in memory is measured; and some dialogues are replayed in both languages. Times
are of the processor. Exit 1 if a session among many comes to another log than the same one alone.
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import random
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from marks import Mark, end_with, seconds, tell
from rich.console import Console
from rich.progress import track
from soak import MEGABYTE, resident_bytes

from assistant.dialogue.events import Session, Settings
from assistant.dialogue.replay import TODAY, answer_text, find_dialogues, replay
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import Dialogue, read_dialogue
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import offered_now
from assistant.reasoning.differential import Reasoner
from rules.check import load

CONSOLE = Console(stderr=True)
LANG = "en"
T = TypeVar("T")


@dataclass
class Held:
    """A session that is being held with the patient of a dialogue."""

    reasoner: Reasoner
    dialogue: Dialogue
    session: Session

    @classmethod
    def begun(cls, reasoner: Reasoner, dialogue: Dialogue) -> Held:
        settings = Settings(lang=LANG, today=TODAY, tier=dialogue.tier)
        return cls(reasoner, dialogue, start(reasoner, settings, version="").session)

    def turn(self) -> bool:
        """Answer the next question; False if there is none, or the answer is not taken."""
        if (asked := self.session.pending) is None:
            return False
        finding = self.reasoner.knowledge.findings[asked]
        offered = offered_now(self.reasoner, self.session)
        typed = answer_text(finding, offered, self.dialogue.answers.get(asked), LANG)
        before, self.session = self.session, step(self.reasoner, self.session, typed).session
        return self.session != before


def opened(reasoner: Reasoner, count: int) -> None:
    """Sessions opened one after another, the first question answered, and left."""
    settings, rng = Settings(lang=LANG, today=TODAY), random.Random(1)

    def one() -> None:
        session = start(reasoner, settings, version="").session
        step(reasoner, session, str(rng.randint(1, 99)))

    one()  # builds the engine
    before = resident_bytes()
    taken = seconds(lambda: [one() for _ in _watched(range(count), "opened")])
    grown = (resident_bytes() - before) / MEGABYTE
    print(
        f"opened one after another: {count:,}, {taken / count * 1000:.1f} ms each;"
        f" memory grown by {grown:+.1f} MB"
    )


def at_once(reasoner: Reasoner, dialogues: list[Dialogue], count: int, turns: int) -> Mark:
    """Sessions held at once, the next turn in any of them: each must be as it is alone."""
    rng = random.Random(1)
    held = [Held.begun(reasoner, rng.choice(dialogues)) for _ in range(count)]
    order = [one for one in held for _ in range(turns)]
    rng.shuffle(order)
    taken = seconds(lambda: [one.turn() for one in _watched(order, "at once")])
    wrong = 0
    for one in _watched(rng.sample(held, min(50, count)), "alone"):
        alone = Held.begun(reasoner, one.dialogue)
        for _ in range(turns):
            alone.turn()
        wrong += alone.session != one.session
    print(f"at once: {count:,}, {turns} turns each, {taken / len(order) * 1000:.1f} ms a turn")
    looked_at = min(50, count)
    return Mark(
        f"sessions that say among many what they say alone: {looked_at - wrong} of {looked_at}",
        not wrong,
    )


def idle(reasoner: Reasoner, dialogues: list[Dialogue], count: int) -> None:
    """What sessions take that are finished and kept."""
    finished = [Held.begun(reasoner, dialogue) for dialogue in dialogues]
    for one in _watched(finished, "finished"):
        while one.turn():
            pass
    stored = [pickle.dumps(one.session) for one in finished]
    tracemalloc.start()
    kept = [pickle.loads(stored[i % len(stored)]) for i in range(count)]  # each with its own text
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    events = sum(len(session.events) for session in kept) / count
    print(
        f"idle: {count:,} finished sessions of {events:.0f} events take {taken / MEGABYTE:.0f} MB,"
        f" {taken / count / 1024:.1f} kB each"
    )


def replayed(reasoner: Reasoner, dialogues: list[Dialogue]) -> None:
    """Dialogues replayed in both languages, with all that they expect."""
    turns = 0

    def every() -> None:
        nonlocal turns
        for dialogue in _watched(dialogues, "replayed"):
            turns += sum(len(result.exchanges) for result in replay(reasoner, dialogue))

    taken = seconds(every)
    print(
        f"replayed: {len(dialogues)} dialogues in two languages, {len(dialogues) / taken:.1f} a"
        f" second, {taken / turns * 1000:.1f} ms a turn"
    )


def main() -> int:
    options = _options()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    reasoner = Reasoner.of(load())
    paths = random.Random(1).sample(find_dialogues([shipped_dialogues()]), options.replayed)
    dialogues = [read_dialogue(path, reasoner.knowledge) for path in paths]
    opened(reasoner, options.opened)
    alike = at_once(reasoner, dialogues, options.at_once, options.turns)
    idle(reasoner, dialogues, options.opened)
    replayed(reasoner, dialogues)
    return tell([alike])


def _watched(items: Sequence[T], what: str) -> Iterable[T]:
    return track(items, what, console=CONSOLE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--opened", type=int, default=10_000, help="sessions one after another")
    parser.add_argument("--at-once", type=int, default=2_000, help="sessions at once")
    parser.add_argument("--turns", type=int, default=10, help="of each session at once")
    parser.add_argument("--replayed", type=int, default=40, help="dialogues")
    return parser.parse_args()


if __name__ == "__main__":
    end_with(main)
