"""What `make_calibration` found, as a document and as pictures. English, for readers of the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from assistant.dialogue.calibrate import OTHER_CONSTANTS, Bin, Way, calibration_error, reliability
from assistant.dialogue.evaluate import RANKS, Accuracy, CaseResult

Results = Mapping[Way, Sequence[CaseResult]]

INTERVIEW = Way("alike", True)
CURVES = {
    "all answers true": INTERVIEW,
    "10 % wrong": Way("alike", True, "wrong"),
    "20 % unknown": Way("alike", True, "unknown"),
}
GROUPING = {
    "grouped and damped, as it is": "",
    "damped only (REPEAT 1)": "REPEAT 1",
    "grouped only (TRUST 1)": "TRUST 1",
    "neither (REPEAT 1, TRUST 1)": "REPEAT 1, TRUST 1",
}
COLOURS = ("#1f5f99", "#b5482a", "#4b7a2b", "#7a3f8f")
BAR = 40  # characters of a bar that stands for 100 %
FEW = 5  # cases in a bin that a picture leaves out


def report(results: Results, published: Results, patients: int, minutes: str) -> str:
    """The document. `published` are the cases among the dialogues, by the constants."""
    main = results[INTERVIEW]
    parts = [
        HEAD.format(patients=patients, minutes=minutes),
        "## How right, and how sure of it\n",
        _ways(results),
        "![Reliability](calibration.svg)\n",
        f"The interview as it is, {len(main)} patients:\n",
        _bars(reliability(main)),
        "## Findings that say the same do not count twice\n",
        GROUPS,
        _grouping(results),
        "![Grouping](calibration-groups.svg)\n",
        "## Other constants\n",
        CONSTANTS,
        _constants(results, published),
        "## By diagnosis\n",
        DIAGNOSES,
        _by_diagnosis(main, results[Way("alike", False)]),
    ]
    return "\n".join(parts)


HEAD = """# Calibration

Made by `make calibration`: {patients} patients drawn from the pages of the diagnoses, by their priors
(`assistant/reasoning/sample.py`), in {minutes}. **They come from the very pages that the program
reasons with. So this measures the reasoning (what is asked, how weights add up, how sure it says it
is) and says nothing of whether the medicine is true**; for that there are published cases
([accuracy.md](accuracy.md)).

Two kinds of patients. *Apart*: findings are independent, given the diagnosis. *Alike*: findings of
one group keep company (a latent number for each group, "how far it has gone", in a Gaussian copula): who
has one sooner has the others. In real patients they do, and the groups are there for it.

*All at once*: everything is told, from age to gene. *Bedside*: history and signs at once, no test.
*Interview*: only what is asked is answered. *Wrong*: 10 % of the answers are another valid value.
*Unknown*: 20 % are not known. ECE is the expected calibration error: how far, over ten bins of the
leader's probability, what is said lies from how often it is right.
"""

GROUPS = """The same answers, weighed again without the grouping (`REPEAT` 1 instead of 0.5: within a group every
reason counts in full), without the damping (`TRUST` 1 instead of 0.7), and without both. What the
grouping does is seen between two lines with the same damping.
"""

CONSTANTS = """The same answers, weighed again under other constants (`docs/decisions/0002-reasoning.md`). Each cell:
ECE / right first. *Published* are the dialogues that rest on a published case, all answers at once.
"""

DIAGNOSES = """The interview with patients whose findings are alike, the worst first. *At once*: right first with all
answers told. *Taken for*: what led instead, and in how many.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _ways(results: Results) -> str:
    head = ["patients", "answers", "cases", "right first", "among 3", "among 5", "ECE", "mean said", "median questions"]  # fmt: skip
    rows = []
    for way, cases in results.items():
        if not way.constants:
            found = Accuracy(tuple(cases), interview=way.interview)
            how = "interview" if way.interview else "all at once"
            how = "bedside" if way.answers == "bedside" else how
            how += f", {way.answers}" if way.answers in ("wrong", "unknown") else ""
            shares = [f"{found.first(rank).value:.1%}" for rank in RANKS]
            asked = f"{found.median_questions:g}" if way.interview else ""
            rows.append([way.population, how, str(len(cases)), *shares, f"{calibration_error(cases):.3f}", f"{found.confidence or 0:.1%}", asked])  # fmt: skip
    return table(head, rows)


def _bars(bins: Sequence[Bin]) -> str:
    """A bar of how often it was right, with a mark where what it said ends."""
    lines = []
    for item in bins:
        bar = list(("#" * round(item.right * BAR)).ljust(BAR, "."))
        bar[min(round(item.said * BAR), BAR - 1)] = "|"
        lines.append(
            f"{item.low:4.0%} to {item.high:4.0%}  {''.join(bar)}  said {item.said:4.0%}, right {item.right:4.0%}, {item.cases} cases"
        )
    return "```text\n" + "\n".join(lines) + "\n```\n"


