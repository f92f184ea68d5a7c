"""Patients drawn from the knowledge: for practice, and to measure the program by.

A diagnosis is drawn from the priors, or "none of these", and then every answer as its page has it
(`sampling.page`), in agreement with what is drawn before it: with time and anatomy
(`sampling.deficit`) and with the coherence that the knowledge states (`sampling.draft`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from assistant.reasoning.differential import Reasoner
from assistant.reasoning.sampling.chance import Chance
from assistant.reasoning.sampling.deficit import BY_HAND, fill
from assistant.reasoning.sampling.draft import Draft, Plan, Source
from assistant.reasoning.sampling.lesion import Lesions
from assistant.reasoning.sampling.page import Page, pages
from assistant.reasoning.sampling.timeline import Moments, Timeline

LIKENESS = 0.6  # see `sample_patient`; judgement
Patient = tuple[str, dict[str, tuple[str, ...]]]  # the diagnosis, and answers (facts.Answers)


def sample_patient(
    reasoner: Reasoner,
    rng: random.Random,
    diagnosis: str | None = None,
    *,
    likeness: float = LIKENESS,
) -> Patient:
    """A patient: the diagnosis, drawn from the priors if it is not given, and all answers.

    `likeness` (0 to 1) says how much the findings of one group say the same: at 0 they are independent
    given the diagnosis, at 1 it has gone as far in all of them. KeyError if there is no such
    diagnosis. Who draws many patients keeps a `Sampler`.
    """
    return Sampler(reasoner, likeness).patient(rng, diagnosis)


@dataclass(frozen=True)
class Sampler:
    """Draws patients, and keeps what it worked out of each page."""

    reasoner: Reasoner
    likeness: float = LIKENESS

    def patient(self, rng: random.Random, diagnosis: str | None = None) -> Patient:
        """A patient (see `sample_patient`)."""
        if diagnosis is None:
            priors = self.reasoner.priors
            (diagnosis,) = rng.choices([*priors], [*priors.values()])
        draft = Draft(self._plan, self._source(diagnosis), Chance(rng, self.likeness))
        fill(draft)
        findings = self.reasoner.knowledge.findings
        return diagnosis, {id_: draft.answers[id_] for id_ in findings if id_ in draft.answers}

    def _source(self, diagnosis: str) -> Source:
        if diagnosis not in self._sources:
            page = self._pages[diagnosis]
            timeline = Timeline.of(page, self._moments)
            self._sources[diagnosis] = Source(page, timeline, Lesions.of(page))
        return self._sources[diagnosis]

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {}

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return pages(self.reasoner)

    @cached_property
    def _moments(self) -> Moments:
        return Moments.of(self.reasoner.knowledge)

    @cached_property
    def _plan(self) -> Plan:
        return Plan.of(self.reasoner.knowledge, BY_HAND)
