"""The interview in a real pseudo-terminal: what stands on the screen, and what keys do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from amyo_process import Window, flat
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from assistant.language.catalogue import LANGUAGES, say
from assistant.terminal.interactive import fit
from rules.model import Kind, Knowledge

# pexpect forks, of which Python 3.12 warns where there are threads, as there are under xdist.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

# A patient with neuralgic amyotrophy. What is not here is unknown.
PATIENT: dict[str, tuple[str, ...]] = {
    "age": ("36",), "sex": ("male",), "complaint": ("pain", "weakness"), "duration": ("P5W",),
    "warning_signs": ("none",), "pain": ("yes",), "pain_onset": ("sudden",),
    "pain_severity": ("severe",), "pain_before_weakness": ("yes",),
    "pain_site": ("shoulder", "arm"), "neck_triggered": ("no",), "weakness": ("yes",),
    "wasting": ("yes",), "affected_regions": ("shoulder", "upper_arm"), "symmetry": ("one_side",),
    "weak_muscles": ("serratus_anterior", "infraspinatus", "deltoid"), "winged_scapula": ("yes",),
    "fasciculations": ("none",), "reflexes": ("normal",), "sensory_loss": ("yes",),
}  # fmt: skip


def concluded(window: Window, lang: str) -> bool:
    """Whether the conclusion has been shown."""
    return say(lang, "conclusion_title") + " ━━" in window.text


def pending(window: Window, knowledge: Knowledge, lang: str) -> str | None:
    """The finding that the screen asks about, None where it asks nothing more."""
    asked = re.findall(r"Question \d+\. ", window.text)
    if concluded(window, lang):
        return None
    last = window.text.rpartition(asked[-1])[2]
    for id_, finding in knowledge.findings.items():
        words = " ".join(finding.ask[lang].split())
        if last.startswith(words):
            return id_
    raise AssertionError(f"which question is this? {last}")


def reply_to(knowledge: Knowledge, window: Window, id_: str, lang: str, by_number: bool) -> str:
    """The patient's answer to a question, in words or by the numbers on the screen."""
    finding, values = knowledge.findings[id_], PATIENT.get(id_)
    if values is None or any(v not in finding.values for v in values if finding.kind in
                             (Kind.CHOICE, Kind.SEVERAL)):  # fmt: skip
        return say(lang, "unknown")
    if finding.kind not in (Kind.CHOICE, Kind.SEVERAL):
        return values[0]
    labels = [finding.values[value].label[lang] for value in values]
    if by_number:
        question = window.text.rpartition(" ".join(finding.ask[lang].split()))[2]
        numbers = [
            re.search(rf"(\d+) {re.escape(' '.join(x.split()))}(?= |$)", question) for x in labels
        ]
        if all(numbers):  # not where a label is broken over two lines
            return ", ".join(found[1] for found in numbers if found)
    return ", ".join(label.replace(",", "") for label in labels)


def to_prompt(window: Window, lang: str) -> None:
    """Turn the pages, if there are any, until the prompt."""
    more = say(lang, "next_page")
    while True:
        window.wait(lambda: window.at_prompt or window.shows(more))
        if window.at_prompt:
            return
        window.enter("")
        window.rest()


