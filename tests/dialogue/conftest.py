"""A small knowledge base to talk about."""

from __future__ import annotations

from pathlib import Path

import pytest
from talking import OPENING, Talk, begin

from assistant.reasoning import inquiry
from assistant.reasoning.differential import Reasoner
from rules.load import read
from rules.model import Knowledge


@pytest.fixture(autouse=True)
def _small_steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small knowledge has little to tell: in it, less is worth a question."""
    if "shipped_reasoner" not in request.fixturenames:
        monkeypatch.setattr(inquiry, "WORTH_KNOWING", 0.001)
        monkeypatch.setattr(inquiry, "LEAST_ASKED", 30)


@pytest.fixture(scope="session")
def small() -> Knowledge:
    """The small knowledge base of `small.yaml`."""
    knowledge, sources = read([Path(__file__).parent / "small.yaml"])
    assert not sources.problems
    return knowledge


@pytest.fixture(scope="session")
def reasoner(small: Knowledge) -> Reasoner:
    """The small knowledge base, ready to reason."""
    return Reasoner.of(small)


@pytest.fixture
def talk(reasoner: Reasoner) -> Talk:
    """An interview in English that has just begun."""
    return begin(reasoner)


@pytest.fixture
def opened(talk: Talk) -> Talk:
    """An interview in English after the opening questions."""
    return talk.say(*OPENING)
