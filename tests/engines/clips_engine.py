"""The same rules in CLIPS (through clipspy): a second engine that judges the first.

A fact becomes a fact with two slots, a rule one `defrule`:

    (deftemplate fact (slot key) (slot value))
    (defrule r12
      ?f0 <- (fact (key "reflexes") (value "brisk"))
      ?f1 <- (fact (key "spasticity") (value "yes"))
      =>
      (fired 12 ?f0 ?f1)
      (assert (fact (key "upper_motor_neuron") (value "yes"))))

`fired` is a Python function, which reads what was matched from CLIPS's own facts. Nothing is
shared with `assistant.reasoning.engine` but the records: CLIPS is told every fact, whether or not
a rule tests it, and chains by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import clips
from clips._clips import lib

from assistant.reasoning.differential import Reasoner
from assistant.reasoning.engine import Firing
from assistant.reasoning.likelihood import Table
from rules.compile import Fact, Rule, compile_rules


def _release(fact: clips.facts.Fact) -> None:
    lib.ReleaseFact(fact._fact)


# clipspy 1.0.6 gives `ReleaseFact` an argument too many and passes over the error: no fact that
# Python once held was ever freed, and CLIPS, which looks through them, became slower with each case.
clips.facts.Fact.__del__ = _release


class ClipsEngine:
    """The rules of one knowledge base in a CLIPS environment. To be used as `Engine` is."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.fired: list[Firing] = []
        self.environment = clips.Environment()
        self.environment.build("(deftemplate fact (slot key) (slot value))")
        self.environment.define_function(self.fire, "fired")
        for number, rule in enumerate(self.rules):
            self.environment.build(self.defrule(number, rule))
        self._template = self.environment.find_template("fact")

    def run(self, facts: Iterable[Fact]) -> tuple[Firing, ...]:
        """The rules that fire on these facts, ordered by rule id: a case from scratch."""
        self.begin()
        self.tell(facts)
        return tuple(sorted(self.fired, key=lambda firing: firing.rule.id))

    def begin(self) -> None:
        """A new case."""
        self.environment.reset()
        self.fired.clear()

    def tell(self, facts: Iterable[Fact]) -> None:
        """Add facts to the case and let the rules fire."""
        for fact in facts:
            self._template.assert_fact(key=fact.key, value=fact.value)
        self.environment.run()

    def defrule(self, number: int, rule: Rule) -> str:
        """A rule as CLIPS takes it."""
        conditions = " ".join(f"?f{i} <- {_fact(fact)}" for i, fact in enumerate(rule.all))
        matched = " ".join(f"?f{i}" for i in range(len(rule.all)))
        derived = f"(assert {_fact(rule.derives)})" if rule.derives else ""
        return f"(defrule r{number} {conditions} => (fired {number} {matched}) {derived})"

    def fire(self, number: int, *matched: clips.TemplateFact) -> None:
        """Called by CLIPS when a rule fires."""
        facts = tuple(Fact(fact["key"], fact["value"]) for fact in matched)
        self.fired.append(Firing(self.rules[number], facts))


@dataclass(frozen=True)
class ClipsReasoner(Reasoner):
    """A reasoner that concludes as another does, but whose rules fire in CLIPS."""

    ours: Reasoner

    @cached_property
    def engine(self) -> ClipsEngine:  # type: ignore[override]
        return ClipsEngine(compile_rules(self.knowledge))

    @cached_property
    def table(self) -> Table:
        return self.ours.table  # made once: quick to compare, too


def judge_of(ours: Reasoner) -> ClipsReasoner:
    """The judge of a reasoner."""
    return ClipsReasoner(ours.knowledge, ours)


def _fact(fact: Fact) -> str:
    return f"(fact (key {string(fact.key)}) (value {string(fact.value)}))"


def string(text: str) -> str:
    """A string as CLIPS takes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
