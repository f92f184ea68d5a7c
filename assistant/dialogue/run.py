"""Replay the dialogues of files and folders, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.dialogue.replay import find_dialogues, replay
from assistant.dialogue.replay_report import Report
from assistant.dialogue.script import DialogueError, read_dialogue
from assistant.reasoning.differential import Reasoner

SHIPPED = Path(__file__).parent.parent / "shipped_dialogues"  # where a wheel carries them


def shipped_dialogues() -> Path:
    """The folder of the dialogues that come with the program."""
    return SHIPPED if SHIPPED.is_dir() else Path(__file__).parent.parent.parent / "dialogues"


def run_file(reasoner: Reasoner, path: Path, name: str) -> Report:
    """Replay one file in every language."""
    try:
        dialogue = read_dialogue(path, reasoner.knowledge, name)
    except DialogueError as error:
        return Report(name, unreadable=str(error))
    return Report(name, replay(reasoner, dialogue), miss=dialogue.miss is not None)


def run_all(reasoner: Reasoner, paths: Iterable[Path]) -> Iterator[Report]:
    """Replay every dialogue under the paths, in order of name."""
    for path in find_dialogues(paths):
        yield run_file(reasoner, path, str(path))
