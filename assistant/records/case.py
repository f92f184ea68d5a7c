"""One case without conversation: from a file to answers, and from answers to a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.dialogue.script import DialogueError, parse_dialogue
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import LANGUAGES, say
from assistant.language.names import diagnosis_name, word
from assistant.language.report import report
from assistant.reasoning.criteria import judge
from assistant.reasoning.differential import Hypothesis, Outcome, Reasoner, conclude
from assistant.reasoning.inquiry import Inquiry, Stop, next_question
from assistant.records.phenopacket import Case, Finding, PhenopacketError, read
from rules.model import Knowledge, Tier

MAX_CHARACTERS = 2_000_000
SHOWN = 5  # reasons told on each side
TOLD = 10  # hypotheses told


class CaseError(ValueError):
    """A file that holds no case that can be read: one line, and where."""


def read_case(path: Path, text: str, knowledge: Knowledge) -> Case:
    """The case in a Phenopacket (JSON) or a dialogue (YAML). CaseError if it is neither.

    `text` is what the file at `path` holds; `path` may be "-", for standard input.
    """
    if len(text) > MAX_CHARACTERS:
        raise CaseError(f"{path}: over {MAX_CHARACTERS:,} characters: a case is smaller")
    if text.lstrip()[:1] == "{":
        try:
            return read(text, knowledge)
        except PhenopacketError as error:
            raise CaseError(f"{path}: {error}") from None
    try:
        dialogue = parse_dialogue(text, str(path), knowledge)
    except DialogueError as error:
        raise CaseError(str(error.problems[0])) from None
    answers = dialogue.answers
    if not answers:
        raise CaseError(f"{path}: says nothing of a patient: give `patient:` with `answers:`")
    findings = tuple(Finding(id_, v, (), "file") for id_, values in answers.items() for v in values)
    return Case(path.stem, answers, findings, (), dialogue.expect.leading, dialogue.tier)


def as_text(reasoner: Reasoner, case: Case, lang: str) -> Blocks:
    """The conclusion, and what of the case the knowledge could not use."""
    outcome, _ = _concluded(reasoner, case)
    blocks = report(reasoner.knowledge, outcome, Stop.GIVEN, 0, lang)
    if not case.unmapped:
        return blocks
    lines = [Block(Style.BULLET, f"{item.label} ({item.code})", 1) for item in case.unmapped]
    return (*blocks, Block(Style.STRONG, say(lang, "unmapped_title")), *lines)


def as_json(reasoner: Reasoner, case: Case) -> str:
    """One object; the keys are stable, for scripts rely on them (README, "diagnose")."""
    outcome, inquiry = _concluded(reasoner, case)
    knowledge = reasoner.knowledge
    ranked = enumerate(outcome.hypotheses, 1)
    body = {
        "case": case.id,
        "findings": [
            {"finding": f.finding, "value": f.value, "hpo": list(f.terms), "source": f.source}
            for f in case.findings
        ],
        "unmapped": [{"code": item.code, "label": item.label} for item in case.unmapped],
        "differential": [_hypothesis(knowledge, h, rank) for rank, h in ranked if rank <= TOLD],
        "site": [_site(knowledge, id_) for id_ in _sites(outcome)],
        "criteria": [_criteria(knowledge, outcome, id_) for id_ in knowledge.criteria],
        "red_flags": [
            {"id": id_, "urgency": knowledge.red_flags[id_].urgency} for id_ in outcome.red_flags
        ],
        "next_question": inquiry.question,
        "stopped_because": inquiry.stop,
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _concluded(reasoner: Reasoner, case: Case) -> tuple[Outcome, Inquiry]:
    outcome = conclude(reasoner, case.answers)
    inquiry = next_question(reasoner, outcome, set(case.answers), tier=Tier.GENETICS, cap=10_000)
    return outcome, inquiry


def _hypothesis(knowledge: Knowledge, hypothesis: Hypothesis, rank: int) -> dict[str, Any]:
    diagnosis = knowledge.diagnoses.get(hypothesis.id)
    codes = diagnosis.codes.model_dump(mode="json") if diagnosis else {}
    sides = {"for": 1, "against": -1}
    return {
        "rank": rank,
        "id": hypothesis.id,
        "label": {lang: diagnosis_name(knowledge, hypothesis.id, lang) for lang in LANGUAGES},
        "codes": codes,
        "probability": round(hypothesis.probability, 4),
        "status": word(hypothesis, "en"),
        **{side: _reasons(hypothesis, sign) for side, sign in sides.items()},
    }


def _reasons(hypothesis: Hypothesis, sign: int) -> list[dict[str, Any]]:
    chosen = [r for r in hypothesis.reasons if r.counted * sign > 0][:SHOWN]
    return [
        {
            "fact": reason.likelihood.fact.id,
            "weight": round(reason.counted, 3),
            "because": {lang: reason.likelihood.because[lang] for lang in LANGUAGES},
        }
        for reason in chosen
    ]


def _sites(outcome: Outcome) -> list[str]:
    return list(outcome.sites[0].sites) if outcome.sites else []


def _site(knowledge: Knowledge, id_: str) -> dict[str, Any]:
    label = knowledge.sites[id_].label
    return {"id": id_, "label": {lang: label[lang] for lang in LANGUAGES}}


def _criteria(knowledge: Knowledge, outcome: Outcome, id_: str) -> dict[str, Any]:
    found = judge(knowledge, outcome.facts, id_)
    missing = dict.fromkeys(m for level in found.levels.values() for m in level.missing)
    return {"id": id_, "status": found.verdict, "level": found.level, "missing": list(missing)}
