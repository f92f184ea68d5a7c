"""Commands that explain and change nothing: `why`, `how`, `whynot`, `whatif`, `pause`."""

from __future__ import annotations

import math
from collections.abc import Iterable

from assistant.dialogue.events import Session
from assistant.dialogue.turn import Reply, ask_again, conflict, tell, what_next
from assistant.language import questions, reasons
from assistant.language.blocks import Block, Style
from assistant.language.catalogue import say
from assistant.language.changes import answer_text, conditions_text, look, withdrawn_text
from assistant.language.criteria import relevant
from assistant.language.names import (
    diagnosis_names,
    finding_names,
    joined,
    listed,
    look_up,
    name_within,
    values_text,
)
from assistant.language.text import fold, shorten
from assistant.language.understand import Misread, understand
from assistant.language.why import why
from assistant.language.whynot import whynot
from assistant.reasoning.changes import difference, standing, with_answer
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.explain import Goal, smallest_changes
from assistant.reasoning.facts import UNKNOWN, Answers
from assistant.reasoning.grounds import Waiting, WaitingItem, waiting, waiting_items
from assistant.reasoning.inquiry import applies, offered
from assistant.reasoning.missing import missing
from rules.model import Kind

SHOWN_ANSWERS = 5  # of a long list, what `why` tells


