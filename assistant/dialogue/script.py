"""Dialogue files: a patient, optionally the literal conversation, and what should come of it.

The same file is a saved session, a regression test and a practice case. It is YAML, read as
safely as the knowledge; its JSON Schema (docs/dialogue.schema.json) helps editors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictFloat, StrictInt, ValidationError

from assistant.language.text import clean, shorten
from assistant.reasoning.criteria import Verdict
from assistant.reasoning.differential import OTHER
from assistant.reasoning.facts import AMONG_OTHERS, DENIED, UNKNOWN, band
from rules.load import Sources, describe, read_plain, read_text
from rules.model import Finding, Id, Kind, Knowledge, Record, Text, Tier
from rules.problem import Problem

SUFFIXES = (".yaml", ".yml")
LONGEST_MESSAGE = 300
Answer = str | StrictInt | StrictFloat | tuple[str, ...]  # strict: `true` is no number


class Source(Record):
    """The published case that a dialogue is built on."""

    title: str
    first_author: str | None = None
    year: Annotated[int, Field(ge=1850, le=2100)] | None = None
    journal: str | None = None
    read_at: Annotated[str, Field(pattern=r"^https?://\S+$")]
    read: Literal["abstract", "full_text"]
    pmid: Annotated[str, Field(pattern=r"^\d{4,9}$")] | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\S+$")] | None = None


class Patient(Record):
    """What is true of the patient, in any order. What is not here is unknown."""

    age: Annotated[float, Field(ge=0, le=120, strict=True)] | None = None
    sex: Literal["male", "female"] | None = None
    answers: dict[Id, Answer] = Field(default_factory=dict)


class Turn(Record):
    """One turn of a literal conversation: what was asked, what is typed, what it is taken for."""

    ask: Id | None = None
    say: Text | str | StrictInt | StrictFloat
    understood: dict[Id, Answer] = Field(default_factory=dict)


class Expect(Record):
    """What should come of it. Only what is named is tested.

    `leading`, `differential` (the first ranks, in order) and `not` (not among those that the
    conclusion presents: the first three, unless under 2 %) name diagnoses; "other" stands for
    none of them. `red_flags` names exactly those raised; an interview, which looks no further once
    someone must act, is to raise one of the most urgent of them and none beside them.
    `sites` names patterns or lesion sites.
    `asked`, `not_asked` and `questions_at_most` are about the interview; the rest must also hold
    when all answers are given at once, and only then `why` (findings that must speak for the
    leading diagnosis), `criteria` (the verdict on sets of criteria) and `red_flag_verdicts` (the
    verdict on red flags: raised, ruled out, or undetermined).
    """

    leading: Id | None = None
    differential: tuple[Id, ...] = ()
    not_: Annotated[tuple[Id, ...], Field(alias="not")] = ()
    sites: tuple[Id, ...] = ()
    patterns: tuple[Id, ...] = ()
    red_flags: tuple[Id, ...] | None = None
    why: tuple[Id, ...] = ()
    criteria: dict[Id, Verdict] = Field(default_factory=dict)
    red_flag_verdicts: dict[Id, Verdict] = Field(default_factory=dict)
    asked: tuple[Id, ...] = ()
    not_asked: tuple[Id, ...] = ()
    questions_at_most: Annotated[int, Field(ge=1, strict=True)] | None = None


class Dialogue(Record):
    """A dialogue file. `tier` is the furthest that the interview may ask for.

    `miss` says of a case that the program gets wrong what is behind it. The case must then go on
    failing: once it passes, the note is to be deleted.
    """

    title: Text
    kind: Literal["typical", "hard", "recorded"] = "typical"
    tier: Tier = Tier.GENETICS
    note: Text | None = None
    miss: Text | None = None
    source: Source | None = None
    patient: Patient = Patient()
    turns: tuple[Turn, ...] = ()
    expect: Expect = Expect()

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """The patient's answers as the answer log keeps them."""
        given: dict[str, Answer] = dict(self.patient.answers)
        if self.patient.age is not None:
            given["age"] = self.patient.age
        if self.patient.sex is not None:
            given["sex"] = self.patient.sex
        return {id_: logged(value) for id_, value in given.items()}


