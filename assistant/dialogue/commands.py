"""What may be typed besides answers: `why`, `how`, `back`, `edit` and the others.

Each command is a function of the reasoner, the session and what follows its name. Names are
understood in both languages, with or without a leading slash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.dialogue.events import Event, Session, What
from assistant.dialogue.explaining import (
    how,
    hypothesis_names,
    pause,
    what_if,
    why_asked,
    why_not,
)
from assistant.dialogue.turn import (
    Reply,
    after,
    ask_again,
    finish,
    follow_up,
    go_on,
    take,
    tell,
    what_next,
)
from assistant.language import questions, reasons
from assistant.language.blocks import Block, Blocks, Style
from assistant.language.catalogue import LANGUAGES, command_help, say
from assistant.language.criteria import criteria, relevant
from assistant.language.names import finding_names, joined, listed, look_up
from assistant.language.site import site
from assistant.language.text import fold, shorten
from assistant.reasoning.differential import Reasoner, conclude
from assistant.reasoning.facts import UNKNOWN, facts_of
from assistant.reasoning.inquiry import applies
from rules.model import Knowledge

Command = Callable[[Reasoner, Session, str], Reply]

# The first name in each language is the one that help shows.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "why": {"fr": ("pourquoi",), "en": ("why",)},
    "how": {"fr": ("comment",), "en": ("how",)},
    "whynot": {"fr": ("pourquoi-pas", "pourquoi pas"), "en": ("whynot", "why not", "why-not")},
    "whatif": {"fr": ("et-si", "et si"), "en": ("whatif", "what if", "what-if")},
    "pause": {"fr": ("suspendre",), "en": ("pause",)},
    "facts": {"fr": ("faits",), "en": ("facts",)},
    "differential": {"fr": ("différentiel", "diagnostics"), "en": ("differential", "ddx")},
    "site": {"fr": ("siège", "où"), "en": ("site", "where")},
    "criteria": {"fr": ("critères",), "en": ("criteria",)},
    "conclude": {"fr": ("conclure", "bilan"), "en": ("conclude", "summary")},
    "report": {"fr": ("rapport", "détails"), "en": ("report", "details")},
    "back": {"fr": ("retour", "arrière"), "en": ("back", "undo")},
    "edit": {"fr": ("modifier", "corriger"), "en": ("edit", "change")},
    "unknown": {"fr": ("inconnu",), "en": ("unknown",)},
    "skip": {"fr": ("passer", "sauter"), "en": ("skip", "pass")},
    "lang": {"fr": ("langue",), "en": ("lang", "language")},
    "help": {"fr": ("aide",), "en": ("help",)},
    "quit": {"fr": ("quitter", "fin"), "en": ("quit", "exit")},
}
TAKES_NAME = {
    "how": {"fr": "[NOM]", "en": "[NAME]"},
    "whynot": {"fr": "[NOM]", "en": "[NAME]"},
    "whatif": {"fr": "NOM=RÉPONSE", "en": "NAME=ANSWER"},
    "pause": {"fr": "NOM", "en": "NAME"},
    "criteria": {"fr": "[NOM]", "en": "[NAME]"},
    "edit": {"fr": "NOM", "en": "NAME"},
    "lang": {"fr": "fr|en", "en": "fr|en"},
}

_WORDS = {
    fold(word): id_ for id_, names in NAMES.items() for words in names.values() for word in words
}
# What changes the session and takes no name: never on a line that says more.
_CHANGING = ("back", "unknown", "skip", "quit")


def command(reasoner: Reasoner, session: Session, typed: str) -> Reply | None:
    """The reply to a command, or None if the line is none."""
    id_, argument = named(typed)
    if id_ is None:
        return None
    if id_ in _CHANGING and argument.strip(" .!?") and not typed.startswith("/"):
        return None  # "back pain" takes no one back
    return _COMMANDS[id_](reasoner, session, argument.strip())


def named(typed: str) -> tuple[str | None, str]:
    """The command that a line begins with, and what follows its name; "why not" is not "why"."""
    words = typed.removeprefix("/").lstrip().split(" ")
    for count in (2, 1):
        id_ = _WORDS.get(fold(" ".join(words[:count])))
        if id_ is not None:
            return id_, " ".join(words[count:])
    return None, typed


def is_command(typed: str) -> bool:
    """Whether a line is the name of a command and nothing else."""
    return fold(typed) in _WORDS


# --- what is known ------------------------------------------------------------------------


def _facts(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    outcome = conclude(reasoner, session.answers)
    lang = session.lang
    known = questions.known(reasoner.knowledge, session.answers, outcome.facts, lang)
    derived = reasons.patterns(reasoner.knowledge, outcome, lang)
    return ask_again(reasoner, session, (*known, *derived))


def _differential(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if not session.answers:
        return tell(reasoner, session, Style.ERROR, "too_early")
    outcome = conclude(reasoner, session.answers)
    blocks = reasons.differential(reasoner.knowledge, outcome, session.lang)
    return ask_again(reasoner, session, blocks)


def _site(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    outcome = conclude(reasoner, session.answers)
    blocks = site(reasoner.knowledge, outcome, session.lang)
    if not blocks:
        return tell(reasoner, session, Style.ERROR, "site_nothing")
    return ask_again(reasoner, session, blocks)


def _criteria(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    knowledge, lang = reasoner.knowledge, session.lang
    outcome = conclude(reasoner, session.answers)
    found: tuple[str, ...] = tuple(relevant(knowledge, outcome))
    if argument:
        names = {
            id_: [id_, c.label.fr, c.label.en, *hypothesis_names(reasoner)[c.diagnosis]]
            for id_, c in knowledge.criteria.items()
        }
        found = look_up(argument, names)
    if not found:
        about = (c.label[lang].partition(":")[0].strip() for c in knowledge.criteria.values())
        labels = joined(dict.fromkeys(about), lang)
        return tell(reasoner, session, Style.ERROR, "criteria_none", names=labels)
    return ask_again(reasoner, session, criteria(knowledge, outcome, found, lang))


def _conclude(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    return _so_far(reasoner, session, say_all=False)


def _report(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    return _so_far(reasoner, session, say_all=True)


def _so_far(reasoner: Reasoner, session: Session, *, say_all: bool) -> Reply:
    """What there is to conclude now: why it stopped if it did, else that it goes on."""
    if not session.answers:
        return tell(reasoner, session, Style.ERROR, "too_early")
    over = session.pending is None
    outcome = conclude(reasoner, session.answers)
    stop = what_next(reasoner, session, outcome).stop if over else None
    told = finish(reasoner, session, stop, say_all=say_all)
    return ask_again(reasoner, session, told.blocks if over else told.blocks[:-1])


# --- going back and changing --------------------------------------------------------------


def _back(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    last = session.last_done()
    if last is None:
        return tell(reasoner, session, Style.ERROR, "nothing_to_go_back_to")
    label = reasoner.knowledge.findings[last].label[session.lang]
    session = session.then(Event(What.WITHDRAWN, last), Event(What.ASKED, last))
    return tell(reasoner, session, Style.NOTED, "back_to", label=label)


def editable(knowledge: Knowledge, session: Session) -> list[str]:
    """The findings that `edit` may take up again: answered, or skipped and still to the point."""
    facts = facts_of(knowledge, session.answers)
    skipped = (id_ for id_ in session.asked if id_ in session.done - session.answers.keys())
    return [*session.answers, *(id_ for id_ in skipped if applies(knowledge, facts, id_))]


def _edit(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    lang, knowledge = session.lang, reasoner.knowledge
    names = {
        id_: finding_names(id_, knowledge.findings[id_]) for id_ in editable(knowledge, session)
    }
    keys = listed((knowledge.findings[id_].label[lang] for id_ in names), lang)
    if not argument:
        return tell(reasoner, session, Style.ERROR, "edit_which", keys=keys)
    found = look_up(argument, names)
    if len(found) != 1:
        key = "edit_ambiguous" if found else "edit_unknown"
        keys = joined((knowledge.findings[id_].label[lang] for id_ in found), lang) or keys
        return tell(reasoner, session, Style.ERROR, key, key=shorten(argument, 40), keys=keys)
    return ask_again(reasoner, session.then(Event(What.ASKED, found[0])), ())


def _unknown(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if session.pending is None:
        return tell(reasoner, session, Style.ERROR, "after_end")
    return take(reasoner, session, {session.pending: (UNKNOWN,)}, "unknown")


def _skip(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    if session.pending is None:
        return tell(reasoner, session, Style.ERROR, "after_end")
    note = Block(Style.NOTED, say(session.lang, "skipped"))
    session = session.then(Event(What.SKIPPED, session.pending))
    session, followed = follow_up(reasoner, session)
    return after((note, *followed), go_on(reasoner, session))


# --- the rest -----------------------------------------------------------------------------


def _lang(reasoner: Reasoner, session: Session, argument: str) -> Reply:
    other = next(lang for lang in LANGUAGES if lang != session.lang)
    lang = fold(argument)[:2] or other
    if lang not in LANGUAGES:
        return tell(reasoner, session, Style.ERROR, "lang_unknown")
    return tell(reasoner, session.in_language(lang), Style.NOTED, "lang_now")


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


_COMMANDS: dict[str, Command] = {
    "why": why_asked, "how": how, "whynot": why_not, "whatif": what_if, "pause": pause, "facts": _facts, "differential": _differential,
    "site": _site, "criteria": _criteria, "conclude": _conclude, "report": _report,
    "back": _back,
    "edit": _edit, "unknown": _unknown, "skip": _skip, "lang": _lang, "help": _help,
    "quit": _quit,
}  # fmt: skip
