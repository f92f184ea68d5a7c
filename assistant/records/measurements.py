"""Measurements of a Phenopacket that the knowledge can use: CK, glycated haemoglobin, and others.

Codes are LOINC's (https://loinc.org). A quantity is judged against the reference range that comes
with it, or against the usual one, said in `source`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CK_LIMIT = 200.0  # U/L, where the packet gives no reference range (judgement: most laboratories)
HBA1C_LIMIT = 6.5  # %, WHO; `diabetes` says the same
CSF_PROTEIN_LIMIT = 0.45  # g/L
TSH_LOW, TSH_HIGH = 0.4, 4.0  # mIU/L

CK = ("LOINC:2157-6", "LOINC:24335-2", "LOINC:20569-8")
HBA1C = ("LOINC:4548-4", "LOINC:17856-6")
CSF_PROTEIN = ("LOINC:2880-3",)
VITAL_CAPACITY = ("LOINC:19872-1", "LOINC:19868-9", "LOINC:20159-8")
TSH = ("LOINC:3016-3", "LOINC:11580-8")
BMI = ("LOINC:39156-5",)
# Any of these out of its limit is enough for `inflammation`, whose limits they are: code, unit
# with what it is in the first unit, limit, and whether it is the most or the least.
CRP = ("LOINC:1988-5", {"mg/l": 1.0, "mg/dl": 10.0}, 5.0, max)
ALBUMIN = ("LOINC:1751-7", {"g/l": 1.0, "g/dl": 10.0}, 32.0, min)
HAEMOGLOBIN = ("LOINC:718-7", {"g/dl": 1.0, "g/l": 0.1}, 12.0, min)
BMI_LIMIT = 20.0  # kg/m²; `low_bmi` says the same


@dataclass(frozen=True)
class Measured:
    """The answer that a measurement gives, its code, and what it was judged against."""

    finding: str
    value: str
    code: str
    source: str


def measured(item: Mapping[str, Any]) -> Measured | None:
    """The answer in one measurement, or None if the knowledge has no use for it."""
    code = _text(item, "assay", "id").upper()
    label = _text(item, "assay", "label").lower()
    quantity = _quantity(item)
    if quantity is None:
        return None
    amount, unit, low, high = quantity
    if code in CK or "creatine kinase" in label or label in ("ck", "cpk"):
        return _ck(amount, unit, high, code)
    if code in (CRP[0], ALBUMIN[0], HAEMOGLOBIN[0]):
        return _inflammation(amount, unit, code)
    if code in BMI or label in ("bmi", "body mass index"):
        value = "yes" if amount < BMI_LIMIT else "no"
        return Measured("low_bmi", value, code, f"{amount:g} kg/m² against {BMI_LIMIT:g} kg/m²")
    if code in HBA1C and unit in ("%", "percent"):
        value = "recent" if amount >= HBA1C_LIMIT else "no"
        return Measured("diabetes", value, code, f"{amount:g} % against {HBA1C_LIMIT:g} %")
    if code in CSF_PROTEIN:
        return _csf(amount, unit, high, code)
    if code in VITAL_CAPACITY and unit in ("%", "percent"):
        value = "normal" if amount >= 80 else "reduced" if amount >= 50 else "very_low"
        return Measured("vital_capacity", value, code, f"{amount:g} % of predicted")
    if code in TSH:
        floor, top = low or TSH_LOW, high or TSH_HIGH
        value = "hyper" if amount < floor else "hypo" if amount > top else "normal"
        return Measured("thyroid_test", value, code, f"{amount:g} against {floor:g} to {top:g}")
    return None


def _ck(amount: float, unit: str, high: float | None, code: str) -> Measured:
    times = amount if unit in ("x uln", "×uln", "times uln") else amount / (high or CK_LIMIT)
    steps = ((1, "normal"), (5, "up_to_5"), (10, "from_5_to_10"))
    value = next((name for limit, name in steps if times <= limit), "over_10")
    against = "its own limit" if high else f"a usual limit of {CK_LIMIT:g} U/L"
    return Measured("ck", value, code, f"{times:.1f} times {against}")


def _inflammation(amount: float, unit: str, code: str) -> Measured | None:
    """Only "yes": that one of them is normal does not say that the others are."""
    _, units, limit, beyond = next(t for t in (CRP, ALBUMIN, HAEMOGLOBIN) if t[0] == code)
    usual, first = amount * units.get(unit, math.nan), next(iter(units))
    if math.isnan(usual) or usual == limit or beyond(usual, limit) != usual:
        return None
    return Measured("inflammation", "yes", code, f"{usual:g} {first} against {limit:g} {first}")


def _csf(amount: float, unit: str, high: float | None, code: str) -> Measured | None:
    grams = {"g/l": amount, "mg/dl": amount / 100, "mg/l": amount / 1000}.get(unit)
    if grams is None:
        return None
    limit = high * grams / amount if high and amount else CSF_PROTEIN_LIMIT
    value = "dissociation" if grams > limit else "normal"
    return Measured("csf", value, code, f"{grams:g} g/L against {limit:g} g/L; cells not told")


def _quantity(item: Mapping[str, Any]) -> tuple[float, str, float | None, float | None] | None:
    """Amount, unit in small letters, and the reference range of a measurement."""
    value = item.get("value")
    quantity = value.get("quantity") if isinstance(value, dict) else None
    if not isinstance(quantity, dict):
        return None
    amount = _float(quantity.get("value"))
    if amount is None or amount < 0:
        return None
    unit = _text(quantity, "unit", "label") or _text(quantity, "unit", "id")
    range_ = quantity.get("referenceRange")
    limits = range_ if isinstance(range_, dict) else {}
    return amount, unit.lower(), _float(limits.get("low")), _float(limits.get("high"))


def _float(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e12 else None


def _text(data: Mapping[str, Any], *path: str) -> str:
    item: Any = data
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item.strip()[:200] if isinstance(item, str) else ""
