"""What an evaluation says: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.dialogue.evaluate import RANKS, Accuracy, CaseResult, Share
from assistant.language.catalogue import say
from assistant.language.names import diagnosis_name, number
from rules.model import Knowledge
from rules.typography import french


def text(knowledge: Knowledge, found: Accuracy, lang: str) -> str:
    """The figures, each with its name; then what was confused with what, and each miss."""
    rows = list(_rows(found, lang))
    width = max(len(name) for name, _ in rows)
    lines = [
        say(lang, "evaluate_interview" if found.interview else "evaluate_at_once"),
        "",
        *(f"{name:<{width}}  {value}" for name, value in rows),
        say(lang, "evaluate_interval"),
    ]
    if found.misses:
        lines += ["", say(lang, "evaluate_confusion")]
        lines += [f"  {line}" for line in _confused(knowledge, found, lang)]
        lines += ["", say(lang, "evaluate_misses")]
        lines += [f"  {_miss(knowledge, result, lang)}" for result in found.misses]
    return "\n".join(lines)


def _rows(found: Accuracy, lang: str) -> Iterator[tuple[str, str]]:
    for ranks in RANKS:
        key = "evaluate_top1" if ranks == 1 else "evaluate_top"
        yield say(lang, key, ranks=ranks), _share(found.first(ranks), lang)
    if found.interview:
        yield say(lang, "evaluate_questions"), number(found.median_questions, lang)
        if found.median_with_flag is not None and found.flags_found is not None:
            yield say(lang, "evaluate_questions_flag"), number(found.median_with_flag, lang)
            yield say(lang, "evaluate_flags"), _share(found.flags_found, lang)
        yield say(lang, "evaluate_recall"), _percent(found.recall, lang)
        yield say(lang, "evaluate_precision"), _percent(found.precision, lang)
    mean, right = (_percent(share, lang) for share in (found.confidence, found.first(1).value))
    yield say(lang, "evaluate_confidence"), say(lang, "evaluate_against", mean=mean, right=right)


def _confused(knowledge: Knowledge, found: Accuracy, lang: str) -> Iterator[str]:
    for (expected, leader), count in found.confusion.items():
        names = (diagnosis_name(knowledge, id_, lang) for id_ in (expected, leader))
        expected, leader = names
        yield say(lang, "evaluate_confused", count=count, expected=expected, leader=leader)


def _miss(knowledge: Knowledge, result: CaseResult, lang: str) -> str:
    return say(
        lang,
        "evaluate_miss",
        file=result.name,
        expected=diagnosis_name(knowledge, result.expected, lang),
        rank=result.rank,
        leader=diagnosis_name(knowledge, result.leader, lang),
        share=_percent(result.probability, lang),
    )


def _share(share: Share, lang: str) -> str:
    low, high = (_percent(bound, lang) for bound in share.interval)
    told = _percent(share.value, lang)
    return say(lang, "evaluate_share", count=share.count, of=share.of, share=told, low=low, high=high)  # fmt: skip


def _percent(share: float | None, lang: str) -> str:
    """A share that was counted, which may well be none or all."""
    if share is None:
        return "-"
    return french(f"{share * 100:.0f} %") if lang == "fr" else f"{share:.0%}"


def as_json(found: Accuracy, left_out: Sequence[str] = (), *, interrupted: bool = False) -> str:
    """One object; the keys are stable, for scripts rely on them (README, "evaluate")."""
    shares = {f"top{ranks}": found.first(ranks) for ranks in RANKS}
    flags = found.flags_found
    body: dict[str, Any] = {
        "cases": len(found.results),
        **{key: _rounded(share.value) for key, share in shares.items()},
        "median_questions": found.median_questions,
        "per_case": [_case(result) for result in found.results],
        "interview": found.interview,
        "intervals": {key: [_rounded(b) for b in share.interval] for key, share in shares.items()},
        "median_questions_red_flag": found.median_with_flag,
        "red_flag_cases": flags.of if flags else None,
        "red_flags_found": _rounded(flags.value) if flags else None,
        "evidence_recall": _rounded(found.recall),
        "evidence_precision": _rounded(found.precision),
        "mean_probability": _rounded(found.confidence),
        "confusion": [
            {"expected": expected, "leader": leader, "cases": count}
            for (expected, leader), count in found.confusion.items()
        ],
        "left_out": list(left_out),
        "interrupted": interrupted,
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _case(result: CaseResult) -> dict[str, Any]:
    return {
        "file": result.name,
        "expected": result.expected,
        "rank": result.rank,
        "leader": result.leader,
        "questions": result.questions,
        "probability": _rounded(result.probability),
        "red_flags": list(result.red_flags),
        "red_flags_missed": list(result.missed_flags),
        "evidence_recall": _rounded(result.recall),
        "evidence_precision": _rounded(result.precision),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
