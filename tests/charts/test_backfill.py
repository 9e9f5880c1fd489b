"""A store from before a subject had its table is whole once a newer version has opened it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.charts import code_status
from pipelines.charts.patients import as_of
from pipelines.charts.schema import SUBJECTS
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, load, observation, patient, write
from tests.charts.small_store import READER
from tests.charts.subject_files import PEOPLE, of_patient
from tests.charts.test_rows_care import ORDER, PLAN, STAY
from tests.charts.test_rows_reports import CLAIM, REPORT

DIRECTIVE = of_patient(
    "Consent", id="dnr", status="active", dateTime="2024-05-01",
    category=[{"coding": [{"code": "dnr", "system":
               "http://terminology.hl7.org/CodeSystem/consentcategorycodes"}]}],
)  # fmt: skip
GIVEN = [patient(), *PEOPLE, STAY, PLAN, ORDER, CLAIM, REPORT, DIRECTIVE, observation()]


def made(path: Path, *resources: Json) -> ChartStore:
    store = ChartStore.open(path, read_only=False)
    assert load(store, write(path.with_suffix(".json"), bundle(*resources))).refused == ()
    return store


def rows(store: ChartStore) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(store.rows(f"select * from {table}", {}), key=repr)  # noqa: S608
        for table in (*SUBJECTS, "code")
    }


def forget_the_subjects(path: Path) -> None:
    """Turn a store into one that an earlier version made."""
    store = ChartStore.open(path, read_only=False)
    with store.writer() as cursor:
        for table in SUBJECTS:
            cursor.execute(f"drop table {table}")
        cursor.execute("drop macro known_by")
        cursor.execute("delete from migration where name = 'm020_subjects'")
        cursor.execute("update chart_extent set last_utc = '2024-03-05', last_written = 'x'")
    store.close()


def test_an_older_store_is_filled_when_it_is_opened(tmp_path: Path) -> None:
    store = made(tmp_path / "chart.duckdb", *GIVEN)
    before = rows(store)
    store.close()
    forget_the_subjects(tmp_path / "chart.duckdb")
    again = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    assert rows(again) == before
    assert as_of(again, "p1") is not None
    again.close()


@pytest.mark.parametrize("stated", ["2024-05-01", "2024-05-01T10:00:00-05:00"])
def test_a_directive_that_is_the_last_thing_in_a_chart_is_seen_at_its_end(
    tmp_path: Path, stated: str
) -> None:
    store = made(
        tmp_path / "chart.duckdb", patient(), observation(), {**DIRECTIVE, "dateTime": stated}
    )
    now = as_of(store, "p1")
    assert now is not None
    assert now.written == stated
    found = code_status.code_status(Chart(READER, "p1", "test", now, store))
    assert (found.state, found.label) == ("recorded", "DNR")
    assert found.current[0].fact.resource == "Consent/dnr"
    store.close()
