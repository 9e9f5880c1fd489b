"""A store written anew holds the same in less room; what stops it leaves the store as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.charts import store_file
from pipelines.charts.store import ChartStore
from pipelines.desk import load as desk_load
from pipelines.records.loads import LoadReport
from pipelines.settings import Settings
from tests.charts.fhir_files import bundle, load, observation, patient, write

REPORT = LoadReport(1, 1, 1, 1, {}, 0, 0, (), 0.0, 2.0, 5.0, stopped=False, files_in=1)


def filled(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """A closed store of 2,000 results in small loads, which leave free blocks; its rows."""
    store = ChartStore.open(path, read_only=False)
    for number in range(5):
        many = [observation(f"o{number}-{k}") for k in range(400)]
        load(store, write(path.parent / f"{number}.json", bundle(patient(), *many)))
    held = rows(store)
    store.close()
    return held


def rows(store: ChartStore) -> dict[str, list[tuple[object, ...]]]:
    tables = store.rows("select table_name from duckdb_tables()", {})
    return {
        table: sorted(store.rows(f'select * from "{table}"', {}), key=repr)  # noqa: S608 - its own
        for (table,) in tables
    }


def reopened(path: Path) -> dict[str, list[tuple[object, ...]]]:
    store = ChartStore.open(path, read_only=True)
    held = rows(store)
    store.close()
    return held


def test_a_store_written_anew_holds_the_same_in_less_room(tmp_path: Path) -> None:
    path = tmp_path / "home" / "chart.duckdb"
    before = filled(path)
    was = store_file.size_bytes(path)
    assert store_file.write_anew(path)
    assert reopened(path) == before
    assert store_file.size_bytes(path) < was
    assert path.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("select free_blocks from pragma_database_size()").fetchone() == (
            0,
        )


@pytest.mark.parametrize(
    ("before_mb", "now_mb", "is_worth_it"),
    [(0, 7, False), (0, 9, True), (10, 19, False), (10, 20, True), (100, 110, False)],
)
def test_only_a_load_that_made_most_of_the_file_pays_for_a_copy(
    tmp_path: Path, before_mb: int, now_mb: int, *, is_worth_it: bool
) -> None:
    path = tmp_path / "chart.duckdb"
    with path.open("wb") as file:
        file.truncate(now_mb * 1024 * 1024)
    assert store_file.is_worth_it(path, before_mb * 1024 * 1024) == is_worth_it


def test_a_load_tells_the_time_that_its_copy_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.read(tmp_path / "home")
    before = filled(settings.store_path)
    was = store_file.size_bytes(settings.store_path)
    monkeypatch.setattr(store_file, "WORTH_BYTES", 1)
    report = desk_load.pack_closely(settings, REPORT, 0, threading.Event())
    assert report.seconds > REPORT.seconds
    assert store_file.size_bytes(settings.store_path) < was
    assert reopened(settings.store_path) == before


class _SetAfter(threading.Event):
    """An event that comes to be set when it was looked at so often."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def _half_a_copy(path: Path) -> object:
    return store_file.write_anew(path, _SetAfter(5))


def _stopped_before_it_began(path: Path) -> object:
    return store_file.write_anew(path, _SetAfter(0))


def _no_room(path: Path) -> object:
    path.with_name(path.name + store_file.NEW_ENDING).mkdir()
    try:
        return store_file.write_anew(path)
    finally:
        path.with_name(path.name + store_file.NEW_ENDING).rmdir()


@pytest.mark.parametrize("attempt", [_half_a_copy, _stopped_before_it_began, _no_room])
def test_a_copy_that_does_not_end_leaves_the_store_as_it_was(
    tmp_path: Path, attempt: Callable[[Path], object]
) -> None:
    path = tmp_path / "home" / "chart.duckdb"
    before = filled(path)
    assert attempt(path) is False
    assert reopened(path) == before
    assert [one.name for one in path.parent.glob("chart.duckdb*")] == ["chart.duckdb"]
