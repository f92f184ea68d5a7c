"""Where the knowledge stands."""

from pathlib import Path

KNOWLEDGE_DIR = Path(__file__).parent / "knowledge"


def knowledge_files(root: Path = KNOWLEDGE_DIR) -> list[Path]:
    """All knowledge files under `root`, in a fixed order."""
    return sorted(root.rglob("*.yaml"))
