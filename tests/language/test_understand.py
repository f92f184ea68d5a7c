"""From a typed line to an answer: what is understood, what is refused, and that nothing is guessed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.text import clean
from assistant.language.understand import Fault, Misread, as_typed, is_whole_name, understand
from assistant.reasoning.facts import UNKNOWN, band, days
from rules.model import Finding, Kind, Knowledge

TODAY = date(2026, 7, 1)
TEXT = {"fr": "texte", "en": "text"}


def value(fr: str, en: str, **more: object) -> dict[str, object]:
    return {"label": {"fr": fr, "en": en}, "usual": 0.2, **more}


def finding(kind: str, values: dict[str, object], **more: object) -> Finding:
    return Finding.model_validate(
        {"label": TEXT, "ask": TEXT, "help": TEXT, "tier": "history", "topic": "topic", "kind": kind,
         "values": values, **more}
    )  # fmt: skip


YES_NO = finding("choice", {"yes": value("oui", "yes"), "no": value("non", "no")})
REFLEXES = finding(
    "choice",
    {
        "normal": value("normaux", "normal"),
        "local_loss": value("diminués localement", "reduced locally"),
        "absent": value("abolis partout", "absent everywhere", synonyms={"fr": ["aréflexie"]}),
        "brisk": value("vifs", "brisk"),
    },
)
COMPLAINT = finding(
    "several",
    {
        "weakness": value("faiblesse", "weakness"),
        "wasting": value("fonte musculaire", "wasting"),
        "pain": value("douleur", "pain"),
        "gait": value("marche difficile et chutes", "trouble walking, and falls"),
        "speech": value("voix pâteuse, nasonnée", "slurred, nasal speech"),
    },
)
SIGNS = finding(
    "several",
    {"none": value("aucun", "none"), "fever": value("fièvre", "fever"), "cough": value("toux", "cough")},
    exclusive="none",
    complete=True,
)  # fmt: skip
AGE = finding(
    "number",
    {"young": value("jeune", "young", low=0, high=40), "old": value("âgé", "old", low=40, high=121)},
    unit={"fr": "ans", "en": "years"},
    minimum=0,
    maximum=120,
)  # fmt: skip
DURATION = finding(
    "duration",
    {"weeks": value("semaines", "weeks", low=0, high=60), "longer": value("plus", "longer", low=60, high=50000)},
)  # fmt: skip


def read(asked: Finding, text: str, offered: list[str] | None = None) -> tuple[str, ...] | Misread:
    return understand(asked, clean(text), offered or list(asked.values), today=TODAY)


def fault(asked: Finding, text: str) -> Fault:
    reading = read(asked, text)
    assert isinstance(reading, Misread), reading
    return reading.fault


# --- choices ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2", "02", "diminués localement", "Reduced Locally", "reduced", "local_loss", "local loss", "DIMINUES", "loc"])  # fmt: skip
def test_a_choice_is_understood_by_number_name_id_or_beginning(text: str) -> None:
    assert read(REFLEXES, text) == ("local_loss",)


@pytest.mark.parametrize("text", ["aréflexie", "areflexie", "AREFLEXIE", "aréfl", "everywhere"])
def test_a_choice_is_understood_by_synonym_and_by_the_beginning_of_a_word(text: str) -> None:
    assert read(REFLEXES, text) == ("absent",)


@pytest.mark.parametrize("text", ["o", "oui", "y", "yes", "1", "YES", " yes "])
def test_yes_is_understood_in_both_languages(text: str) -> None:
    assert read(YES_NO, text) == ("yes",)


def test_an_ambiguous_beginning_is_never_guessed() -> None:
    assert read(COMPLAINT, "wea") == ("weakness",)
    assert read(COMPLAINT, "w") == Misread(Fault.AMBIGUOUS, "w", ("weakness", "wasting"))
    assert read(REFLEXES, "a") == ("absent",)  # all names with an a are of one value


def test_a_whole_name_comes_before_a_longer_one_that_begins_with_it() -> None:
    asked = finding("choice", {"walked": value("marché", "walked"), "late": value("marché tard", "walked late")})  # fmt: skip
    assert read(asked, "walked") == ("walked",)
    assert read(asked, "walked l") == ("late",)
    assert fault(asked, "walk") is Fault.AMBIGUOUS


def test_two_values_of_the_same_name_are_both_told() -> None:
    asked = finding("choice", {"a": value("même", "same"), "b": value("même", "same")})
    assert read(asked, "même") == Misread(Fault.AMBIGUOUS, "meme", ("a", "b"))


@pytest.mark.parametrize("number", ["0", "5", "99", "123456789012345678901234567890"])
def test_a_number_outside_of_the_list_is_refused(number: str) -> None:
    assert fault(REFLEXES, number) is Fault.NO_SUCH_NUMBER
    assert fault(COMPLAINT, f"1, {number.replace('5', '6')}") is Fault.NO_SUCH_NUMBER


def test_numbers_count_what_is_offered_and_words_may_name_what_is_not() -> None:
    assert read(REFLEXES, "1", ["absent", "brisk"]) == ("absent",)
    assert read(REFLEXES, "normal", ["absent", "brisk"]) == ("normal",)
    reading = read(REFLEXES, "3", ["absent", "brisk"])
    assert isinstance(reading, Misread)
    assert reading.fault is Fault.NO_SUCH_NUMBER


@pytest.mark.parametrize("text", ["yes and no", "oui, non", "1 2", "1,2", "oui et non"])
def test_a_choice_takes_one_answer(text: str) -> None:
    assert fault(YES_NO, text) is Fault.ONE_ANSWER


def test_an_unknown_word_is_refused_and_what_looks_like_it_is_offered() -> None:
    reading = read(REFLEXES, "brissk")
    assert reading == Misread(Fault.NO_SUCH_ANSWER, "brissk", ("brisk",))
    assert read(REFLEXES, "zzz") == Misread(Fault.NO_SUCH_ANSWER, "zzz")


@pytest.mark.parametrize("word", ["unknown", "inconnu", "inconnue", "?", "don't know", "don’t know", "je ne sais pas", "NSP", "pas fait", "not done"])  # fmt: skip
@pytest.mark.parametrize("asked", [YES_NO, COMPLAINT, AGE, DURATION], ids=lambda f: f.kind)
def test_not_knowing_is_an_answer_to_every_question(asked: Finding, word: str) -> None:
    assert read(asked, word) == (UNKNOWN,)


# --- several answers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1 3", "1,3", "1, 3", "3;1", "1/3", "1+3", "3 1", "1 and 3", "1 et 3", "weakness and pain",
     "faiblesse et douleur", "weakness, pain", "douleur; faiblesse", "wea,pai", "1, douleur",
     "pain, weakness, pain", "weakness , , pain", "Faiblesse, PAIN"],
)  # fmt: skip
def test_lists_are_understood_in_the_order_of_the_question(text: str) -> None:
    assert read(COMPLAINT, text) == ("weakness", "pain")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("marche difficile et chutes", ("gait",)),
        ("trouble walking, and falls", ("gait",)),
        ("trouble walking and falls", ("gait",)),
        ("voix pâteuse, nasonnée", ("speech",)),
        ("voix pâteuse nasonnée", ("speech",)),
        ("slurred, nasal speech", ("speech",)),
        ("slurred nasal speech", ("speech",)),
        ("douleur, voix pâteuse, nasonnée", ("pain", "speech")),
        ("marche difficile et chutes et douleur", ("pain", "gait")),
    ],
)
def test_labels_that_contain_commas_or_and_are_one_answer(text: str, ids: tuple[str, ...]) -> None:
    assert read(COMPLAINT, text) == ids


@pytest.mark.parametrize("text", [",", ";", "+", "/", ", ,", ",;/"])
def test_separators_alone_are_no_answer(text: str) -> None:
    assert fault(COMPLAINT, text) is Fault.NO_SUCH_ANSWER


def test_one_bad_part_refuses_the_whole_list_and_names_the_part() -> None:
    assert read(COMPLAINT, "weakness, nonsense, pain") == Misread(Fault.NO_SUCH_ANSWER, "nonsense")
    assert read(COMPLAINT, "pain, w") == Misread(Fault.AMBIGUOUS, "w", ("weakness", "wasting"))


@pytest.mark.parametrize("text", ["none, fever", "1 2", "aucun et toux", "toux, aucun"])
def test_none_of_these_goes_with_nothing_else(text: str) -> None:
    reading = read(SIGNS, text)
    assert isinstance(reading, Misread)
    assert (reading.fault, reading.candidates) == (Fault.EXCLUSIVE, ("none",))


def test_none_of_these_alone_is_an_answer() -> None:
    assert read(SIGNS, "none") == read(SIGNS, "aucun") == read(SIGNS, "1") == ("none",)


# --- ages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("34", "34"), ("34 ans", "34"), ("34ans", "34"), ("34 years old", "34"), ("34 yo", "34"),
        ("34 y", "34"), ("34,5", "34.5"), ("34.5", "34.5"), ("0", "0"), ("120", "120"),
        ("0,25", "0.25"), ("4 mois", "0.3333"), ("4 months old", "0.3333"), ("18 mois", "1.5"),
        ("6 semaines", "0.115"), ("environ 40", "40"), ("about 40 years", "40"), ("034", "34"),
        ("1 an", "1"), ("un an", "1"), ("a year", "1"), ("two years", "2"), ("34.123456789", "34.1235"),
    ],
)  # fmt: skip
def test_ages_are_understood_in_years(text: str, age: str) -> None:
    assert read(AGE, text) == (age,)


@pytest.mark.parametrize("text", ["121", "-1", "-1 an", "1000000000", "999999", "120.5", "1500 mois", "- 5"])  # fmt: skip
def test_an_impossible_age_is_out_of_range(text: str) -> None:
    assert fault(AGE, text) is Fault.OUT_OF_RANGE


@pytest.mark.parametrize("text", ["34.5.6", "1e9", "34 kg", "34 5", "34-35", "forty", "a", "un", "an", "+", "nan", "inf", "0x22", "34 ans 3"])  # fmt: skip
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert fault(AGE, text) is Fault.NOT_A_NUMBER


@pytest.mark.parametrize(("text", "id_"), [("young", "young"), ("jeune", "young"), ("âgé", "old")])
def test_a_whole_band_may_be_named(text: str, id_: str) -> None:
    assert read(AGE, text) == (id_,)


@given(st.floats(0, 120), st.sampled_from(["", " ans", " years", "y"]))
def test_every_age_in_range_is_understood_to_four_decimals(age: float, unit: str) -> None:
    reading = read(AGE, f"{age:.4f}{unit}")
    assert isinstance(reading, tuple)
    assert abs(float(reading[0]) - age) < 1e-4
    assert "e" not in reading[0]


# --- lengths of time ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3 semaines", "P3W"), ("3 weeks", "P3W"), ("3 sem", "P3W"), ("3w", "P3W"),
        ("2 years ago", "P2Y"), ("il y a 2 ans", "P2Y"), ("depuis 5 ans", "P5Y"),
        ("for 5 years", "P5Y"), ("since 5 years", "P5Y"), ("environ 6 mois", "P6M"),
        ("about 6 months", "P6M"), ("10 jours", "P10D"), ("10 j", "P10D"), ("10 days", "P10D"),
        ("1,5 ans", "P1.5Y"), ("1.5 years", "P1.5Y"), ("un an", "P1Y"), ("une semaine", "P1W"),
        ("a month", "P1M"), ("a week ago", "P1W"), ("for a year", "P1Y"), ("an year", "P1Y"),
        ("two weeks ago", "P2W"), ("deux mois", "P2M"), ("depuis trois semaines", "P3W"),
        ("P4W", "P4W"), ("p4w", "P4W"), ("P1Y6M", "P1Y6M"), ("0 jours", "P0D"), ("100 ans", "P100Y"),
        ("depuis environ 3 mois", "P3M"), ("0.0001 years", "P0.0001Y"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_understood_in_both_languages(text: str, iso: str) -> None:
    assert read(DURATION, text) == (iso,)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2019", date(2019, 1, 1)), ("en 2019", date(2019, 1, 1)), ("since 2019", date(2019, 1, 1)),
        ("05/2019", date(2019, 5, 1)), ("5/2019", date(2019, 5, 1)), ("2019-05", date(2019, 5, 1)),
        ("depuis 05/2019", date(2019, 5, 1)), ("12/05/2019", date(2019, 5, 12)),
        ("12.05.2019", date(2019, 5, 12)), ("2019-05-12", date(2019, 5, 12)),
        ("2024-02-29", date(2024, 2, 29)), ("2026-07-01", TODAY),
    ],
)  # fmt: skip
def test_dates_are_reckoned_to_the_day_of_the_session_day_first(text: str, start: date) -> None:
    assert read(DURATION, text) == (f"P{(TODAY - start).days}D",)


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2019-13", "13/13/2019", "31/04/2020", "00/2019", "3", "soon", "2 hours",
     "weeks and weeks", "P", "PT5H", "P1", "3 4 mois", "2019-", "1/2/3", "0000-01-01", "-3 ans"],
)  # fmt: skip
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    assert fault(DURATION, text) is Fault.NOT_A_DURATION


@pytest.mark.parametrize("text", ["2027", "2026-07-02", "12/2026", "01/01/2100"])
def test_a_date_to_come_is_refused(text: str) -> None:
    assert fault(DURATION, text) is Fault.IN_THE_FUTURE


@pytest.mark.parametrize("text", ["500 ans", "121 years", "P200Y", "1800", "1850-01-01", "999999 days", "P" + "9" * 400 + "Y"])  # fmt: skip
def test_more_than_a_human_life_is_refused(text: str) -> None:
    assert fault(DURATION, text) is Fault.TOO_LONG_AGO


@given(st.dates(date(1910, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]))
def test_every_past_date_of_a_life_is_understood(day: date, form: str) -> None:
    reading = read(DURATION, day.strftime(form))
    assert isinstance(reading, tuple)
    assert days(reading[0]) == (TODAY - day).days


@given(st.dates(TODAY + timedelta(days=1), date(2999, 1, 1)))
def test_no_date_to_come_is_understood(day: date) -> None:
    assert fault(DURATION, day.isoformat()) is Fault.IN_THE_FUTURE


# --- anything at all ----------------------------------------------------------------------

ASKED = [YES_NO, REFLEXES, COMPLAINT, SIGNS, AGE, DURATION]
WORDS = st.sampled_from(
    ["1", "3", "99", "-1", "pain", "faib", "et", "and", ",", ";", "/", "?", "ans", "2019", "P4W", "-", ".", "les", "depuis", "none", "'"]
)  # fmt: skip
LINES = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.text("0123456789-/., PYMWDansjourmoisek", max_size=25),
    st.lists(WORDS, max_size=8).map(" ".join),
    st.lists(WORDS, max_size=8).map("".join),
)


def is_valid(asked: Finding, values: tuple[str, ...]) -> bool:
    if values == (UNKNOWN,):
        return True
    if asked.kind is Kind.SEVERAL:
        alone = asked.exclusive not in values or len(values) == 1
        distinct = len(set(values)) == len(values) > 0
        return alone and distinct and set(values) <= set(asked.values)
    return len(values) == 1 and band(asked, values[0]) is not None


@pytest.mark.parametrize("asked", ASKED, ids=["yes_no", "reflexes", "complaint", "signs", "age", "duration"])  # fmt: skip
@given(text=LINES)
def test_any_text_gives_a_valid_answer_or_a_reason_why_not(asked: Finding, text: str) -> None:
    reading = read(asked, text)
    if isinstance(reading, Misread):
        assert set(reading.candidates) <= set(asked.values)
        assert reading.fault is not Fault.AMBIGUOUS or len(reading.candidates) > 1
    else:
        assert is_valid(asked, reading)


@pytest.mark.parametrize("text", ["a" * 2000, "1," * 1000, "deltoid," * 250, "9" * 2000, "a " * 1000, "p" * 2000, "et " * 666, "-" * 2000])  # fmt: skip
def test_the_longest_line_is_read_quickly(shipped: Knowledge, text: str) -> None:
    began = time.perf_counter()
    for id_ in ("weak_muscles", "age", "duration", "reflexes"):
        read(shipped.findings[id_], text)
    assert time.perf_counter() - began < 3.0


# --- the shipped questions ----------------------------------------------------------------


def names_shipped(knowledge: Knowledge) -> Iterator[tuple[str, str, str, str]]:
    """Every way of naming a value: finding, value, what it is, and the words."""
    for id_, asked in knowledge.findings.items():
        for name, item in asked.values.items():
            yield id_, name, "id", name
            yield id_, name, "id", name.replace("_", " ")
            for lang in ("fr", "en"):
                yield id_, name, "label", item.label[lang]
                yield id_, name, "label", item.label[lang].replace(",", " ")  # as completed
                yield from ((id_, name, "synonym", word) for word in item.synonyms[lang])


def test_every_label_of_a_shipped_question_is_understood_as_its_value(shipped: Knowledge) -> None:
    for id_, name, what, words in names_shipped(shipped):
        if what == "label":
            assert read(shipped.findings[id_], words) == (name,), (id_, words)


def test_every_id_and_synonym_is_understood_as_its_value_or_said_to_be_ambiguous(
    shipped: Knowledge,
) -> None:
    for id_, name, _what, words in names_shipped(shipped):
        reading = read(shipped.findings[id_], words)
        if isinstance(reading, Misread):
            assert reading.fault is Fault.AMBIGUOUS, (id_, words)
            assert name in reading.candidates, (id_, words)
        else:
            assert reading == (name,), (id_, words)


def test_two_shipped_labels_in_one_list_are_understood_or_refused_never_mistaken(
    shipped: Knowledge,
) -> None:
    for id_, asked in shipped.findings.items():
        if asked.kind is not Kind.SEVERAL:
            continue
        names = [name for name in asked.values if name != asked.exclusive]
        for lang in ("fr", "en"):
            for first, second in pairwise(names):
                labels = [asked.values[name].label[lang] for name in (first, second)]
                reading = read(asked, ", ".join(labels))
                if not isinstance(reading, Misread):
                    assert reading == (first, second), (id_, labels)


def test_no_shipped_label_is_read_as_not_knowing(shipped: Knowledge) -> None:
    for id_, _name, _what, words in names_shipped(shipped):
        assert read(shipped.findings[id_], words) != (UNKNOWN,), (id_, words)


@given(data=st.data())
def test_any_beginning_of_a_shipped_label_is_never_read_as_another_value(
    shipped: Knowledge, data: st.DataObject
) -> None:
    id_ = data.draw(st.sampled_from([i for i, f in shipped.findings.items() if f.kind is Kind.CHOICE]))  # fmt: skip
    asked = shipped.findings[id_]
    name = data.draw(st.sampled_from(list(asked.values)))
    label = asked.values[name].label[data.draw(st.sampled_from(["fr", "en"]))]
    beginning = label[: data.draw(st.integers(2, len(label)))] if len(label) > 2 else label
    reading = read(asked, beginning)
    if isinstance(reading, Misread):
        assert reading.fault in (Fault.AMBIGUOUS, Fault.NO_SUCH_ANSWER, Fault.ONE_ANSWER)
    else:
        assert reading == (name,) or is_whole_name(asked, beginning)


@pytest.mark.parametrize(
    ("part", "line", "shown"),
    [
        ("un seul cote", "Un seul côté", "Un seul côté"),
        (
            "dentele anterieur",
            "deltoïde, Dentelé antérieur ; normaux : triceps",
            "Dentelé antérieur",
        ),
        ("34, p3 w", "34 M, P3W", "34, p3 w"),  # put together from pieces: as it was read
    ],
)
def test_what_was_not_understood_is_shown_as_it_was_typed(part: str, line: str, shown: str) -> None:
    assert as_typed(part, line) == shown
