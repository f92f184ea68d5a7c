"""The forward-chaining engine: the only module that knows durable-rules.

`Engine.run(facts)` returns the rules that fire and the facts each one matched. durable-rules is
exact and fast inside a narrow subset and dangerous outside it (docs/decisions/0001-engine.md),
so it is used in one shape only: positive rules, actions that only record, one worker session
(of each ruleset, where the rules are too many for one) that is opened by a start fact, filled and
deleted. Chaining happens here: what a rule derives is asserted in turn, until nothing new comes.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from bisect import insort
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from contextlib import nullcontext
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from rules.compile import START, Fact, Rule, check_limits, definition, group_of, rulesets
from rules.model import YES

_read = json.JSONDecoder().raw_decode
_rule_id = attrgetter("rule.id")
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
        alike: dict[tuple[Fact, ...], list[Rule]] = {(START,): []}  # by their conditions
        for rule in self.rules:
            alike.setdefault(rule.all, []).append(rule)
        self._by_id = {  # what fires when facts of these ids are matched
            tuple(fact.id for fact in facts): tuple(Firing(rule, facts) for rule in rules)
            for facts, rules in alike.items()
        }
        self._told: set[Fact] = set()  # what the open session was told
        self._known: set[Fact] = set()  # what was asserted in it, told or derived
        self._derived: list[Fact] = []  # by the last assertion
        self._fired: list[Firing] = []  # in the open session, in order of rule id
        alone = {facts[0] for facts in alike if len(facts) == 1}
        joins = rulesets(rules[0] for facts, rules in alike.items() if len(facts) > 1)
        self._parts = [self._part(part, {START} if i else alone) for i, part in enumerate(joins)]

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
                self._told = told
                self._chain(new)
            except BaseException:
                self._end()
                raise
        return tuple(self._fired)

    def _begin(self) -> None:
        if Engine._open:
            Engine._open._end()
        Engine._open = self
        self._known, self._fired = set(), []
        self._assert({START})  # deleting a session in which no action ran crashes

    def _end(self) -> None:
        Engine._open = None
        for part in self._parts:
            self._host.delete_state(part.name, _SESSION)

    def _chain(self, facts: set[Fact]) -> None:
        while waiting := facts - self._known:
            self._known |= waiting
            self._derived = []
            self._assert(waiting)
            facts = set(self._derived)

    def _assert(self, facts: set[Fact]) -> None:
        for part in self._parts:
            told = facts & part.tested
            try:
                if told:
                    part.ruleset.tell(sorted([part.messages[fact] for fact in told]))
            except Exception as error:
                raise EngineError(f"durable-rules refused a fact: {error}") from error
        self._raise_hidden_error()  # now, when a session is open in every part

    def _part(self, joins: Collection[Rule], alone: set[Fact]) -> _Part:
        """Rules as durable-rules takes them: one for all that rest on one fact, which takes any
        fact that is said to be such (`alone`), and one for those with the same conditions.

        Each condition takes 10 kB of every session, and what matched says which rules fire.
        """
        condition = {"c0": {"$and": [{_ALONE: YES}]}}
        record = self._record(Rule(START.key, "membership", (START,)))
        rules = {
            START.key: {"all": [condition], "run": record},
            **definition(joins, self._record),
        }
        name = f"amyo{next(Engine._names)}"
        Engine._host = Engine._host or _quiet_host()
        Engine._host.set_rulesets({name: rules})
        joined = {fact for rule in joins for fact in rule.all}
        messages = _Messages(alone, joined)
        return _Part(name, Engine._host.get_ruleset(name), messages, alone | joined)

    def _record(self, rule: Rule) -> Callable[[Any], None]:
        """The action of a rule: it records what fires on the facts that were matched."""
        aliases = [f"c{i}" for i in range(len(rule.all))]

        # One parameter only: durable-rules takes an action of two for an asynchronous one.
        def record(matched: Mapping[str, Mapping[str, str]]) -> None:
            for firing in self._by_id[tuple([matched[alias]["id"] for alias in aliases])]:
                insort(self._fired, firing, key=_rule_id)
                if firing.rule.derives:
                    self._derived.append(firing.rule.derives)

        return record

    def _raise_hidden_error(self) -> None:
        for part in self._parts:
            if error := self._host.get_state(part.name, _SESSION).get("exception"):
                raise EngineError(f"durable-rules: {error}")


@dataclass(frozen=True)
class _Part:
    """Some of the rules, in a ruleset of durable-rules: what it is told, and of which facts."""

    name: str
    ruleset: Any
    messages: _Messages
    tested: set[Fact]


class _Messages(dict[Fact, str]):
    """Facts as durable-rules takes them, made once: JSON that says whether a rule rests on the
    fact alone, and what the conditions test of a fact that is joined with others."""

    def __init__(self, alone: Set[Fact], joined: Set[Fact]) -> None:
        self.alone, self.joined = alone, joined

    def __missing__(self, fact: Fact) -> str:
        told: dict[str, Any] = {"id": fact.id, "sid": _SESSION}
        if fact in self.alone:
            told[_ALONE] = YES
        if fact in self.joined:
            told |= {"g": group_of(fact.key), "k": fact.key, "v": fact.value}
        self[fact] = json.dumps(told, ensure_ascii=False)
        return self[fact]


class _Uninterrupted:
    """Ctrl-C waits for the few milliseconds of a run: in the middle of one it would be taken for
    an error of an action, or leave a session that can be neither used nor deleted."""

    def __enter__(self) -> None:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        except BaseException:  # the Ctrl-C that came just before
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


_uninterrupted = _Uninterrupted if hasattr(signal, "pthread_sigmask") else nullcontext  # Windows


def _quiet_host() -> Any:
    """durable's host without its two timer threads: with them, deleting a session that is not
    the newest is a use after free at the next tick."""
    engine, core = _import_durable()

    class Ruleset(engine.Ruleset):  # type: ignore[name-defined, misc]
        """durable's, but what an action raised is kept here and not in the session's state, which
        durable writes back after every action: that took most of the time."""

        def tell(self, facts: list[str]) -> None:
            """Assert facts and run the actions of the rules that fire."""
            self._state: dict[str, str] = {}
            asserted = core.assert_facts(self._handle, f"[{','.join(facts)}]")
            session = self._handle_result(asserted, facts)
            _, message = core.start_action_for_state(self._handle, session) or ("", None)
            try:
                while message:
                    ((name, matched),) = _read(message)[0].items()
                    self._actions[name]._func(matched)
                    message = core.complete_and_start_action(self._handle, session)
            except BaseException as error:
                self._state = {"exception": repr(error)}

        def get_state(self, _session: str) -> dict[str, str]:
            return self._state

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
