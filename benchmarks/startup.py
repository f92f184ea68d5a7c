"""How long until the first question, beside what importing the libraries alone takes.

Both are started in a pseudo-terminal and timed until a text appears: the prompt below the first
question, or a word printed once `prompt_toolkit` and `pydantic` are imported. They take turns in
one run, so that both see the same machine. The knowledge cache is warm, as in every start but the
first; the first is timed apart, and so is the first answer, for which the engine is built. Exit 1
if the ratio of the medians is above the limit, or if something heavy is imported too early.

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import fcntl
import os
import platform
import pty
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marks import Mark, at_most, tell

LIBRARIES = [sys.executable, "-c", "import prompt_toolkit, pydantic; print('imported')"]
AMYO = [sys.executable, "-m", "assistant", "interview", "--lang", "en"]
IMPORTED, PROMPT, ANSWER, NEXT = b"imported", b"> ", b"36\r", b"Question 2"
WHERE = b"\x1b[6n"
RUNS = 21
LIMIT = 3.0  # times the libraries alone

# What must not be imported before the first question is shown: none of it is needed to ask one.
HEAVY = (
    "yaml", "numpy", "rich", "durable", "jsonschema", "hypothesis", "pytest", "rules.check", "rules.load",
    "assistant.dialogue.replay", "assistant.dialogue.record", "assistant.dialogue.script",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Seconds of every run, warm: the libraries, the first question, the first answer."""

    libraries: list[float]
    amyo: list[float]
    answer: list[float]

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return statistics.median(self.amyo) / statistics.median(self.libraries)

    @property
    def best_ratio(self) -> float:
        """Of the quickest runs: what the machine's other work disturbs least."""
        return min(self.amyo) / min(self.libraries)


def compare(runs: int, cache: Path) -> Comparison:
    """Time both, by turns, with a knowledge cache of its own."""
    environ = _environ(cache)
    for argv, text in ((LIBRARIES, IMPORTED), (AMYO, PROMPT)):
        laps(argv, [(b"", text)], environ)  # fills the caches: files, bytecode, knowledge
    libraries, amyo, answer = [], [], []
    for _ in range(runs):
        libraries += laps(LIBRARIES, [(b"", IMPORTED)], environ)
        first, second = laps(AMYO, [(b"", PROMPT), (ANSWER, NEXT)], environ)
        amyo.append(first)
        answer.append(second)
    return Comparison(libraries, amyo, answer)


def first_start(cache: Path) -> float:
    """Seconds until the prompt without a knowledge cache."""
    return laps(AMYO, [(b"", PROMPT)], _environ(cache))[0]


def imports(cache: Path) -> list[tuple[str, int]]:
    """The modules imported before the first prompt, each with its own microseconds."""
    with tempfile.TemporaryFile() as log:
        environ = {**_environ(cache), "PYTHONPROFILEIMPORTTIME": "1"}
        laps(AMYO, [(b"", PROMPT)], environ, stderr=log.fileno())
        log.seek(0)
        lines = log.read().decode()
    found = re.findall(r"^import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)$", lines, re.MULTILINE)
    return [(name, int(own)) for own, name in found]


def heavy(names: list[str]) -> list[str]:
    """Those that are, or belong to, what must not be imported before the first question."""
    return [name for name in names if any(f"{name}.".startswith(f"{each}.") for each in HEAVY)]


def laps(
    argv: list[str],
    steps: list[tuple[bytes, bytes]],
    environ: Mapping[str, str],
    stderr: int | None = None,
) -> list[float]:
    """The seconds that each step takes of a command in a pseudo-terminal.

    A step is what is typed, and the text that must then appear. RuntimeError with all that was
    shown if the command ends before.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    begin, times, shown = time.perf_counter(), [], b""
    with subprocess.Popen(
        argv,
        stdin=slave,
        stdout=slave,
        stderr=slave if stderr is None else stderr,
        env=environ,
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            for typed, text in steps:
                os.write(master, typed)
                shown = b""
                while text not in shown:
                    part = os.read(master, 65_536)
                    if WHERE in part:  # a terminal says where its cursor is; without it we wait
                        os.write(master, b"\x1b[12;1R")
                    shown += part
                now = time.perf_counter()
                times.append(now - begin)
                begin = now
        except OSError:
            raise RuntimeError(shown.decode(errors="replace")) from None
        finally:
            process.kill()
            os.close(master)
    return times


def _environ(cache: Path) -> dict[str, str]:
    unset = ("PYTHONDONTWRITEBYTECODE", "ACCESSIBLE", "PYTHONIOENCODING")
    kept = {key: value for key, value in os.environ.items() if key not in unset}
    return {**kept, "XDG_CACHE_HOME": str(cache), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


def main(runs: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold = first_start(cache)
        found = compare(runs, cache)
        modules = imports(cache)
    cores, version = os.cpu_count(), platform.python_version()
    print(f"{cores} cores, Python {version}, {platform.machine()}; {runs} runs of each, by turns")
    for name, times in (
        ("libraries alone", found.libraries),
        ("first question", found.amyo),
        ("first answer", found.answer),
    ):
        middle, low, high = statistics.median(times), min(times), max(times)
        print(f"{name:16} median {middle:.3f} s  ({low:.3f} to {high:.3f})")
    print(f"{'ratio':16} {found.ratio:.2f}  (of the quickest {found.best_ratio:.2f})")
    print(f"{'without a cache':16} {cold:.3f} s, the very first start")
    unwanted = heavy([name for name, _ in modules])
    print(f"{len(modules)} modules imported before the first question, those that take longest:")
    for name, own in sorted(modules, key=lambda item: -item[1])[:10]:
        print(f"  {own / 1000:6.1f} ms  {name}")
    return tell(
        [
            at_most("first question, beside importing the libraries alone", found.ratio, LIMIT),
            Mark(f"heavy modules before the first question: {unwanted or 'none'}", not unwanted),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
