"""From YAML files to `Knowledge`, with the file and line of every problem.

`read` gathers all problems in one run instead of stopping at the first. Only plain YAML is
read (safe loading, no tags); duplicate and unknown keys are refused. What is *said* by one
file alone is judged here; what depends on other files is judged by `rules.check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from rules.anatomy import Muscle, Site, Territory
from rules.criteria import Criteria
from rules.files import KNOWLEDGE_DIR
from rules.model import Coherence, Diagnosis, Finding, Id, Knowledge, Pattern, RedFlag, Reference
from rules.problem import Problem
from rules.typography import english, french

MAX_FILE_BYTES = 2_000_000
MAX_DEPTH = 50  # how deeply a file may be nested; knowledge and dialogues need about ten
MAX_PARTS = 200_000  # how many parts a file may have, its aliases written out

SECTIONS: dict[str, type[BaseModel]] = {
    "findings": Finding,
    "patterns": Pattern,
    "diagnoses": Diagnosis,
    "red_flags": RedFlag,
    "references": Reference,
    "muscles": Muscle,
    "territories": Territory,
    "sites": Site,
    "criteria": Criteria,
    "coherence": Coherence,
}

TYPESET = {"fr": french, "en": english}
LANGS = tuple(TYPESET)
REGIONS = "affected_regions"  # the finding that decides which muscles and areas are offered
SITE_USUAL = 0.02  # how often the rules put a common lesion where none of the diagnoses is

Loc = tuple[str | int, ...]


@dataclass
class Sources:
    """What was read so far: plain data by section and id, where each part stands, and problems."""

    data: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {section: {} for section in SECTIONS}
    )
    places: dict[Loc, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    hidden: bool = False  # whether records may stand where nothing could be read

    def place(self, loc: Loc) -> tuple[str, int]:
        """The file and line of a part, or of the nearest part around it."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, ("knowledge", 1))

    def refuse(self, loc: Loc, code: str, message: str) -> None:
        path, line = self.place(loc)
        self.problems.append(Problem(path, line, code, message))


def read(paths: Iterable[Path], root: Path = KNOWLEDGE_DIR) -> tuple[Knowledge, Sources]:
    """Read the files into one `Knowledge`, of the records that are usable, and what was found.

    The first folder under `root` (or the file's name, for those that stand alone) names the section; a
    file of `diagnoses/` holds one diagnosis, whose id is the name of the file. A file that stands
    elsewhere holds the sections as its top-level keys.

    The values of a finding may be taken from a part of the anatomy (`values_from: muscles`).
    """
    sources = Sources()
    for path in paths:
        _read_file(path, root, sources)
    for id_, body in sources.data["findings"].items():
        _fill_values(("findings", id_), body, sources)
    records: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for section, model in SECTIONS.items():
        for id_, body in sources.data[section].items():
            record = _record(model, section, id_, body, sources)
            if record is not None and _is_id(section, id_, sources):
                records[section][id_] = record
    return Knowledge(**records), sources


_ID: TypeAdapter[str] = TypeAdapter(Id)


def _is_id(section: str, id_: str, sources: Sources) -> bool:
    try:
        _ID.validate_python(id_)
    except ValidationError:
        sources.refuse((section, id_), "R005", f"“{id_}” is not an id: a-z, 0-9 and _ only")
        return False
    return True


# --- one file -----------------------------------------------------------------------------


def read_plain(text: str, name: str) -> tuple[Any, Sources]:
    """The plain data of any YAML text, read as safely as the knowledge, and what was wrong."""
    sources = Sources()
    node = _compose(text, name, sources)
    return (None if node is None else _plain(node, (), name, sources)), sources


def read_text(path: Path, name: str, sources: Sources) -> str | None:
    """The text of a file, or None and a problem if it is too large or cannot be read."""
    try:
        if path.stat().st_size <= MAX_FILE_BYTES:
            return path.read_text(encoding="utf-8")
        reason = "file too large: split it"
    except (UnicodeDecodeError, OSError) as error:
        reason = f"unreadable YAML: {error}"
    sources.problems.append(Problem(name, 1, "R001", reason))
    return None


