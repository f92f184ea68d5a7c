"""The records that the medicine is written in.

Every record is immutable and refuses unknown keys. They describe what stands in
`rules/knowledge/**.yaml`; how they are read is `rules.load`, what is refused is `rules.check`.

Facts, everywhere in the program, are pairs of strings `(key, value)`:

- a finding with one answer gives one fact: ``("pain_onset", "sudden")``;
- a finding with several answers gives one fact an option: ``("weak_muscles.deltoid", "yes")``;
- a pattern that a rule derived gives ``("lower_motor_neuron", "yes")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rules.anatomy import Muscle, Site, Territory
from rules.base import NO as NO
from rules.base import YES as YES
from rules.base import Basis as Basis
from rules.base import HpoId as HpoId
from rules.base import Id as Id
from rules.base import Record as Record
from rules.base import Sourced as Sourced
from rules.base import Text as Text
from rules.base import Words as Words
from rules.criteria import Criteria

Probability = Annotated[float, Field(ge=0.0, le=1.0)]


# --- findings -----------------------------------------------------------------------------


class Tier(StrEnum):
    """How far one must go to obtain a finding, from a question to a gene."""

    HISTORY = "history"
    SIGN = "sign"
    LABORATORY = "laboratory"
    EMG = "emg"
    IMAGING = "imaging"
    GENETICS = "genetics"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {tier: rank for rank, tier in enumerate(Tier)}


class Kind(StrEnum):
    """The form of an answer."""

    CHOICE = "choice"  # exactly one of the values
    SEVERAL = "several"  # any number of the values; each becomes a yes/no fact
    NUMBER = "number"  # a quantity in `unit`; the value is the band it falls in
    DURATION = "duration"  # a length of time or a date; the value is the band it falls in, in days


class When(Record):
    """Something is asked, or offered, only if a finding has one of these values."""

    finding: Id
    value: Annotated[tuple[str, ...], Field(min_length=1)]


class Value(Record):
    """One possible answer.

    `usual` is the share of people who come with suspected muscle wasting and would give this
    answer when their disease is *none* of the diagnoses here: the reference that every
    likelihood ratio is taken against. The shares of a choice add up to 1.
    `low` (included) and `high` (excluded) bound the band of a number (in the finding's unit) or
    of a duration (in days). `says` is the answer as a statement ("ankle jerks absent"). `implies`
    states the answers to other findings that this one contains.
    Where `when` is given and does not hold, or `offered` is false, the value is not offered (but
    understood if named).
    """

    label: Text
    says: Text | None = None
    usual: Probability
    synonyms: Words = Words()
    hpo: tuple[HpoId, ...] = ()
    hpo_absent: tuple[HpoId, ...] = ()
    low: float | None = None
    high: float | None = None
    implies: dict[Id, str] = Field(default_factory=dict)
    when: tuple[When, ...] = ()
    offered: bool = True


class Finding(Record):
    """Something that can be asked or examined.

    `group` names the aspect that it shares with other findings: a group counts once (see
    `assistant.reasoning.differential`). `complete` says that a list of options is a full one,
    so that an option which was not named is a "no" (the question must say so). `negates`
    names the finding whose options this one denies ("spared muscles" denies "weak muscles").
    `says` makes a statement of an answer ("onset {value}"); a "yes" is else stated by the label, any
    other by label and value. `denies` states a "no" (else "no" and the label), or stands before the
    options of a list that were denied ("regions spared").
    `exclusive` is the id of an option that means "none of these". `opening` gives the place of
    a question that every interview opens with. `along` names the finding in whose question this one
    is put as well ("age and sex?"): it is asked by itself where that answer leaves it out, and has
    values that are words. `essential` marks what is asked before an
    interview may stop.
    """

    label: Text
    says: Text | None = None
    denies: Text | None = None
    ask: Text
    help: Text
    tier: Tier
    kind: Kind
    topic: Id
    values: Annotated[dict[Id, Value], Field(min_length=1)]
    group: Id | None = None
    when: tuple[When, ...] = ()
    unit: Text | None = None
    minimum: float | None = None
    maximum: float | None = None
    complete: bool = False
    exclusive: str | None = None
    negates: Id | None = None
    along: Id | None = None
    asked: bool = True
    opening: int | None = None
    essential: bool = False
    synonyms: Words = Words()


# --- patterns -----------------------------------------------------------------------------


class Condition(Record):
    """A positive test: the finding (or pattern) has one of these values.

    For a finding with several answers, `value` names options, any of which is present
    (`absent: true`: any of which was denied).
    """

    finding: Id
    value: Annotated[tuple[str, ...], Field(min_length=1)] = (YES,)
    absent: bool = False


class Alternative(Sourced):
    """One way of recognising a pattern: all the conditions together."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1)]
    because: Text


class Pattern(Record):
    """A syndrome or lesion site that rules derive from findings and other patterns.

    `contradicts` names patterns that the same answers must not derive as well.
    """

    label: Text
    about: Text
    kind: Literal["syndrome", "site"]
    usual: Annotated[float, Field(gt=0.0, lt=1.0)]
    any: Annotated[tuple[Alternative, ...], Field(min_length=1)]
    hpo: tuple[HpoId, ...] = ()
    group: Id | None = None
    contradicts: tuple[Id, ...] = ()


# --- diagnoses ----------------------------------------------------------------------------


class Frequency(StrEnum):
    """The frequency classes of HPO and Orphanet."""

    OBLIGATE = "obligate"
    VERY_FREQUENT = "very_frequent"
    FREQUENT = "frequent"
    OCCASIONAL = "occasional"
    VERY_RARE = "very_rare"
    EXCLUDED = "excluded"

    @property
    def share(self) -> float:
        """The middle of the class, as a share of patients."""
        return _SHARES[self]


_SHARES = {
    Frequency.OBLIGATE: 0.99,
    Frequency.VERY_FREQUENT: 0.90,
    Frequency.FREQUENT: 0.55,
    Frequency.OCCASIONAL: 0.15,
    Frequency.VERY_RARE: 0.025,
    Frequency.EXCLUDED: 0.002,
}


# Most are figures, hence these first: to try the classes before them took a third of every start.
Share = Annotated[Probability | Frequency, Field(union_mode="left_to_right")]


class Evidence(Sourced):
    """How often the values of one finding are met in a diagnosis.

    `frequency` gives a class, or a share between 0 and 1, for each value it names; the values
    of a choice that no evidence of the diagnosis names divide the rest among themselves as
    usual. For a follow-up question the share is among those to whom it applies.
    `late: true` says that the sign comes with time: its absence then does not count against
    the diagnosis. `decides` lifts the bound that keeps a single answer from deciding alone; it
    needs a published source. `others` is the share of every option of a list that no evidence of
    the diagnosis names (what a focal disease never does need not be told one by one). `against`
    names the neighbours that this finding speaks against.
    """

    finding: Id
    frequency: Annotated[dict[str, Share], Field(min_length=1)]
    because: Text
    late: bool = False
    others: Probability | None = None
    decides: Literal["pathognomonic", "excluding"] | None = None
    against: tuple[Id, ...] = ()

    def share(self, value: str) -> float:
        """The share of patients with this value (KeyError if it is not named)."""
        frequency = self.frequency[value]
        return frequency.share if isinstance(frequency, Frequency) else frequency


class Codes(Record):
    """Codes of the diagnosis in ICD-10 (WHO), Orphanet and OMIM."""

    icd10: Annotated[tuple[str, ...], Field(min_length=1)]
    orpha: tuple[Annotated[str, Field(pattern=r"^\d+$")], ...] = ()
    omim: tuple[Annotated[str, Field(pattern=r"^\d{6}$")], ...] = ()


class Prior(Sourced):
    """How common the diagnosis is, and in whom. Orders of magnitude.

    `per_100k` is cases per 100,000 people, prevalence or yearly incidence as `measure` says.
    `male` is the share of men among patients. `age` is the share of patients in each band of
    the finding `age`, at the time they are seen; it adds up to 1.
    """

    per_100k: Annotated[float, Field(gt=0.0, le=50_000.0)]
    measure: Literal["prevalence", "incidence"]
    male: Probability
    age: dict[str, Probability]
    note: Text


class Neighbour(Record):
    """A diagnosis that is easily taken for this one, and what tells them apart."""

    id: Id
    difference: Text


class NextStep(Sourced):
    """What would settle the matter, and why."""

    do: Text
    why: Text


class Side(StrEnum):
    """The first fork: has the muscle lost its nerve, or is it something else?"""

    NEUROGENIC = "neurogenic"
    MIMIC = "mimic"


class Diagnosis(Record):
    """One diagnosis: what it is, whom it takes, what speaks for and against it."""

    id: Id
    name: Text
    synonyms: Words = Words()
    codes: Codes
    side: Side
    group: Id
    about: Text
    prior: Prior
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=8)]
    neighbours: Annotated[tuple[Neighbour, ...], Field(min_length=2)]
    next_steps: Annotated[tuple[NextStep, ...], Field(min_length=1)]
    must_not_miss: Annotated[tuple[Text, ...], Field(min_length=1)]
    stakes: Annotated[int, Field(ge=1, le=3)]
    course: Text

    @property
    def cited(self) -> list[Id]:
        """Every reference of the page, each once, in order of appearance."""
        parts: tuple[Sourced, ...] = (self.prior, *self.evidence, *self.next_steps)
        return list(dict.fromkeys(id_ for part in parts for id_ in part.references))


