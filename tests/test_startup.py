"""The first question comes at once: nothing heavy is imported for it, and little time goes by.

What is measured is `benchmarks/startup.py`; its figures are in docs/performance.md.
"""

from __future__ import annotations

from pathlib import Path

import startup

ROUNDS, RUNS = 4, 4
GENEROUS = 4.0  # docs/performance.md promises 3, on a machine that does nothing else


def test_nothing_heavy_is_imported_before_the_first_question(tmp_path: Path) -> None:
    startup.first_start(tmp_path)  # which reads YAML and keeps what it read
    names = [name for name, _ in startup.imports(tmp_path)]
    assert "prompt_toolkit" in names
    assert "assistant.terminal.interactive" in names
    assert startup.heavy(names) == []


def test_what_is_heavy_would_be_noticed() -> None:
    assert startup.heavy(["rules", "yaml.nodes", "yamlish", "rules.check", "rules.cache"]) == [
        "yaml.nodes",
        "rules.check",
    ]


def test_the_first_question_comes_soon_after_the_libraries(tmp_path: Path) -> None:
    ratios = []
    for _ in range(ROUNDS):  # a busy machine is no reason to fail: one quiet moment is enough
        ratios.append(startup.compare(RUNS, tmp_path).best_ratio)
        if ratios[-1] < GENEROUS:
            return
    raise AssertionError(f"{ratios}: see benchmarks/startup.py")
