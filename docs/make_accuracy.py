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
from rules.check import load

HERE = Path(__file__).parent


def main() -> None:
    reasoner = Reasoner.of(load())
    folder = shipped_dialogues()
    once, interview, sources, lessons = [], [], {}, {}
    for path in track(find_dialogues([folder]), "Cases"):
        case = read_dialogue(path, reasoner.knowledge)
        expected = case.expect.leading
        if case.source is None or expected is None:
            continue
        name = str(path.relative_to(folder))
        sources[name] = case.source
        lessons[name] = case.miss.en if case.miss else ""
        settings = Settings("en", TODAY, tier=case.tier)
        once.append(evaluate(reasoner, name, case.answers, expected))
        interview.append(evaluate_interview(reasoner, name, case.answers, expected, settings))
    (HERE / "accuracy.md").write_text(report(once, interview, sources, lessons), encoding="utf-8")


def report(
    once: list[CaseResult],
    interview: list[CaseResult],
    sources: dict[str, Source],
    lessons: dict[str, str],
) -> str:
    """The document."""
    reports = {source.title for source in sources.values()}
    diagnoses = {result.expected for result in once}
    lines = [
        "# Accuracy on published cases",
        "",
        "Made by `make accuracy`. The dialogues that rest on a published report: first with all that",
        "the report says given at once, then by interview, where only what is asked is answered. The",
        "cases were at hand while the knowledge was written, and pages were corrected after some of",
        "them had failed: this is no measure of unseen cases.",
        "",
        f"{len(once)} cases from {len(reports)} reports, on {len(diagnoses)} diagnoses.",
        "",
        "| | right first | among 3 | among 5 | median questions |",
        "| --- | --- | --- | --- | --- |",
    ]
    for title, results in (("all at once", once), ("interview", interview)):
        found = Accuracy(tuple(results), interview=results is interview)
        shares = " | ".join(f"{found.first(ranks).value:.0%}" for ranks in RANKS)
        lines.append(f"| {title} | {shares} | {found.median_questions:g} |")
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


if __name__ == "__main__":
    main()
