"""How facts, values, diagnoses and sources are called in a language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from assistant.language.catalogue import say
from assistant.language.text import begins_a_word, fold
from assistant.reasoning.differential import OTHER, Hypothesis
from assistant.reasoning.facts import AMONG_OTHERS, DENIED, UNKNOWN, days
from rules.compile import Fact
from rules.model import NO, YES, Basis, Finding, Kind, Knowledge, Reference, Sourced
from rules.typography import NBSP, NNBSP, french

_TIME_UNITS = {
    "Y": {"fr": ("an", "ans"), "en": ("year", "years")},
    "M": {"fr": ("mois", "mois"), "en": ("month", "months")},
    "W": {"fr": ("semaine", "semaines"), "en": ("week", "weeks")},
    "D": {"fr": ("jour", "jours"), "en": ("day", "days")},
}


# All other first words of the diagnoses are feminine (a test sees to it), or have their article
# elided.
_MASCULINE = ("syndrome",)


def diagnosis_name(knowledge: Knowledge, id_: str, lang: str) -> str:
    """The name of a diagnosis, or of "none of these"."""
    return say(lang, "other") if id_ == OTHER else knowledge.diagnoses[id_].name[lang]


def diagnosis_names(knowledge: Knowledge) -> dict[str, list[str]]:
    """Every way of naming each diagnosis, for `look_up`."""
    return {
        id_: [id_, d.name.fr, d.name.en, *d.synonyms.fr, *d.synonyms.en]
        for id_, d in knowledge.diagnoses.items()
    }


def name_within(knowledge: Knowledge, id_: str, lang: str, *, article: bool = False) -> str:
    """A hypothesis within a sentence: without what stands in brackets, in lower case unless it is
    called after someone, and in French with its article if wanted ("la sclérose latérale ...")."""
    if id_ == OTHER:
        return say(lang, "other_quoted" if article else "other")
    name = diagnosis_name(knowledge, id_, lang).partition(" (")[0]
    first, others = (
        name.split(" ")[0],
        knowledge.diagnoses[id_].name["en" if lang == "fr" else "fr"],
    )
    if first not in others:  # "Becker" stays as it is
        name = uncapitalised(name)
    return f"{_article(name)}{name}" if article and lang == "fr" else name


def _article(name: str) -> str:
    if fold(name)[0] in "aeiouh":
        return "l’"
    return "le " if name.split(" ")[0] in _MASCULINE else "la "


def capitalised(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """A sentence as it goes on behind a colon; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def finding_names(id_: str, finding: Finding) -> list[str]:
    """Every way of naming a finding, for `look_up`."""
    labels = [finding.label.fr, finding.label.en]
    return [id_, *labels, *finding.synonyms.fr, *finding.synonyms.en]


def colon(label: str, value: str, lang: str) -> str:
    """A label and its value: "Reflexes: brisk", « Réflexes : vifs »."""
    return french(f"{label} : {value}") if lang == "fr" else f"{label}: {value}"


def values_text(finding: Finding, values: Iterable[str], lang: str) -> str:
    """The values of an answer as they are shown: "shoulder girdle, upper arm", "3 weeks"."""
    told = (value for value in values if value != AMONG_OTHERS)
    return ", ".join(_value_text(finding, value, lang) for value in told)


def fact_text(knowledge: Knowledge, fact: Fact, lang: str) -> tuple[str, str]:
    """The label of a fact's finding and its value: ("weak muscles", "deltoid")."""
    id_, _, option = fact.key.partition(".")
    if id_ in knowledge.patterns:
        return knowledge.patterns[id_].label[lang], say(lang, "present")
    finding = knowledge.findings[id_]
    if not option:
        return finding.label[lang], finding.values[fact.value].label[lang]
    label = finding.values[option].label[lang]
    if fact.value == YES:
        return finding.label[lang], label
    for counterpart in knowledge.findings.values():
        if counterpart.negates == id_:  # "muscles tested normal: deltoid"
            return counterpart.label[lang], label
    return finding.label[lang], say(lang, "without", value=label)


def stated(knowledge: Knowledge, fact: Fact, lang: str) -> tuple[str, str]:
    """A fact as a statement, in two parts: ("brisk reflexes", ""), ("regions spared", "hand").

    The second part is empty where the first says all; else it belongs behind a colon, where those
    with the same first part go together.
    """
    label, value = fact_text(knowledge, fact, lang)
    id_, _, option = fact.key.partition(".")
    finding = knowledge.findings.get(id_)
    if finding is None:  # a pattern
        return label, ""
    says = finding.values[option or fact.value].says
    if option and fact.value == NO:
        if label == finding.label[lang] and finding.denies:
            return finding.denies[lang], finding.values[option].label[lang]
        return label, value
    if says:
        return says[lang], ""
    if option:
        return label, value
    if fact.value == NO:
        return finding.denies[lang] if finding.denies else _no(label, lang), ""
    if finding.says:
        return finding.says[lang].replace("{value}", value), ""
    return (label, "") if fact.value == YES else (label, value)


def _no(label: str, lang: str) -> str:
    elided = lang == "fr" and fold(label)[0] in "aeiouh"
    return say(lang, "no_elided" if elided else "no_thing", label=label)


def statement(knowledge: Knowledge, fact: Fact, lang: str) -> str:
    """A fact as a statement: "brisk reflexes", "regions spared: hand"."""
    head, value = stated(knowledge, fact, lang)
    return colon(head, value, lang) if value else head


