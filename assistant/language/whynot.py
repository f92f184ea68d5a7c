"""`whynot` in sentences: what counts against a diagnosis, what is missing for it, and the least
that would have to be otherwise for it to lead."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import say
from assistant.language.changes import changes_text, withdrawn_text
from assistant.language.names import diagnosis_name, name_within, percent, ratio
from assistant.language.reasons import large_reasons, reason_texts, shares
from assistant.reasoning.differential import Hypothesis, Outcome
from assistant.reasoning.explain import MOST, Reversal
from assistant.reasoning.facts import UNKNOWN, Answers
from assistant.reasoning.missing import Missing
from rules.model import Knowledge

FAVOURS = math.log(1.5)  # an answer must speak so much more for the leader to be told
SHOWN_AGAINST, SHOWN_FAVOURS, SHOWN_MISSING = 4, 3, 3

_KEYS = {  # by whether the diagnosis leads, the goal is reached, and this is at the bedside alone
    (False, True, False): "whynot_would_lead",
    (False, True, True): "whynot_would_lead_bedside",
    (False, False, False): "whynot_never",
    (True, True, False): "whynot_falls",
    (True, True, True): "whynot_falls_bedside",
    (True, False, False): "whynot_holds",
}


def whynot(
    knowledge: Knowledge,
    answers: Answers,
    outcome: Outcome,
    id_: str,
    lacks: Sequence[Missing],
    reversals: Sequence[Reversal],
    lang: str,
) -> Blocks:
    """Why a diagnosis does not lead; if it does, what would overturn it.

    `lacks` are its typical findings that are not known. `reversals` are the smallest changes that
    were found: the first of all, then (where that needs tests) at the bedside alone.
    """
    name = diagnosis_name(knowledge, id_, lang)
    return (
        Block(Style.TITLE, say(lang, "whynot_title", name=name)),
        Block(Style.TEXT, _standing(knowledge, outcome, id_, lang)),
        *_against(knowledge, outcome, id_, lang),
        *_favours(knowledge, outcome, id_, lang),
        *_missing(knowledge, lacks, lang),
        *_reversals(knowledge, answers, outcome, id_, reversals, lang),
    )


def _standing(knowledge: Knowledge, outcome: Outcome, id_: str, lang: str) -> str:
    hypothesis, leader = outcome.hypothesis(id_), outcome.leader
    probability = percent(hypothesis.probability, lang)
    if leader.id == id_:
        return say(lang, "whynot_leads", probability=probability)
    return say(
        lang,
        "whynot_stands",
        rank=outcome.hypotheses.index(hypothesis) + 1,
        probability=probability,
        leader=name_within(knowledge, leader.id, lang, article=True),
        leading=percent(leader.probability, lang),
    )


def _against(knowledge: Knowledge, outcome: Outcome, id_: str, lang: str) -> Iterator[Block]:
    hypothesis = outcome.hypothesis(id_)
    against = [reason for reason in hypothesis.reasons if reason.counted < 0]
    clear = large_reasons(hypothesis, Style.AGAINST)[:SHOWN_AGAINST]
    if not clear:
        leads = outcome.leader.id == id_
        key = "whynot_nothing_against" if leads else "whynot_others_fit"
        yield Block(Style.TEXT, say(lang, key))
        return
    yield Block(Style.STRONG, say(lang, "how_against"))
    for text in reason_texts(knowledge, clear, lang):
        yield Block(Style.AGAINST, text, 1)
    rest = [reason.counted for reason in against if reason not in clear]
    if rest:
        told = ratio(sum(rest), lang)
        key = "whynot_rest" if len(rest) > 1 else "whynot_rest_one"
        yield Block(Style.MUTED, say(lang, key, count=len(rest), ratio=told))


def _favours(knowledge: Knowledge, outcome: Outcome, id_: str, lang: str) -> Iterator[Block]:
    """The answers that speak more for the leader, unless they were told as speaking against."""
    leader, own = outcome.leader, _counted(outcome.hypothesis(id_))
    if leader.id == id_:
        return
    more = [
        reason
        for reason in large_reasons(leader, Style.FOR)
        if reason.counted - max(own.get(reason.likelihood.fact, 0.0), 0.0) >= FAVOURS
        and own.get(reason.likelihood.fact, 0.0) > -FAVOURS
    ]
    more.sort(key=lambda r: own.get(r.likelihood.fact, 0.0) - r.counted)
    notes = {
        r.likelihood.fact: [
            say(lang, "whynot_than", ratio=ratio(own.get(r.likelihood.fact, 0.0), lang))
        ]
        for r in more
    }
    if more:
        names = (name_within(knowledge, h, lang, article=True) for h in (leader.id, id_))
        leading, this = names
        yield Block(Style.STRONG, say(lang, "whynot_favours", leader=leading, name=this))
        for text in reason_texts(knowledge, more[:SHOWN_FAVOURS], lang, notes):
            yield Block(Style.BULLET, text, 1)


def _counted(hypothesis: Hypothesis) -> dict[object, float]:
    return {reason.likelihood.fact: reason.counted for reason in hypothesis.reasons}


def _missing(knowledge: Knowledge, lacks: Sequence[Missing], lang: str) -> Iterator[Block]:
    notes, lacks = {}, lacks[:SHOWN_MISSING]
    for item in lacks:
        notes[item.reason.likelihood.fact] = [shares(item.reason, lang), say(lang, item.why)]
    if lacks:
        yield Block(Style.STRONG, say(lang, "whynot_missing"))
    for text in reason_texts(knowledge, [item.reason for item in lacks], lang, notes):
        yield Block(Style.OPEN, text, 1)


def _reversals(
    knowledge: Knowledge,
    answers: Answers,
    outcome: Outcome,
    id_: str,
    reversals: Sequence[Reversal],
    lang: str,
) -> Iterator[Block]:
    if reversals:
        yield Block(Style.STRONG, say(lang, "whynot_change"))
    for place, found in enumerate(reversals):
        key = _KEYS[outcome.leader.id == id_, found.reached, bool(place)]
        yield Block(Style.TEXT, _reversal(knowledge, answers, outcome, found, id_, key, lang), 1)


def _reversal(
    knowledge: Knowledge,
    answers: Answers,
    before: Outcome,
    found: Reversal,
    id_: str,
    key: str,
    lang: str,
) -> str:
    own = found.outcome.hypothesis(id_)
    if found.reached and before.leader.id != id_:
        rival = found.outcome.hypothesis(before.leader.id)
    else:
        rival = next(h for h in found.outcome.hypotheses if h.id != id_)
    text = say(
        lang,
        key,
        changes=changes_text(knowledge, answers, before.facts, found.changes, lang),
        probability=percent(own.probability, lang),
        rival=name_within(knowledge, rival.id, lang, article=True),
        other=percent(rival.probability, lang),
        most=MOST,
    )
    gone = [i for i in found.withdrawn if answers[i] != (UNKNOWN,)]
    if gone:
        labels = withdrawn_text(knowledge, answers, gone, lang)
        key = "look_withdrawn" if len(gone) > 1 else "look_withdrawn_one"
        text += " " + say(lang, key, labels=labels)
    return text
