"""What is wrong in the knowledge as a whole: every problem at once, coded, with file and line.

`load.read` judges single records (R001-R005, R011); here stands what depends on several. Where a
file could not be read at all, that is left for the next run: what it holds would seem missing.
`problems` of clean knowledge is empty. Each code has a failing example in `tests/bad_knowledge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rules.check_anatomy import check_anatomy
from rules.check_rules import check_rules
from rules.codes import check_codes
from rules.compile import Rule, passed_limits, rules_of
from rules.criteria import Criteria, Item
from rules.files import KNOWLEDGE_DIR, knowledge_files
from rules.load import Loc, Sources, read
from rules.model import (
    Alternative,
    Basis,
    Condition,
    Diagnosis,
    Evidence,
    Finding,
    Kind,
    Knowledge,
    Sourced,
)
from rules.problem import KnowledgeError, Problem

CODES = {
    "R001": "the file cannot be read as YAML",
    "R002": "a key stands twice",
    "R003": "a key or section that does not exist",
    "R004": "a text lacks one of the two languages",
    "R005": "a part is missing or has the wrong form",
    "R006": "“basis: published” without a reference",
    "R007": "a reference that is not in the bibliography",
    "R008": "a finding or pattern that does not exist",
    "R009": "a value that the finding does not have",
    "R010": "patterns that rest on each other in a circle",
    "R011": "an id that is used twice",
    "R012": "two ids that the engine cannot tell apart",
    "R013": "shares that do not add up",
    "R014": "a neighbour that is no diagnosis here",
    "R015": "more than the engine can hold",
    "R016": "a deciding finding without a published source",
    "R017": "a follow-up question that can never be asked",
    "R018": "a diagnosis with fewer than two references",
    "R019": "bands of a number that leave a gap or overlap",
    "R020": "a reference that nothing cites",
    "R021": "a site that weakens and spares the same muscle",
    "R022": "an HPO term that does not exist",
    "R023": "an ICD-10 category that does not exist",
    "R024": "a rule that can never fire",
    "R025": "a rule that another one makes needless",
    "R026": "a diagnosis that no question leads to",
    "R027": "neighbours that no finding tells apart",
    "R028": "a rule that contradicts another",
}
TOLERANCE = 0.005
RESERVED_DIAGNOSIS = "other"  # the hypothesis "none of these"
RESERVED_VALUE = "unknown"  # the answer of who does not know


def load(paths: Iterable[Path] | None = None, root: Path = KNOWLEDGE_DIR) -> Knowledge:
    """Read and check the knowledge; KnowledgeError with all problems if it has any."""
    knowledge, sources = read(knowledge_files(root) if paths is None else paths, root)
    found = problems(knowledge, sources)
    if found:
        raise KnowledgeError(found)
    return knowledge


def problems(knowledge: Knowledge, sources: Sources) -> list[Problem]:
    """All problems, in the order of files and lines."""
    if not sources.hidden:
        _Checker(knowledge, sources).run()
    return sorted(set(sources.problems))


class _Checker:
    """One pass over the knowledge; every problem goes to `sources.refuse`."""

    def __init__(self, knowledge: Knowledge, sources: Sources) -> None:
        self.knowledge = knowledge
        self.refuse = sources.refuse
        # An id whose record is unusable exists all the same: its own problem is told already.
        self.ids = sources.data

    def run(self) -> None:
        for id_, finding in self.knowledge.findings.items():
            self._finding(("findings", id_), id_, finding)
        for id_, pattern in self.knowledge.patterns.items():
            if id_ in self.knowledge.findings:
                self.refuse(("patterns", id_), "R011", f"“{id_}” is also a finding: rename one")
            self._alternatives(("patterns", id_, "any"), pattern.any)
            for other in pattern.contradicts:
                if other not in self.ids["patterns"]:
                    self.refuse(("patterns", id_, "contradicts"), "R008", f"no pattern “{other}”")
        for id_, flag in self.knowledge.red_flags.items():
            self._alternatives(("red_flags", id_, "any"), flag.any)
        for id_, diagnosis in self.knowledge.diagnoses.items():
            self._diagnosis(("diagnoses", id_), diagnosis)
        for id_, criteria in self.knowledge.criteria.items():
            self._criteria(("criteria", id_), criteria)
        self._coherence()
        check_anatomy(self.knowledge, self.refuse, self._sourced)
        check_rules(self.knowledge, self.refuse)
        check_codes(self.knowledge, self.refuse)
        self._cycles()
        self._uncited()
        for error in passed_limits(rules_of(self.knowledge)):
            self.refuse(self._origin(error.rule), error.code, str(error))

    # --- findings ---

    def _finding(self, loc: Loc, id_: str, finding: Finding) -> None:
        if finding.kind is not Kind.SEVERAL:
            self._adds_up((*loc, "values"), (v.usual for v in finding.values.values()))
        if finding.kind in (Kind.NUMBER, Kind.DURATION):
            self._bands(loc, finding)
        if RESERVED_VALUE in finding.values:
            text = f"“{RESERVED_VALUE}” is the answer of who does not know: rename this value"
            self.refuse((*loc, "values", RESERVED_VALUE), "R011", text)
        for i, when in enumerate(finding.when):
            self._values((*loc, "when", i), when.finding, when.value, code="R017", answers=True)
        if finding.exclusive is not None and finding.exclusive not in finding.values:
            self.refuse((*loc, "exclusive"), "R009", f"“{finding.exclusive}” is no value of {id_}")
        if finding.negates is not None:
            self._values((*loc, "negates"), finding.negates, finding.values, answers=True)
        for name, value in finding.values.items():
            for target, answer in value.implies.items():
                self._values((*loc, "values", name, "implies"), target, (answer,), answers=True)

    def _bands(self, loc: Loc, finding: Finding) -> None:
        edge: float | None = None
        for name, value in finding.values.items():
            where = (*loc, "values", name)
            if value.low is None or value.high is None or not value.low < value.high:
                self.refuse(where, "R019", f"band “{name}” needs low and high, low below high")
                return
            if edge is not None and value.low != edge:
                self.refuse(where, "R019", f"band “{name}” must begin where the last ends: {edge}")
            edge = value.high

    # --- patterns and red flags ---

    def _alternatives(self, loc: Loc, alternatives: tuple[Alternative, ...]) -> None:
        for i, alternative in enumerate(alternatives):
            where = (*loc, i)
            self._sourced(where, alternative)
            for j, condition in enumerate(alternative.all):
                self._condition((*where, "all", j), condition)

    def _condition(self, loc: Loc, condition: Condition) -> None:
        self._values(loc, condition.finding, condition.value)
        finding = self.knowledge.findings.get(condition.finding)
        a_list = finding is not None and finding.kind is Kind.SEVERAL and not finding.negates
        self._absent(loc, condition, is_list=a_list)

    def _absent(self, loc: Loc, condition: Condition, *, is_list: bool) -> None:
        if condition.absent and not is_list:
            text = "“absent” is for the options of a list: name the value that says no"
            self.refuse(loc, "R005", text)

    def _values(
        self,
        loc: Loc,
        id_: str,
        values: Iterable[str],
        *,
        code: str = "R008",
        answers: bool = False,
    ) -> None:
        """Refuse what is not there; with `answers`, only what can be answered will do."""
        finding = self.knowledge.findings.get(id_)
        if finding is None:
            if id_ in self.ids["patterns"]:
                if answers:
                    text = f"“{id_}” is a pattern: name a finding"
                    self.refuse(loc, code, text)
                elif tuple(values) != ("yes",):
                    self.refuse(loc, "R009", f"a pattern has no value but “yes” ({id_})")
            elif id_ not in self.ids["findings"]:
                kinds = "finding" if answers else "finding or pattern"
                self.refuse(loc, code, f"no {kinds} “{id_}”")
            return
        for value in values:
            if value not in finding.values:
                known = ", ".join(finding.values)
                code = "R009" if code == "R008" else code
                self.refuse(loc, code, f"“{value}” is no value of {id_}: use one of {known}")

    def _cycles(self) -> None:
        """Patterns in a circle would derive each other from nothing, and follow-up questions in
        a circle would wait for each other."""
        patterns, findings = self.knowledge.patterns, self.knowledge.findings
        needs = {
            id_: {c.finding for a in p.any for c in a.all if c.finding in patterns}
            for id_, p in patterns.items()
        }
        for circle in _circles(needs):
            text = f"circle of patterns: {' → '.join(circle)}"
            self.refuse(("patterns", circle[-1]), "R010", text)
        waits = {
            id_: {when.finding for when in f.when if when.finding in findings}
            for id_, f in findings.items()
        }
        for circle in _circles(waits):
            text = f"questions that wait for each other: {' → '.join(circle)}"
            self.refuse(("findings", circle[-1], "when"), "R017", text)

    def _origin(self, rule: Rule) -> Loc:
        """Where in the knowledge a rule comes from."""
        if rule.kind == "pattern":
            return ("patterns", rule.target, "any", rule.alternative)
        if rule.kind == "red_flag":
            return ("red_flags", rule.target, "any", rule.alternative)
        fact = rule.all[0]
        id_, _, option = fact.key.partition(".")
        if id_ in self.knowledge.patterns:
            return ("patterns", id_)
        return ("findings", id_, "values", option or fact.value)

    # --- diagnoses ---

    def _diagnosis(self, loc: Loc, diagnosis: Diagnosis) -> None:
        if diagnosis.id == RESERVED_DIAGNOSIS:
            text = f"“{RESERVED_DIAGNOSIS}” stands for none of the diagnoses: rename this one"
            self.refuse(loc, "R011", text)
        self._evidence((*loc, "evidence"), diagnosis)
        self._prior((*loc, "prior"), diagnosis)
        for i, neighbour in enumerate(diagnosis.neighbours):
            self._neighbour((*loc, "neighbours", i), neighbour.id)
        for i, step in enumerate(diagnosis.next_steps):
            self._sourced((*loc, "next_steps", i), step)
        if len(diagnosis.cited) < 2:
            self.refuse(loc, "R018", "cites fewer than two references: find and read another")

    def _evidence(self, loc: Loc, diagnosis: Diagnosis) -> None:
        named: dict[str, dict[str, float]] = defaultdict(dict)
        for i, evidence in enumerate(diagnosis.evidence):
            where = (*loc, i)
            self._sourced(where, evidence)
            self._values((*where, "frequency"), evidence.finding, evidence.frequency)
            self._statement(where, evidence)
            for value in evidence.frequency:
                if value in named[evidence.finding]:
                    text = f"{evidence.finding} = {value} has a frequency already: keep one"
                    self.refuse(where, "R002", text)
                named[evidence.finding][value] = evidence.share(value)
            finding = self.knowledge.findings.get(evidence.finding)
            if finding and finding.negates:
                text = f"give the frequencies of {finding.negates}: {evidence.finding} follows"
                self.refuse(where, "R005", text)
            if evidence.finding in ("age", "sex"):
                self.refuse(where, "R002", f"{evidence.finding} stands in the prior already")
        for id_, shares in named.items():
            finding = self.knowledge.findings.get(id_)
            if finding and finding.kind is not Kind.SEVERAL:
                rest = sum(v.usual for name, v in finding.values.items() if name not in shares)
                self._near_one(loc, id_, shares, complete=rest == 0)

    def _statement(self, loc: Loc, evidence: Evidence) -> None:
        for other in evidence.against:
            self._neighbour((*loc, "against"), other)
        if evidence.others is not None and not self._is_list(evidence.finding):
            text = "“others” is for the options of a list: give frequencies by name"
            self.refuse((*loc, "others"), "R005", text)
        if evidence.decides and evidence.basis is not Basis.PUBLISHED:
            self.refuse(loc, "R016", "“decides” needs “basis: published” and a reference")

    def _is_list(self, id_: str) -> bool:
        finding = self.knowledge.findings.get(id_)
        return finding is None or finding.kind is Kind.SEVERAL

    def _prior(self, loc: Loc, diagnosis: Diagnosis) -> None:
        prior = diagnosis.prior
        self._sourced(loc, prior)
        self._values((*loc, "age"), "age", prior.age)
        self._values((*loc, "male"), "sex", ("male", "female"))
        self._adds_up((*loc, "age"), prior.age.values())

    def _neighbour(self, loc: Loc, id_: str) -> None:
        if id_ not in self.ids["diagnoses"]:
            self.refuse(loc, "R014", f"no diagnosis “{id_}” here: name one that is")

    # --- criteria ---

    def _criteria(self, loc: Loc, criteria: Criteria) -> None:
        self._sourced(loc, criteria)
        self._neighbour((*loc, "diagnosis"), criteria.diagnosis)
        for name, level in criteria.levels.items():
            self._item((*loc, "levels", name, "needs"), level.needs)

    def _item(self, loc: Loc, item: Item) -> None:
        if item.finding is not None:
            self._values((*loc, "finding"), item.finding, item.value, answers=True)
        for form in ("all", "any", "of", "none"):
            for i, part in enumerate(getattr(item, form)):
                self._item((*loc, form, i), part)

    # --- coherence ---

    def _coherence(self) -> None:
        for id_, coherence in self.knowledge.coherence.items():
            for side, condition in (("given", coherence.given), ("then", coherence.then)):
                where = ("coherence", id_, side)
                self._values(where, condition.finding, condition.value, answers=True)
                self._absent(where, condition, is_list=self._is_list(condition.finding))

    # --- common ---

    def _sourced(self, loc: Loc, sourced: Sourced) -> None:
        if sourced.basis is Basis.PUBLISHED and not sourced.references:
            self.refuse(loc, "R006", "name the references, or write “basis: judgement”")
        for id_ in sourced.references:
            if id_ not in self.ids["references"]:
                self.refuse((*loc, "references"), "R007", f"no reference “{id_}”: add it")

    def _adds_up(self, loc: Loc, shares: Iterable[float]) -> None:
        total = sum(shares)
        if abs(total - 1) > TOLERANCE:
            self.refuse(loc, "R013", f"the shares add up to {total:.3f} instead of 1")

    def _near_one(self, loc: Loc, id_: str, shares: dict[str, float], *, complete: bool) -> None:
        # Classes are ranges: their middles may pass 1 together. A figure may not.
        total = sum(shares.values())
        if total > 1.25 or (complete and total < 0.5):
            side = "over" if total > 1 else "under"
            self.refuse(loc, "R013", f"the frequencies of {id_} add up to {total:.2f}: {side} 1")

    def _uncited(self) -> None:
        citing = ("patterns", "diagnoses", "red_flags", "muscles", "sites", "criteria")
        if any(len(self.ids[part]) > len(getattr(self.knowledge, part)) for part in citing):
            return  # an unusable record may cite anything
        used = {id_ for part in self.knowledge.sourced for id_ in part.references}
        for id_ in self.knowledge.references:
            if id_ not in used:
                self.refuse(("references", id_), "R020", f"nothing cites “{id_}”: cite or delete")


def _circles(needs: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """The circles among ids that need each other, each closed by its first id."""
    done: set[str] = set()

    def visit(id_: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if id_ in path:
            yield (*path[path.index(id_) :], id_)
        elif id_ not in done:
            for other in sorted(needs[id_]):
                yield from visit(other, (*path, id_))
            done.add(id_)

    for id_ in needs:
        yield from visit(id_, ())


if __name__ == "__main__":
    read_knowledge, read_sources = read(knowledge_files())
    for problem in problems(read_knowledge, read_sources):
        print(problem)