def _compose(text: str, name: str, sources: Sources) -> yaml.Node | None:
    try:
        _refuse_excess(text)
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or str(error)
        sources.problems.append(Problem(name, line, "R001", f"unreadable YAML: {reason}"))
        return None
    if node is None:
        sources.problems.append(Problem(name, 1, "R001", "the file is empty: fill or delete it"))
    return node


def _refuse_excess(text: str) -> None:
    """YAMLError for tags, and for more nesting or more parts than any file here needs.

    libyaml composes recursively, in C: deep nesting would end the process. And a few lines of
    aliases of aliases stand for a billion parts.
    """
    sizes: dict[str, tuple[int, int]] = {}  # of each anchored part: parts inside it, and its depth
    around = [("", 0, 0)]  # anchor, parts and depth so far of every collection that is open
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _excess(event, f"the tag {tag} is not read here: delete it")
        if isinstance(event, yaml.CollectionStartEvent):
            around.append((event.anchor or "", 1, 0))
            if len(around) > MAX_DEPTH:  # now, not at its end: nothing bounds what comes between
                raise _excess(event, "nested too deeply")
        elif isinstance(event, (yaml.CollectionEndEvent, yaml.ScalarEvent, yaml.AliasEvent)):
            anchor, parts, depth = _size(event, around, sizes)
            sizes[anchor] = parts, depth
            name, total, deepest = around[-1]
            around[-1] = name, total + parts, max(deepest, depth + 1)
            if total + parts > MAX_PARTS or len(around) + depth > MAX_DEPTH:
                raise _excess(event, "too many parts, or aliases nested too deeply")


def _size(
    event: yaml.Event, around: list[tuple[str, int, int]], sizes: dict[str, tuple[int, int]]
) -> tuple[str, int, int]:
    """The anchor, parts and depth of what ends with this event."""
    if isinstance(event, yaml.CollectionEndEvent):
        return around.pop()
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in sizes:
            raise _excess(event, f"*{event.anchor} stands inside itself or before its anchor")
        return "", *sizes[event.anchor]
    return getattr(event, "anchor", None) or "", 1, 0


def _excess(event: yaml.Event, problem: str) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _read_file(path: Path, root: Path, sources: Sources) -> None:
    name = _short(path, root)
    text = read_text(path, name, sources)
    node = None if text is None else _compose(text, name, sources)
    if node is None:
        sources.hidden = True
        return
    for prefix, part in _parts(path, root, node, name, sources):
        section, id_ = str(prefix[0]), str(prefix[1])
        if id_ in sources.data[section]:
            other = "{}:{}".format(*sources.place(prefix))
            sources.problems.append(
                Problem(name, _line(part), "R011", f"“{id_}” already stands at {other}: rename one")
            )
        else:
            sources.data[section][id_] = _plain(part, prefix, name, sources)


def _parts(
    path: Path, root: Path, node: yaml.Node, name: str, sources: Sources
) -> Iterator[tuple[Loc, yaml.Node]]:
    """The records of a file: where each belongs, and its node."""
    inside = path.relative_to(root).parts if path.is_relative_to(root) else ()
    section = Path(inside[0]).stem if inside and Path(inside[0]).stem in SECTIONS else None
    if section == "diagnoses":
        yield (section, path.stem), node
        return
    tops = {section: node} if section else dict(_entries(node, name, sources))
    for top, body in tops.items():
        if top not in SECTIONS:
            known = ", ".join(SECTIONS)
            text = f"unknown section “{top}”: use one of {known}"
            sources.problems.append(Problem(name, _line(body), "R003", text))
            sources.hidden = True
            continue
        for id_, part in _entries(body, name, sources):
            yield (str(top), id_), part


def _entries(node: yaml.Node, name: str, sources: Sources) -> Iterator[tuple[str, yaml.Node]]:
    """The keys and values of a mapping; a key that comes twice is refused."""
    if not isinstance(node, yaml.MappingNode):
        sources.problems.append(Problem(name, _line(node), "R005", "a mapping was expected here"))
        sources.hidden = True
        return
    seen: set[str] = set()
    for key, value in node.value:
        text = str(key.value)
        if text in seen:
            sources.problems.append(
                Problem(name, _line(key), "R002", f"key “{text}” stands twice: delete one")
            )
            continue
        seen.add(text)
        yield text, value


