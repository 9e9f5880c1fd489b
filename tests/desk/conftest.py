"""A house with one small chart, opened for writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.desk import load
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.settings import Settings
from tests.contract.charts import bundle, patient, potassium, write

READER = Reader("resident")
CHART = bundle(
    patient(),
    potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"),
    potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """One patient `p1` with two potassium results; no model server anywhere."""
    environment = {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}
    opened = open_house(Settings.read(tmp_path / "home", environment), writing=True)
    load.load(opened, READER, [write(tmp_path / "b.json", CHART)])
    yield opened
    opened.close()
