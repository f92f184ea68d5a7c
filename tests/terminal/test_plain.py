"""The plain mode: pipes, odd encodings, bytes that are no text, readers who leave."""

from __future__ import annotations

import shlex
import subprocess
import unicodedata

import pytest
from amyo_process import AMYO, PATIENCE, amyo, environment, flat

from assistant.language.catalogue import LANGUAGES, say

ANSWERS = {
    "en": "36\nmale\n1, 3\n5 weeks\nnone of these\nunknown\nwhy\n",
    "fr": "36\nmasculin\n1, 3\n5 semaines\naucun\ninconnu\npourquoi\n",
}
ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LANG": None}


def shell(line: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, in which $AMYO is the program; any stage that fails counts."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        env=environment(AMYO=shlex.join(AMYO), **changes),
        timeout=PATIENCE * 3,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pipe_that_ends_early_still_gets_its_conclusion(lang: str) -> None:
    done = amyo("--lang", lang, stdin=ANSWERS[lang])
    assert done.returncode == 0
    assert done.stderr == ""
    said = flat(done.stdout)
    assert "\x1b" not in done.stdout
    assert "> 36 >" in said  # a transcript shows what was answered
    assert f"== {say(lang, 'conclusion_title')} ==" in done.stdout
    for sign in ("stop_early", "disclaimer"):
        assert flat(say(lang, sign)).replace("’", "'") in said
    assert said.endswith(say(lang, "goodbye"))
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    odd = {c for c in done.stdout if not unicodedata.normalize("NFD", c)[0].isascii()}
    assert not odd


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "changes", [ASCII_ONLY, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "ascii:strict"}]
)
def test_without_accents_in_the_encoding_the_letters_stay(
    changes: dict[str, str | None], lang: str
) -> None:
    done = amyo("--lang", lang, stdin=ANSWERS[lang], **changes)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.isascii()
    assert {"fr": "Age et sexe du patient, et depuis quand ?", "en": "Age and sex"}[
        lang
    ] in done.stdout
    assert {"fr": "Note : age : 36 ans.", "en": "Noted: age: 36 years."}[lang] in done.stdout


def test_the_locale_c_by_itself_prints_utf_8() -> None:
    """Python takes the locale C for UTF-8 (PEP 540): accents are kept where they can be."""
    done = amyo("--lang", "fr", stdin="36\n", LC_ALL="C", LANG=None)
    assert done.returncode == 0
    assert "Âge et sexe" in done.stdout


def test_latin_1_keeps_its_accents() -> None:
    done = shell("echo 36 | $AMYO --lang fr | iconv -f latin1 -t utf8", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "Âge et sexe" in done.stdout


def test_the_width_is_that_of_the_screen() -> None:
    done = amyo("--lang", "fr", stdin=ANSWERS["fr"], COLUMNS="40")
    lines = [line for line in done.stdout.splitlines() if not line.startswith("> ")]
    assert 30 < max(map(len, lines)) <= 40


@pytest.mark.parametrize(
    "line", ["$AMYO </dev/null", "$AMYO <&-", ": | $AMYO", "$AMYO --plain <&-"]
)
def test_without_any_input_it_says_goodbye(line: str) -> None:
    done = shell(line)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(say("en", "goodbye") + "\n")
    assert "Conclusion" not in done.stdout


@pytest.mark.parametrize(
    "line", ["$AMYO </dev/null | head -1", "yes 36 | head -3 | $AMYO | head -2"]
)
def test_a_reader_who_leaves_gets_no_traceback(line: str) -> None:
    done = shell(line)
    assert done.returncode in (0, 141)
    assert done.stderr == ""
    assert done.stdout.startswith("== amyo")


@pytest.mark.parametrize("line", ["$AMYO </dev/null >/dev/full", "$AMYO --help >/dev/full"])
def test_a_full_disk_is_told_in_one_line(line: str) -> None:
    done = shell(line)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


def test_closed_output_is_no_reason_to_fail() -> None:
    done = shell("$AMYO </dev/null >&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff\xfe\x80 36\n",
        "36 ans\u00e9\n".encode("utf-16"),
        bytes(range(256)) * 4 + b"\n",
        b"\x1b[31m\x1b]0;owned\x07\x9b31m\n",
        "\u202e63\u202c \ud83d\ude00\n".encode("utf-8", "surrogatepass"),
        b"x" * 1_500_000 + b"\n",
        b"\x00" * 5_000,
        b"\r\r\r\n\n\n",
    ],
    ids=["not-utf8", "utf16", "all-bytes", "escapes", "bidi", "long", "nul", "empty"],
)
def test_bytes_that_are_no_answer_are_refused_in_a_sentence(junk: bytes) -> None:
    done = amyo("--lang", "en", stdin=junk + b"\n36\nquit\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "?? " in done.stdout
    assert "Noted: age: 36 years." in done.stdout
    assert not {c for c in done.stdout if unicodedata.category(c) == "Cc"} - {"\n"}
    assert "\u202e" not in done.stdout
    assert len(done.stdout) < 20_000


def test_the_end_of_a_line_may_be_that_of_windows() -> None:
    done = amyo("--lang", "en", stdin="36\r\nmale\r\n")
    assert "Noted: sex: male." in done.stdout


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plain_has_every_command(lang: str) -> None:
    typed = {
        "en": "help\n36\nback\n40\nfacts\ndifferential\nhow als\nedit age\n50\nlang fr\nquitter\n",
        "fr": "aide\n36\nretour\n40\nfaits\ndiagnostics\ncomment als\nmodifier age\n50\nlangue en\nquit\n",
    }[lang]
    done = amyo("--lang", lang, "--plain", stdin=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "??" not in done.stdout
    assert "#" in done.stdout  # the bars of the differential
    assert done.stdout.endswith(say({"en": "fr", "fr": "en"}[lang], "goodbye") + "\n")
