"""The command line: what it prints where, its exit statuses, and how it refuses."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from amyo_process import AMYO, PATIENCE, amyo, environment, one_line_error

from assistant.cli import default_language, main

ROOT = Path(__file__).parents[1]
# Python ends itself by the signal where the interrupt passed through an `exec`: to a shell the same.
INTERRUPTED = (130, -signal.SIGINT)
TYPED = "36\nmale\npain, weakness\n5 weeks\nnone of these\nunknown\nskip\nback\nunknown\n"
DIALOGUE = """
title: {fr: "Un essai", en: "A test"}
tier: history
patient: {age: 36, sex: male, answers: {complaint: [pain]}}
expect: {leading: LEADING}
"""


@pytest.fixture(scope="session")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dialogue that expects what comes of it."""
    path = tmp_path_factory.mktemp("passing") / "recorded.yaml"
    done = amyo("--tier", "history", "--record", path, stdin=TYPED)
    assert done.returncode == 0, done
    return path


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A dialogue that expects another diagnosis."""
    path = tmp_path / "failing.yaml"
    path.write_text(DIALOGUE.replace("LEADING", "sma_1"), "utf-8")
    return path


# --- without a session --------------------------------------------------------------------


def test_version_and_help() -> None:
    assert re.fullmatch(r"amyo, version \d+\.\d+\.\d+\n", amyo("--version").stdout)
    for arguments in (["--help"], ["-h"], ["interview", "--help"], ["replay", "-h"]):
        done = amyo(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Usage: amyo ")
        assert max(map(len, done.stdout.splitlines())) <= 80
    assert "..." not in amyo("--help").stdout.replace("[ARGS]...", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "See amyo --help."),
        (["--nothing"], "See amyo interview --help."),
        (["interview", "--lang", "de"], "'fr', 'en'"),
        (["--tier", "surgery"], "'history'"),
        (["interview", "more"], "See amyo interview --help."),
        (["replay", "nothere"], "'nothere' does not exist"),
        (["replay", "--format", "yaml"], "'junit'"),
        (["replay", "--nothing"], "See amyo replay --help."),
        (["check", "--nothing"], "See amyo check --help."),
        (["--record"], "See amyo --help."),
    ],
)
def test_what_is_wrong_is_told_in_one_line(arguments: list[str], told: str) -> None:
    assert told in one_line_error(amyo(*arguments))


def test_the_program_has_two_names() -> None:
    script = Path(AMYO[0]).with_name("amyo")
    assert script.exists(), "install the program: pip install -e ."
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == amyo("--version").stdout


def test_without_a_command_it_is_the_interview() -> None:
    done = amyo("--lang", "fr", "--tier", "history", stdin="36\n")
    assert (
        done.stdout == amyo("interview", "--lang", "fr", "--tier", "history", stdin="36\n").stdout
    )
    assert "Question 2. " in done.stdout


@pytest.mark.parametrize(
    ("locale", "lang"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_CA"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_BE.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": None}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    locale: dict[str, str | None], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = locale.get(name)
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert default_language() == lang


def test_the_interview_is_held_in_the_language_of_the_locale() -> None:
    assert "Question 1. Âge " in amyo(LANG="fr_FR.UTF-8").stdout


# --- replay -------------------------------------------------------------------------------


def test_replay_of_a_dialogue_that_passes(passing: Path) -> None:
    done = amyo("replay", passing)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "1 passed, 0 failed"


def test_replay_of_a_dialogue_that_fails(failing: Path, passing: Path) -> None:
    done = amyo("replay", failing, passing)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 passed, 1 failed"
    assert "sma_1" in done.stdout


def test_replay_of_what_is_no_dialogue(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("title: 3\n", "utf-8")
    done = amyo("replay", path)
    assert done.returncode == 1
    assert f"{path}:1: D001" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_replay_of_nothing_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no dialogue", "utf-8")
    told = one_line_error(amyo("replay", tmp_path))
    assert str(tmp_path) in told
    assert "no dialogue" in told


def test_a_reader_of_replay_who_leaves_is_no_failure() -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" | head -1; exit "${PIPESTATUS[0]}"', "bash", *AMYO, "replay"],
        capture_output=True,
        env=environment(PYTHONUNBUFFERED="1"),
        timeout=PATIENCE * 3,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.startswith("ok ")


@pytest.mark.parametrize("form", ["json", "junit"])
def test_replay_for_machines_stands_alone_on_standard_output(
    form: str, passing: Path, failing: Path
) -> None:
    for paths, status in (([passing], 0), ([passing, failing], 1)):
        done = amyo("replay", "--format", form, *paths)
        assert done.returncode == status
        assert done.stderr.splitlines()[-1].endswith(f"{status} failed")
        if form == "json":
            assert json.loads(done.stdout)
        else:
            assert ET.fromstring(done.stdout).tag.startswith("testsuite")


def test_accepting_asks_first_and_then_passes(failing: Path) -> None:
    before = failing.read_text("utf-8")
    assert amyo("replay", "--accept", failing, stdin="n\n").returncode == 1
    assert failing.read_text("utf-8") == before
    assert amyo("replay", "--accept", failing, stdin="y\n").returncode == 1
    assert failing.read_text("utf-8") != before
    assert amyo("replay", failing).returncode == 0


# --- record -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        TYPED,
        "36\nmasculin\nedit age\n50\nlang fr\ndouleur\nlangue en\n5 semaines\n",
        "70\nfemale\nwhy\nhow\nconclude\nnonsense\n" + "2\n" * 45,
    ],
)
def test_what_is_recorded_can_be_replayed(typed: str, tmp_path: Path) -> None:
    path = tmp_path / "recorded.yaml"
    done = amyo("--lang", "en", "--record", path, stdin=typed)
    assert done.returncode == 0, done
    assert str(path) in done.stderr
    again = amyo("replay", path)
    assert again.returncode == 0, again.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["recorded.yaml"]


def test_a_session_without_an_answer_leaves_no_file(tmp_path: Path) -> None:
    assert amyo("--record", tmp_path / "recorded.yaml", stdin="quit\n").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_to_record_is_tried_before_the_first_question(tmp_path: Path) -> None:
    taken, link = tmp_path / "taken.yaml", tmp_path / "link.yaml"
    taken.write_text("precious", "utf-8")
    link.symlink_to(tmp_path / "nowhere" / "file.yaml")
    for path in (taken, link, tmp_path, tmp_path / "no" / "file.yaml", taken / "file.yaml",
                 Path("/proc/file.yaml"), Path("/sys/kernel/file.yaml")):  # fmt: skip
        told = one_line_error(amyo("--record", path, stdin="36\n"))
        assert "--record" in told
    assert taken.read_text("utf-8") == "precious"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "nothing can be written" in one_line_error(amyo("--record", tmp_path / "file.yaml"))


def test_a_disk_that_fails_at_the_end_is_told_and_leaves_nothing_half_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "recorded.yaml"
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 0; exec "$@"', "bash", *AMYO, "--record", path],
        input=TYPED.encode(),
        capture_output=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    told = done.stderr.decode()
    assert done.returncode == 1
    assert told.startswith("Error: the session could not be recorded in ")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_leaves_costs_no_record(tmp_path: Path) -> None:
    path = tmp_path / "recorded.yaml"
    first = subprocess.Popen(
        [*AMYO, "--lang", "en", "--record", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    with first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stderr is not None
        first.stdin.write(b"36\nmale\n")
        first.stdin.flush()
        while b"Sex of the patient" not in first.stdout.readline():
            pass
        first.stdout.close()
        first.stdin.write(b"pain\n" * 3)
        first.stdin.close()
        assert "recorded" in first.stderr.read().decode()
    assert first.returncode in (0, 141)
    assert amyo("replay", path).returncode == 0


# --- where things are kept ----------------------------------------------------------------


def first_question(**changes: str | None) -> None:
    done = amyo("--lang", "en", stdin="36\n", **changes)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Question 2. " in done.stdout


def test_a_home_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    first_question(XDG_CACHE_HOME="/proc/amyo", HOME="/proc")
    first_question(XDG_CACHE_HOME=str(tmp_path / "file"))


@pytest.mark.parametrize("how", ["cut", "folder"])
def test_a_damaged_cache_is_made_anew(how: str, tmp_path: Path) -> None:
    first_question(XDG_CACHE_HOME=str(tmp_path))
    (file,) = (tmp_path / "amyo").iterdir()
    whole = file.read_bytes()
    if how == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(whole[:-1000])
    first_question(XDG_CACHE_HOME=str(tmp_path))
    left = sorted((tmp_path / "amyo").iterdir())
    if how != "folder":
        assert [path.read_bytes() for path in left] == [whole]
    assert [path.name for path in left] == [file.name]


def test_a_disk_that_is_full_leaves_no_half_a_cache(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 8; exec "$@"', "bash", *AMYO],
        input=b"36\n",
        capture_output=True,
        env=environment(XDG_CACHE_HOME=str(tmp_path)),
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done
    assert list((tmp_path / "amyo").iterdir()) == []


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the program whose knowledge has two problems."""
    for package in ("assistant", "rules"):
        shutil.copytree(ROOT / package, tmp_path / package)
    flags = tmp_path / "rules" / "knowledge" / "red_flags.yaml"
    flags.write_text(flags.read_text("utf-8") + "\nbroken: 3\nworse: 4\n", "utf-8")
    return tmp_path