def answer_all(window: Window, knowledge: Knowledge, lang: str) -> int:
    """Answer question after question until the conclusion. How many there were."""
    for count in range(1, 41):
        id_ = pending(window, knowledge, lang)
        if id_ is None:
            return count
        window.enter(reply_to(knowledge, window, id_, lang, by_number=count % 2 == 0))
        window.wait(lambda n=count: f"Question {n + 1}. " in window.text or concluded(window, lang))
        to_prompt(window, lang)
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("rows", "columns", "no_color"), [(24, 80, None), (24, 60, "1")], ids=["80x24", "60-no-color"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_patient_is_led_to_the_conclusion(
    lang: str, rows: int, columns: int, no_color: str | None, shipped: Knowledge
) -> None:
    with Window("--lang", lang, rows=rows, columns=columns, NO_COLOR=no_color) as window:
        window.wait("Question 1. ")
        window.wait(lambda: window.at_prompt)
        window.wait(say(lang, "toolbar_none"))
        why = {"fr": "pourquoi", "en": "why"}[lang]
        window.enter(why)
        window.wait(say(lang, "why_opening"))
        to_prompt(window, lang)
        assert answer_all(window, shipped, lang) > 5
        assert "Parsonage-Turner" in window.text
        assert flat(say(lang, "after_end")) in window.text
        window.enter({"fr": "comment", "en": "how"}[lang])
        window.wait(say(lang, "how_for"))
        window.wait(lambda: window.shows(say(lang, "next_page")))
        window.press("\x03")  # no more pages
        window.wait(lambda: window.at_prompt)
        window.wait(lambda: re.search(r"\d+.?%", window.lines[-1]) is not None)
        window.press("\x04")
        assert window.end() == 0
        assert window.text.endswith(say(lang, "goodbye"))
        assert bool(window.colours()) is (no_color is None)


def test_ctrl_c_loses_no_answer_and_ctrl_d_leaves() -> None:
    with Window("--lang", "en") as window:
        window.wait(lambda: window.at_prompt)
        window.enter("36")
        window.wait("Question 2. ")
        window.wait(lambda: window.at_prompt)
        window.press("mal\x03")
        window.wait(say("en", "resume_hint"))
        window.wait(lambda: window.at_prompt)
        window.press("\x03")
        window.rest()
        window.wait(lambda: window.at_prompt)
        window.enter("male")
        window.wait("Question 3. ")
        window.enter("facts")
        window.wait("• sex: male")
        assert "• age: 36 years" in window.text
        window.wait(lambda: window.at_prompt)
        window.press("\x04")
        assert window.end() == 0
        assert say("en", "goodbye") in window.text


def test_answers_may_be_typed_ahead() -> None:
    with Window("--lang", "en") as window:
        window.wait(lambda: window.at_prompt)
        window.press("36\rmale\rpain, weakness\r")
        window.wait("Question 4. ")
        for noted in ("age: 36 years", "sex: male", "complaint: weakness, pain"):
            assert f"Noted: {noted}." in window.text


def test_f2_hides_the_toolbar_and_shows_it_again() -> None:
    with Window("--lang", "en") as window:
        bar = say("en", "toolbar_none")
        window.wait(lambda: window.lines[-1].startswith(bar))
        assert window.lines[-1].endswith(say("en", "toolbar_hide"))
        window.press("\x1bOQ")
        window.wait(lambda: not any(bar in line for line in window.lines))
        window.press("\x1bOQ")
        window.wait(lambda: window.lines[-1].startswith(bar))
        window.enter("36")
        window.wait(lambda: "%" in window.lines[-1] and "question 2" in window.lines[-1])


def test_a_beginning_without_accents_opens_a_menu_and_tab_takes_it() -> None:
    with Window("--lang", "fr") as window:
        for typed in ("36", "masculin"):
            window.wait(lambda: window.at_prompt)
            window.enter(typed)
            window.wait("Noté :")
        window.wait("Question 3. ")
        window.wait(lambda: window.at_prompt)
        label = "trouble de la parole ou de la déglutition"
        window.press("deglu")
        # below the prompt, beside the line of the question itself
        window.wait(lambda: sum(label in line for line in window.lines) == 2)
        window.press("\t")
        window.wait(lambda: f"> {label}" in window.lines)
        window.press(", doul")
        window.wait(lambda: any(line.strip() == "douleur" for line in window.lines))
        window.press("\t\r")
        window.wait("Question 4. ")
        assert f"{label}." in window.text.replace("douleur, ", "")


@pytest.mark.parametrize(("rows", "columns"), [(40, 100), (12, 40), (24, 60)])
def test_a_window_may_change_its_size(rows: int, columns: int) -> None:
    with Window("--lang", "en") as window:
        window.wait(lambda: window.at_prompt)
        window.press("3")
        window.resize(rows, columns)
        window.rest()
        window.press("6\r")
        window.wait("Question 2. ")
        window.rest()
        assert window.lines[-1].strip()
        assert wcswidth(window.lines[-1]) < columns
        window.enter("help")
        window.rest()
        shown = window.raw.decode().rpartition("help")[2]
        window.press("\x03")
        window.enter("quit")
        assert window.end() == 0
        assert "Traceback" not in shown


def test_a_hostile_paste_is_refused_in_one_sentence() -> None:
    with Window("--lang", "en") as window:
        window.wait(lambda: window.at_prompt)
        rubbish = "\x1b]0;owned\x07\x1b[31m\x1b[2J 36 \x9b5n\u202e\r\n" * 4_000
        paste = f"\x1b[200~{rubbish}\x1b[201~".encode()
        assert len(paste) > 100_000
        for start in range(0, len(paste), 2_000):
            window.child.send(paste[start : start + 2_000])
            window.look(0)
        window.rest()
        window.raw = b""
        window.enter("")
        window.wait(lambda: window.shows("Nothing was taken from it."))
        window.wait(lambda: window.at_prompt)
        window.wait(lambda: window.lines[-1].endswith("F2 hides"))
        assert window.shows("Age and sex of the patient, and since when?")
        assert b"owned\x07" not in window.raw
        window.enter("36")
        window.wait("Noted: age: 36 years.")
        window.enter("quit")
        assert window.end() == 0


def test_a_small_hostile_paste_is_cleaned() -> None:
    with Window("--lang", "en") as window:
        window.wait(lambda: window.at_prompt)
        window.press("\x1b[200~\x1b[31m3\x076\x1b[0m\n\x1b[201~\r")
        window.wait("Noted: age: 36 years.")


def test_what_is_higher_than_the_screen_waits_for_enter() -> None:
    with Window("--lang", "en", rows=16) as window:
        window.wait(lambda: window.at_prompt)
        window.enter("36")
        window.wait("Question 2. ")
        window.wait(lambda: window.at_prompt)
        window.enter("help")
        more = say("en", "next_page")
        window.wait(more)
        assert window.shows(say("en", "help_title"))
        assert not window.shows("Question 2. ")
        window.enter("")
        window.wait(lambda: window.shows("Question 2. "))
        window.wait(lambda: window.at_prompt)
        assert not window.shows(more)
        window.enter("help")
        window.wait(lambda: window.shows(more))
        window.enter("male")  # typed below a page: shown the rest, and taken
        window.wait("Noted: sex: male.")
        window.wait(lambda: window.at_prompt or window.shows(more))
        window.press("\x04")
        assert window.end() == 0


def test_the_end_of_input_below_a_page_leaves() -> None:
    with Window("--lang", "en", rows=12) as window:
        window.wait(lambda: window.at_prompt)
        window.enter("help")
        window.wait(say("en", "next_page"))
        window.press("\x04")
        assert window.end() == 0
        assert window.text.endswith(say("en", "goodbye"))


def test_nothing_of_a_patient_is_left_on_the_disk(tmp_path: Path) -> None:
    with Window("--lang", "en", HOME=str(tmp_path), XDG_CACHE_HOME=None) as window:
        for typed in ("36", "male", "pain, weakness"):
            window.wait(lambda: window.at_prompt)
            window.enter(typed)
            window.rest()
        window.enter("quit")
        assert window.end() == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].name.startswith("knowledge-")


