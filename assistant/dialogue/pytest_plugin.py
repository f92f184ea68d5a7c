"""Collects dialogue files as tests: one for each file and language.

pytest loads it by itself once amyo is installed. A YAML file below a folder named `dialogues` is
a test; such a folder given to pytest that holds no dialogue is an error, not a success.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from assistant.dialogue.replay_report import Report
    from assistant.reasoning.differential import Reasoner

FOLDER = "dialogues"


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """A collector for a dialogue file."""
    from assistant.dialogue.script import SUFFIXES

    if file_path.suffix in SUFFIXES and FOLDER in file_path.parts:
        return DialogueFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)  # before `-k` and the like leave items out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A folder of dialogues without a dialogue fails: a run of nothing is no success."""
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        found = (
            isinstance(item, DialogueItem) and item.path.is_relative_to(path) for item in items
        )
        if path.is_dir() and FOLDER in path.parts and not any(found):
            raise pytest.UsageError(f"no dialogue found under {path}")


class DialogueFile(pytest.File):
    """A dialogue file, with a test for each language."""

    def collect(self) -> Iterator[DialogueItem]:
        from assistant.language.catalogue import LANGUAGES

        for lang in LANGUAGES:
            item = DialogueItem.from_parent(self, name=lang)
            if self.config.pluginmanager.hasplugin("xdist"):  # both languages are held together
                item.add_marker(pytest.mark.xdist_group(str(self.path)))
            yield item


class DialogueItem(pytest.Item):
    """A dialogue in one language."""

    def runtest(self) -> None:
        report = _report(self.path)
        failed = [r for r in report.results if r.lang == self.name and r.failures]
        if not report.passed and (report.unreadable or failed or report.miss):
            raise DialogueFailed(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        if isinstance(excinfo.value, DialogueFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.parent.name}/{self.path.stem} [{self.name}]"


class DialogueFailed(AssertionError):
    """A dialogue that did not go as expected."""

    def __init__(self, report: Report) -> None:
        from assistant.dialogue.replay_report import text

        super().__init__(text(report))


@cache
def _reasoner() -> Reasoner:
    from assistant.reasoning.differential import Reasoner
    from rules.check import load

    return Reasoner.of(load())


@cache
def _report(path: Path) -> Report:
    from assistant.dialogue.run import run_file

    return run_file(_reasoner(), path, str(path))
