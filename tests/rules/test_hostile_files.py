"""Whatever stands in a file, reading it gives problems or knowledge: no traceback, no waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reasoning.differential import Reasoner, conclude
from rules.check import problems
from rules.load import MAX_FILE_BYTES, Sources, read, read_plain, read_text
from rules.problem import Problem

BASE = Path(__file__).parents[1] / "bad_knowledge" / "base.yaml"
ROOT = Path(__file__).parents[2]


def found_in(path: Path, content: str | bytes) -> list[Problem]:
    raw = content.encode() if isinstance(content, str) else content
    path.write_bytes(raw)
    return problems(*read([BASE, path]))


HOSTILE = {
    "not UTF-8": ("findings: {caf\xe9: 1}\n".encode("latin-1"), "R001", 1),
    "a NUL": ("findings: \0\n", "R001", 1),
    "a tag": ("references:\n  a: !!python/object:os.system {}\n", "R001", 2),
    "a tag of YAML itself": ("references:\n  a: !!int x\n", "R001", 2),
    "a tag on a list": ("references: !mine [a]\n", "R001", 1),
    "nothing": ("", "R001", 1),
    "white space": ("\n  \n", "R001", 1),
    "two documents": ("references: {}\n---\nreferences: {}\n", "R001", 2),
    "a list": ("- a\n- b\n", "R005", 1),
    "a word": ("knowledge\n", "R005", 1),
    "a list in a section": ("references:\n  - a\n", "R005", 2),
    "a number for a record": ("references:\n  a_1999: 12\n", "R005", 2),
    "null for a record": ("references:\n  a_1999:\n", "R005", 2),
    "a list for a key": ("? [a, b]\n: c\n", "R003", 2),
    "an alias without anchor": ("references: *nowhere\n", "R001", 1),
    "a tab for indentation": ("references:\n\ta: b\n", "R001", 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_problem(name: str, tmp_path: Path) -> None:
    content, code, line = HOSTILE[name]
    path = tmp_path / "hostile.yaml"
    found = found_in(path, content)
    assert [(p.code, p.path, p.line) for p in found] == [(code, str(path), line)]


def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    found = found_in(tmp_path / "large.yaml", "# " + "x" * MAX_FILE_BYTES)
    assert [p.code for p in found] == ["R001"]


def test_a_folder_and_a_file_that_is_not_there_are_problems(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.yaml"):
        assert [p.code for p in problems(*read([BASE, path]))] == ["R001"]


@pytest.mark.parametrize("levels", [9, 30])
def test_aliases_of_aliases_are_refused_at_once(levels: int, tmp_path: Path) -> None:
    lines = ["a0: &a0 [" + "x, " * 9 + "x]"]
    lines += [f"a{i}: &a{i} [" + f"*a{i - 1}, " * 9 + f"*a{i - 1}]" for i in range(1, levels)]
    began = time.monotonic()
    found = found_in(tmp_path / "bomb.yaml", "\n".join(lines))
    assert [p.code for p in found] == ["R001"]
    assert time.monotonic() - began < 2


def test_a_long_chain_of_aliases_is_refused_before_it_is_followed(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 400))]
    assert [p.code for p in found_in(tmp_path / "chain.yaml", "\n".join(lines))] == ["R001"]


DEEP = """
from rules.load import read_plain
for depth in (60, 20_000, 600_000):
    for text in ("[" * depth, "{a: " * depth, "- " * depth + "x"):
        print(*(problem.code for problem in read_plain("a:\\n  " + text, "deep")[1].problems))
"""


def test_deep_nesting_is_a_problem_and_not_the_end_of_the_process() -> None:
    # libyaml composes recursively, in C: without the bound this is a segmentation fault.
    done = subprocess.run(
        [sys.executable, "-c", DEEP],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["R001"] * 9


@pytest.mark.parametrize("number", ["0b_", "0x_", "9" * 5_000, "1e999999999999"])
def test_a_number_that_python_cannot_read_is_a_problem(number: str, tmp_path: Path) -> None:
    text = BASE.read_text(encoding="utf-8").replace("per_100k: 27", f"per_100k: {number}")
    path = tmp_path / "number.yaml"
    path.write_text(text, encoding="utf-8")
    (problem,) = problems(*read([path]))
    assert problem.code == "R005"
    assert text.splitlines()[problem.line - 1].strip() == f"per_100k: {number}"


def test_answers_stay_strings_whatever_yaml_makes_of_them() -> None:
    text = "[yes, no, on, true, false, 2024-05-12, 12:30:00, ~, 3, 0.5]"
    data, sources = read_plain(text, "plain")
    assert sources.problems == []
    assert data[:6] == ["yes", "no", "on", True, False, "2024-05-12"]
    assert data[7:] == [None, 3, 0.5]


@given(content=st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_give_data_or_problems(
    content: str | bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    path.write_bytes(raw)
    sources = Sources()
    text = read_text(path, "any", sources)
    data = None
    if text is not None:
        data, sources = read_plain(text, "any")
    assert data is None or not any(p.code == "R001" for p in sources.problems)


WORDS = ["yes", "0", "-1", ".nan", "[]", "{}", "~", "unknown", "pain", "arm", "several", "*ages"]


@settings(max_examples=80)
@given(data=st.data())
def test_knowledge_with_any_slip_is_refused_or_can_be_reasoned_with(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A word is replaced, a line deleted or doubled: never a traceback, then or later."""
    lines = BASE.read_text(encoding="utf-8").splitlines()
    i = data.draw(st.integers(0, len(lines) - 1), "line")
    words = lines[i].split(" ")
    j = data.draw(st.integers(0, len(words) - 1), "word")
    word = data.draw(st.sampled_from(WORDS), "in its place")
    slips = {
        "replace": [" ".join([*words[:j], word, *words[j + 1 :]])],
        "delete": [],
        "double": [lines[i], lines[i]],
    }
    lines[i : i + 1] = slips[data.draw(st.sampled_from(sorted(slips)), "slip")]
    path = tmp_path_factory.getbasetemp() / "slip.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    knowledge, sources = read([path])
    if not problems(knowledge, sources):
        first = {id_: (next(iter(f.values)),) for id_, f in knowledge.findings.items()}
        outcome = conclude(Reasoner.of(knowledge), first)
        assert sum(h.probability for h in outcome.hypotheses) == pytest.approx(1)
