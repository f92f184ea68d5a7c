"""What may be typed besides answers: `why`, `how`, `back`, `edit` and the others.

Each command is a function of the reasoner, the session and what follows its name. Names are
understood in both languages, with or without a leading slash.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from assistant.dialogue.events import Event, Session, What
from assistant.dialogue.turn import (
    Reply,
    after,
    ask_again,
    finish,
    go_on,
    take,
    withdraw_what_no_longer_applies,
)
from assistant.language import questions, reasons
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import LANGUAGES, command_help, say
from assistant.language.criteria import criteria, relevant
from assistant.language.names import diagnosis_name, diagnosis_names, joined, look_up
from assistant.language.site import site
from assistant.language.text import fold, shorten
from assistant.reasoning.differential import OTHER, Outcome, Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN
from rules.model import Kind

Command = Callable[[Reasoner, Session, str], Reply]

# The first name in each language is the one that help shows.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "why": {"fr": ("pourquoi",), "en": ("why",)},
    "how": {"fr": ("comment",), "en": ("how",)},
    "facts": {"fr": ("faits",), "en": ("facts",)},
    "differential": {"fr": ("différentiel", "diagnostics"), "en": ("differential", "ddx")},
    "site": {"fr": ("siège", "où"), "en": ("site", "where")},
    "criteria": {"fr": ("critères",), "en": ("criteria",)},
    "conclude": {"fr": ("conclure", "bilan"), "en": ("conclude", "summary")},
    "back": {"fr": ("retour", "arrière"), "en": ("back", "undo")},
    "edit": {"fr": ("modifier", "corriger"), "en": ("edit", "change")},
    "unknown": {"fr": ("inconnu",), "en": ("unknown",)},
    "skip": {"fr": ("passer", "sauter"), "en": ("skip", "pass")},
    "lang": {"fr": ("langue",), "en": ("lang", "language")},
    "help": {"fr": ("aide",), "en": ("help",)},
    "quit": {"fr": ("quitter", "fin"), "en": ("quit", "exit")},
}
TAKES_NAME = {"how": {"fr": "[NOM]", "en": "[NAME]"}, "criteria": {"fr": "[NOM]", "en": "[NAME]"},
              "edit": {"fr": "NOM", "en": "NAME"},
              "lang": {"fr": "fr|en", "en": "fr|en"}}  # fmt: skip

_WORDS = {
    fold(word): id_ for id_, names in NAMES.items() for words in names.values() for word in words
}
# What changes the session and takes no name: never on a line that says more.
_CHANGING = ("back", "unknown", "skip", "quit")


def command(reasoner: Reasoner, session: Session, typed: str) -> Reply | None:
    """The reply to a command, or None if the line is none."""
    name, _, argument = typed.removeprefix("/").strip().partition(" ")
    id_ = _WORDS.get(fold(name))
    if id_ is None:
        return None
    if id_ in _CHANGING and argument.strip(" .!?") and not typed.startswith("/"):
        return None  # "back pain" takes no one back
    return _COMMANDS[id_](reasoner, session, argument.strip())


def is_command(typed: str) -> bool:
    """Whether a line is the name of a command and nothing else."""
    return fold(typed) in _WORDS


# --- what is known and why ----------------------------------------------------------------


def _why(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if session.pending is None:
        return _say(reasoner, session, Style.ERROR, "why_nothing_pending")
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
        chosen = sorted(telling, key=lambda value: -telling[value])[:5]
        if_answered = {value: if_answered[value] for value in if_answered if value in chosen}
    blocks = reasons.why(reasoner.knowledge, finding, outcome, if_answered, session.lang)
    return ask_again(reasoner, session, blocks)


def _shift(before: Outcome, after: Outcome) -> float:
    was = {h.id: h.probability for h in before.hypotheses}
    return sum(abs(h.probability - was[h.id]) for h in after.hypotheses)


def _rise(before: Outcome, after: Outcome) -> float:
    """How much likelier than usual an answer is in this patient: the growth of all scores."""
    return sum(math.exp(h.score) for h in after.hypotheses) / sum(
        math.exp(h.score) for h in before.hypotheses
    )


def _how(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    outcome = conclude(reasoner, session.answers)
    lang, ranked = session.lang, [h.id for h in outcome.hypotheses]
    if not argument:
        found: tuple[str, ...] = (next(id_ for id_ in ranked if id_ != OTHER),)
    elif argument.isdecimal() and 1 <= int(argument[:4]) <= len(ranked):
        found = (ranked[int(argument[:4]) - 1],)
    else:
        found = look_up(argument, _diagnosis_names(reasoner))
    if len(found) != 1:
        names = joined((diagnosis_name(reasoner.knowledge, id_, lang) for id_ in found), lang)
        key = "how_ambiguous" if found else "how_unknown"
        return _say(reasoner, session, Style.ERROR, key, key=shorten(argument, 40), keys=names)
    return ask_again(reasoner, session, reasons.how(reasoner.knowledge, outcome, found[0], lang))


def _diagnosis_names(reasoner: Reasoner) -> dict[str, list[str]]:
    names = diagnosis_names(reasoner.knowledge)
    return {**names, OTHER: [OTHER, say("fr", "other"), say("en", "other")]}


def _facts(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    outcome = conclude(reasoner, session.answers)
    lang = session.lang
    known = questions.known(reasoner.knowledge, session.answers, outcome.facts, lang)
    derived = reasons.patterns(reasoner.knowledge, outcome, lang)
    return ask_again(reasoner, session, (*known, *derived))


def _differential(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if not session.answers:
        return _say(reasoner, session, Style.ERROR, "too_early")
    outcome = conclude(reasoner, session.answers)
    blocks = reasons.differential(reasoner.knowledge, outcome, session.lang)
    return ask_again(reasoner, session, blocks)


def _site(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    outcome = conclude(reasoner, session.answers)
    blocks = site(reasoner.knowledge, outcome, session.lang)
    if not blocks:
        return _say(reasoner, session, Style.ERROR, "site_nothing")
    return ask_again(reasoner, session, blocks)


def _criteria(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    knowledge, lang = reasoner.knowledge, session.lang
    outcome = conclude(reasoner, session.answers)
    found: tuple[str, ...] = tuple(relevant(knowledge, outcome))
    if argument:
        names = {
            id_: [id_, c.label.fr, c.label.en, *_diagnosis_names(reasoner)[c.diagnosis]]
            for id_, c in knowledge.criteria.items()
        }
        found = look_up(argument, names)
    if not found:
        labels = joined((c.label[lang] for c in knowledge.criteria.values()), lang)
        return _say(reasoner, session, Style.ERROR, "criteria_none", names=labels)
    return ask_again(reasoner, session, criteria(knowledge, outcome, found, lang))


def _conclude(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if not session.answers:
        return _say(reasoner, session, Style.ERROR, "too_early")
    return ask_again(reasoner, session, finish(reasoner, session).blocks[:-1])


# --- going back and changing --------------------------------------------------------------


def _back(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    last = session.last_done()
    if last is None:
        return _say(reasoner, session, Style.ERROR, "nothing_to_go_back_to")
    label = reasoner.knowledge.findings[last].label[session.lang]
    session = session.then(Event(What.WITHDRAWN, last), Event(What.ASKED, last))
    return _say(reasoner, session, Style.NOTED, "back_to", label=label)


def _edit(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    lang, findings = session.lang, reasoner.knowledge.findings
    answered = {
        id_: [id_, findings[id_].label.fr, findings[id_].label.en] for id_ in session.answers
    }
    keys = ", ".join(answered)
    if not argument:
        return _say(reasoner, session, Style.ERROR, "edit_which", keys=keys)
    found = look_up(argument, answered)
    if len(found) != 1:
        key = "edit_ambiguous" if found else "edit_unknown"
        keys = joined(found, lang) if found else keys
        return _say(reasoner, session, Style.ERROR, key, key=shorten(argument, 40), keys=keys)
    return ask_again(reasoner, session.then(Event(What.ASKED, found[0])), ())


def _unknown(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if session.pending is None:
        return _say(reasoner, session, Style.ERROR, "after_end")
    return take(reasoner, session, {session.pending: (UNKNOWN,)}, "unknown")


def _skip(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if session.pending is None:
        return _say(reasoner, session, Style.ERROR, "after_end")
    note = Block(Style.NOTED, say(session.lang, "skipped"))
    session = session.then(Event(What.SKIPPED, session.pending))
    session, withdrawn = withdraw_what_no_longer_applies(reasoner, session)
    return after((note, *withdrawn), go_on(reasoner, session))


# --- the rest -----------------------------------------------------------------------------


def _lang(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    other = next(lang for lang in LANGUAGES if lang != session.lang)
    lang = fold(argument)[:2] or other
    if lang not in LANGUAGES:
        return _say(reasoner, session, Style.ERROR, "lang_unknown")
    return _say(reasoner, session.in_language(lang), Style.NOTED, "lang_now")


def _help(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    lang = session.lang
    lines = [Block(Style.TITLE, say(lang, "help_title"))]
    for id_, text in command_help(lang).items():
        takes = TAKES_NAME.get(id_, {}).get(lang, "")
        lines.append(Block(Style.BULLET, f"{NAMES[id_][lang][0]} {takes}".strip() + f" - {text}"))
    if session.pending is not None:
        how_to = reasoner.knowledge.findings[session.pending].help[lang]
        lines.append(Block(Style.TEXT, say(lang, "why_how_to", help=how_to)))
    return ask_again(reasoner, session, tuple(lines))


def _quit(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    goodbye: Blocks = (Block(Style.TEXT, say(session.lang, "goodbye")),)
    return replace(ask_again(reasoner, session, ()), blocks=goodbye, closed=True)


def _say(
    reasoner: Reasoner, session: Session, style: Style, sentence: str, /, **values: str
) -> Reply:
    block = Block(style, say(session.lang, sentence, **values))
    return ask_again(reasoner, session, (block,))


_COMMANDS: dict[str, Command] = {
    "why": _why, "how": _how, "facts": _facts, "differential": _differential,
    "site": _site, "criteria": _criteria, "conclude": _conclude, "back": _back,
    "edit": _edit, "unknown": _unknown, "skip": _skip, "lang": _lang, "help": _help,
    "quit": _quit,
}  # fmt: skip
