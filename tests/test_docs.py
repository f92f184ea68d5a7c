"""The documents say what the program does."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
import pytest

from assistant.cli import main
from assistant.dialogue.commands import NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_readme_names_every_command(name: str) -> None:
    assert f"amyo {name}" in README


@pytest.mark.parametrize(
    "option",
    sorted(
        {
            option
            for command in main.commands.values()
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
            if option.startswith("--")
        }
        - {"--help"}
    ),
)
def test_the_readme_names_every_option(option: str) -> None:
    assert option in README


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_readme_names_what_may_be_typed_in_both_languages(name: str) -> None:
    for lang in ("en", "fr"):
        assert NAMES[name][lang][0] in README


def test_the_transcript_in_the_readme_is_what_the_program_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import make_transcript  # type: ignore[import-not-found]

    try:
        assert make_transcript.rewritten(README) == README, "out of date: make docs"
    finally:
        sys.modules.pop("make_transcript", None)


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
