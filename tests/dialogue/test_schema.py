"""The published schema is up to date, and every shipped dialogue is what it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import assistant
from assistant.dialogue.replay import find_dialogues
from assistant.dialogue.run import shipped_dialogues
from assistant.dialogue.script import schema

PUBLISHED = Path(assistant.__file__).parent.parent / "docs" / "dialogue.schema.json"
CASE: dict[str, Any] = {"title": {"fr": "Un cas", "en": "A case"}}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    return Draft202012Validator(published)


def as_editors_load(text: str) -> Any:
    """YAML 1.2, as the servers of editors read it: `yes` and `no` are strings, not booleans."""

    class Loader(yaml.CSafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader=Loader)


def test_the_published_schema_is_up_to_date() -> None:
    text = json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    assert PUBLISHED.read_text(encoding="utf-8") == text, (
        "write it anew: python -c 'from assistant.dialogue.script import schema; import json;"
        " print(json.dumps(schema(), ensure_ascii=False, indent=2))' > docs/dialogue.schema.json"
    )


def test_every_shipped_dialogue_is_valid_as_editors_load_it(
    validator: Draft202012Validator,
) -> None:
    paths = find_dialogues([shipped_dialogues()])
    assert paths
    for path in paths:
        problems = validator.iter_errors(as_editors_load(path.read_text(encoding="utf-8")))
        assert not [f"{path.name}: {problem.message}" for problem in problems]


def test_every_shipped_dialogue_is_valid_to_older_readers_too(
    validator: Draft202012Validator,
) -> None:
    for path in find_dialogues([shipped_dialogues()]):  # to YAML 1.1 a bare `yes` would be true
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        assert not [f"{path.name}: {problem.message}" for problem in validator.iter_errors(data)]


@pytest.mark.parametrize(
    "parts",
    [
        {"kinde": "hard"},
        {"kind": "easy"},
        {"tier": "cheap"},
        {"title": {"fr": "Un cas"}},
        {"title": {"fr": "", "en": "x"}},
        {"patient": {"age": 121}},
        {"patient": {"age": True}},
        {"patient": {"sex": "man"}},
        {"patient": {"answers": {"pain": True}}},
        {"patient": {"answers": {"pain": {"yes": 1}}}},
        {"patient": {"answers": {"weak_muscles": [1]}}},
        {"turns": [{"ask": "age"}]},
        {"turns": {"say": "34"}},
        {"expect": {"leadin": "als"}},
        {"expect": {"not_": ["als"]}},
        {"expect": {"leading": "Not An Id"}},
        {"expect": {"questions_at_most": 0}},
        {"source": {"title": "x"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_program_refuses(
    validator: Draft202012Validator, parts: dict[str, Any]
) -> None:
    assert validator.is_valid(CASE)
    assert not validator.is_valid({**CASE, **parts})


def test_the_schema_describes_its_keys_to_those_who_write(validator: Draft202012Validator) -> None:
    published = validator.schema
    assert isinstance(published, dict)
    assert "not" in published["$defs"]["Expect"]["properties"]
    for name in ("Patient", "Turn", "Expect", "Source"):
        assert published["$defs"][name]["description"]
