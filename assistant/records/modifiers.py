"""What the modifiers of a term add to it: side, severity, gradient, course over time.

A modifier tells nothing by itself: "Acute" beside a pain is its onset, beside a weakness its tempo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rules.hpo import Hpo, Reading, readings
from rules.model import Knowledge

MOTOR = ("weakness", "wasting", "affected_regions", "gradient", "complaint")
PAIN = ("pain", "pain_site")
SENSORY = ("sensory_symptoms", "sensory_loss", "vibration_loss")
ANY = (*MOTOR, *PAIN, *SENSORY)
# What a modifier may tell, and of which findings its term must speak for that.
TOLD_OF = {"gradient": MOTOR, "tempo": MOTOR, "cold_paresis": MOTOR, "pain_severity": PAIN,
           "pain_onset": PAIN, "sensory_distribution": SENSORY, "course": ANY,
           "previous_attacks": ANY, "preceding_event": ANY}  # fmt: skip
# Modifiers that no finding names: as terms by themselves they would mean nothing.
MEANING = {"HP:0012825": ("pain_severity", "mild"), "HP:0012827": ("pain_severity", "mild"),
           "HP:0012826": ("pain_severity", "moderate"), "HP:0012828": ("pain_severity", "severe"),
           "HP:0012829": ("pain_severity", "severe"), "HP:0011009": ("pain_onset", "sudden"),
           "HP:0003587": ("pain_onset", "gradual")}  # fmt: skip
RIGHT, LEFT, ONE_SIDE = "HP:0012834", "HP:0012835", "HP:0012833"
BOTH_SIDES = ("HP:0012832", "HP:6000857")  # bilateral; symmetric distribution


def told_by(
    knowledge: Knowledge, table: Hpo, code: str, about: Collection[str]
) -> Iterator[Reading]:
    """What a modifier says beside a term that speaks of the findings `about`."""
    for id_ in (code, *table.up.get(code, ())):
        if id_ in MEANING and set(about) & set(TOLD_OF[MEANING[id_][0]]):
            yield Reading(*MEANING[id_], present=True, distance=0)
    for reading in readings(knowledge, table, code, excluded=False):
        if set(about) & set(TOLD_OF.get(reading.finding, ())):
            yield reading


def symmetry(sides: Iterable[tuple[str, str]]) -> tuple[str, tuple[str, ...]] | None:
    """One side or both, as the modifiers of all motor terms tell together, and what tells it.

    `sides` holds pairs of term and modifier. Both sides are evenly affected if nothing says that
    they are not: another term that is on one side only, or one on the right and one on the left.
    """
    of_term: dict[str, set[str]] = {}
    for term, code in sides:
        if code in (*BOTH_SIDES, RIGHT, LEFT, ONE_SIDE):
            of_term.setdefault(term, set()).add(code)
    if not of_term:
        return None
    both = {t for t, codes in of_term.items() if codes & set(BOTH_SIDES) or codes >= {RIGHT, LEFT}}
    one = set().union(*(of_term[term] for term in of_term if term not in both))
    value = "symmetric" if not one else "asymmetric" if both or one >= {RIGHT, LEFT} else "one_side"
    told = (part for term, codes in of_term.items() for part in (term, *sorted(codes)))
    return value, tuple(dict.fromkeys(told))