def test_broken_knowledge_is_told_in_one_line_and_in_full_by_check(broken: Path) -> None:
    run = {"capture_output": True, "text": True, "check": False, "cwd": broken}
    for command in ([], ["replay"]):
        done = subprocess.run([*AMYO, *command], env=environment(), input="", **run)  # type: ignore[call-overload]
        told = one_line_error(done)
        assert "rules/knowledge/red_flags.yaml:" in told
        assert told.endswith("amyo check")
        assert "more)" in told
    done = subprocess.run([*AMYO, "check"], env=environment(), **run)  # type: ignore[call-overload]
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) > 1
    assert all(re.match(r"\S+:\d+: R\d{3} ", line) for line in done.stdout.splitlines())


def test_check_of_what_is_shipped() -> None:
    done = amyo("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("no problem found\n")


# --- Ctrl-C -------------------------------------------------------------------------------


def interrupted_after(
    mark: bytes, *arguments: str, delay: float = 0.0, **changes: str | None
) -> tuple[int, str]:
    """Exit status and standard error of a run that gets Ctrl-C once it has printed a mark."""
    process = subprocess.Popen(
        [*AMYO, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(**changes),
    )
    with process:
        assert process.stdout is not None
        seen = b""
        while mark not in seen:
            line = process.stdout.readline()
            assert line, seen
            seen += line
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        seen += process.stdout.read()
    return process.returncode, seen.decode()


@pytest.mark.parametrize("module", [b"click.core", b"pydantic.types", b"yaml"])
def test_ctrl_c_while_it_starts_leaves_no_traceback(module: bytes) -> None:
    status, said = interrupted_after(
        b" " + module + b"\n", "replay", PYTHONPROFILEIMPORTTIME="1", PYTHONUNBUFFERED="1"
    )
    assert status in INTERRUPTED
    assert "Traceback" not in said


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_ctrl_c_in_mid_work_leaves_no_traceback(delay: float) -> None:
    status, said = interrupted_after(b"ok ", "replay", delay=delay, PYTHONUNBUFFERED="1")
    assert status in INTERRUPTED
    assert "Traceback" not in said


def test_every_command_says_what_it_does_in_one_line() -> None:
    for name, command in main.commands.items():
        summary = command.get_short_help_str(65)
        assert summary.endswith("."), name
        assert "..." not in summary, name


# --- one case, and the knowledge ----------------------------------------------------------

PACKET = {
    "id": "one",
    "subject": {"sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P6Y"}}},
    "phenotypicFeatures": [
        {"type": {"id": "HP:0008981", "label": "Calf muscle hypertrophy"}},
        {"type": {"id": "HP:0003391", "label": "Gowers sign"}},
        {"type": {"id": "HP:0030234", "label": "Highly elevated creatine kinase"}},
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "excluded": True},
    ],
    "metaData": {},
}
KEYS = {
    "case", "findings", "unmapped", "differential", "site", "criteria", "red_flags",
    "next_question", "stopped_because",
}  # fmt: skip


