"""What every record of the knowledge is built from: ids, texts in two languages, sources.

The medicine is written in `rules.model`, the anatomy in `rules.anatomy`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

HpoId = Annotated[str, Field(pattern=r"^HP:\d{7}$")]

YES, NO = "yes", "no"


class Record(BaseModel):
    """An immutable record that refuses keys it does not know."""

    # JSON, hence the cache, has no infinity: it would come back as null. Deferred: a start needs
    # one validator, that of `Knowledge`, and not one for each record by itself.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Text(Record):
    """The same sentence in French and in English. Neither may be empty."""

    fr: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def __getitem__(self, lang: str) -> str:
        return self.fr if lang == "fr" else self.en


class Words(Record):
    """Other words for the same thing, in French and in English."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def __getitem__(self, lang: str) -> tuple[str, ...]:
        return self.fr if lang == "fr" else self.en


class Basis(StrEnum):
    """What a statement rests on: a source that was read, or the judgement of the authors."""

    PUBLISHED = "published"
    JUDGEMENT = "judgement"


class Sourced(Record):
    """Anything that must say what it rests on (R006 refuses `published` without a reference)."""

    basis: Basis
    references: tuple[Id, ...] = ()
