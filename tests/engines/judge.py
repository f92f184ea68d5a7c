"""Every case of `agreement.py` through both engines: docs/engine_agreement.md (`make judge`).

    python tests/engines/judge.py [--drawn 10000] [--seed 1] [--progress FILE] [--output FILE]

Ctrl-C ends it with status 130, and the next run with the same knowledge, code, dialogues, seed
and versions goes on where it stopped. Exit 1 if the engines differed anywhere.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from agreement import Case, cases, disagreement
from clips_engine import judge_of
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.differential import Reasoner, conclude
from rules.check import load
from rules.compile import Rule

ROOT = Path(__file__).parents[2]
SAVED_EVERY = 200
KINDS = {
    "dialogue": "dialogues, all answers at once",
    "removed": "the same with one answer removed",
    "changed": "the same with one answer changed",
    "random": "random answer logs, 1 to 60 answers",
}


@dataclass
class Judged:
    """What was judged so far. `of` tells the cases and the versions that it holds for."""

    of: str
    done: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    differ: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)

    def add(self, case: Case, fired: Iterable[str], difference: str) -> None:
        ids = list(fired)
        self.done += 1
        self.cases[case.kind] += 1
        self.fired[case.kind] += len(ids)
        self.rules.update(ids)
        if difference:
            self.differ[case.kind] += 1
            self.told.append(f"{case.kind} {case.name} {case.edit}".strip() + f": {difference}")

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**vars(self), "rules": sorted(self.rules)}, ensure_ascii=False)
        fresh = path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    @classmethod
    def resumed(cls, path: Path, of: str) -> Judged:
        """What was saved, or nothing if it was about something else."""
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls(of)
        if saved["of"] != of:
            return cls(of)
        counters = {name: Counter(saved[name]) for name in ("cases", "fired", "differ")}
        return cls(**{**saved, **counters, "rules": set(saved["rules"])})


def main() -> int:
    options = _options()
    console = Console(stderr=True)
    reasoner = Reasoner.of(load())
    judge, folder = judge_of(reasoner), shipped_dialogues()
    dialogues = {
        str(path.relative_to(folder)): read_dialogue(path, reasoner.knowledge).answers
        for path in find_dialogues([folder])
    }
    every = list(cases(dialogues, options.drawn))
    judged = Judged.resumed(options.progress, _fingerprint(reasoner, every, options.seed))
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    interrupted: list[int] = []  # looked at between cases: within one, CLIPS would swallow it
    signal.signal(signal.SIGINT, lambda number, _: interrupted.append(number))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("judging", total=len(every), completed=judged.done)
        for case in every[judged.done :]:
            log = case.answers(reasoner.knowledge, options.seed)
            difference = disagreement(reasoner, judge, log)
            firings = conclude(reasoner, log).firings
            judged.add(case, (firing.rule.id for firing in firings), difference)
            progress.advance(task)
            if interrupted or judged.done % SAVED_EVERY == 0:
                judged.save(options.progress)
            if interrupted:
                break
    if judged.done < len(every):
        console.print(f"interrupted after {judged.done} of {len(every)}: run it again to go on")
        return 130
    document = report(judged, reasoner.engine.rules, options.seed)
    options.output.write_text(document, encoding="utf-8")
    console.print(f"{sum(judged.differ.values())} of {judged.done} differ: {options.output}")
    return int(bool(judged.told))


def report(judged: Judged, rules: tuple[Rule, ...], seed: int) -> str:
    """The document."""
    lines = [
        "# Two engines, the same conclusions",
        "",
        "Made by `make judge`. The rules are translated to CLIPS, which chains by itself and knows",
        "nothing of our engine ([how](../tests/engines/clips_engine.py)). On every answer log below both",
        "must fire the same rules with the same matched facts, and what is concluded from the firings",
        "(hypotheses with their probabilities, patterns, red flags) must be identical. Our engine is",
        "given half of each log first, so that it extends its open session where it can; CLIPS begins",
        "from scratch.",
        "",
        "| answer logs | how many | rules fired | that differ |",
        "| --- | --- | --- | --- |",
    ]
    for kind, name in KINDS.items():
        counts = (judged.cases[kind], judged.fired[kind], judged.differ[kind])
        lines.append(f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    totals = (sum(each.values()) for each in (judged.cases, judged.fired, judged.differ))
    lines.append("| **together** | " + " | ".join(f"**{count:,}**" for count in totals) + " |")
    unfired = len({rule.id for rule in rules} - judged.rules)
    lines += [
        "",
        f"{len(rules) - unfired:,} of the {len(rules):,} rules fired at least once. Seed {seed};"
        f" durable-rules {version('durable-rules')}, clipspy {version('clipspy')} (CLIPS 6.4),"
        f" Python {platform.python_version()}.",
        "",
        "A shorter form of this is part of every test run (`tests/engines/test_agreement.py`).",
    ]
    if judged.told:
        lines += ["", "## Where they differ", "", *(f"- {told}" for told in judged.told)]
    return "\n".join(lines) + "\n"


def _fingerprint(reasoner: Reasoner, every: list[Case], seed: int) -> str:
    """What the result holds for: knowledge, code, cases, seed, versions."""
    versions = [version(name) for name in ("durable-rules", "clipspy")]
    code = [path.read_bytes() for path in sorted(ROOT.glob("assistant/reasoning/*.py"))]
    what = (reasoner.knowledge, code, every, seed, versions, platform.python_version())
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drawn", type=int, default=10_000, help="random answer logs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--progress", type=Path, default=ROOT / "build" / "judged.json")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "engine_agreement.md")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the first case
        sys.exit(130)