def test_a_phenopacket_is_diagnosed_and_what_is_not_used_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(PACKET), "utf-8")
    done = amyo("diagnose", path, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == KEYS
    assert found["differential"][0]["id"] == "duchenne"
    assert set(found["differential"][0]) == {
        "rank", "id", "label", "codes", "probability", "status", "for", "against",
    }  # fmt: skip
    assert [item["code"] for item in found["unmapped"]] == ["HP:0001250"]
    told = amyo("diagnose", path, "--lang", "fr")
    assert "Dystrophie musculaire de Duchenne" in told.stdout
    assert "HP:0001250" in told.stdout


def test_a_case_may_come_by_standard_input_as_a_dialogue_too(passing: Path) -> None:
    done = amyo("diagnose", "-", "--format", "json", stdin=passing.read_text("utf-8"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"]


def test_the_case_as_understood_is_written_as_a_packet(tmp_path: Path) -> None:
    path, written = tmp_path / "case.json", tmp_path / "out.json"
    path.write_text(json.dumps(PACKET), "utf-8")
    assert amyo("diagnose", path, "--export-phenopacket", written).returncode == 0
    body = json.loads(written.read_text("utf-8"))
    assert {"id", "subject", "phenotypicFeatures", "metaData"} <= set(body)
    one_line_error(amyo("diagnose", path, "--export-phenopacket", written))  # never overwritten


@pytest.mark.parametrize("text", ["{", "{}", "a: [", "title: 3", "", "\x00", "[1, 2]"])
def test_what_is_no_case_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "case"
    path.write_text(text, "utf-8")
    done = amyo("diagnose", path)
    assert done.returncode == 2
    one_line_error(done)


def test_the_knowledge_can_be_read() -> None:
    listed = amyo("knowledge", "list", "--lang", "fr").stdout
    assert "(neuralgic_amyotrophy)" in listed
    page = amyo("knowledge", "show", "parsonage", "--lang", "fr").stdout
    assert "Amyotrophie névralgique" in page
    assert amyo("knowledge", "graph", "als").stdout.startswith("flowchart LR")
    assert amyo("knowledge", "graph", "als", "--format", "dot").stdout.startswith("digraph")
    counted = json.loads(amyo("knowledge", "stats", "--format", "json").stdout)
    assert counted["diagnoses"] > 20
    assert 0 < counted["judgement"] < 1
    done = amyo("knowledge", "show", "no such disease")
    assert done.returncode == 2
    one_line_error(done)