def _grouping(results: Results) -> str:
    rows = []
    for population in ("apart", "alike"):
        for interview, answers, how in ((True, "told", "interview"), (False, "bedside", "bedside")):
            for name, constants in GROUPING.items():
                cases = results[Way(population, interview, answers, constants)]
                found = Accuracy(tuple(cases), interview=interview)
                surer = (found.confidence or 0) - found.first(1).value
                rows.append([population, how, name, f"{found.first(1).value:.1%}", f"{found.confidence or 0:.1%}", f"{surer:+.1%}", f"{calibration_error(cases):.3f}"])  # fmt: skip
    head = ["patients", "answers", "weights", "right first", "mean said", "said less right", "ECE"]
    return table(head, rows)


def _constants(results: Results, published: Results) -> str:
    columns = {
        "apart, interview": Way("apart", True),
        "alike, interview": Way("alike", True),
        "alike, interview, wrong": Way("alike", True, "wrong"),
        "alike, bedside": Way("alike", False, "bedside"),
        "alike, all at once": Way("alike", False),
    }
    rows = []
    for label in ("", *OTHER_CONSTANTS):
        of = [results[Way(w.population, w.interview, w.answers, label)] for w in columns.values()]
        of.append(published[Way("published", False, "told", label)])
        cells = (f"{calibration_error(c):.3f} / {sum(r.rank == 1 for r in c) / len(c):.1%}" for c in of)  # fmt: skip
        rows.append([label or "in use", *cells])
    return table(["constants", *columns, "published"], rows)


def _by_diagnosis(interview: Sequence[CaseResult], once: Sequence[CaseResult]) -> str:
    at_once = {r.name: r.rank == 1 for r in once}
    cases: dict[str, list[CaseResult]] = {}
    for result in interview:
        cases.setdefault(result.expected, []).append(result)
    rows = []
    for id_, own in sorted(cases.items(), key=lambda item: (_right(item[1]), item[0])):
        taken = Counter(r.leader for r in own if r.rank > 1).most_common(3)
        told = sum(at_once[r.name] for r in own) / len(own)
        among = sum(r.rank <= 3 for r in own) / len(own)
        rows.append([id_, str(len(own)), f"{_right(own):.0%}", f"{among:.0%}", f"{told:.0%}", ", ".join(f"{leader} {count}" for leader, count in taken)])  # fmt: skip
    return table(["diagnosis", "cases", "right first", "among 3", "at once", "taken for"], rows)


def _right(cases: Sequence[CaseResult]) -> float:
    return sum(r.rank == 1 for r in cases) / len(cases)


# --- pictures -------------------------------------------------------------------------------


def pictures(results: Results) -> dict[str, str]:
    """The pictures by the names of their files."""
    curves = {name: reliability(results[way]) for name, way in CURVES.items()}
    groups = {
        name: reliability(results[Way("alike", True, "told", constants)])
        for name, constants in GROUPING.items()
    }
    return {"calibration.svg": figure(curves), "calibration-groups.svg": figure(groups)}


def figure(curves: Mapping[str, Sequence[Bin]]) -> str:
    """How often the leader was right over how sure it was said to be; on the diagonal, as often."""
    side, left, top = 320, 60, 20
    x, y = (lambda v: left + v * side), (lambda v: top + (1 - v) * side)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="490" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#888"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#888" stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{x(tick):.0f}" y="{y(0) + 16:.0f}" text-anchor="middle">{tick:.0%}</text>')  # fmt: skip
        parts.append(f'<text x="{left - 6}" y="{y(tick) + 4:.0f}" text-anchor="end">{tick:.0%}</text>')  # fmt: skip
    parts.append(f'<text x="{x(0.5):.0f}" y="{y(0) + 36:.0f}" text-anchor="middle">said of the leader</text>')  # fmt: skip
    parts.append(f'<text x="14" y="{y(0.5):.0f}" text-anchor="middle" transform="rotate(-90 14 {y(0.5):.0f})">right</text>')  # fmt: skip
    for i, (name, bins) in enumerate(curves.items()):
        shown, colour = [b for b in bins if b.cases >= FEW], COLOURS[i % len(COLOURS)]
        line = " ".join(f"{x(b.said):.1f},{y(b.right):.1f}" for b in shown)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(b.said):.1f}" cy="{y(b.right):.1f}" r="3.5" fill="{colour}"><title>{b.cases} cases</title></circle>' for b in shown]  # fmt: skip
        parts.append(f'<text x="{left}" y="{y(0) + 58 + 18 * i:.0f}" fill="{colour}">&#9679; {escape(name)}</text>')  # fmt: skip
    return "\n".join([*parts, "</svg>"]) + "\n"
