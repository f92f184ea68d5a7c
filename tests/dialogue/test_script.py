"""Dialogue files: what is read, and that every fault is told with its file and line."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import LONGEST_MESSAGE, DialogueError, logged, read_dialogue
from rules.load import MAX_FILE_BYTES
from rules.model import Knowledge, Tier

TITLE = "title: {fr: Un cas, en: A case}\n"
PATIENT = TITLE + "patient:\n  age: 34\n  answers:\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refused(folder: Path, text: str | bytes, knowledge: Knowledge) -> list[str]:
    """The problems of a file, which each begin with the file and a line that exists."""
    path = write(folder, text)
    with pytest.raises(DialogueError) as caught:
        read_dialogue(path, knowledge, "case.yaml")
    told = str(caught.value).splitlines()
    lines = path.read_bytes().count(b"\n") + 1
    for problem in told:
        match = re.match(r"case\.yaml:(\d+): [DR]\d{3} .", problem)
        assert match, problem
        assert 1 <= int(match[1]) <= lines
        assert len(problem) < LONGEST_MESSAGE + 40
        assert problem.isprintable()
    return told


def test_a_title_is_enough(tmp_path: Path, small: Knowledge) -> None:
    dialogue = read_dialogue(write(tmp_path, TITLE), small)
    assert dialogue.title.en == "A case"
    assert dialogue.answers == {}
    assert dialogue.tier is Tier.GENETICS


def test_answers_are_read_as_the_log_keeps_them(tmp_path: Path, small: Knowledge) -> None:
    text = (
        TITLE
        + """
kind: hard
tier: sign
patient:
  age: 34
  sex: male
  answers:
    pain: yes
    weakness: "no"
    duration: P4W
    age_at_onset: 33.5
    complaint: [pain]
    reflexes: unknown
