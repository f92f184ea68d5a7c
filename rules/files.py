"""Where the knowledge stands, and how a file is written."""

import os
import tempfile
from pathlib import Path

KNOWLEDGE_DIR = Path(__file__).parent / "knowledge"


def knowledge_files(root: Path = KNOWLEDGE_DIR) -> list[Path]:
    """All knowledge files under `root`, in a fixed order."""
    return sorted(root.rglob("*.yaml"))


def write_whole(path: Path, text: str) -> None:
    """Write a file, whole or not at all. OSError if that cannot be done."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".amyo-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
