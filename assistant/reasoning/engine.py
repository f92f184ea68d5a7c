"""The forward-chaining engine: the only module that knows durable-rules.

`Engine.run(facts)` returns the rules that fire and the facts each one matched. durable-rules is
exact and fast inside a narrow subset and dangerous outside it (docs/decisions/0001-engine.md),
so it is used in one shape only: positive rules, actions that only record, one worker session
that is opened by a start fact, filled, read and deleted. Chaining happens here: what a rule
derives is asserted in turn, until nothing new comes.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rules.compile import START, Fact, Rule, check_limits, definition, group_of

_SESSION = "case"


@dataclass(frozen=True)
class Firing:
    """A rule that fired, with the facts that it matched, in the order of its conditions."""

    rule: Rule
    facts: tuple[Fact, ...]


class EngineError(RuntimeError):
    """durable-rules reported an error, or refused a fact."""


class Engine:
    """The rules of one knowledge base, ready to run on any number of cases.

    Not for use from several threads. Raises LimitError if the rules pass a limit.
    """

    _host: Any = None  # one host a process
    _names = itertools.count()

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        check_limits(self.rules)
        self._tested = {fact for rule in self.rules for fact in rule.all}
        self._by_id = {fact.id: fact for fact in self._tested}
        self._fired: list[Firing] = []
        self._name = f"amyo{next(Engine._names)}"
        start = Rule(START.key, "membership", (START,))
        Engine._host = Engine._host or _quiet_host()
        Engine._host.set_rulesets({self._name: definition((start, *self.rules), self._record)})

    def run(self, facts: Iterable[Fact]) -> tuple[Firing, ...]:
        """The rules that fire on these facts, ordered by rule id.

        Facts that no rule tests are passed over (durable-rules would raise). The result does not
        depend on the order of the facts. EngineError if durable-rules reports an error.
        """
        self._fired = []
        with _uninterrupted():
            self._chain(facts)
        return tuple(sorted(self._fired, key=lambda firing: firing.rule.id))

    def _chain(self, facts: Iterable[Fact]) -> None:
        self._assert(START)  # deleting a session in which no action ran crashes
        try:
            known: set[Fact] = set()
            waiting = deque(sorted(set(facts)))
            read = 0
            while waiting:
                fact = waiting.popleft()
                if fact in known or fact not in self._tested:
                    continue
                known.add(fact)
                self._assert(fact)
                waiting += [f.rule.derives for f in self._fired[read:] if f.rule.derives]
                read = len(self._fired)
            self._raise_hidden_error()
        finally:
            self._host.delete_state(self._name, _SESSION)

    def _assert(self, fact: Fact) -> None:
        told = {
            "id": fact.id,
            "g": group_of(fact.key),
            "k": fact.key,
            "v": fact.value,
            "sid": _SESSION,
        }
        try:
            self._host.assert_fact(self._name, told)
        except Exception as error:
            raise EngineError(f"durable-rules refused {fact.id}: {error}") from error

    def _record(self, rule: Rule) -> Callable[[Any], None]:
        # One parameter only: durable-rules takes an action of two for an asynchronous one. It
        # also swallows what an action raises, so the action does nothing but append.
        if rule.id == START.key:
            return lambda _context: None

        def record(context: Any) -> None:
            matched = (context._m[f"c{i}"]["id"] for i in range(len(rule.all)))
            self._fired.append(Firing(rule, tuple(self._by_id[id_] for id_ in matched)))

        return record

    def _raise_hidden_error(self) -> None:
        error = self._host.get_state(self._name, _SESSION).get("exception")
        if error:
            raise EngineError(f"durable-rules: {error}")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the few milliseconds of a run: durable-rules swallows it, prints its own
    traceback and may be left with a session that can be neither used nor deleted."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _quiet_host() -> Any:
    """durable's host without its two timer threads: with them, deleting a session that is not
    the newest is a use after free at the next tick."""
    engine = _import_durable()

    class QuietHost(engine.Host):  # type: ignore[name-defined, misc]
        def _run(self) -> None:
            pass

    return QuietHost()


def _import_durable() -> Any:
    # On Python 3.13 the extension refers to a symbol that is gone (PyEval_CallObject), used only
    # by store callbacks that nothing here sets: bound lazily, it is never looked for.
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        import durable_rules_engine  # noqa: F401
    finally:
        sys.setdlopenflags(flags)
    from durable import engine

    return engine
