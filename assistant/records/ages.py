"""Ages and onsets of a Phenopacket, each as the span of years that it may mean.

"P45Y" is anything from 45 to 46 years, "Juvenile onset" anything from 5 to 15: what cannot be told
from them is not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.reasoning.facts import days

OLDEST = 120.0
WIDEST = 25.0  # years: a class of onset that leaves more open says no age
_YEAR = 365.25
_STEPS = {"Y": 1.0, "M": 1 / 12, "W": 7 / _YEAR, "D": 1 / _YEAR}


@dataclass(frozen=True)
class Span:
    """From `low` to `high` years; `usual` is what stands for it where one number is wanted."""

    low: float
    high: float
    usual: float


# Classes of onset, as HPO defines them.
BIRTH = Span(0.0, 0.0, 0.0)
ONSET: Mapping[str, Span] = {
    **dict.fromkeys(
        ("HP:0030674", "HP:0011460", "HP:0011461", "HP:0034197", "HP:0034198", "HP:0034199",
         "HP:0003577"), BIRTH),
    "HP:0003623": Span(0.0, 0.08, 0.05), "HP:0003593": Span(0.08, 1.0, 0.4),
    "HP:0011463": Span(1.0, 5.0, 3.0), "HP:0003621": Span(5.0, 15.0, 10.0),
    "HP:0410280": Span(0.08, 16.0, 8.0), "HP:0003581": Span(16.0, OLDEST, 30.0),
    "HP:0011462": Span(16.0, 40.0, 28.0), "HP:0025708": Span(16.0, 19.0, 17.0),
    "HP:0025709": Span(19.0, 25.0, 22.0), "HP:0025710": Span(25.0, 40.0, 33.0),
    "HP:0003596": Span(40.0, 60.0, 50.0), "HP:0003584": Span(60.0, OLDEST, 65.0),
}  # fmt: skip


def span(time: Any) -> Span | None:
    """The span of a TimeElement: an age, a range of ages, or a class of onset."""
    if not isinstance(time, dict):
        return None
    range_ = time.get("ageRange")
    if isinstance(range_, dict):
        start, end = _of_age(range_.get("start")), _of_age(range_.get("end"))
        return Span(start.low, max(end.high, start.high), start.low) if start and end else start
    class_ = time.get("ontologyClass")
    code = class_.get("id") if isinstance(class_, dict) else None
    return _of_age(time.get("age")) or ONSET.get(str(code))


def _of_age(age: Any) -> Span | None:
    length = str(age.get("iso8601duration", "")).partition("T")[0] if isinstance(age, dict) else ""
    found = days(length)
    if found is None or found > (OLDEST + 1) * _YEAR:
        return None
    step = _STEPS[re.findall("[YMWD]", length)[-1]]
    return Span(found / _YEAR, found / _YEAR + step, found / _YEAR)


def age_at(onset: Span, age: Span | None) -> float | None:
    """The years at onset, or None if they are left too open; nobody falls ill after today."""
    high = min(onset.high, age.high) if age else onset.high
    if high - onset.low > WIDEST:
        return None
    return min(onset.usual, (onset.low + high) / 2) if high < onset.high else onset.usual


def between(onset: Span, age: Span | None) -> tuple[float, ...]:
    """The least and the most years from onset to age; nothing where they may be the same day.

    Ages that differ are taken as given, however coarse: 44 and 45 are a year apart.
    """
    if age is None or age.low <= onset.low:
        return ()
    if onset.high - onset.low <= 1:
        return (age.low - onset.low,)
    return max(age.low - onset.high, 0.0), age.low - onset.low
