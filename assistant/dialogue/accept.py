"""Rewrite the expectations of a dialogue file to what was obtained, leaving the rest as it is."""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.dialogue.expectations import located, presented, speaking
from assistant.dialogue.replay import Result
from assistant.dialogue.script import Dialogue, Expect


def accepted(dialogue: Dialogue, results: tuple[Result, ...]) -> Expect:
    """The expectations, with those that failed replaced by what the interview came to."""
    failed = {failure.key.partition(" ")[0] for result in results for failure in result.failures}
    outcome = results[0].outcome
    ranked = [h.id for h in outcome.hypotheses]
    asked = results[0].session.asked
    shown = presented(outcome)
    expect = dialogue.expect
    found = speaking(outcome)
    obtained = {
        "leading": ranked[0],
        "differential": tuple(ranked[: len(expect.differential)]),
        "not": tuple(id_ for id_ in expect.not_ if id_ not in shown),
        "sites": tuple(id_ for id_ in expect.sites if id_ in located(outcome)),
        "patterns": tuple(id_ for id_ in expect.patterns if id_ in outcome.patterns),
        "red_flags": tuple(sorted(outcome.red_flags)),
        "why": tuple(id_ for id_ in expect.why if id_ in found),
        "asked": tuple(id_ for id_ in expect.asked if id_ in asked),
        "not_asked": tuple(id_ for id_ in expect.not_asked if id_ not in asked),
        "questions_at_most": len(asked),
    }
    changes = {key: value for key, value in obtained.items() if key in failed}
    return Expect.model_validate(expect.model_dump(by_alias=True) | changes)


def rewrite(path: Path, expect: Expect) -> None:
    """Put the expectations into the file, whole or not at all. What stands outside of `expect:`
    stays as it is, comments as well."""
    body = expect.model_dump(by_alias=True, mode="json", exclude_defaults=True)
    block = yaml.safe_dump({"expect": body}, allow_unicode=True, sort_keys=False, width=100)
    text = path.read_text(encoding="utf-8")
    start, end = _place(text)
    before = text[:start] if text[:start].endswith("\n") or not start else text[:start] + "\n"
    temporary = path.with_suffix(path.suffix + ".tmp")
    try:
        temporary.write_text(before + block + text[end:], encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _place(text: str) -> tuple[int, int]:
    """Where `expect:` begins and ends, its line end included; the end of the text without one."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    for key, value in root.value:
        if key.value == "expect":
            start: int = key.start_mark.index
            lines = text[start : value.end_mark.index].splitlines(keepends=True)
            while lines[-1].strip() == "" or lines[-1].lstrip().startswith("#"):
                lines.pop()  # what stands after it belongs to what follows
            end = start + len("".join(lines))
            return start, end + text.startswith("\n", end) * (not lines[-1].endswith("\n"))
    return len(text), len(text)
