"""The checked knowledge, kept ready: reading and checking YAML takes longer than a start should.

The cache is keyed by the content of every knowledge file and of the code that reads them, so it
is never stale. It is only a convenience: where it cannot be read or written, the YAML is read.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from rules.files import KNOWLEDGE_DIR, knowledge_files, write_whole
from rules.model import Knowledge

_CODE = (
    "anatomy.py", "base.py", "check.py", "check_anatomy.py", "check_rules.py", "codes.py", "compile.py", "criteria.py", "hpo.json", "hpo.py", "load.py", "model.py",
    "typography.py",
)  # fmt: skip


def load_cached(folder: Path, root: Path = KNOWLEDGE_DIR) -> Knowledge:
    """The knowledge under `root`, from the cache in `folder` if it holds it.

    KnowledgeError as `rules.check.load`. A cache that cannot be used is passed over in silence.
    """
    path = folder / f"knowledge-{_signature(root)}.json"
    with suppress(OSError, ValueError):
        return Knowledge.model_validate_json(path.read_bytes())
    from rules.check import load  # brings YAML: not needed when the cache holds

    knowledge = load(root=root)
    with suppress(OSError):
        _write(path, knowledge.model_dump_json(exclude_defaults=True))
    return knowledge


def _signature(root: Path) -> str:
    digest = hashlib.sha256()
    code = Path(__file__).parent
    parts = [(path.relative_to(root), path) for path in knowledge_files(root)]
    for name, path in (*parts, *((Path(name), code / name) for name in _CODE)):
        digest.update(f"{name.as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def _write(path: Path, text: str) -> None:
    """All or nothing: a half-written cache never has the name of one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in path.parent.glob("knowledge-*.json"):
        old.unlink(missing_ok=True)
    write_whole(path, text)
