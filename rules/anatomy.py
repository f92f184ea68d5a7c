"""The records of anatomy: muscles, what supplies them and how they are tested; lesion sites.

They stand in `rules/knowledge/anatomy/`. The muscles are the options of the findings
`weak_muscles` and `spared_muscles`; the sites are what `assistant.reasoning.localise` chooses among.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rules.base import HpoId, Id, Record, Sourced, Text, Words

Root = Annotated[str, Field(pattern=r"^[CTLS]\d{1,2}$")]


class Regularity(StrEnum):
    """How regularly a well-developed lesion weakens a muscle."""

    ALWAYS = "always"
    OFTEN = "often"
    SOMETIMES = "sometimes"


class Muscle(Sourced):
    """A muscle: its supply, what it does, how to test it, how people speak of it.

    `roots` are the main ones, the dominant first; `accessory` those that some sources add.
    `everyday` is what someone says in whom it is weak. `usual` is as in `rules.model.Value`.
    `offered_with` are the affected regions with which it stands in a menu; without any it does
    not, but is understood when named.
    """

    label: Text
    synonyms: Words = Words()
    everyday: Words = Words()
    region: Id
    nerve: Text
    plexus: tuple[Id, ...] = ()
    roots: tuple[Root, ...] = ()
    accessory: tuple[Root, ...] = ()
    action: Text
    test: Text
    note: Text | None = None
    usual: Annotated[float, Field(gt=0.0, lt=1.0)]
    offered_with: tuple[Id, ...] = ()
    hpo: tuple[HpoId, ...] = ()


class Decision(Record):
    """The muscle to test to tell a site from another, and why."""

    muscle: Id
    against: Id
    because: Text


class Site(Sourced):
    """A place where a lesion may be, and what it does.

    `spares` and `sensory_spared` speak against it when affected. `decide` names the muscles to
    test to tell it from its neighbours. `commonness` is its frequency relative to a common
    lesion (1.0), for examinations that two sites explain alike; judgement.
    """

    label: Text
    kind: Literal["nerve", "cord", "trunk", "plexus", "root", "anterior_horn", "pattern"]
    about: Text
    muscles: dict[Id, Regularity] = Field(default_factory=dict)
    sensory: tuple[Id, ...] = ()
    sensory_spared: tuple[Id, ...] = ()
    spares: tuple[Id, ...] = ()
    decide: tuple[Decision, ...] = ()
    commonness: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class Territory(Record):
    """An area of skin that a nerve or root supplies."""

    label: Text
    synonyms: Words = Words()
    usual: Annotated[float, Field(gt=0.0, lt=1.0)]
    offered_with: tuple[Id, ...] = ()
