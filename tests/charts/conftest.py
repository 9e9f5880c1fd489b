"""What the tests of loading share: an empty store in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts.store import ChartStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    """An empty store; tests of reads alone replace it by one in memory."""
    opened = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield opened
    opened.close()
