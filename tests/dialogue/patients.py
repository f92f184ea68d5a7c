"""Patients of any kind, drawn from the answers that a knowledge base takes."""

from __future__ import annotations

from hypothesis import strategies as st

from assistant.reasoning.facts import UNKNOWN
from rules.model import Finding, Kind, Knowledge


def answers_to(finding: Finding) -> st.SearchStrategy[tuple[str, ...]]:
    """Any answer that fits, none of them at odds with the age."""
    if finding.kind is Kind.NUMBER:
        return st.integers(30, 100).map(lambda n: (str(n),))
    if finding.kind is Kind.DURATION:
        return st.builds(lambda n, unit: (f"P{n}{unit}",), st.integers(1, 20), st.sampled_from("WMY"))  # fmt: skip
    one = st.sampled_from(list(finding.values)).map(lambda value: (value,))
    if finding.kind is not Kind.SEVERAL:
        return one
    several = [value for value in finding.values if value != finding.exclusive]
    return one | st.lists(st.sampled_from(several), min_size=1, unique=True).map(tuple)


def patients(knowledge: Knowledge) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Answers to any of the findings that are asked for, some of them unknown."""
    told = {id_: answers_to(finding) | st.just((UNKNOWN,)) for id_, finding in knowledge.findings.items() if finding.asked}  # fmt: skip
    return st.fixed_dictionaries({}, optional=told)