@pytest.mark.parametrize(
    "changes", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}, {"TERM": None}, {"PYTHONIOENCODING": "latin-1"}],
    ids=["dumb", "accessible", "no-term", "latin-1"],
)  # fmt: skip
def test_some_terminals_get_the_plain_mode(changes: dict[str, str | None]) -> None:
    with Window("--lang", "en", **changes) as window:
        window.wait("Age and sex of the patient, and since when?")
        window.wait(lambda: window.at_prompt)
        window.enter("36")
        window.wait("> Noted: age: 36 years.")
        window.wait("Question 2. ")
        window.wait(lambda: window.at_prompt)
        window.press("\x03")
        window.wait(say("en", "resume_hint"))
        window.press("\x04")
        assert window.end() == 0
        assert b"\x1b" not in window.raw


def test_plain_can_be_asked_for() -> None:
    with Window("--plain", "--lang", "en") as window:
        window.wait("Age and sex of the patient, and since when?")
        window.enter("36")
        window.wait("  1 male")
        window.enter("quit")
        assert window.end() == 0
        assert b"\x1b" not in window.raw


# --- the toolbar, without a terminal ------------------------------------------------------

_hypotheses = st.lists(
    st.tuples(st.text("abcdé ", min_size=1, max_size=40), st.sampled_from(["< 1%", "97\u00a0%"])),
    max_size=3,
)


@given(_hypotheses, st.integers(12, 120), st.sampled_from(LANGUAGES))
def test_the_toolbar_is_one_line(leading: list[tuple[str, str]], width: int, lang: str) -> None:
    tail = [say(lang, "toolbar_progress", n=9, cap=30), say(lang, "toolbar_hide")]
    text = fit(leading, tail, width, lang)
    assert wcswidth(text) <= width
    assert "\n" not in text
    if leading:
        assert leading[0][1] in text


def test_the_toolbar_tells_what_there_is_room_for() -> None:
    leading = [("Neuralgic amyotrophy", "61%"), ("Cervical radiculopathy", "20%")]
    assert fit(leading, ["question 4", "F2"], 80, "en").split(" | ") == [
        "Neuralgic amyotrophy 61% · Cervical radiculopathy 20%", "question 4", "F2",
    ]  # fmt: skip
    assert (
        fit(leading, ["question 4", "F2"], 50, "en") == "Neuralgic amyotrophy 61% | question 4 | F2"
    )
    assert fit(leading, ["question 4", "F2"], 40, "en") == "Neuralgic amyotrophy 61% | question 4"
    assert fit(leading, ["question 4", "F2"], 24, "en") == "Neuralgic amyotrophy 61%"
    assert fit(leading, ["question 4", "F2"], 12, "en") == "Neuralg… 61%"
