"""From facts to a ranked differential that carries its reasons.

`conclude(reasoner, answers)` is the one way through: answers → facts → rules fire → weights are
counted → hypotheses are ranked. It is pure: the same answers give the same outcome.
"""

from __future__ import annotations

import gc
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.reasoning.engine import Engine, Firing
from assistant.reasoning.facts import UNKNOWN, Answers, facts_of, ruled_out
from assistant.reasoning.likelihood import Likelihood, Table, likelihoods
from assistant.reasoning.localise import Examination, Localisation, lesion_sites, localise
from rules.compile import Fact, compile_rules
from rules.model import NO, Diagnosis, Knowledge, Side

if TYPE_CHECKING:
    from assistant.reasoning.arrays import Arrays
    from assistant.reasoning.inquiry import Inquiry

OTHER = "other"  # the hypothesis "none of the diagnoses in this knowledge base"
RECENT = 64  # how many outcomes are remembered: a turn asks for the same one several times
# Its weight beside the diagnoses, which weigh what `priors` says. A weight and not a share: the
# more diseases are known, the fewer patients have none of them (judgement).
OTHER_WEIGHT = 22.5
OTHER_FLOOR = 0.06  # its least share after any answer: no knowledge base is complete
REFERRAL_EXPONENT = 1 / 3  # see `priors`
REPEAT = 0.5  # within a group, each further reason of the same sign counts half of the last


@dataclass(frozen=True)
class Reason:
    """One weight for one diagnosis, and how much of it was counted (nats)."""

    likelihood: Likelihood
    counted: float