def _plain(node: yaml.Node, loc: Loc, name: str, sources: Sources) -> Any:
    """Plain Python data of a node; remembers the line of every part."""
    sources.places[loc] = (name, _line(node))
    if isinstance(node, yaml.MappingNode):
        plain = {}
        for key, value in _entries(node, name, sources):
            item = _plain(value, (*loc, key), name, sources)
            typeset = TYPESET.get(key) if isinstance(item, str) else None
            plain[key] = typeset(item) if typeset else item
        return plain
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*loc, i), name, sources) for i, item in enumerate(node.value)]
    return _scalar(node)


_NUMBER_OR_BOOL = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null"}


def _scalar(node: yaml.Node) -> Any:
    # `yes` and `no` stay strings, as do dates: an answer is a string. Only `true` and `false`
    # are booleans, so that nobody has to remember what YAML 1.1 makes of `no`.
    if node.tag == "tag:yaml.org,2002:bool" and node.value in ("true", "false"):
        return node.value == "true"
    if node.tag in _NUMBER_OR_BOOL:
        with suppress(ValueError):  # `0b_`, 5,000 digits: left as text, which no number field takes
            return yaml.constructor.SafeConstructor().construct_object(node)
    return node.value


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _short(path: Path, root: Path) -> str:
    """The name under which a file is reported: from its project's root, if it is in one."""
    base = root.parent.parent
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


# --- values taken from the anatomy ---------------------------------------------------------


def _fill_values(loc: Loc, body: Any, sources: Sources) -> None:
    """Write out `values_from`: the muscles, areas of skin or sites as the options of a finding."""
    if not isinstance(body, dict) or "values_from" not in body:
        return
    part = body.pop("values_from")
    if part not in ("muscles", "territories", "sites"):
        text = f"“{part}” is no part of the anatomy: use muscles, territories or sites"
        sources.refuse((*loc, "values_from"), "R009", text)
        part = "muscles"
    items = {id_: item for id_, item in sources.data[part].items() if isinstance(item, dict)}
    body["values"] = {id_: _as_value(item) for id_, item in items.items()}


def _as_value(item: dict[str, Any]) -> dict[str, Any]:
    """A muscle, an area of skin or a site, as an option: named by all its names."""
    names = [words for key in ("synonyms", "everyday") if isinstance(words := item.get(key), dict)]
    regions = item.get("offered_with")
    return {
        "label": item.get("label"),
        "usual": item.get("usual", SITE_USUAL * float(item.get("commonness", 1.0))),
        "synonyms": {lang: [w for words in names for w in words.get(lang, [])] for lang in LANGS},
        "hpo": item.get("hpo", []),
        "offered": bool(regions),
        "when": [{"finding": REGIONS, "value": regions}] if regions else [],
    }


# --- one record ---------------------------------------------------------------------------


def _record(
    model: type[BaseModel], section: str, id_: str, body: Any, sources: Sources
) -> BaseModel | None:
    if section == "diagnoses" and isinstance(body, dict):
        if "id" in body:
            text = "unknown key “id”: the name of the file is the id"
            sources.refuse((section, id_, "id"), "R003", text)
        body = {**body, "id": id_}
    try:
        return model.model_validate(body)
    except ValidationError as error:
        for detail in error.errors():
            code, message = describe(detail)
            sources.refuse((section, id_, *_known(detail["loc"])), code, message)
        return None


def _known(loc: Loc) -> Loc:
    # pydantic adds the member of a union to the location: it stands nowhere in the file
    return tuple(part for part in loc if not str(part).startswith(("float", "str-enum", "enum")))


def describe(detail: ErrorDetails) -> tuple[str, str]:
    """The code and the sentence for what pydantic refused."""
    where = ".".join(map(str, detail["loc"])) or "this entry"
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return "R003", f"unknown key “{where}”: delete or correct it"
    if last in ("fr", "en") and detail["type"] in ("missing", "string_too_short"):
        return "R004", f"“{where}” is missing: write the text in French and in English"
    if detail["type"] == "missing":
        return "R005", f"“{where}” is missing: add it"
    return "R005", f"“{where}”: {detail['msg'][0].lower()}{detail['msg'][1:]}"
