"""Kept reads: read once while the store stands still, anew after any write, never of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.charts import labs, question_names
from pipelines.charts.kept import kept, kept_series
from pipelines.desk import access, load, remove
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings
from tests.contract.charts import bundle, patient, potassium, write

READER = Reader("resident")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Patient p1 with one potassium."""
    opened = open_house(Settings.read(tmp_path / "home", {}), writing=True)
    first = bundle(patient(), potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"))
    load.load(opened, READER, [write(tmp_path / "b.json", first)])
    yield opened
    opened.close()


def opened(house: House, name: str = "p1") -> Chart:
    return access.open_chart(house, READER, name, "test")


def test_a_read_is_done_once_for_one_chart_and_one_moment(house: House) -> None:
    seen: list[str] = []

    @kept
    def read(chart: Chart) -> int:
        seen.append(chart.as_of.written)
        return len(seen)

    chart = opened(house)
    earlier = replace(chart, as_of=access.parse_as_of("2026-11-01", chart.as_of))
    assert [read(chart), read(opened(house)), read(earlier), read(chart)] == [1, 1, 2, 1]


def test_a_load_is_seen_by_the_next_read(house: House, tmp_path: Path) -> None:
    before = question_names.result_names(opened(house))
    other = {"code": {"coding": [{"code": "x"}], "text": "Ferritin"}}
    more = bundle(patient(), potassium("f1", 90, "2026-11-20T06:00:00-05:00", **other))
    load.load(house, READER, [write(tmp_path / "c.json", more)])
    after = question_names.result_names(opened(house))
    assert [name.display for name in before] == ["Potassium"]
    assert sorted(name.display for name in after) == ["Ferritin", "Potassium"]


def test_what_is_read_while_the_store_is_written_to_is_not_kept(house: House) -> None:
    seen: list[int] = []

    @kept
    def read(chart: Chart) -> int:
        if not seen:
            with house.charts.writer() as cursor:
                cursor.execute("delete from flag")
        seen.append(1)
        return len(seen)

    chart = opened(house)
    assert [read(chart), read(chart), read(chart)] == [1, 2, 2]


def test_two_patients_and_a_removed_one_have_nothing_of_each_other(
    house: House, tmp_path: Path
) -> None:
    names = {"name": [{"family": "Quill", "given": ["Bo"]}]}
    load.load(house, READER, [write(tmp_path / "d.json", bundle(patient("p2", **names)))])
    one, two = opened(house), opened(house, "p2")
    assert "marrow" in question_names.own_names(one)[1]
    assert question_names.own_names(two)[1] == {"quill", "bo"}
    remove.remove(house, READER, "p1")
    assert question_names.own_names(one) == (frozenset(), frozenset())


def test_a_series_is_read_once_for_what_is_asked_and_only_the_last_few_stay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    @kept_series
    def read(chart: Chart, code: str, *, bound: int = 0) -> str:
        seen.append(f"{code}{bound}")
        return seen[-1]

    monkeypatch.setattr("pipelines.charts.kept.MOST_SERIES", 2)
    chart = opened(house)
    assert [read(chart, "a"), read(chart, "a"), read(chart, "a", bound=1)] == ["a0", "a0", "a1"]
    assert [read(chart, "b"), read(chart, "a"), read(chart, "b")] == ["b0", "a0", "b0"]
    assert seen == ["a0", "a1", "b0", "a0"]


def test_a_load_is_seen_by_the_next_read_of_a_series(house: House, tmp_path: Path) -> None:
    before = labs.results(opened(house), {"http://loinc.org|2823-3"})
    more = bundle(patient(), potassium("k2", 5.9, "2026-11-22T06:00:00-05:00"))
    load.load(house, READER, [write(tmp_path / "c.json", more)])
    after = labs.results(opened(house), {"http://loinc.org|2823-3"})
    assert [fact.value for fact in before] == [4.0]
    assert [fact.value for fact in after] == [4.0, 5.9]
