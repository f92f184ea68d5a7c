"""Dialogue files are tests of pytest: each a test in each language, and none a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.dialogue.run import shipped_dialogues

PASSING = "title: {fr: Un cas, en: A case}\nturns: [{ask: age, say: '34', understood: {age: 34}}]\n"
FAILING = PASSING + "expect: {leading: als}\n"
BROKEN = "title: {fr: Un cas}\n"


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and output of pytest in a folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTEST_ADDOPTS": "", "COLUMNS": "120"},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dialogues" / "als").mkdir(parents=True)
    return tmp_path


def test_dialogues_are_collected_once_a_language_and_failures_can_be_read(folder: Path) -> None:
    (folder / "dialogues" / "als" / "passing.yaml").write_text(PASSING)
    (folder / "dialogues" / "als" / "failing.yml").write_text(FAILING)
    (folder / "dialogues" / "als" / "broken.yaml").write_text(BROKEN)
    (folder / "dialogues" / "als" / "notes.txt").write_text("no dialogue")
    (folder / "other.yaml").write_text("not below a folder of dialogues: [")
    status, told = run(folder, "-v")
    assert status == 1
    assert "4 failed, 2 passed" in told
    assert "passing.yaml::fr PASSED" in told
    assert "passing.yaml::en PASSED" in told
    assert "expected: als" in told
    assert "obtained: " in told
    assert "broken.yaml:1: D001 “title.en” is missing" in told
    assert "Traceback" not in told
    assert "script.py" not in told  # the story, not where in the program it was noticed


def test_a_dialogue_can_be_chosen_by_its_language(folder: Path) -> None:
    path = folder / "dialogues" / "als" / "passing.yaml"
    path.write_text(PASSING)
    status, told = run(folder, "dialogues/als/passing.yaml::fr")
    assert status == 0
    assert "1 passed" in told


def test_a_folder_of_dialogues_without_a_dialogue_is_an_error(folder: Path) -> None:
    status, told = run(folder, "dialogues")
    assert status == 4
    assert f"no dialogue found under {folder / 'dialogues'}" in told
    assert "Traceback" not in told


def test_leaving_dialogues_out_by_name_is_no_error(folder: Path) -> None:
    (folder / "dialogues" / "als" / "passing.yaml").write_text(PASSING)
    (folder / "test_other.py").write_text("def test_other():\n    pass\n")
    status, told = run(folder, "dialogues", "test_other.py", "-k", "test_other")
    assert status == 0, told
    assert "1 passed, 2 deselected" in told


def test_the_shipped_dialogues_are_collected() -> None:
    folder = shipped_dialogues()
    status, told = run(folder.parent, "dialogues/als", "--collect-only")
    assert status == 0, told
    assert told.count("::fr") == told.count("::en") == len(list((folder / "als").glob("*.yaml")))
