"""What a replay says: text for people, JSON and JUnit XML for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from assistant.dialogue.replay import Result

LAST_TURNS = 5


@dataclass(frozen=True)
class Report:
    """One dialogue file: what came of it in each language, or why it could not be read.

    `miss`: the file says that the program gets it wrong, and it must.
    """

    name: str
    results: tuple[Result, ...] = ()
    unreadable: str = ""
    miss: bool = False

    @property
    def passed(self) -> bool:
        failed = any(result.failures for result in self.results)
        return not self.unreadable and failed == self.miss


def text(report: Report) -> str:
    """A line for a dialogue that passed; the whole story for one that failed."""
    if report.unreadable:
        return f"FAIL {report.name}\n{report.unreadable}"
    if report.passed:
        asked = len(report.results[0].session.asked)
        leader = report.results[0].outcome.leader
        if report.miss:
            return f"miss {report.name} ({leader.id} {leader.probability:.2f}, as the file says)"
        return f"ok   {report.name} ({leader.id} {leader.probability:.2f}, {asked} questions)"
    if report.miss:
        return f"FAIL {report.name}\n  it passes now: delete its `miss`"
    failed = (result for result in report.results if result.failures)
    return "\n".join([f"FAIL {report.name}", *(line for r in failed for line in _story(r))])


def _story(result: Result) -> Iterator[str]:
    yield f"  in {result.lang}:"
    for failure in result.failures:
        yield f"    {failure.key}"
        yield f"      expected: {failure.expected}"
        yield f"      obtained: {failure.obtained}"
    yield f"    the last {LAST_TURNS} turns:"
    for exchange in result.exchanges[-LAST_TURNS:]:
        yield f"      {exchange.asked or 'end'} > {exchange.typed}"
        yield from (f"        {line}" for line in exchange.told)
    yield "    facts: " + "; ".join(fact.id for fact in result.outcome.facts)
    yield "    rules that led there:"
    for reason in result.outcome.leader.reasons[:6]:
        yield f"      {reason.counted:+.2f} {reason.likelihood.fact.id}"
    rules = [f.rule.id for f in result.outcome.firings if f.rule.kind in ("pattern", "red_flag")]
    if rules:
        yield "      " + ", ".join(rules)


def as_json(reports: Iterable[Report]) -> str:
    """All reports as one JSON object."""
    items = [
        {
            "file": report.name,
            "passed": report.passed,
            "miss": report.miss,
            "unreadable": report.unreadable or None,
            "results": [
                {
                    "lang": result.lang,
                    "leader": result.outcome.leader.id,
                    "probability": round(result.outcome.leader.probability, 4),
                    "questions": len(result.session.asked),
                    "red_flags": sorted(result.outcome.red_flags),
                    "failures": [vars(failure) for failure in result.failures],
                }
                for result in report.results
            ],
        }
        for report in reports
    ]
    failed = sum(not item["passed"] for item in items)
    whole = {"dialogues": len(items), "failed": failed, "reports": items}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def as_junit(reports: Iterable[Report]) -> str:
    """All reports as JUnit XML: a test case for each file and language."""
    suite = ElementTree.Element("testsuite", name="amyo replay")
    count = failed = 0
    for report in reports:
        cases = [(r.lang, r.failures) for r in report.results] or [("", ())]
        for lang, failures in cases:
            count += 1
            name = f"{report.name} [{lang}]" if lang else report.name
            case = ElementTree.SubElement(suite, "testcase", classname="amyo", name=name)
            told = () if report.miss and report.passed else failures
            problems = [f"{f.key}: expected {f.expected}, obtained {f.obtained}" for f in told]
            problems += ["it passes now: delete its `miss`"] if report.miss > report.passed else []
            problems += [report.unreadable] if report.unreadable else []
            if problems:
                failed += 1
                ElementTree.SubElement(case, "failure", message=problems[0]).text = "\n".join(
                    problems
                )
    suite.set("tests", str(count))
    suite.set("failures", str(failed))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
