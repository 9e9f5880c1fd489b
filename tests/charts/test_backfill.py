"""A store from before a subject had its table is whole once a newer version has opened it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from pipelines.charts import code_status
from pipelines.charts.patients import as_of
from pipelines.charts.schema import FOLDER, SECOND_TABLES, SUBJECTS, m001_tables
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, load, note, observation, patient, write
from tests.charts.older_stores import named_at_length
from tests.charts.small_store import READER
from tests.charts.subject_files import DOCTOR, PEOPLE, of_patient
from tests.charts.subject_files import made as made_of
from tests.charts.test_rows_care import ORDER, PLAN, STAY
from tests.charts.test_rows_reports import CLAIM, REPORT

DIRECTIVE = of_patient(
    "Consent", id="dnr", status="active", dateTime="2024-05-01",
    category=[{"coding": [{"code": "dnr", "system":
               "http://terminology.hl7.org/CodeSystem/consentcategorycodes"}]}],
)  # fmt: skip
FIRST_TABLES = (
    "observation", "medication", "condition", "allergy", "procedure", "immunization", "encounter",
    "patient", "document", "section", "passage", "token",
)  # fmt: skip
DEEPENED_SQL = FOLDER / "m030_deepened.sql"
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
        cursor.execute("drop table encounter_appointment")
        cursor.execute("delete from migration where name in ('m020_subjects', 'm060_visits')")
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


def without_what_m030_added(path: Path) -> None:
    """Turn a store into one from before the first tables were deepened."""
    store = ChartStore.open(path, read_only=False)
    added = re.findall(r"alter table (\w+) add column (\w+)", DEEPENED_SQL.read_text())
    assert added
    with store.writer() as cursor:
        for table in SECOND_TABLES:
            cursor.execute(f"drop table {table}")
        for table, column in added:
            cursor.execute(f"alter table {table} drop column {column}")
        cursor.execute("delete from migration where name in ('m030_deepened', 'm060_visits')")
    store.close()


def test_an_older_stores_first_tables_are_made_anew_with_all_they_hold_now(tmp_path: Path) -> None:
    given = [
        patient(name=[{"use": "maiden", "family": "Geboren"}, {"family": "Muster"}]), *PEOPLE,
        observation(note=[{"text": "Haemolysed."}], performer=[DOCTOR]),
        {"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin"}},
        made_of("MedicationRequest", status="active", intent="order", requester=DOCTOR,
                medicationReference={"reference": "Medication/m"}, dosageInstruction=[
                    {"text": "2 at once"}, {"text": "then 1"}]),
    ]  # fmt: skip
    tables = (*FIRST_TABLES, *SECOND_TABLES, "patient_identifier", "chart_extent", "code")
    store = made(tmp_path / "chart.duckdb", *given)
    before = {table: dumped(store, table) for table in tables}
    store.close()
    assert before["dosage"]
    assert before["participation"]
    without_what_m030_added(tmp_path / "chart.duckdb")
    again = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    assert {table: dumped(again, table) for table in tables} == before
    again.close()


def test_what_would_be_refused_today_keeps_the_row_it_had(tmp_path: Path) -> None:
    store = made(tmp_path / "chart.duckdb", patient(), observation())
    with store.writer() as cursor:
        cursor.execute("update resource set raw = replace(raw, '4.5', '1e40')")
    store.close()
    without_what_m030_added(tmp_path / "chart.duckdb")
    again = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    assert again.rows("select value_number from observation", {}) == [(4.5,)]
    again.close()


def store_of_the_first_version(path: Path, *resources: Json) -> None:
    """A store as the first version left it: its one migration, raw resources, first tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table migration (name varchar, applied_at varchar)")
        connection.execute("insert into migration values ('m001_tables', '2026-01-01')")
        m001_tables(connection)
        for one in resources:
            kind, ident = one["resourceType"], one["id"]
            about = ident if kind == "Patient" else "p1" if "subject" in one else None
            connection.execute(
                "insert into resource values ($key, $kind, $id, $about, 1, true, $digest, 1, $raw)",
                {"key": f"{kind}/{ident}", "kind": kind, "id": ident, "about": about,
                 "digest": "00" * 32, "raw": json.dumps(one)},
            )  # fmt: skip
        connection.execute(
            "insert into patient (patient, resource, name) values ('p1', 'Patient/p1', 'old')"
        )


def test_a_store_of_the_first_version_opens_whole_and_loads_on(tmp_path: Path) -> None:
    given = [
        patient(), *PEOPLE, observation(),
        made_of("Encounter", status="finished", period={"start": "2024-03-01"},
                appointment=[{"reference": "Appointment/7"}], participant=[{"individual": DOCTOR}],
                statusHistory=[{"status": "arrived", "period": {"start": "2024-03-01"}}]),
        {**observation("lost"), "subject": {"reference": "urn:uuid:nobody"}},
    ]  # fmt: skip
    store_of_the_first_version(tmp_path / "chart.duckdb", *given)
    store = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    tables = ("encounter_appointment", "encounter_history", "encounter_participant", "patient_name")
    assert [len(dumped(store, table)) for table in tables] == [1, 1, 1, 1]
    assert store.rows("select name from patient", {}) == [("Erika Muster",)]
    assert load(store, write(tmp_path / "x.json", bundle(*GIVEN))).refused == ()
    store.close()


def test_what_a_bundles_own_names_meant_is_learned_from_the_rows_of_before(tmp_path: Path) -> None:
    result = {**observation(), "encounter": {"reference": "urn:uuid:of-the-bundle"}}
    stay = made_of("Encounter", status="finished", period={"start": "2024-03-01"})
    path = tmp_path / "chart.duckdb"
    store_of_the_first_version(path, patient(), stay, result)
    key = f"Encounter/{stay['id']}"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into observation (resource, patient, part, encounter) "
            "values ('Observation/o1', 'p1', 0, $key)", {"key": key},
        )  # fmt: skip
    store = ChartStore.open(path, read_only=False)
    found = store.rows("select encounter, value_number from observation", {})
    assert found == [(key, 4.5)]
    store.close()


def test_a_store_that_named_passages_at_length_is_the_same_in_short(tmp_path: Path) -> None:
    path = tmp_path / "chart.duckdb"
    given = [patient(), note("d1", "Go home. Come back if it hurts."), observation()]
    store = made(path, *given)
    before = {table: dumped(store, table) for table in ("resource", "passage", "token")}
    store.close()
    named_at_length(path)
    again = ChartStore.open(path, read_only=False)
    assert {table: dumped(again, table) for table in before} == before
    with again.writer() as cursor:
        cursor.execute("update file set sha256 = null")
    assert load(again, path.with_suffix(".json")).unchanged == len(given)
    again.close()


def test_an_older_store_that_is_only_read_is_migrated_first(tmp_path: Path) -> None:
    path = tmp_path / "chart.duckdb"
    store_of_the_first_version(path, patient(), observation())
    store = ChartStore.open(path, read_only=True)
    assert store.read_only
    assert store.rows("select count(*) from patient_name", {}) == [(1,)]
    store.close()


def dumped(store: ChartStore, table: str) -> list[tuple[object, ...]]:
    columns = "* exclude (loaded_at)" if table == "chart_extent" else "*"
    return sorted(store.rows(f"select {columns} from {table}", {}), key=repr)  # noqa: S608


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
