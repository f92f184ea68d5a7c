"""The first question comes at once: nothing heavy is imported for it, and little time goes by.

What is measured is `benchmarks/startup.py`; its figures are in docs/performance.md.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "startup.py"
ROUNDS, RUNS = 4, 4
GENEROUS = 4.0  # docs/performance.md promises 3, on a machine that does nothing else


@pytest.fixture(scope="module")
def startup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("startup", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["startup"] = module  # where its dataclass looks for itself
    spec.loader.exec_module(module)
    return module


def test_nothing_heavy_is_imported_before_the_first_question(
    startup: ModuleType, tmp_path: Path
) -> None:
    startup.first_start(tmp_path)  # which reads YAML and keeps what it read
    names = [name for name, _ in startup.imports(tmp_path)]
    assert "prompt_toolkit" in names
    assert "assistant.terminal.interactive" in names
    assert startup.heavy(names) == []


def test_what_is_heavy_would_be_noticed(startup: ModuleType) -> None:
    assert startup.heavy(["rules", "yaml.nodes", "yamlish", "rules.check", "rules.cache"]) == [
        "yaml.nodes",
        "rules.check",
    ]


def test_the_first_question_comes_soon_after_the_libraries(
    startup: ModuleType, tmp_path: Path
) -> None:
    ratios = []
    for _ in range(ROUNDS):  # a busy machine is no reason to fail: one quiet moment is enough
        ratios.append(startup.compare(RUNS, tmp_path).best_ratio)
        if ratios[-1] < GENEROUS:
            return
    raise AssertionError(f"{ratios}: see benchmarks/startup.py")
