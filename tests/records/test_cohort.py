"""Cases and what they are: every way of naming a file, and everything that is wrong told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.records.cohort import Cohort, CohortError, Truths, find_cases, read_cohort
from rules.model import Knowledge, Tier

KNOWN = """
title: {fr: "Un essai", en: "A test"}
tier: sign
patient: {age: 36, sex: male, answers: {pain: "yes"}}
expect: {leading: neuralgic_amyotrophy}
"""
SILENT = KNOWN.replace("expect: {leading: neuralgic_amyotrophy}", "")
PACKET = json.dumps({"id": "one", "phenotypicFeatures": [], "metaData": {}})
Read = Callable[..., Cohort]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two dialogues, one of which does not say what it is, and two packets."""
    for name, text in (("known.yaml", KNOWN), ("silent.yaml", SILENT), ("packet.json", PACKET),
                       ("deep/packet.json", PACKET), ("notes.txt", "no case")):  # fmt: skip
        path = tmp_path / "cases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "cases"


@pytest.fixture
def read(folder: Path, shipped: Knowledge) -> Read:
    """Reads the folder (or paths in it) with a table of these rows, which stands beside it."""

    def read_(*rows: str, paths: tuple[Path, ...] = (), header: str = "file\texpected") -> Cohort:
        table = Truths(folder.parent / "truth.tsv", "\n".join([header, *rows, ""]))
        chosen = paths or (folder,)
        texts = {path: path.read_text("utf-8") for path in find_cases(chosen)}
        return read_cohort(texts, chosen, table if rows else None, shipped)

    return read_


def problems(read: Read, *rows: str, **more: str) -> list[str]:
    with pytest.raises(CohortError) as caught:
        read(*rows, **more)
    assert all("\n" not in problem for problem in caught.value.problems)
    return list(caught.value.problems)


ALL = ("known.yaml\tals", "silent.yaml\tother", "deep/packet.json\tlgmd")


def test_dialogues_and_packets_are_found_in_order_of_name_each_once(folder: Path) -> None:
    found = find_cases([folder / "silent.yaml", folder, folder / "deep" / ".." / "known.yaml"])
    names = [str(path.relative_to(folder)) for path in found]
    assert names == ["silent.yaml", "deep/packet.json", "known.yaml", "packet.json"]


def test_without_a_table_a_dialogue_says_what_it_is_and_the_others_are_left_out(
    read: Read, folder: Path
) -> None:
    cohort = read()
    (case,) = cohort.cases
    assert (case.file, case.expected) == (str(folder / "known.yaml"), "neuralgic_amyotrophy")
    assert (case.tier, case.answers["age"]) == (Tier.SIGN, ("36",))
    assert [Path(file).name for file in cohort.left_out] == [
        "packet.json", "packet.json", "silent.yaml"
    ]  # fmt: skip


def test_a_file_that_is_itself_named_must_say_what_it_is(read: Read, folder: Path) -> None:
    with pytest.raises(CohortError, match=r"packet\.json: nothing says what it is"):
        read(paths=(folder / "packet.json", folder / "known.yaml"))


@pytest.mark.parametrize(
    "name", ["cases/packet.json", "./cases/deep/../packet.json", "packet.json"]
)
def test_a_file_may_be_named_from_the_table_or_from_the_path_given(read: Read, name: str) -> None:
    cohort = read(*ALL, f"{name}\tcmt")
    told = {Path(case.file).name: case.expected for case in cohort.cases if "deep" not in case.file}
    assert told == {"known.yaml": "als", "silent.yaml": "other", "packet.json": "cmt"}
    assert cohort.left_out == ()


def test_a_name_alone_will_do_if_one_file_has_it(read: Read, folder: Path) -> None:
    (folder / "packet.json").unlink()
    cohort = read(ALL[0], ALL[1], "packet.json\tcmt")
    assert [case.expected for case in cohort.cases] == ["cmt", "als", "other"]
    other = folder / "other" / "packet.json"
    other.parent.mkdir()
    other.write_text(PACKET, "utf-8")
    told = problems(read, ALL[0], ALL[1], "packet.json\tcmt")
    deep = folder / "deep" / "packet.json"
    assert told[0].endswith(f"truth.tsv:4: “packet.json” may be {deep}, {other}: give its path")


def test_a_dialogue_that_the_table_does_not_name_says_itself_what_it_is(read: Read) -> None:
    cohort = read(*ALL[1:], "packet.json\tcmt")
    assert [case.expected for case in cohort.cases] == ["lgmd", "neuralgic_amyotrophy", "cmt", "other"]  # fmt: skip


def test_everything_that_is_wrong_is_told_with_its_line(read: Read, folder: Path) -> None:
    (folder / "odd.yaml").write_text("title: 3\n", "utf-8")
    (folder / "odd.json").write_text("{}", "utf-8")
    rows = ("known.yaml\tals", "", "nothere.yaml\tals", "silent.yaml\tnonsense", "known.yaml\tlgmd",
            "packet.json", "\tals")  # fmt: skip
    table, told = folder.parent / "truth.tsv", problems(read, *rows)
    begins = [
        f"{table}:4: no case “nothere.yaml” ",
        f"{table}:5: there is no diagnosis “nonsense”",
        f"{table}:6: line 2 says already what {folder / 'known.yaml'} is",
        f"{table}:7: there is no diagnosis “”",
        f"{table}:8: no case “” ",
        f"{folder / 'deep' / 'packet.json'}: no line of {table} says what it is",
        f"{folder / 'odd.json'}: ",
        f"{folder / 'odd.yaml'}:1: D001 ",
        f"{folder / 'packet.json'}: no line of ",
        f"{folder / 'silent.yaml'}: no line of ",
    ]
    assert len(told) == len(begins), told
    for problem, begin in zip(told, begins, strict=True):
        assert problem.startswith(begin)


@pytest.mark.parametrize("header", ["", "file", "file,expected", "File\tExpected"])
def test_a_table_without_its_columns_is_refused(read: Read, header: str) -> None:
    (told,) = problems(read, *ALL, header=header)
    assert "truth.tsv:1: the columns file and expected are needed" in told


def test_other_columns_their_order_and_a_byte_order_mark_do_not_matter(read: Read) -> None:
    rows = [f"x\t{row.partition(chr(9))[2]}\t\t{row.partition(chr(9))[0]}" for row in ALL]
    cohort = read(*rows, "\tcmt\t\tpacket.json\r", header="\ufeffnote\texpected\tmore\tfile")
    assert [case.expected for case in cohort.cases] == ["lgmd", "als", "cmt", "other"]


@pytest.mark.parametrize("name", ["\x00", "a" * 10_000, "../" * 400, "\x1b[2J", '"open'])
def test_a_strange_name_is_told_and_harms_nothing(read: Read, name: str) -> None:
    told = problems(read, *ALL, "packet.json\tcmt", f"{name}\tals")
    assert len(told) == 1
    assert "\x1b" not in told[0]
    assert len(told[0]) < 500
