"""An empty store as a file, made once a process: its seventy tables take longer than a test."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from pipelines.charts.store import ChartStore


@lru_cache(maxsize=1)
def _made() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    folder = tempfile.TemporaryDirectory(prefix="empty-store-")
    path = Path(folder.name) / "home" / "chart.duckdb"
    ChartStore.open(path, read_only=False).close()
    return folder, path


def copy_to(path: Path) -> Path:
    """An empty store at `path`; the folder is made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy(_made()[1], path)
    return path
