"""A real HAPI FHIR server: fetching a chart from it gives the store that loading its file gives.

Skips, with the reason, where `make test-tools` was not run.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.desk import load
from pipelines.desk.house import open_house
from pipelines.fetch import run
from pipelines.fetch.pace import LONGEST_WAIT_S, Pace
from pipelines.fetch.plan import plan
from pipelines.fetch.run import fetch
from pipelines.records.chart import Reader
from pipelines.records.fetches import FetchRequest
from pipelines.settings import Settings
from tests.conftest import SAMPLES
from tests.fetch import hapi

pytestmark = [
    pytest.mark.skipif(hapi.why_not() is not None, reason=str(hapi.why_not())),
    pytest.mark.timeout(600),
]

READER = Reader("tester")
SAMPLE = "gi_bleed.json.gz"
# What says when and from which file a row came, or which version a server made of it.
BOOKKEEPING = {"load_id", "file_id", "sha256", "version", "version_id", "last_updated", "loaded_at"}
COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'main'
order by all
"""
TYPED = ("patient", "encounter", "observation", "condition", "medication", "allergy", "procedure",
         "immunization", "document")  # fmt: skip


@pytest.fixture(scope="module")
def chart() -> dict[str, Any]:
    """A small chart, and a large one from the samples, in one bundle."""
    made = hapi.bundle()
    sample = json.loads(gzip.decompress((SAMPLES / SAMPLE).read_bytes()))
    made["entry"] += sample["entry"]
    return made


@pytest.fixture(scope="module")
def server(chart: dict[str, Any]) -> Iterator[str]:
    """The server with these charts on it."""
    with hapi.running() as base:
        hapi.put(base, chart)
        yield base


@pytest.fixture(scope="module")
def loaded(chart: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the store holds when the bundle itself is loaded."""
    folder = tmp_path_factory.mktemp("loaded")
    path = folder / "chart.json"
    path.write_text(json.dumps(chart))
    return store_of(folder / "home", [path])


def store_of(home: Path, paths: list[Path]) -> dict[str, Any]:
    """Every typed row of a new store with these files, bookkeeping aside."""
    house = open_house(Settings.read(home, {}), writing=True)
    report = load.load(house, READER, paths)
    assert report.refused == ()
    columns: dict[str, list[str]] = {}
    for table, column in house.charts.rows(COLUMNS, {}):
        if column not in BOOKKEEPING:
            columns.setdefault(table, []).append(column)
    found = {
        table: rows(house.charts.rows(f"select {', '.join(columns[table])} from {table}", {}))  # noqa: S608 - names of the schema
        for table in TYPED
    }
    found["resources"] = sorted(
        house.charts.rows("select resource, patient from resource where current", {})
    )
    house.close()
    return found


def rows(found: list[tuple[Any, ...]]) -> list[str]:
    """Rows in an order of their own."""
    return sorted(repr(row) for row in found)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({}, id="all patients, $everything"),
        pytest.param({"bulk": True}, id="$export"),
        pytest.param({"since": "2000-01-01T00:00:00Z"}, id="search by type"),
    ],
)
def test_what_is_fetched_is_what_is_loaded(
    server: str, loaded: dict[str, Any], tmp_path: Path, wanted: dict[str, Any]
) -> None:
    home = tmp_path / "home"
    pace = Pace(sleep=short_sleep)
    fetched = fetch(plan(FetchRequest(server, **wanted)), Settings.read(home, {}), pace=pace)
    assert fetched.problems == ()
    found = store_of(home, [Path(name) for name in fetched.files])
    assert found["resources"] == loaded["resources"]
    for table in TYPED:
        assert found[table] == loaded[table], table


def test_a_chart_type_by_type_is_the_chart_by_everything(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = plan(FetchRequest(server, patients=("pat-a",)))
    whole = fetch(wanted, Settings.read(tmp_path / "one", {}))
    asked = run.server
    monkeypatch.setattr(run, "server", lambda client: replace(asked(client), has_everything=False))
    by_type = fetch(wanted, Settings.read(tmp_path / "two", {}))
    assert by_type.by_type == whole.by_type
    assert sum(by_type.by_type.values()) > 20


def short_sleep(seconds: float) -> None:
    """HAPI asks for two minutes between polls; half a second is enough on loopback."""
    import threading

    threading.Event().wait(min(seconds, LONGEST_WAIT_S, 0.5))