# --- red flags, references, the whole -----------------------------------------------------


class Urgency(StrEnum):
    """How soon someone must act."""

    NOW = "now"
    TODAY = "today"
    SOON = "soon"

    @property
    def rank(self) -> int:
        """0 for what is most urgent."""
        return list(Urgency).index(self)


class RedFlag(Record):
    """What must not wait. `any` holds the ways of recognising it."""

    label: Text
    urgency: Urgency
    action: Text
    any: Annotated[tuple[Alternative, ...], Field(min_length=1)]


class Reference(Record):
    """A publication that was found and read while the knowledge was written.

    `read` says how much of it was read; `read_at` is the address where. Author, year and journal
    are left out where that page did not show them: nothing is filled in from memory.
    """

    title: str
    first_author: str | None = None
    year: Annotated[int, Field(ge=1850, le=2100)] | None = None
    journal: str | None = None
    kind: Literal["review", "cohort", "case_report", "guideline", "criteria", "database", "book"]
    read: Literal["abstract", "full_text"]
    read_at: Annotated[str, Field(pattern=r"^https?://\S+$")]
    pmid: Annotated[str, Field(pattern=r"^\d{4,9}$")] | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\S+$")] | None = None


class Coherence(Record):
    """What cannot be otherwise in one patient: where `given` holds, `then` holds as well.

    As far as the answers are known: what is not answered contradicts nothing.
    """

    given: Condition
    then: Condition


class Knowledge(Record):
    """All of it. Keys are ids."""

    findings: dict[Id, Finding]
    patterns: dict[Id, Pattern]
    diagnoses: dict[Id, Diagnosis]
    red_flags: dict[Id, RedFlag]
    references: dict[Id, Reference]
    muscles: dict[Id, Muscle] = Field(default_factory=dict)
    territories: dict[Id, Territory] = Field(default_factory=dict)
    sites: dict[Id, Site] = Field(default_factory=dict)
    criteria: dict[Id, Criteria] = Field(default_factory=dict)
    coherence: dict[Id, Coherence] = Field(default_factory=dict)

    @property
    def sourced(self) -> Iterator[Sourced]:
        """Every statement that says what it rests on."""
        for diagnosis in self.diagnoses.values():
            yield from (diagnosis.prior, *diagnosis.evidence, *diagnosis.next_steps)
        for pattern in self.patterns.values():
            yield from pattern.any
        for flag in self.red_flags.values():
            yield from flag.any
        yield from (*self.muscles.values(), *self.sites.values(), *self.criteria.values())
