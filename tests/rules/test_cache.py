"""The cache is a convenience: the same knowledge, sooner, and never a stale one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rules.cache import load_cached
from rules.model import Knowledge
from rules.problem import KnowledgeError

TESTS = Path(__file__).parents[1]
BASE = TESTS / "bad_knowledge" / "base.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small knowledge base, laid out in files as the shipped one is."""
    root = tmp_path / "rules" / "knowledge"
    for section, records in yaml.safe_load(BASE.read_text("utf-8")).items():
        (root / section).mkdir(parents=True)
        one_each = records.items() if section == "diagnoses" else [("all", records)]
        for name, content in one_each:
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            (root / section / f"{name}.yaml").write_text(text, "utf-8")
    return root


def kept(folder: Path) -> Path:
    (only,) = folder.iterdir()
    return only


def same(one: Knowledge, other: Knowledge) -> bool:
    """Equal, and in the same order: ties go to the order of the findings."""
    return one == other and one.model_dump_json() == other.model_dump_json()


def test_what_is_kept_is_what_was_read(root: Path, base: Knowledge, tmp_path: Path) -> None:
    first = load_cached(tmp_path / "cache", root)
    assert first == base
    kept(tmp_path / "cache")
    assert same(load_cached(tmp_path / "cache", root), first)


def test_what_is_kept_is_used(root: Path, tmp_path: Path) -> None:
    load_cached(tmp_path / "cache", root)
    file = kept(tmp_path / "cache")
    file.write_text(file.read_text("utf-8").replace("Mesurer", "Peser"), "utf-8")
    again = load_cached(tmp_path / "cache", root)
    assert again.red_flags["breathing"].action.fr.startswith("Peser")


def test_a_start_from_the_cache_does_without_yaml(root: Path, tmp_path: Path) -> None:
    load_cached(tmp_path / "cache", root)
    code = (
        "import sys; from pathlib import Path; from rules.cache import load_cached\n"
        f"load_cached(Path({str(tmp_path / 'cache')!r}), Path({str(root)!r}))\n"
        "print('yaml' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=TESTS.parent, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


def test_knowledge_that_changed_is_read_again_and_the_old_is_dropped(
    root: Path, tmp_path: Path
) -> None:
    before = load_cached(tmp_path / "cache", root)
    page = root / "diagnoses" / "plexitis.yaml"
    page.write_text(page.read_text("utf-8").replace("stakes: 2", "stakes: 1"), "utf-8")
    after = load_cached(tmp_path / "cache", root)
    assert (before.diagnoses["plexitis"].stakes, after.diagnoses["plexitis"].stakes) == (2, 1)
    kept(tmp_path / "cache")


def test_a_file_that_moved_to_another_section_is_noticed(root: Path, tmp_path: Path) -> None:
    load_cached(tmp_path / "cache", root)
    (root / "red_flags").rename(root / "red_patterns")
    with pytest.raises(KnowledgeError, match="R003"):
        load_cached(tmp_path / "cache", root)


def test_knowledge_that_became_bad_is_refused_although_the_good_was_kept(
    root: Path, tmp_path: Path
) -> None:
    load_cached(tmp_path / "cache", root)
    (root / "findings" / "bad.yaml").write_text("cramps: 3\n", "utf-8")
    with pytest.raises(KnowledgeError, match="R005"):
        load_cached(tmp_path / "cache", root)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe", b'{"findings": 3}'])
def test_a_cache_that_is_damaged_is_passed_over(
    content: bytes, root: Path, base: Knowledge, tmp_path: Path
) -> None:
    load_cached(tmp_path / "cache", root)
    kept(tmp_path / "cache").write_bytes(content)
    assert load_cached(tmp_path / "cache", root) == base


def test_a_cache_that_cannot_be_kept_is_done_without(
    root: Path, base: Knowledge, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be", "utf-8")
    assert load_cached(tmp_path / "taken", root) == base
