"""The forward-chaining engine: the only module that knows durable-rules.

`Engine.run(facts)` returns the rules that fire and the facts each one matched. durable-rules is
exact and fast inside a narrow subset and dangerous outside it (docs/decisions/0001-engine.md),
so it is used in one shape only: positive rules, actions that only record, one worker session
that is opened by a start fact, filled and deleted. Chaining happens here: what a rule derives is
asserted in turn, until nothing new comes.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from rules.compile import START, Fact, Rule, check_limits, definition, group_of
from rules.model import YES

_SESSION = "case"
_ALONE = "alone"


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
    _open: Engine | None = None  # whose session is open: one a process
    _names = itertools.count()

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        check_limits(self.rules)
        self._resting_on: dict[tuple[Fact, ...], list[Rule]] = {(START,): []}
        for rule in self.rules:
            self._resting_on.setdefault(rule.all, []).append(rule)
        self._by_id = {fact.id: fact for facts in self._resting_on for fact in facts}
        self._tested = set(self._by_id.values()) - {START}
        joined = {fact for facts in self._resting_on if len(facts) > 1 for fact in facts}
        self._message = cache(
            lambda fact: _message(fact, (fact,) in self._resting_on, fact in joined)
        )
        self._told: set[Fact] = set()  # what the open session was told
        self._known: set[Fact] = set()  # what was asserted in it, told or derived
        self._derived: list[Fact] = []  # by the last assertion
        self._fired: list[Firing] = []  # in the open session, in order of rule id
        self._name = f"amyo{next(Engine._names)}"
        Engine._host = Engine._host or _quiet_host()
        Engine._host.set_rulesets({self._name: self._definition()})

    def run(self, facts: Iterable[Fact]) -> tuple[Firing, ...]:
        """The rules that fire on these facts, ordered by rule id.

        Facts that no rule tests are passed over (durable-rules would raise). The result does not
        depend on the order of the facts, nor on what was run before: the session of the last run
        stays open, as a cache, for facts that only add to those it was told; any others are a
        case from scratch. EngineError if durable-rules reports an error.
        """
        told = set(facts)
        new = told - self._told
        with _uninterrupted():
            try:
                if Engine._open is not self or len(told) - len(new) < len(self._told):
                    self._begin()
                    new = told
                self._chain(new)
            except BaseException:
                self._end()
                raise
        return tuple(self._fired)

    def _begin(self) -> None:
        if Engine._open:
            Engine._open._end()
        Engine._open = self
        self._told, self._known, self._fired = set(), set(), []
        self._assert([START])  # deleting a session in which no action ran crashes

    def _end(self) -> None:
        Engine._open = None
        self._host.delete_state(self._name, _SESSION)

    def _chain(self, facts: set[Fact]) -> None:
        self._told |= facts
        waiting = self._to_assert(sorted(facts, key=attrgetter("id")))
        while waiting:
            self._known.update(waiting)
            self._derived = []
            self._assert(waiting)
            waiting = self._to_assert(self._derived)
        self._raise_hidden_error()

    def _to_assert(self, facts: Iterable[Fact]) -> list[Fact]:
        """Those that a rule tests and that are not known yet, each once."""
        return [f for f in dict.fromkeys(facts) if f in self._tested and f not in self._known]

    def _assert(self, facts: Iterable[Fact]) -> None:
        try:
            self._host.assert_facts(self._name, [self._message(fact) for fact in facts])
        except Exception as error:
            raise EngineError(f"durable-rules refused a fact: {error}") from error

    def _definition(self) -> dict[str, Any]:
        """One rule for all that rest on one fact, else one for those with the same conditions.

        Each condition takes 10 kB of every session, and what matched says which rules fire.
        """
        alone = Rule(START.key, "membership", (START,))
        joins = (rules[0] for facts, rules in self._resting_on.items() if len(facts) > 1)
        condition = {"c0": {"$and": [{_ALONE: YES}]}}
        return {
            START.key: {"all": [condition], "run": self._record(alone)},
            **definition(joins, self._record),
        }

    def _record(self, rule: Rule) -> Callable[[Any], None]:
        """An action that records the rules that rest on what was matched."""
        aliases = [f"c{i}" for i in range(len(rule.all))]

        # One parameter only: durable-rules takes an action of two for an asynchronous one. It
        # also swallows what an action raises, so the action does nothing but record.
        def record(context: Any) -> None:
            matched = tuple([self._by_id[context._m[alias]["id"]] for alias in aliases])
            for each in self._resting_on[matched]:
                insort(self._fired, Firing(each, matched), key=_rule_id)
                if each.derives:
                    self._derived.append(each.derives)

        return record

    def _raise_hidden_error(self) -> None:
        error = self._host.get_state(self._name, _SESSION).get("exception")
        if error:
            raise EngineError(f"durable-rules: {error}")


def _rule_id(firing: Firing) -> str:
    return firing.rule.id


def _message(fact: Fact, alone: bool, joined: bool) -> str:
    """The fact as durable-rules takes it: whether a rule rests on it alone, and what joins test."""
    told: dict[str, Any] = {"id": fact.id, "sid": _SESSION}
    if alone:
        told[_ALONE] = YES
    if joined:
        told |= {"g": group_of(fact.key), "k": fact.key, "v": fact.value}
    return json.dumps(told, ensure_ascii=False)


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
    engine, core = _import_durable()

    class Ruleset(engine.Ruleset):  # type: ignore[name-defined, misc]
        def assert_facts(self, facts: list[str]) -> Any:
            result = core.assert_facts(self._handle, f"[{','.join(facts)}]")
            return self._handle_result(result, facts)

        def do_actions(self, handle: int, complete: Callable[[Any, Any], None]) -> None:
            """As durable's own, but the session's state, where it keeps what an action raised, is
            written back once, and only if it changed: after each action it took half the time."""
            state, message = core.start_action_for_state(self._handle, handle) or ("{}", None)
            before = json.loads(state)
            context = engine.Closure(self._host, self, dict(before), {}, handle)
            while message:
                ((name, context._m),) = json.loads(message).items()
                self._actions[name].run(context, lambda _error: None)
                message = core.complete_and_start_action(self._handle, handle)
            if context.s._d != before:
                self.update_state(context.s._d)
            complete(None, context.s._d)

    class QuietHost(engine.Host):  # type: ignore[name-defined, misc]
        def _run(self) -> None:
            pass

        def register_rulesets(self, definitions: dict[str, Any]) -> None:
            for name, rules in definitions.items():
                self._ruleset_directory[name] = Ruleset(name, self, rules)

    return QuietHost()


def _import_durable() -> tuple[Any, Any]:
    # On Python 3.13 the extension refers to a symbol that is gone (PyEval_CallObject), used only
    # by store callbacks that nothing here sets: bound lazily, it is never looked for.
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        import durable_rules_engine
    finally:
        sys.setdlopenflags(flags)
    from durable import engine

    return engine, durable_rules_engine