@dataclass(frozen=True)
class Hypothesis:
    """A diagnosis (or `OTHER`) with its probability and all that it rests on.

    score = prior + the sum of `counted` over reasons; both in nats. `OTHER` has no reasons: its
    score is its prior, or as much more as keeps its probability at `OTHER_FLOOR`.
    """

    id: str
    prior: float
    score: float
    probability: float
    weights: tuple[Likelihood, ...]

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Each weight with how much of it was counted, the strongest first."""
        return count(self.weights)

    @property
    def evidence(self) -> float:
        """What the answers alone add to (or take from) the prior, in nats."""
        return self.score - self.prior


@dataclass(frozen=True)
class Outcome:
    """All that follows from the answers.

    `facts` says which finding stated each fact; `firings` are all rules that fired;
    `hypotheses` are ranked, the likeliest first; `sites` are the lesion sites that the examination
    fits, the likeliest first; `weighed` are the facts that hypotheses were weighed by.
    """

    facts: Mapping[Fact, str]
    firings: tuple[Firing, ...]
    hypotheses: tuple[Hypothesis, ...]
    sites: tuple[Localisation, ...] = ()
    weighed: tuple[Fact, ...] = ()

    @property
    def leader(self) -> Hypothesis:
        return self.hypotheses[0]

    @cached_property
    def inquiries(self) -> dict[object, Inquiry]:
        """The next questions chosen so far after this outcome: the same is often asked for again."""
        return {}

    @cached_property
    def patterns(self) -> dict[str, tuple[Firing, ...]]:
        """The patterns derived, with every firing that derived them."""
        return self._fired("pattern")

    @cached_property
    def red_flags(self) -> dict[str, tuple[Firing, ...]]:
        """The red flags raised, with every firing that raised them."""
        return self._fired("red_flag")

    def hypothesis(self, id_: str) -> Hypothesis:
        """The hypothesis with this id (KeyError if there is none)."""
        for hypothesis in self.hypotheses:
            if hypothesis.id == id_:
                return hypothesis
        raise KeyError(id_)

    def _fired(self, kind: str) -> dict[str, tuple[Firing, ...]]:
        found: dict[str, tuple[Firing, ...]] = {}
        for firing in self.firings:
            if firing.rule.kind == kind:
                found[firing.rule.target] = (*found.get(firing.rule.target, ()), firing)
        return found


@dataclass(frozen=True)
class Reasoner:
    """A knowledge base to reason with. Build it once.

    What takes time is made when it is first needed, which is after the first answer: the first
    question waits for none of it.
    """

    knowledge: Knowledge

    @classmethod
    def of(cls, knowledge: Knowledge) -> Reasoner:
        return cls(knowledge)

    @cached_property
    def engine(self) -> Engine:
        """The engine with the rules of the knowledge."""
        return Engine(compile_rules(self.knowledge))

    @cached_property
    def table(self) -> Table:
        """What every fact says."""
        table = likelihoods(self.knowledge)
        gc.freeze()  # it stays: to look through it for garbage would hold up a turn for 0.1 s
        return table

    @cached_property
    def arrays(self) -> Arrays:
        """The same as numbers only, for sums over the whole differential."""
        from assistant.reasoning.arrays import Arrays  # brings NumPy: not before the first answer

        return Arrays.of(self.knowledge, self.table, tuple(self.priors))

    @cached_property
    def recent(self) -> dict[frozenset[tuple[str, tuple[str, ...]]], Outcome]:
        """The outcomes concluded last, by the known answers: the same always give the same one."""
        return {}

    @cached_property
    def localised(self) -> dict[Examination, tuple[Localisation, ...]]:
        """The lesion sites worked out last: most answers leave the examination as it was."""
        return {}

    @cached_property
    def priors(self) -> Mapping[str, float]:
        """The share of each hypothesis before any answer."""
        return priors(self.knowledge.diagnoses)


def conclude(reasoner: Reasoner, answers: Answers) -> Outcome:
    """What follows from the answers (see `facts.Answers`)."""
    # an unknown answer states no fact: what follows is what followed before it
    key = frozenset(item for item in answers.items() if item[1] != (UNKNOWN,))
    outcome = reasoner.recent.get(key)
    if outcome is None:
        if len(reasoner.recent) >= RECENT:
            reasoner.recent.clear()
        outcome = reasoner.recent[key] = _conclude(reasoner, answers)
    return outcome


def _conclude(reasoner: Reasoner, answers: Answers) -> Outcome:
    facts = facts_of(reasoner.knowledge, answers)
    sites = _localised(reasoner, Examination.of(facts))
    if "lesion_site" in reasoner.knowledge.findings:
        facts |= {Fact(f"lesion_site.{id_}"): "weak_muscles" for id_ in lesion_sites(sites)}
    firings = reasoner.engine.run(facts) if facts else ()  # without a fact no rule fires
    weighed = tuple(_weighed(reasoner.knowledge, facts, firings))
    return Outcome(facts, firings, _rank(reasoner, weighed), sites, weighed)


def _localised(reasoner: Reasoner, found: Examination) -> tuple[Localisation, ...]:
    if found not in reasoner.localised:
        if len(reasoner.localised) >= RECENT:
            reasoner.localised.clear()
        reasoner.localised[found] = localise(reasoner.knowledge.sites, found)
    return reasoner.localised[found]


def priors(diagnoses: Mapping[str, Diagnosis]) -> dict[str, float]:
    """The share of each diagnosis before any answer, `OTHER` included; they add up to 1.

    How common a disease is says little of how often it is met in someone seen for wasting: most
    carpal tunnels never waste, most motor neuron diseases do. So the differences between
    diseases are compressed (`REFERRAL_EXPONENT`): a hundred times commoner counts 4.6 times.
    """
    weights = {id_: d.prior.per_100k**REFERRAL_EXPONENT for id_, d in diagnoses.items()}
    weights[OTHER] = OTHER_WEIGHT
    total = sum(weights.values())
    return {id_: weight / total for id_, weight in weights.items()}


def side_probability(knowledge: Knowledge, outcome: Outcome, side: Side) -> float:
    """The probability that the case stands on one side of the first fork."""
    return sum(
        h.probability
        for h in outcome.hypotheses
        if h.id != OTHER and knowledge.diagnoses[h.id].side is side
    )


def _weighed(
    knowledge: Knowledge, facts: Mapping[Fact, str], firings: Iterable[Firing]
) -> Iterator[Fact]:
    """The facts of evidence rules that fired, without those that go without saying."""
    for firing in firings:
        fact = firing.facts[0]
        if firing.rule.kind == "evidence" and not _goes_without_saying(knowledge, facts, fact):
            yield fact


def _rank(reasoner: Reasoner, weighed: Iterable[Fact]) -> tuple[Hypothesis, ...]:
    weights: defaultdict[str, list[Likelihood]] = defaultdict(list)
    for fact in weighed:
        for likelihood in reasoner.table.get(fact, ()):
            weights[likelihood.diagnosis].append(likelihood)
    scores = {
        id_: math.log(prior) + counted_sum(weights[id_]) for id_, prior in reasoner.priors.items()
    }
    scores[OTHER] = max(scores[OTHER], _floor(scores))
    shares = softmax(scores)
    ranked = [
        Hypothesis(
            id_, math.log(reasoner.priors[id_]), scores[id_], shares[id_], tuple(weights[id_])
        )
        for id_ in scores
    ]
    return tuple(sorted(ranked, key=lambda h: (-h.probability, h.id)))


def _goes_without_saying(knowledge: Knowledge, facts: Mapping[Fact, str], fact: Fact) -> bool:
    """Whether an option was denied of a list that does not apply: no area is numb where sensation
    is normal. Shares are among those to whom the list applies, and would count that twice."""
    finding = fact.key.partition(".")[0]
    return fact.value == NO and "." in fact.key and ruled_out(knowledge, facts, finding)


def _floor(scores: Mapping[str, float]) -> float:
    """The score at which `OTHER` has its least share."""
    known = sum(math.exp(score) for id_, score in scores.items() if id_ != OTHER)
    return math.log(known * OTHER_FLOOR / (1 - OTHER_FLOOR)) if known else scores[OTHER]


def count(weights: Iterable[Likelihood]) -> tuple[Reason, ...]:
    """How much of each weight counts, strongest first.

    Findings of one group are not independent: among those of the same sign the strongest counts
    in full, the next half, the next a quarter. So a group never counts more than twice its
    strongest member, and one more reason never weakens the case that it supports.
    """
    ordered = sorted(weights, key=lambda w: (-abs(w.weight), w.fact))
    seen: defaultdict[tuple[str, bool], int] = defaultdict(int)
    reasons = []
    for likelihood in ordered:
        key = (likelihood.group, likelihood.weight > 0)
        reasons.append(Reason(likelihood, likelihood.weight * REPEAT ** seen[key]))
        seen[key] += 1
    return tuple(sorted(reasons, key=lambda r: (-abs(r.counted), r.likelihood.fact)))


def counted_sum(weights: Iterable[Likelihood]) -> float:
    """What `count` adds up to, without the reasons: every turn needs it of every hypothesis."""
    groups: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    for likelihood in weights:
        groups[likelihood.group, likelihood.weight > 0].append(likelihood.weight)
    return sum(
        weight * REPEAT**i
        for group in groups.values()
        for i, weight in enumerate(sorted(group, key=abs, reverse=True))
    )


def softmax(scores: Mapping[str, float]) -> dict[str, float]:
    """Probabilities proportional to the exponentials of the scores."""
    top = max(scores.values())
    raw = {id_: math.exp(score - top) for id_, score in scores.items()}
    total = sum(raw.values())
    return {id_: value / total for id_, value in raw.items()}