def why_asked(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    """`why`: what the pending question is asked for."""
    del argument
    if session.pending is None:
        return tell(reasoner, session, Style.ERROR, "why_nothing_pending")
    outcome = conclude(reasoner, session.answers)
    finding = reasoner.knowledge.findings[session.pending]
    if_answered = {
        value: conclude(reasoner, {**session.answers, session.pending: (value,)})
        for value in finding.values
    }
    if finding.kind is not Kind.CHOICE:  # long lists: the answers that tell most, as far as likely
        telling = {
            value: _shift(outcome, after) * finding.values[value].usual * _rise(outcome, after)
            for value, after in if_answered.items()
        }
        chosen = sorted(telling, key=lambda value: -telling[value])[:SHOWN_ANSWERS]
        if_answered = {value: if_answered[value] for value in if_answered if value in chosen}
    waits = _waiting(reasoner, session, session.pending)
    blocks = why(reasoner.knowledge, finding, outcome, if_answered, waits, session.lang)
    return ask_again(reasoner, session, blocks)


def _waiting(reasoner: Reasoner, session: Session, id_: str) -> list[Waiting | WaitingItem]:
    """The rules and criteria that wait for an answer; one that is being edited is not known."""
    knowledge = reasoner.knowledge
    open_ = conclude(reasoner, {**session.answers, id_: (UNKNOWN,)})
    items = waiting_items(knowledge, open_, relevant(knowledge, open_), id_)
    return [*waiting(reasoner, open_, id_), *items]


def _shift(before: Outcome, after: Outcome) -> float:
    was = {h.id: h.probability for h in before.hypotheses}
    return sum(abs(h.probability - was[h.id]) for h in after.hypotheses)


def _rise(before: Outcome, after: Outcome) -> float:
    """How much likelier than usual an answer is in this patient: the growth of all scores."""
    return sum(math.exp(h.score) for h in after.hypotheses) / sum(
        math.exp(h.score) for h in before.hypotheses
    )


# --- how and why not ----------------------------------------------------------------------


def how(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    """`how [NAME]`: the justification of the leading diagnosis, or of another."""
    outcome = conclude(reasoner, session.answers)
    leading = next(h.id for h in outcome.hypotheses if h.id != OTHER)
    found = _hypotheses(reasoner, outcome, argument) if argument else (leading,)
    if len(found) != 1:
        return _which(reasoner, session, argument, found)
    blocks = reasons.how(reasoner.knowledge, outcome, found[0], session.lang)
    return ask_again(reasoner, session, blocks)


def why_not(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    """`whynot [NAME]`: why a diagnosis does not lead; without a name, the first that does not."""
    if not session.answers:
        return tell(reasoner, session, Style.ERROR, "too_early")
    argument = argument.rstrip(" ?")  # it is a question
    knowledge, answers = reasoner.knowledge, session.answers
    outcome = conclude(reasoner, answers)
    runner_up = next(h.id for h in outcome.hypotheses[1:] if h.id != OTHER)
    found = _hypotheses(reasoner, outcome, argument) if argument else (runner_up,)
    if len(found) != 1:
        return _which(reasoner, session, argument, found)
    id_ = found[0]
    goal = Goal(id_, leads=outcome.leader.id != id_)
    blocks = whynot(
        knowledge,
        answers,
        outcome,
        id_,
        missing(reasoner, answers, outcome, id_),
        smallest_changes(reasoner, answers, goal, session.settings.tier),
        session.lang,
    )
    return ask_again(reasoner, session, blocks)


def _hypotheses(reasoner: Reasoner, outcome: Outcome, argument: str) -> tuple[str, ...]:
    """The hypotheses that a rank or a name may mean."""
    ranked = [h.id for h in outcome.hypotheses]
    if argument.isdecimal() and 1 <= int(argument[:4]) <= len(ranked):
        return (ranked[int(argument[:4]) - 1],)
    return look_up(argument, hypothesis_names(reasoner))


def hypothesis_names(reasoner: Reasoner) -> dict[str, list[str]]:
    """Every way of naming each hypothesis, "none of these" included."""
    names = diagnosis_names(reasoner.knowledge)
    return {**names, OTHER: [OTHER, say("fr", "other"), say("en", "other")]}


def _which(reasoner: Reasoner, session: Session, argument: str, found: Iterable[str]) -> Reply:
    """That a name means no hypothesis, or several."""
    lang = session.lang
    names = joined((name_within(reasoner.knowledge, id_, lang) for id_ in found), lang)
    key = "how_ambiguous" if names else "how_unknown"
    return tell(reasoner, session, Style.ERROR, key, key=shorten(argument, 40), keys=names)


# --- what if ------------------------------------------------------------------------------


def what_if(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    """`whatif NAME=VALUE`: what would follow from another answer. The session stays as it is."""
    lang, knowledge, answers = session.lang, reasoner.knowledge, session.answers
    found, text = _finding_and_value(reasoner, session, argument)
    if not text:
        return tell(reasoner, session, Style.ERROR, "whatif_which")
    if len(found) != 1:
        key = "how_ambiguous" if found else "finding_unknown"
        keys = joined((knowledge.findings[id_].label[lang] for id_ in found), lang)
        named = shorten(argument.partition("=")[0].strip(), 40)
        return tell(reasoner, session, Style.ERROR, key, key=named, keys=keys)
    finding, facts = knowledge.findings[found[0]], conclude(reasoner, answers).facts
    if not applies(knowledge, facts, found[0]):
        conditions = conditions_text(knowledge, finding, lang)
        values = {"label": finding.label[lang], "conditions": conditions}
        return tell(reasoner, session, Style.ERROR, "whatif_idle", **values)
    choices = offered(knowledge, facts, found[0])
    reading = understand(finding, text, choices, today=session.settings.today)
    if isinstance(reading, Misread):
        return ask_again(reasoner, session, questions.misread(finding, choices, reading, lang))
    problem = conflict(session, found[0], reading)
    if problem is not None:
        return ask_again(reasoner, session, (Block(Style.ERROR, problem),))
    answer, given = answer_text(finding, reading, lang), answers.get(found[0], (UNKNOWN,))
    if given == reading:
        return tell(reasoner, session, Style.TEXT, "whatif_same", answer=answer)
    before = values_text(finding, given, lang)
    key = "whatif_title" if given == (UNKNOWN,) else "whatif_title_instead"
    title = say(lang, key, answer=answer, before=before)
    changed = with_answer(knowledge, answers, found[0], reading)
    return _look(reasoner, session, found[0], title, changed)


def _finding_and_value(
    reasoner: Reasoner, session: Session, argument: str
) -> tuple[tuple[str, ...], str]:
    """The findings that "NAME=VALUE" or "NAME VALUE" may mean, and the value as it was typed."""
    name, equals, value = argument.partition("=")
    if equals:
        return _findings(reasoner, session, name), value.strip() if fold(name) else ""
    words = argument.split()
    for count in range(len(words) - 1, 0, -1):
        found = _findings(reasoner, session, " ".join(words[:count]))
        if found:
            return found, " ".join(words[count:])
    return _findings(reasoner, session, argument), ""


def _findings(reasoner: Reasoner, session: Session, name: str) -> tuple[str, ...]:
    """The findings that a name may mean: of several, those that are answered or asked now."""
    asked = {id_: f for id_, f in reasoner.knowledge.findings.items() if f.asked}
    found = look_up(name, {id_: finding_names(id_, f) for id_, f in asked.items()})
    told = tuple(id_ for id_ in found if id_ in session.answers or id_ == session.pending)
    return told if len(told) == 1 else found


def pause(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    """`pause NAME`: what would follow without one answer. The session stays as it is."""
    lang, findings = session.lang, reasoner.knowledge.findings
    known = dict(session.known())
    labels = listed((findings[id_].label[lang] for id_ in known), lang)
    if not argument:
        return tell(reasoner, session, Style.ERROR, "pause_which", keys=labels)
    found = look_up(argument, {id_: finding_names(id_, findings[id_]) for id_ in known})
    if len(found) != 1:
        key = "edit_ambiguous" if found else "edit_unknown"
        keys = joined((findings[id_].label[lang] for id_ in found), lang) or labels
        return tell(reasoner, session, Style.ERROR, key, key=shorten(argument, 40), keys=keys)
    answer = answer_text(findings[found[0]], known[found[0]], lang)
    title = say(lang, "pause_title", answer=answer)
    changed = {**session.answers, found[0]: (UNKNOWN,)}
    return _look(reasoner, session, found[0], title, changed)


def _look(reasoner: Reasoner, session: Session, id_: str, title: str, changed: Answers) -> Reply:
    """What would follow with one answer changed, beside what follows from those given."""
    knowledge, lang, answers = reasoner.knowledge, session.lang, session.answers
    left = standing(knowledge, changed)
    before, after = conclude(reasoner, answers), conclude(reasoner, left.answers)
    found = difference(knowledge, before, after, session.settings.tier)
    blocks = [Block(Style.TITLE, title), *look(knowledge, before, after, found, lang)]
    also = [i for i, v in left.answers.items() if i != id_ and v != answers.get(i)]
    gone = [i for i, v in session.known() if i not in left.answers]
    withdrawn = "look_withdrawn" if len(gone) > 1 else "look_withdrawn_one"
    for ids, told, key in ((also, left.answers, "look_also"), (gone, answers, withdrawn)):
        if ids:
            labels = withdrawn_text(knowledge, told, ids, lang)
            blocks.append(Block(Style.BULLET, say(lang, key, labels=labels)))
    blocks.append(Block(Style.TEXT, _next(reasoner, session, session.as_if(left.answers), after)))
    return ask_again(reasoner, session, (*blocks, Block(Style.MUTED, say(lang, "look_only"))))


def _next(reasoner: Reasoner, session: Session, changed: Session, after: Outcome) -> str:
    """What would be asked next, beside what is."""
    question = what_next(reasoner, changed, after).question
    if question == session.pending:
        return say(session.lang, "look_same_question" if question else "look_still_over")
    if question is None:
        return say(session.lang, "look_no_question")
    ask = reasoner.knowledge.findings[question].ask[session.lang]
    return say(session.lang, "look_question", question=ask)
