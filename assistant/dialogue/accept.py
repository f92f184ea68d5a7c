"""Rewrite the expectations of a dialogue file to what was obtained, leaving the rest as it is."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from assistant.dialogue.replay import Result
from assistant.dialogue.script import Dialogue, Expect
from assistant.language.conclusion import WORTH_TELLING


def accepted(dialogue: Dialogue, results: tuple[Result, ...]) -> Expect:
    """The expectations, with those that failed replaced by what the interview came to."""
    failed = {failure.key.partition(" ")[0] for result in results for failure in result.failures}
    outcome = results[0].outcome
    ranked = [h.id for h in outcome.hypotheses]
    asked = results[0].session.asked
    presented = {h.id for h in outcome.hypotheses[:3] if h.probability >= WORTH_TELLING}
    expect = dialogue.expect
    speaking = {r.likelihood.finding for r in outcome.leader.reasons if r.counted > 0}
    obtained = {
        "leading": ranked[0],
        "differential": tuple(ranked[: len(expect.differential)]),
        "not": tuple(id_ for id_ in expect.not_ if id_ not in presented),
        "sites": tuple(id_ for id_ in expect.sites if id_ in outcome.patterns),
        "patterns": tuple(id_ for id_ in expect.patterns if id_ in outcome.patterns),
        "red_flags": tuple(sorted(outcome.red_flags)),
        "why": tuple(id_ for id_ in expect.why if id_ in speaking),
        "asked": tuple(id_ for id_ in expect.asked if id_ in asked),
        "not_asked": tuple(id_ for id_ in expect.not_asked if id_ not in asked),
        "questions_at_most": len(asked),
    }
    changes = {key: value for key, value in obtained.items() if key in failed}
    return Expect.model_validate(expect.model_dump(by_alias=True) | changes)


def rewrite(path: Path, expect: Expect) -> None:
    """Put the expectations into the file. Comments outside of `expect:` stay."""
    body = expect.model_dump(by_alias=True, mode="json", exclude_defaults=True)
    block = yaml.safe_dump({"expect": body}, allow_unicode=True, sort_keys=False, width=100)
    text = path.read_text(encoding="utf-8")
    there = re.compile(r"^expect:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)
    if there.search(text):
        text = there.sub(lambda _match: block, text, count=1)
    else:
        text = text.rstrip("\n") + "\n" + block
    temporary = path.with_suffix(path.suffix + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
