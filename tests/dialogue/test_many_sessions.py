"""Many sessions in one process: they are logs, and the engine knows of none between two turns.

`benchmarks/sessions.py` does the same with the shipped knowledge, and measures it.
"""

from __future__ import annotations

import pickle
import random
from collections import Counter

from talking import Talk, begin

from assistant.reasoning.differential import Reasoner, conclude

OPENED, AT_ONCE, TURNS = 10_000, 2_000, 6
AGES = range(1, 100)


def line(talk: Talk, rng: random.Random) -> str:
    """What is typed next: an age, a length of time, one of the choices, or "unknown"."""
    if talk.question is None:
        return "facts"
    wild = {"age": str(rng.choice(AGES)), "duration": f"{rng.randint(1, 50)} weeks"}
    return rng.choice([wild.get(talk.question, "1"), "2", "unknown"])


def test_ten_thousand_sessions_one_after_another(reasoner: Reasoner) -> None:
    ages = Counter[tuple[str, ...]]()
    for number in range(OPENED):
        talk = begin(reasoner).say(str(AGES[number % len(AGES)]))
        ages[talk.answers["age"]] += 1
        assert talk.question == "sex"
    assert len(ages) == len(AGES)
    assert ages.total() == OPENED


def test_two_thousand_sessions_at_once_are_as_each_alone(reasoner: Reasoner) -> None:
    rng = random.Random(1)
    talks = [begin(reasoner) for _ in range(AT_ONCE)]
    typed: list[list[str]] = [[] for _ in talks]
    turns = list(range(AT_ONCE)) * TURNS
    rng.shuffle(turns)
    for i in turns:
        typed[i].append(line(talks[i], rng))
        talks[i].say(typed[i][-1])
    assert len({talk.session for talk in talks}) > AT_ONCE / 2
    for i in rng.sample(range(AT_ONCE), 200):
        alone = begin(reasoner).say(*typed[i])
        assert alone.reply == talks[i].reply
        assert conclude(reasoner, alone.answers) == conclude(reasoner, talks[i].answers)


def test_an_idle_session_is_its_log_and_no_more(reasoner: Reasoner) -> None:
    talk = begin(reasoner).to_the_end({"age": "34"})
    assert pickle.loads(pickle.dumps(talk.session)) == talk.session
    assert len(pickle.dumps(talk.session)) < 300 * len(talk.session.events)