"""
    )
    dialogue = read_dialogue(write(tmp_path, text), small)
    assert dialogue.tier is Tier.SIGN
    assert dialogue.answers == {
        "age": ("34",), "sex": ("male",), "pain": ("yes",), "weakness": ("no",),
        "duration": ("P4W",), "age_at_onset": ("33.5",), "complaint": ("pain",), "reflexes": ("unknown",),
    }  # fmt: skip


def test_french_texts_are_typeset(tmp_path: Path, small: Knowledge) -> None:
    dialogue = read_dialogue(write(tmp_path, "title: {fr: 'Une question ?', en: 'A question ?'}\n"), small)  # fmt: skip
    assert dialogue.title.fr == "Une question\u202f?"
    assert dialogue.title.en == "A question ?"


@pytest.mark.parametrize(("value", "kept"), [("a", ("a",)), (34, ("34",)), (34.0, ("34",)), (0.25, ("0.25",)), (("a", "b"), ("a", "b"))])  # fmt: skip
def test_values_of_a_file_become_strings(value: str | int | float | tuple[str, ...], kept: tuple[str, ...]) -> None:  # fmt: skip
    assert logged(value) == kept


FAULTS = {
    "an unknown key": (TITLE + "kinde: hard\n", 2, "unknown key “kinde”"),
    "an unknown key deep inside": (TITLE + "expect:\n  leadin: plexitis\n", 3, "unknown key “expect.leadin”"),
    "the name of a field of the program": (TITLE + "expect:\n  not_: [plexitis]\n", 3, "unknown key"),
    "a key that stands twice": (TITLE + "kind: hard\nkind: typical\n", 3, "stands twice"),
    "an answer that stands twice": (PATIENT + "    pain: 'no'\n    pain: 'yes'\n", 6, "stands twice"),
    "no title": ("patient: {age: 3}\n", 1, "“title” is missing"),
    "a title in one language": ("title: {fr: Un cas}\n", 1, "“title.en” is missing"),
    "an empty title": ("title: {fr: '', en: A case}\n", 1, "title.fr"),
    "a kind that does not exist": (TITLE + "kind: easy\n", 2, "kind"),
    "an unknown finding": (PATIENT + "    pian: 'yes'\n", 5, "no finding “pian”"),
    "an unknown value": (PATIENT + "    pain: maybe\n", 5, "“maybe” is no answer to pain: use one of yes, no"),
    "true for yes": (PATIENT + "    pain: true\n", 5, "pain"),
    "a number for a word": (PATIENT + "    pain: 1\n", 5, "“1” is no answer to pain"),
    "two answers to a choice": (PATIENT + "    pain: ['yes', 'no']\n", 5, "takes one answer"),
    "none of these with others": (PATIENT + "    warning_signs: [none, choking]\n", 5, "cannot go with other answers"),
    "an empty list": (PATIENT + "    complaint: []\n", 5, "empty list"),
    "an unknown option": (PATIENT + "    weak_muscles: [deltoid, tongue]\n", 5, "“tongue” is no answer"),
    "a list of numbers": (PATIENT + "    weak_muscles: [1, 2]\n", 5, "weak_muscles"),
    "a mapping for an answer": (PATIENT + "    pain: {yes: no}\n", 5, "pain"),
    "nothing for an answer": (PATIENT + "    pain:\n", 5, "pain"),
    "an impossible age": (TITLE + "patient: {age: 121}\n", 2, "age"),
    "a negative age": (TITLE + "patient: {age: -1}\n", 2, "age"),
    "a word for an age": (TITLE + "patient: {age: old}\n", 2, "age"),
    "no number for an age": (TITLE + "patient: {age: .nan}\n", 2, "age"),
    "true for an age": (TITLE + "patient: {age: true}\n", 2, "age"),
    "an unknown sex": (TITLE + "patient: {sex: man}\n", 2, "sex"),
    "a length of time in words": (PATIENT + "    duration: two weeks\n", 5, "“two weeks” is no answer to duration"),
    "an age at onset out of range": (PATIENT + "    age_at_onset: 200\n", 5, "“200” is no answer"),
    "an unknown diagnosis": (TITLE + "expect:\n  leading: gout\n", 3, "no diagnosis “gout”"),
    "an unknown diagnosis in a list": (TITLE + "expect:\n  not:\n    - plexitis\n    - gout\n", 4, "no diagnosis “gout”"),
    "an unknown pattern": (TITLE + "expect: {patterns: [nothing]}\n", 2, "no pattern “nothing”"),
    "an unknown site": (TITLE + "expect: {sites: [nowhere]}\n", 2, "no site “nowhere”"),
    "an unknown red flag": (TITLE + "expect: {red_flags: [none]}\n", 2, "no red flag “none”"),
    "an unknown red flag to be judged": (TITLE + "expect:\n  red_flag_verdicts: {none: met}\n", 3, "no red flag “none”"),
    "an unknown verdict": (TITLE + "expect:\n  red_flag_verdicts: {breathing: raised}\n", 3, "red_flag_verdicts"),
    "an unknown finding to be asked": (TITLE + "expect: {asked: [pian]}\n", 2, "no finding “pian”"),
    "no questions at all": (TITLE + "expect: {questions_at_most: 0}\n", 2, "questions_at_most"),
    "half a question": (TITLE + "expect: {questions_at_most: 1.5}\n", 2, "questions_at_most"),
    "a turn without words": (TITLE + "turns:\n  - ask: age\n", 3, "“turns.0.say” is missing"),
    "a turn of words in one language": (TITLE + "turns:\n  - say: {fr: oui}\n", 3, "say"),
    "a turn that asks what is not there": (TITLE + "turns:\n  - ask: pian\n    say: oui\n", 3, "no finding “pian”"),
    "a turn that understands what is not there": (TITLE + "turns:\n  - say: oui\n    understood: {pain: maybe}\n", 4, "“maybe” is no answer"),
    "turns that are no list": (TITLE + "turns: {say: oui}\n", 2, "turns"),
    "a list": ("- title\n", 1, "mapping"),
    "a word": ("hello\n", 1, "mapping"),
    "nothing": ("", 1, "empty"),
    "only a comment": ("# nothing here\n", 1, "empty"),
    "bytes that are no UTF-8": (b"title: {fr: \xe9t\xe9, en: summer}\n", 1, "utf-8"),
    "a NUL": (b"title: \x00\n", 1, ""),
    "a bracket left open": (TITLE + "patient: {age: 3\n", 3, "unreadable YAML"),
    "a tag": (TITLE + "note: !!python/object/apply:os.system [ls]\n", 2, "tag"),
    "a tab for an indent": (TITLE + "patient:\n\tage: 3\n", 3, "unreadable YAML"),
    "too much nesting": (TITLE + "note: " + "[" * 500 + "]" * 500 + "\n", 2, "nested too deeply"),
    "aliases that multiply": ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [" + ",".join([f"*{p}"] * 9) + "]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)), 6, "too many"),
    "escapes in a key": (TITLE + '"\\e[2J\\x07\\u202Ekey": 1\n', 2, "unknown key “key”"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path: Path, small: Knowledge, fault: str) -> None:
    text, line, words = FAULTS[fault]
    told = refused(tmp_path, text, small)
    assert any(problem.startswith(f"case.yaml:{line}: ") and words in problem for problem in told), told  # fmt: skip


def test_all_faults_of_one_kind_are_told_at_once(tmp_path: Path, small: Knowledge) -> None:
    text = PATIENT + "    pian: 'yes'\n    pain: maybe\nexpect: {leading: gout, asked: [x_y]}\n"
    assert len(refused(tmp_path, text, small)) == 4


def test_one_fault_is_told_once(tmp_path: Path, small: Knowledge) -> None:
    for fault in ("a mapping for an answer", "true for yes", "an unknown key", "no title"):
        assert len(refused(tmp_path, FAULTS[fault][0], small)) == 1, fault


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path, small: Knowledge) -> None:
    text = TITLE + "note: {fr: " + "a" * MAX_FILE_BYTES + ", en: x}\n"
    (told,) = refused(tmp_path, text, small)
    assert "too large" in told


def test_a_large_file_of_nothing_but_faults_is_refused_quickly(
    tmp_path: Path, small: Knowledge
) -> None:
    text = TITLE + "".join(f"key_{i}: {i}\n" for i in range(20_000))
    began = time.perf_counter()
    refused(tmp_path, text, small)
    assert time.perf_counter() - began < 8.0


def test_a_file_that_is_not_there_is_told_like_any_other(tmp_path: Path, small: Knowledge) -> None:
    with pytest.raises(DialogueError, match=r"none\.yaml:1: R001 "):
        read_dialogue(tmp_path / "none.yaml", small, "none.yaml")
    with pytest.raises(DialogueError, match="R001"):
        read_dialogue(tmp_path, small)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path, small: Knowledge) -> None:
    text = b"\xef\xbb\xbf" + PATIENT.replace("\n", "\r\n").encode() + b"    pain: 'yes'\r\n"
    assert read_dialogue(write(tmp_path, text), small).answers["pain"] == ("yes",)


def test_the_error_can_carry_a_note(tmp_path: Path, small: Knowledge) -> None:
    with pytest.raises(DialogueError) as caught:
        read_dialogue(write(tmp_path, ""), small)
    caught.value.add_note("seen while testing")
    assert caught.value.__notes__ == ["seen while testing"]


def test_dialogues_are_found_in_folders_each_once_in_order(tmp_path: Path) -> None:
    names = ["b/2.yaml", "a/1.yml", "a/3.yaml", "a/notes.txt", "c/deep/er/4.yaml"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TITLE)
    (tmp_path / "folder.yaml").mkdir()
    found = find_dialogues([tmp_path, tmp_path / "a" / "1.yml"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/1.yml", "a/3.yaml", "b/2.yaml", "c/deep/er/4.yaml"]  # fmt: skip
    assert find_dialogues([tmp_path / "a" / "notes.txt"]) == [tmp_path / "a" / "notes.txt"]


def test_every_shipped_dialogue_can_be_read(shipped: Knowledge) -> None:
    paths = find_dialogues([shipped_dialogues()])
    assert len(paths) >= 2 * len(shipped.diagnoses)
    for path in paths:
        read_dialogue(path, shipped)
