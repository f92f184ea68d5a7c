"""The records of diagnostic criteria: items that are met, not met, or undetermined.

They stand in `rules/knowledge/criteria/`; `assistant.reasoning.criteria` judges them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from rules.base import YES, Id, Record, Sourced, Text


class Item(Record):
    """One item of a set of criteria: a test of a finding, or other items taken together.

    Exactly one of: `finding` (has one of the values), `all`, `any`, `of` (`at_least` so many of
    these), `none` (not one of these), `unknowable` (true: what this program cannot know, such as
    that no other disease explains the picture; always undetermined). `text` says the item as the
    source means it, with thresholds and units.
    """

    text: Text | None = None
    finding: Id | None = None
    value: Annotated[tuple[str, ...], Field(min_length=1)] = (YES,)
    all: tuple[Item, ...] = ()
    any: tuple[Item, ...] = ()
    at_least: Annotated[int, Field(ge=1, le=20)] | None = None
    of: tuple[Item, ...] = ()
    none: tuple[Item, ...] = ()
    unknowable: bool = False

    @model_validator(mode="after")
    def _one_form(self) -> Item:
        forms = (self.finding is not None, self.all, self.any, self.of, self.none, self.unknowable)
        if sum(map(bool, forms)) != 1:
            raise ValueError("give one of: finding, all, any, of (with at_least), none, unknowable")
        if bool(self.of) != (self.at_least is not None):
            raise ValueError("“of” and “at_least” go together")
        return self

    @property
    def parts(self) -> tuple[Item, ...]:
        """The items that this one is made of; none if it tests a finding."""
        return self.all or self.any or self.of or self.none


class Level(Record):
    """A degree of certainty that the criteria know: what it takes, and what it is called."""

    label: Text
    needs: Item


class Criteria(Sourced):
    """A published set of criteria for one diagnosis; `levels` from the most certain to the least.

    `limits` says what the set is for and what this program leaves out of it.
    """

    label: Text
    diagnosis: Id
    limits: Text
    levels: Annotated[dict[Id, Level], Field(min_length=1)]
