"""Is the program as often right as it says? Measured on sampled patients: `make calibration`.

    python docs/make_calibration.py [--patients 10000] [--jobs 2]

Writes docs/calibration.md and its pictures. It takes hours, and may be interrupted (Ctrl-C): what
is done stays in build/calibration.jsonl and is not done again, unless the knowledge or the code
of the reasoning has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calibration_report import pictures, report
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

from assistant.dialogue.calibrate import (
    OTHER_CONSTANTS,
    POPULATIONS,
    Constants,
    Way,
    measure,
    result_of,
    weighed_again,
)
from assistant.dialogue.evaluate import CaseResult
from assistant.dialogue.events import Settings
from assistant.dialogue.replay import TODAY, find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import read_dialogue
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.sample import Sampler
from rules.check import load

HERE = Path(__file__).parent
KEPT = HERE.parent / "build" / "calibration.jsonl"
SETTINGS = Settings("en", TODAY)

Row = dict[str, Any]  # number, seconds, and of each way its results: see `_row`


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    rows = {row["number"]: row for row in _kept()}
    todo = [number for number in range(options.patients) if number not in rows]
    try:
        for row in _done(todo, len(rows), options.jobs):
            rows[row["number"]] = row
    except KeyboardInterrupt:
        print(f"interrupted: {len(rows)} patients are kept; run it again to go on", file=sys.stderr)
        return 130
    wanted = [rows[number] for number in range(options.patients)]
    results = _results(wanted)
    seconds = sum(row["seconds"] for row in wanted)
    minutes = f"{seconds / 60:.0f} minutes of one processor"
    text = report(results, _published(Reasoner.of(load())), len(wanted), minutes)
    (HERE / "calibration.md").write_text(text, encoding="utf-8")
    for name, picture in pictures(results).items():
        (HERE / name).write_text(picture, encoding="utf-8")
    return 0


# --- the work -------------------------------------------------------------------------------

_samplers: dict[str, Sampler] = {}  # of this process


def _begin() -> None:
    """Make a worker ready. Ctrl-C is for the one who hands out the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reasoner = Reasoner.of(load())
    _samplers.update({name: Sampler(reasoner, likeness) for name, likeness in POPULATIONS.items()})


def _row(number: int) -> Row:
    began = time.process_time()
    results = [
        (way.population, way.interview, way.answers, way.constants, r.expected, r.rank, r.leader, round(r.probability, 4), r.questions)
        for way, r in measure(_samplers, number, SETTINGS)
    ]  # fmt: skip
    return {"number": number, "seconds": time.process_time() - began, "results": results}


def _done(todo: list[int], before: int, jobs: int) -> Iterator[Row]:
    """The rows of the patients that are left, each kept as soon as it is done."""
    if not todo:
        return
    KEPT.parent.mkdir(exist_ok=True)
    if not before:
        KEPT.write_text(json.dumps({"of": _fingerprint()}) + "\n", encoding="utf-8")
    bar = Progress(
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    context = multiprocessing.get_context("spawn")
    with KEPT.open("a", encoding="utf-8") as file, bar, context.Pool(jobs, _begin) as pool:
        file.write("\n")  # after a line that was cut short
        task = bar.add_task("Patients", total=before + len(todo), completed=before)
        for row in pool.imap_unordered(_row, todo, chunksize=4):
            file.write(json.dumps(row) + "\n")
            file.flush()
            bar.advance(task)
            yield row


def _kept() -> Iterator[Row]:
    """The rows of an earlier run with the same knowledge and code; what was cut short is left out."""
    if not KEPT.exists():
        return
    first, *lines = KEPT.read_text(encoding="utf-8").splitlines() or [""]
    if first != json.dumps({"of": _fingerprint()}):
        return
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _fingerprint() -> str:
    """Of everything that the results depend on."""
    root, digest = HERE.parent, hashlib.sha256()
    parts = [*root.glob("rules/**/*.yaml"), *root.glob("rules/*.py")]
    parts += root.glob("assistant/reasoning/**/*.py")
    parts += [root / f"assistant/dialogue/{name}.py" for name in ("calibrate", "informant", "turn", "events")]  # fmt: skip
    for path in sorted(parts):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# --- what came of it ------------------------------------------------------------------------


def _results(rows: list[Row]) -> dict[Way, list[CaseResult]]:
    results: dict[Way, list[CaseResult]] = {}
    for row in rows:
        for population, interview, answers, constants, expected, rank, leader, said, asked in row[
            "results"
        ]:
            result = CaseResult(
                str(row["number"]), sys.intern(expected), rank, sys.intern(leader), said, asked
            )
            results.setdefault(Way(population, interview, answers, constants), []).append(result)
    return results


def _published(reasoner: Reasoner) -> dict[Way, list[CaseResult]]:
    """The dialogues that rest on a published case, all answers at once, under all constants."""
    results: dict[Way, list[CaseResult]] = {}
    for path in find_dialogues([shipped_dialogues()]):
        case = read_dialogue(path, reasoner.knowledge)
        if case.source is None or case.expect.leading is None:
            continue
        outcome = conclude(reasoner, case.answers)
        constants = {"": Constants(), **OTHER_CONSTANTS}
        weighed = weighed_again(outcome, constants.values())
        for label, said in zip(constants, weighed, strict=True):
            result = result_of(path.stem, case.expect.leading, said)
            results.setdefault(Way("published", False, "told", label), []).append(result)
    return results


if __name__ == "__main__":
    sys.exit(main())
