"""The program as its users start it: a process, with pipes or in a window of a terminal."""

from __future__ import annotations

import atexit
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

AMYO = [sys.executable, "-m", "assistant"]
PATIENCE = 20.0  # seconds; two busy cores are no reason to fail

# What would change what is shown, or where things are kept.
_UNSET = ("NO_COLOR", "ACCESSIBLE", "COLUMNS", "LINES", "LC_ALL", "LC_MESSAGES", "LANGUAGE",
          "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PROMPT_TOOLKIT_NO_CPR",
          "PYTEST_CURRENT_TEST")  # fmt: skip


@functools.cache
def _home() -> str:
    folder = tempfile.mkdtemp(prefix="amyo-home-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of a user with a home of their own. None takes a variable out."""
    plain = {key: value for key, value in os.environ.items() if key not in _UNSET}
    ours = {
        "HOME": _home(),
        "XDG_CACHE_HOME": f"{_home()}/cache",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    merged: dict[str, str | None] = {**plain, **ours, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def amyo(
    *arguments: str | Path, stdin: str | bytes = "", **changes: str | None
) -> subprocess.CompletedProcess[str]:
    """Run the program with pipes to its end. What it prints must be UTF-8."""
    done = subprocess.run(
        [*AMYO, *map(str, arguments)],
        input=stdin if isinstance(stdin, bytes) else stdin.encode(),
        capture_output=True,
        env=environment(**changes),
        timeout=PATIENCE * 3,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def one_line_error(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error. AssertionError if it is not one, or no clean refusal."""
    assert done.returncode == 2, done
    assert done.stderr.startswith("Error: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == "", done.stdout
    return done.stderr.strip()


def flat(text: str) -> str:
    """The text with single spaces, all of them ordinary."""
    return " ".join(text.split())


class Window:
    """The program in a pseudo-terminal, and what stands on its screen."""

    def __init__(
        self, *arguments: str, rows: int = 24, columns: int = 80, **changes: str | None
    ) -> None:
        self.raw = b""
        self.rows, self.columns = rows, columns
        self._screen = pyte.HistoryScreen(columns, rows, history=5_000)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(
            AMYO[0],
            [*AMYO[1:], *arguments],
            dimensions=(rows, columns),
            env=environment(**changes),
            timeout=PATIENCE,
            echo=False,
        )
        self.child.delaybeforesend = None
        # A terminal answers when it is asked where its cursor stands.
        self._screen.write_process_input = lambda data: self.child.send(data.encode())

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *error: object) -> None:
        self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, row by row."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """What was shown so far, what has scrolled away included, with single spaces."""
        gone = ("".join(row[i].data for i in sorted(row)) for row in self._screen.history.top)
        return flat(" ".join((*gone, *self._screen.display)))

    @property
    def at_prompt(self) -> bool:
        """Whether the cursor stands behind an empty prompt."""
        line = self._screen.display[self._screen.cursor.y]
        return line.rstrip() == ">" and self._screen.cursor.x == 2

    def shows(self, text: str) -> bool:
        """Whether a text stands on the screen now."""
        return flat(text) in flat(" ".join(self.lines))

    def press(self, keys: str) -> None:
        """Send keys as they come from a keyboard."""
        self.child.send(keys)

    def enter(self, line: str) -> None:
        """Type a line, and Enter."""
        self.press(line + "\r")

    def look(self, seconds: float = 0.05) -> bool:
        """Take in what the program has sent; False if it has ended."""
        try:
            part = self.child.read_nonblocking(65_536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += part
        self._stream.feed(part)
        return True

    def wait(self, wanted: str | Callable[[], bool]) -> None:
        """Until a text was shown (whatever its spaces), or until something is so."""
        end = time.monotonic() + PATIENCE
        is_so = (lambda: flat(wanted) in self.text) if isinstance(wanted, str) else wanted
        while not is_so():
            if not self.look() or time.monotonic() > end:
                shown = "\n".join(self.lines)
                raise AssertionError(f"waited for {wanted!r}; on the screen:\n{shown}")

    def rest(self) -> None:
        """Until nothing more comes for a moment."""
        before = -1
        while len(self.raw) != before:
            before = len(self.raw)
            self.look(0.12)

    def resize(self, rows: int, columns: int) -> None:
        """Another size of the window; the kernel tells the program."""
        self.rows, self.columns = rows, columns
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def end(self) -> int:
        """Wait for the end of the program. Its exit status."""
        end = time.monotonic() + PATIENCE
        while self.look():
            assert time.monotonic() < end, "it does not end:\n" + "\n".join(self.lines)
        self.child.wait()
        assert self.child.exitstatus is not None, self.child.signalstatus
        return int(self.child.exitstatus)

    def colours(self) -> set[int]:
        """The parameters of every SGR sequence that choose a colour."""
        found = re.findall(rb"\x1b\[([0-9;]*)m", self.raw)
        numbers = {int(number) for codes in found for number in codes.split(b";") if number}
        return {
            n for n in numbers if n in range(30, 39) or n in range(40, 49) or n in range(90, 108)
        }
