"""Accepting what was obtained rewrites `expect:` and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.dialogue import accept
from assistant.dialogue.accept import accepted, rewrite
from assistant.dialogue.replay import replay
from assistant.dialogue.script import Dialogue, Expect, read_dialogue
from assistant.reasoning.differential import Reasoner

BEFORE = """\
# A comment at the top.
title: {fr: "Un cas", en: "A case"}   # beside the title
kind: hard     # why it is hard

patient:
  age: 61
  answers:   # those of the report
    complaint: [weakness]
    reflexes: brisk        # "no" would be another case
    emg: neurogenic
"""
EXPECT = """\
expect:
  # within
  leading: myopathy     # wrong
  not: [motor_neuron_disease]
  questions_at_most: 3
"""
AFTER = """
# A comment before what follows.
turns: []   # none
# The last line.
"""
NEW = Expect.model_validate({"leading": "plexitis", "not": ["myopathy"], "red_flags": []})
WRITTEN = "expect:\n  leading: plexitis\n  not:\n  - myopathy\n  red_flags: []\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (BEFORE + EXPECT, BEFORE + WRITTEN),
        (BEFORE + EXPECT + AFTER, BEFORE + WRITTEN + AFTER),
        (EXPECT + BEFORE, WRITTEN + BEFORE),
        (BEFORE + EXPECT.rstrip("\n"), BEFORE + WRITTEN),
        (BEFORE, BEFORE + WRITTEN),
        (BEFORE.rstrip("\n"), BEFORE + WRITTEN),
        (BEFORE + "expect: {leading: myopathy}\n" + AFTER, BEFORE + WRITTEN + AFTER),
        (BEFORE + "expect: {leading: myopathy,\n  not: [plexitis]\n}\n" + AFTER, BEFORE + WRITTEN + AFTER),
        (BEFORE + "expect: {}\n", BEFORE + WRITTEN),
        (BEFORE + "expect: {}", BEFORE + WRITTEN),
        (BEFORE + EXPECT + "\n\n# the end\n", BEFORE + WRITTEN + "\n\n# the end\n"),
        (BEFORE + "expect:\n  leading: myopathy\n\n# at the margin\n  not: [plexitis]\n" + AFTER, BEFORE + WRITTEN + AFTER),
    ],
    ids=["last", "in the middle", "first", "no last line end", "none", "none, no line end", "in one line",
         "in braces", "empty", "empty, no line end", "comments after", "a comment at the margin"],
)  # fmt: skip
def test_only_the_expectations_are_rewritten(tmp_path: Path, text: str, written: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    rewrite(path, NEW)
    assert path.read_text(encoding="utf-8") == written
    data = yaml.safe_load(written)
    assert Expect.model_validate(data.pop("expect")) == NEW
    before = yaml.safe_load(text)
    before.pop("expect", None)
    assert data == before
    assert list(tmp_path.iterdir()) == [path]


def test_rewriting_twice_changes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BEFORE + EXPECT + AFTER, encoding="utf-8")
    rewrite(path, NEW)
    once = path.read_text(encoding="utf-8")
    rewrite(path, NEW)
    assert path.read_text(encoding="utf-8") == once


@pytest.mark.parametrize("failing", ["replace", "write_text"])
def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BEFORE + EXPECT, encoding="utf-8")

    def fail(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(accept.Path, failing, fail)
        with pytest.raises(OSError, match="No space left"):
            rewrite(path, NEW)
    assert path.read_text(encoding="utf-8") == BEFORE + EXPECT
    assert list(tmp_path.iterdir()) == [path]


WRONG = {
    "leading": "myopathy", "differential": ["plexitis", "other"], "not": ["motor_neuron_disease", "myopathy"],
    "sites": ["lower_motor_neuron"], "patterns": ["arm"], "red_flags": ["breathing"], "asked": ["pain_site", "age"],
    "not_asked": ["age", "pain_site"], "questions_at_most": 2,
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
def test_each_wrong_expectation_becomes_what_was_obtained(
    reasoner: Reasoner, tmp_path: Path, key: str
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BEFORE + yaml.safe_dump({"expect": {key: WRONG[key]}}), encoding="utf-8")
    dialogue = read_dialogue(path, reasoner.knowledge)
    results = replay(reasoner, dialogue)
    assert any(result.failures for result in results)
    rewrite(path, accepted(dialogue, results))
    again = read_dialogue(path, reasoner.knowledge)
    assert not any(result.failures for result in replay(reasoner, again))
    others = Expect().model_dump(exclude={key if key != "not" else "not_"})
    assert again.expect.model_dump(exclude={key if key != "not" else "not_"}) == others


def test_what_was_met_stays_as_it_was(reasoner: Reasoner, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BEFORE + "expect: {leading: myopathy, questions_at_most: 29, asked: [age]}\n")
    dialogue = read_dialogue(path, reasoner.knowledge)
    new = accepted(dialogue, replay(reasoner, dialogue))
    assert new.leading == "motor_neuron_disease"
    assert new.questions_at_most == 29
    assert new.asked == ("age",)


def test_a_verdict_that_failed_is_not_accepted(reasoner: Reasoner, tmp_path: Path) -> None:
    """As with criteria: a verdict says what must not be missed, and is mended by hand."""
    path = tmp_path / "case.yaml"
    path.write_text(BEFORE + "expect: {leading: myopathy, red_flag_verdicts: {breathing: met}}\n")
    dialogue = read_dialogue(path, reasoner.knowledge)
    rewrite(path, accepted(dialogue, replay(reasoner, dialogue)))
    again = read_dialogue(path, reasoner.knowledge)
    assert again.expect.leading == "motor_neuron_disease"
    assert again.expect.red_flag_verdicts == {"breathing": "met"}


def test_a_dialogue_that_passes_is_accepted_unchanged(reasoner: Reasoner) -> None:
    told = Dialogue.model_validate({"title": {"fr": "a", "en": "a"}, "expect": {"asked": ["age"]}})
    assert accepted(told, replay(reasoner, told)) == told.expect
