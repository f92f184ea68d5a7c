"""How right the program is on the published cases among the dialogues: `make accuracy`.

Writes docs/accuracy.md. What is behind a miss is told in the dialogue itself (`miss`).
"""

from __future__ import annotations

from pathlib import Path

from rich.progress import track

from assistant.dialogue.evaluate import (
    RANKS,
    Accuracy,
    CaseResult,
    evaluate,
    evaluate_interview,
)
from assistant.dialogue.events import Settings
from assistant.dialogue.replay import TODAY, find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import Source, read_dialogue
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.inquiry import DEFAULT_CAP, Strategy
from rules.check import load

HERE = Path(__file__).parent
MANY = 400  # more questions than there are findings
# The first is what the program does.
WAYS = [(Strategy.INFORMATION, DEFAULT_CAP)] + [
    (strategy, cap)
    for cap in (DEFAULT_CAP, MANY)
    for strategy in (Strategy.INFORMATION, Strategy.FIXED, Strategy.RANDOM)
    if (strategy, cap) != (Strategy.INFORMATION, DEFAULT_CAP)
]


def main() -> None:
    reasoner = Reasoner.of(load())
    folder = shipped_dialogues()
    once, sources, lessons = [], {}, {}
    held: dict[tuple[Strategy, int], list[CaseResult]] = {way: [] for way in WAYS}
    for path in track(find_dialogues([folder]), "Cases"):
        case = read_dialogue(path, reasoner.knowledge)
        expected = case.expect.leading
        if case.source is None or expected is None:
            continue
        name = str(path.relative_to(folder))
        sources[name] = case.source
        lessons[name] = case.miss.en if case.miss else ""
        once.append(evaluate(reasoner, name, case.answers, expected))
        for strategy, cap in WAYS:
            settings = Settings("en", TODAY, tier=case.tier, cap=cap, strategy=strategy)
            found = evaluate_interview(reasoner, name, case.answers, expected, settings)
            held[strategy, cap].append(found)
    (HERE / "accuracy.md").write_text(report(once, held, sources, lessons), encoding="utf-8")


def report(
    once: list[CaseResult],
    held: dict[tuple[Strategy, int], list[CaseResult]],
    sources: dict[str, Source],
    lessons: dict[str, str],
) -> str:
    """The document."""
    interview = held[WAYS[0]]
    reports = {source.title for source in sources.values()}
    diagnoses = {result.expected for result in once}
    lines = [
        "# Accuracy on published cases",
        "",
        "Made by `make accuracy`. The dialogues that rest on a published report: first with all that",
        "the report says given at once, then by interview, where only what is asked is answered. The",
        "cases were at hand while the knowledge was written, and pages were corrected after some of",
        "them had failed: this is no measure of unseen cases. For that see [unseen.md](unseen.md).",
        "",
        f"{len(once)} cases from {len(reports)} reports, on {len(diagnoses)} diagnoses.",
        "",
        "| | right first | among 3 | among 5 | median questions | with a red flag | every flag raised |",
        "| --- " * 7 + "|",
        _row("all at once", Accuracy(tuple(once), interview=False)),
        _row("interview", Accuracy(tuple(interview), interview=True)),
        "",
        "## How the next question is chosen",
        "",
        "The same cases and the same rule for when to stop. `information` is what the program does;",
        "`fixed` asks in the order of the knowledge, as a questionnaire does; `random` asks any.",
        "",
        "| strategy, at most | right first | among 3 | among 5 | median questions | with a red flag | every flag raised |",
        "| --- " * 7 + "|",
    ]
    for (strategy, cap), results in held.items():
        lines.append(_row(f"{strategy}, {cap}", Accuracy(tuple(results), interview=True)))
    lines += ["", "## Misses", "", "| case | expected | leader | rank at once | rank by interview | what was learned |", "| --- " * 6 + "|"]  # fmt: skip
    for first, second in zip(once, interview, strict=True):
        if first.rank > 1 or second.rank > 1:
            leader = (
                f"{first.leader} {first.probability:.2f} / {second.leader} {second.probability:.2f}"
            )
            lines.append(
                f"| {first.name} | {first.expected} | {leader} | {first.rank} | {second.rank} |"
                f" {lessons.get(first.name, '')} |"
            )
    return "\n".join(lines) + "\n"


def _row(title: str, found: Accuracy) -> str:
    shares = " | ".join(f"{found.first(ranks).value:.1%}" for ranks in RANKS)
    flags = found.flags_found
    asked = f"{found.median_questions:g}" if found.interview else "-"
    flagged = f"{found.median_with_flag:g} | {flags.count} of {flags.of}" if flags else "- | -"
    return f"| {title} | {shares} | {asked} | {flagged} |"


if __name__ == "__main__":
    main()
