"""Cases whose diagnosis is known: dialogue files and Phenopackets, and what each of them is.

What a case is stands in a table (tab-separated, with the columns `file` and `expected`), or in the
dialogue itself (`expect.leading`); the table goes first.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.script import SUFFIXES
from assistant.language.text import clean, shorten
from assistant.reasoning.differential import OTHER
from assistant.reasoning.facts import Answers
from assistant.records.case import CaseError, read_case
from rules.model import Knowledge, Tier

COLUMNS = ("file", "expected")
LONGEST_QUOTE = 200


@dataclass(frozen=True)
class KnownCase:
    """A case and what it is: a diagnosis, or `OTHER`. `tier` is the furthest it lets one ask for."""

    file: str
    answers: Answers
    expected: str
    tier: Tier


@dataclass(frozen=True)
class Cohort:
    """Cases in order of name; `left_out` are the files of which nothing says what they are."""

    cases: tuple[KnownCase, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Truths:
    """The table of what each file is: where it stands, and what it says."""

    path: Path
    text: str


class CohortError(Exception):
    """Cases or a table that cannot be used: every problem in one line, with file and line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def find_cases(paths: Iterable[Path]) -> list[Path]:
    """The files among files and folders that may hold a case, each once, in order of name."""
    found: dict[str, Path] = {}
    for path in find_dialogues(paths, (*SUFFIXES, ".json")):
        found.setdefault(_place(path), path)
    return list(found.values())


def read_cohort(
    texts: Mapping[Path, str], paths: Sequence[Path], truths: Truths | None, knowledge: Knowledge
) -> Cohort:
    """The cases in files. `texts` is what the files hold that were found under `paths`.

    Every file must be a case, and every line of the table name one. Every case must have its
    diagnosis if there is a table, or if the file is itself among the paths; else it is left out.
    CohortError with all that is wrong.
    """
    problems: list[str] = []
    told = _of_table(truths, list(texts), paths, knowledge, problems) if truths else {}
    cases: list[KnownCase] = []
    left_out: list[str] = []
    for path, text in texts.items():
        try:
            case = read_case(path, text, knowledge)
        except CaseError as error:
            problems.append(str(error))
            continue
        expected = told.get(path) or case.expected
        if expected:
            cases.append(KnownCase(str(path), case.answers, expected, case.tier))
        elif truths:
            problems.append(f"{path}: no line of {truths.path} says what it is: add one")
        elif path in paths:
            problems.append(f"{path}: nothing says what it is: give a table with --expected")
        else:
            left_out.append(str(path))
    if problems:
        raise CohortError(problems)
    return Cohort(tuple(cases), tuple(left_out))


def _of_table(
    truths: Truths,
    files: Sequence[Path],
    paths: Iterable[Path],
    knowledge: Knowledge,
    problems: list[str],
) -> dict[Path, str]:
    """The diagnosis of each file that the table names. Adds to the problems what is wrong."""
    find = _Finder.of(truths.path, files, paths)
    found: dict[Path, tuple[str, int]] = {}
    for line, (name, expected) in _rows(truths):
        where = f"{truths.path}:{line}"
        if expected not in knowledge.diagnoses and expected != OTHER:
            id_ = _quoted(expected)
            problems.append(f"{where}: there is no diagnosis {id_}: see amyo knowledge list")
            continue
        meant = find(name)
        if not meant:
            problems.append(f"{where}: no case {_quoted(name)} is among the files given")
        elif len(meant) > 1:
            told = ", ".join(map(str, meant[:3]))
            problems.append(f"{where}: {_quoted(name)} may be {told}: give its path")
        elif meant[0] in found:
            before = found[meant[0]][1]
            problems.append(f"{where}: line {before} says already what {meant[0]} is")
        else:
            found[meant[0]] = expected, line
    return {path: expected for path, (expected, _) in found.items()}


def _rows(truths: Truths) -> Iterator[tuple[int, tuple[str, str]]]:
    """Each line of the table with its number: the file that it names and what that is. CohortError
    if it cannot be read as a table."""
    lines = truths.text.removeprefix("\ufeff").splitlines()
    reader = csv.DictReader(lines, delimiter="\t", strict=True)
    try:
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            wanted = " and ".join(COLUMNS)
            problem = f"{truths.path}:1: the columns {wanted} are needed, with a tab between them"
            raise CohortError([problem])
        for row in reader:
            file, expected = ((row[column] or "").strip() for column in COLUMNS)
            yield reader.line_num, (file, expected)
    except csv.Error as error:
        raise CohortError([f"{truths.path}:{reader.line_num}: no table: {error}"]) from None


@dataclass(frozen=True)
class _Finder:
    """Which files a name means: seen from the table, from the paths given, from where one is, or
    else by the name alone."""

    folders: tuple[tuple[Path, ...], ...]
    by_place: Mapping[str, Path]
    by_name: Mapping[str, Sequence[Path]]

    @classmethod
    def of(cls, table: Path, files: Iterable[Path], paths: Iterable[Path]) -> _Finder:
        given = tuple(path if path.is_dir() else path.parent for path in paths)
        by_name: defaultdict[str, list[Path]] = defaultdict(list)
        for file in files:
            by_name[file.name].append(file)
        by_place = {_place(file): file for file in files}
        return cls(((table.parent,), given, (Path(),)), by_place, by_name)

    def __call__(self, name: str) -> Sequence[Path]:
        for folders in self.folders:
            places = dict.fromkeys(_place(folder / name) for folder in folders)
            found = [self.by_place[place] for place in places if place in self.by_place]
            if found:
                return found
        return self.by_name.get(name, ())


def _place(path: Path) -> str:
    return os.path.normpath(path.absolute())  # without the disk, which may refuse what is named


def _quoted(text: str) -> str:
    return f"“{shorten(clean(text), LONGEST_QUOTE)}”"