def source_text(knowledge: Knowledge, source: Sourced, lang: str) -> str:
    """What a statement rests on, in brackets: "[van Alfen 2006]", "[judgement, after ...]"."""
    cited = (short_reference(knowledge.references[id_], lang) for id_ in source.references)
    short = listed(dict.fromkeys(cited), lang)
    if source.basis is Basis.PUBLISHED:
        return say(lang, "source_published", references=short)
    if short:  # the direction is published, the figure is ours
        return say(lang, "source_judgement_after", references=short)
    return say(lang, "source_judgement")


def short_reference(reference: Reference, lang: str) -> str:
    """First author's surname and year; the beginning of the title where they are not known."""
    if reference.first_author is None:
        title = say(lang, "quoted", text=_beginning(reference.title, 40))
        return f"{title} {reference.year}" if reference.year else title
    surname = re.sub(r"(?: [A-Z][A-Z.-]{0,4})+$", "", reference.first_author.replace(",", ""))
    return f"{surname} {reference.year}" if reference.year else surname


def _beginning(title: str, length: int) -> str:
    """A title, or as many whole words of it as fit."""
    if len(title) <= length:
        return title.rstrip(".")
    return title[:length].rpartition(" ")[0].rstrip(" ,;:(") + "…"


def long_reference(reference: Reference) -> str:
    """A reference as it stands in a list, with where it can be opened."""
    parts = [reference.first_author, reference.title, reference.journal]
    if reference.year:
        parts.append(str(reference.year))
    where = [f"doi:{reference.doi}"] if reference.doi else []
    if reference.pmid:
        where.append(f"PMID {reference.pmid}")
    cited = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{cited}. {' '.join(where) or reference.read_at}"


def word(hypothesis: Hypothesis, lang: str) -> str:
    """The graded word for a probability."""
    for bound, key in (
        (0.9, "very_likely"),
        (0.6, "likely"),
        (0.25, "possible"),
        (0.05, "unlikely"),
    ):
        if hypothesis.probability >= bound:
            return say(lang, f"word_{key}")
    return say(lang, "word_very_unlikely")


def percent(share: float, lang: str) -> str:
    """A share as a percentage, never as certain as 0 or 100."""
    sign = f"{NBSP}%" if lang == "fr" else "%"
    if share < 0.01:
        return f"<{NBSP}1{sign}"
    return f">{NBSP}99{sign}" if share > 0.99 else f"{share * 100:.0f}{sign}"


def ratio(weight: float, lang: str) -> str:
    """A weight in nats as the ratio that it multiplies by: "4.5", "0.12"."""
    return number(math.exp(weight), lang)


def number(value: float, lang: str) -> str:
    """A number with three significant digits, with the language's decimal sign."""
    if value >= 999.5:
        return f"{value:,.0f}".replace(",", NNBSP if lang == "fr" else ",")
    decimals = 2 - math.floor(math.log10(value)) if 0 < value < 0.1 else 3
    text = f"{value:.3g}" if value >= 0.1 else f"{value:.{decimals}f}".rstrip("0")
    return text.replace(".", ",") if lang == "fr" else text


def listed(parts: Iterable[str], lang: str) -> str:
    """ "a; b", with the space that French puts before a semicolon."""
    return (f"{NNBSP}; " if lang == "fr" else "; ").join(parts)


def joined(parts: Iterable[str], lang: str, word: str = "or") -> str:
    """ "a, b or c"; with `word` "and", "a, b and c"."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {say(lang, word)} {items[-1]}"


def look_up(key: str, named: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The ids that a typed name may mean: by whole name, else by beginning, else by a word.

    `named` gives the names of each id. One id: understood; several: ambiguous; none: unknown.
    """
    typed = fold(key).replace("_", " ")
    folded = {id_: {fold(name).replace("_", " ") for name in names} for id_, names in named.items()}
    for fits in (
        lambda name: name == typed,
        lambda name: name.startswith(typed),
        lambda name: len(typed) >= 3 and begins_a_word(typed, name),
    ):
        found = tuple(id_ for id_, names in folded.items() if any(map(fits, names)))
        if found:
            return found
    return ()


def _value_text(finding: Finding, value: str, lang: str) -> str:
    if value == UNKNOWN:
        return say(lang, "unknown")
    if value in finding.values:
        return finding.values[value].label[lang]
    if value.startswith(DENIED):
        label = finding.values[value.removeprefix(DENIED)].label[lang]
        return say(lang, "without", value=label)
    if finding.kind is Kind.DURATION and days(value) is not None:
        return duration_text(value, lang)
    unit = finding.unit[lang] if finding.unit else ""
    amount = float(value)
    if finding.unit and finding.unit.en == "years" and 0 < amount < 2:
        return duration_text(f"P{round(amount * 365.25)}D", lang)
    text = f"{value} {unit}".replace(".", ",") if lang == "fr" else f"{value} {unit}"
    return french(text) if lang == "fr" else text


def duration_text(iso: str, lang: str) -> str:
    """An ISO 8601 length of time in words: "3 weeks"."""
    length = days(iso) or 0.0
    simple = re.fullmatch(r"P(\d+(?:\.\d+)?)([YMWD])", iso)
    letter, amount = (simple[2], float(simple[1])) if simple else ("D", length)
    if letter == "D" and length >= 60:  # a date was given: its days say too much
        letter, amount = ("Y", length / 365.25) if length >= 730 else ("M", length / 30.4375)
        amount = round(amount)
    one = amount < 2 if lang == "fr" else amount == 1
    unit = _TIME_UNITS[letter][lang][0 if one else 1]
    text = f"{amount:g} {unit}"
    return french(text.replace(".", ",")) if lang == "fr" else text
