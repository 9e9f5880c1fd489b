"""What the tests of loading share: an empty store in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts.store import ChartStore
from tests.charts import empty_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    """An empty store; tests of reads alone replace it by one in memory."""
    path = empty_store.copy_to(tmp_path / "home" / "chart.duckdb")
    opened = ChartStore.open(path, read_only=False)
    yield opened
    opened.close()
