"""What the tests share: two knowledge bases, each read once, and how hypothesis runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from assistant.reasoning.differential import Reasoner
from rules.check import load
from rules.model import Knowledge

BASE = Path(__file__).parent / "bad_knowledge" / "base.yaml"

# The same examples every time, so that a run never fails by chance; `thorough` looks further.
settings.register_profile(
    "steady",
    deadline=None,  # two busy cores are no reason to fail
    derandomize=True,
    database=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "thorough", settings.get_profile("steady"), derandomize=False, max_examples=1_000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def base() -> Knowledge:
    """A small knowledge base with round figures, independent of the medicine that is shipped."""
    return load([BASE])


@pytest.fixture(scope="session")
def base_reasoner(base: Knowledge) -> Reasoner:
    """The small knowledge base, ready to reason."""
    return Reasoner.of(base)


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """The knowledge that the program ships, read from its YAML and checked."""
    return load()


@pytest.fixture(scope="session")
def shipped_reasoner(shipped: Knowledge) -> Reasoner:
    """The shipped knowledge, ready to reason."""
    return Reasoner.of(shipped)
