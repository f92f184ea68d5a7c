"""The shipped knowledge, several times as large, to see how the time of a turn grows.

`scaled(knowledge, times)` adds copies of every diagnosis, finding, pattern and red flag, under other
ids and, where findings name HPO terms, other codes. A copy of a diagnosis rests on the copies of its
findings and patterns: diagnoses, findings, rules and what answers weigh all grow alike, and each
diagnosis has as much evidence as before.

Not copied: the findings `age` and `sex`, which the prior of every diagnosis speaks of; anatomy (so
that a copy of `lesion_site` is never stated), criteria and coherence. What every interview asks
(`opening`, `essential`, `along`) stays what it is: copies are asked when they tell most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.reasoning.facts import Answers
from rules.model import (
    Alternative,
    Condition,
    Diagnosis,
    Finding,
    Knowledge,
    Pattern,
    RedFlag,
    Value,
    When,
)

SHARED = ("age", "sex")
FIRST_CODE, CODES_A_COPY = 9_000_000, 10_000  # HPO has no term from HP:9000000 on


def scaled(knowledge: Knowledge, times: int) -> Knowledge:
    """A knowledge base with `times` as many diagnoses, findings, patterns and red flags."""
    codes = {code: i for i, code in enumerate(sorted(_codes(knowledge)))}
    findings, patterns = dict(knowledge.findings), dict(knowledge.patterns)
    flags, diagnoses = dict(knowledge.red_flags), dict(knowledge.diagnoses)
    for number in range(1, times):
        copy = _Copy(number, codes)
        findings |= {
            copy.id(id_): copy.finding(finding)
            for id_, finding in knowledge.findings.items()
            if id_ not in SHARED
        }
        patterns |= {copy.id(id_): copy.pattern(p) for id_, p in knowledge.patterns.items()}
        flags |= {copy.id(id_): copy.red_flag(flag) for id_, flag in knowledge.red_flags.items()}
        diagnoses |= {copy.id(id_): copy.diagnosis(d) for id_, d in knowledge.diagnoses.items()}
    parts = {
        "findings": findings, "patterns": patterns, "red_flags": flags, "diagnoses": diagnoses,
    }  # fmt: skip
    return knowledge.model_copy(update=parts)


def scaled_answers(answers: Answers, times: int) -> dict[str, tuple[str, ...]]:
    """The answers of a patient who says to the copies of a finding what they say to it."""
    copied = {
        _Copy(number, {}).id(id_): values
        for number in range(1, times)
        for id_, values in answers.items()
    }
    return {**answers, **copied}


@dataclass(frozen=True)
class _Copy:
    """One copy of the knowledge. `codes` numbers the HPO terms that it has."""

    number: int
    codes: Mapping[str, int]

    def id(self, id_: str) -> str:
        """The id of a copy (of a finding, pattern, red flag, diagnosis or group)."""
        return id_ if id_ in SHARED else f"{id_}_x{self.number}"

    def code(self, code: str) -> str:
        return f"HP:{FIRST_CODE + self.number * CODES_A_COPY + self.codes[code]}"

    def finding(self, finding: Finding) -> Finding:
        parts = {
            "values": {name: self.value(value) for name, value in finding.values.items()},
            "group": finding.group and self.id(finding.group),
            "when": tuple(map(self.when, finding.when)),
            "negates": finding.negates and self.id(finding.negates),
            "opening": None, "essential": False, "along": None,
        }  # fmt: skip
        return finding.model_copy(update=parts)

    def value(self, value: Value) -> Value:
        parts = {
            "hpo": tuple(map(self.code, value.hpo)),
            "hpo_absent": tuple(map(self.code, value.hpo_absent)),
            "implies": {self.id(id_): answer for id_, answer in value.implies.items()},
            "when": tuple(map(self.when, value.when)),
        }
        return value.model_copy(update=parts)

    def when(self, when: When) -> When:
        return when.model_copy(update={"finding": self.id(when.finding)})

    def pattern(self, pattern: Pattern) -> Pattern:
        parts = {
            "any": tuple(map(self.alternative, pattern.any)),
            "hpo": tuple(map(self.code, pattern.hpo)),
            "group": pattern.group and self.id(pattern.group),
            "contradicts": tuple(map(self.id, pattern.contradicts)),
        }
        return pattern.model_copy(update=parts)

    def red_flag(self, flag: RedFlag) -> RedFlag:
        return flag.model_copy(update={"any": tuple(map(self.alternative, flag.any))})

    def alternative(self, alternative: Alternative) -> Alternative:
        return alternative.model_copy(update={"all": tuple(map(self.condition, alternative.all))})

    def condition(self, condition: Condition) -> Condition:
        return condition.model_copy(update={"finding": self.id(condition.finding)})

    def diagnosis(self, diagnosis: Diagnosis) -> Diagnosis:
        evidence = (
            item.model_copy(
                update={
                    "finding": self.id(item.finding),
                    "against": tuple(map(self.id, item.against)),
                }
            )
            for item in diagnosis.evidence
        )
        neighbours = (
            near.model_copy(update={"id": self.id(near.id)}) for near in diagnosis.neighbours
        )
        parts = {
            "id": self.id(diagnosis.id),
            "evidence": tuple(evidence),
            "neighbours": tuple(neighbours),
        }
        return diagnosis.model_copy(update=parts)


def _codes(knowledge: Knowledge) -> Iterable[str]:
    found = {
        code
        for finding in knowledge.findings.values()
        for value in finding.values.values()
        for code in (*value.hpo, *value.hpo_absent)
    }
    return found.union(*(pattern.hpo for pattern in knowledge.patterns.values()))
