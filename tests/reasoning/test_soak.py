"""`benchmarks/soak.py`, shortened: memory stays flat over many cases."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def soak(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "benchmarks/soak.py", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_thousand_cases_leave_nothing_in_memory() -> None:
    run = soak("--cases", "1000", "--warm-up", "200")
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    grown = re.search(r"grown by ([+-][\d.]+) MB", out)
    assert grown is not None
    assert float(grown[1]) <= 5
    assert re.search(r"cases: 1000, rules fired: \d{3,},", out)


def test_growth_over_the_limit_is_a_failure() -> None:
    run = soak("--cases", "1", "--warm-up", "1", "--limit-mb", "-1000")
    out, _ = run.communicate(timeout=120)
    assert run.returncode == 1
    assert re.search(r"^NOT MET: memory grown: \S+ MB, at most -1000 MB$", out, re.MULTILINE)


def test_ctrl_c_ends_it_without_a_traceback() -> None:
    run = soak("--cases", "1000000")
    assert run.stdout is not None
    assert "cases" in run.stdout.readline()
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 130
    assert "Traceback" not in err