class DialogueError(Exception):
    """A dialogue file that cannot be used: every problem, with file and line.

    Messages quote the file: they are cleaned, for they go to terminals and into XML.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            replace(problem, message=shorten(clean(problem.message), LONGEST_MESSAGE))
            for problem in dict.fromkeys(problems)
        )
        super().__init__("\n".join(map(str, self.problems)))


def logged(value: Answer) -> tuple[str, ...]:
    """A value of a dialogue file as the answer log keeps it: a tuple of strings."""
    if isinstance(value, tuple):
        return value
    return (value if isinstance(value, str) else f"{value:g}",)


def read_dialogue(path: Path, knowledge: Knowledge, name: str | None = None) -> Dialogue:
    """The dialogue in a file. DialogueError if it is not one, or names what is not known."""
    name = name or str(path)
    sources = Sources()
    text = read_text(path, name, sources)
    if text is None:
        raise DialogueError(sources.problems)
    return parse_dialogue(text, name, knowledge)


def parse_dialogue(text: str, name: str, knowledge: Knowledge) -> Dialogue:
    """The dialogue in a text that is called `name`. DialogueError as `read_dialogue`."""
    data, sources = read_plain(text, name)
    if sources.problems:
        raise DialogueError(sources.problems)
    if not isinstance(data, dict):
        raise DialogueError((Problem(name, 1, "D001", "a dialogue is a mapping with a title"),))
    try:
        dialogue = Dialogue.model_validate(data)
    except ValidationError as error:
        keys = _keys(data)
        told: dict[Loc, str] = {}  # one problem a place: each member of a union has its own
        for detail in error.errors():
            # what a location says beside keys of the file are members of unions
            loc = tuple(p for p in detail["loc"] if p in keys or detail["type"] == "missing")
            told.setdefault(loc, describe({**detail, "loc": loc})[1])
        for loc, message in told.items():
            sources.refuse(loc, "D001", message)
        raise DialogueError(sources.problems) from None
    for loc, problem in _unknown(dialogue, knowledge):
        sources.refuse(loc, "D002", problem)
    if sources.problems:
        raise DialogueError(sources.problems)
    return dialogue


def schema() -> dict[str, Any]:
    """The JSON Schema of dialogue files."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Dialogue.model_json_schema(by_alias=True),
        "title": "amyo dialogue",
    }


def _keys(data: Any) -> set[str | int]:
    """All keys and indices anywhere in the data: what a location may be made of."""
    if isinstance(data, dict):
        return set(data).union(*map(_keys, data.values()))
    if isinstance(data, list):
        return set(range(len(data))).union(*map(_keys, data))
    return set()


Loc = tuple[str | int, ...]


def _unknown(dialogue: Dialogue, knowledge: Knowledge) -> list[tuple[Loc, str]]:
    """What a dialogue names that the knowledge does not have."""
    found: list[tuple[Loc, str]] = []
    for id_, values in dialogue.answers.items():
        loc: Loc = ("patient", "answers", id_) if id_ not in ("age", "sex") else ("patient", id_)
        found += [(loc, text) for text in answer_problems(knowledge.findings, id_, values)]
    for i, turn in enumerate(dialogue.turns):
        if turn.ask is not None and turn.ask not in knowledge.findings:
            found.append((("turns", i, "ask"), f"there is no finding “{turn.ask}”"))
        for id_, value in turn.understood.items():
            loc = ("turns", i, "understood", id_)
            problems = answer_problems(knowledge.findings, id_, logged(value))
            found += [(loc, text) for text in problems]
    known: Mapping[str, set[str]] = {
        "diagnosis": {*knowledge.diagnoses, OTHER},
        "pattern": set(knowledge.patterns),
        "site": {*knowledge.patterns, *knowledge.sites},
        "criteria": set(knowledge.criteria),
        "red flag": set(knowledge.red_flags),
        "finding": set(knowledge.findings),
    }
    expect = dialogue.expect
    named = [
        ("leading", "diagnosis", (expect.leading,) if expect.leading else ()),
        ("differential", "diagnosis", expect.differential),
        ("not", "diagnosis", expect.not_),
        ("sites", "site", expect.sites),
        ("patterns", "pattern", expect.patterns),
        ("red_flags", "red flag", expect.red_flags or ()),
        ("why", "finding", expect.why),
        ("criteria", "criteria", tuple(expect.criteria)),
        ("red_flag_verdicts", "red flag", tuple(expect.red_flag_verdicts)),
        ("asked", "finding", expect.asked),
        ("not_asked", "finding", expect.not_asked),
    ]
    for key, kind, ids in named:
        for id_ in ids:
            if id_ not in known[kind] and not (kind == "finding" and id_ in known["pattern"]):
                found.append((("expect", key), f"there is no {kind} “{id_}”"))
    return found


def answer_problems(
    findings: Mapping[str, Finding], id_: str, values: tuple[str, ...]
) -> list[str]:
    """What is wrong with an answer of a file, in sentences; empty if nothing is."""
    finding = findings.get(id_)
    if finding is None:
        return [f"there is no finding “{id_}”"]
    if values == (UNKNOWN,):
        return []
    if len(values) != 1 and finding.kind is not Kind.SEVERAL:
        return [f"{id_} takes one answer"]
    if not values:
        return [f"{id_}: an empty list says nothing: name an answer, or leave {id_} out"]
    if finding.exclusive in values and len(values) > 1:
        return [f"{id_}: “{finding.exclusive}” cannot go with other answers"]
    if finding.kind is Kind.SEVERAL:
        options = {*finding.values, AMONG_OTHERS, *(DENIED + option for option in finding.values)}
        wrong = [value for value in values if value not in options]
    else:
        wrong = [value for value in values if band(finding, value) is None]
    known = ", ".join(finding.values)
    return [f"“{value}” is no answer to {id_}: use one of {known}" for value in wrong]
