"""The whole ward at once: stays, scores, notes, rules, and what came in since a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.charts import removal
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.charts.ward.arrivals import arrived
from pipelines.charts.ward.list_rules import fitting
from pipelines.charts.ward.rows import ward_rows
from pipelines.records.lists import ListRule
from pipelines.records.ward import Arrived, WardRow
from tests.charts import empty_store
from tests.charts.ward_files import NOW, note, potassium_flagged, result, stay, ward
from tests.contract.charts import bundle, patient, write

LIMITS = LoadLimits()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def loaded(folder: Path, *resources: dict[str, object]) -> ChartStore:
    """A store of its own with these resources."""
    path = empty_store.copy_to(folder / "home" / "chart.duckdb")
    store = ChartStore.open(path, read_only=False)
    load_paths(store, [write(folder / "ward.json", bundle(*resources))], LIMITS)
    return store


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    """The ward, loaded once; nothing here writes to it."""
    store = loaded(tmp_path_factory.mktemp("ward"), *ward())
    yield store
    store.close()


@pytest.fixture(scope="module")
def rows(source: ChartStore) -> dict[str, WardRow]:
    """The rows by patient."""
    return {row.patient_id: row for row in ward_rows(source)}


def test_a_stay_tells_bed_and_day_and_home_has_none(rows: dict[str, WardRow]) -> None:
    where = {name: row.stay and (row.stay.location, row.stay.day) for name, row in rows.items()}
    assert where == {
        "septic": ("Ward 4, bed 2", 3),
        "partly": (None, 1),
        "moved": ("Ward 4, bed 7", 4),
        "target": ("Ward 5, bed 1", 1),
        "child": None,
        "expecting": None,
        "home": None,
    }


@pytest.mark.parametrize(
    ("who", "text", "risk"),
    [
        pytest.param("septic", "14", "high", id="all seven inputs"),
        pytest.param("partly", "≥ 0 from 1 of 7", None, id="a part is a floor"),
        pytest.param("child", "not for patients under 16", None, id="a child"),
        pytest.param("expecting", "not for pregnancy", None, id="pregnancy"),
        pytest.param("target", "2", "low", id="scale 2 by a recorded decision"),
        pytest.param("home", "no inputs (0 of 7)", None, id="signs of weeks ago"),
    ],
)
def test_news2_of_each(rows: dict[str, WardRow], who: str, text: str, risk: str | None) -> None:
    assert (rows[who].news2.text, rows[who].news2.risk) == (text, risk)


def test_an_input_that_is_too_old_is_missing_with_its_age(rows: dict[str, WardRow]) -> None:
    old = {one.key: one.missing for one in rows["partly"].news2.missing}
    assert old["systolic"] == "too old: 14 h before as-of"
    assert old["temperature"] == "not recorded"


def test_kdigo_names_the_values_that_it_rests_on(rows: dict[str, WardRow]) -> None:
    made = rows["septic"].kdigo
    assert made.text == "stage 1 (creatinine only)"
    assert [one.written for one in made.creatinine.readings] == ["1.4 mg/dL", "1.0 mg/dL"]
    assert "no baseline" in rows["partly"].kdigo.text
    assert "no baseline" in rows["home"].kdigo.text, "the one before is 19 days old"
    assert rows["target"].kdigo.text == "no creatinine"


def test_the_newest_note_is_told(rows: dict[str, WardRow]) -> None:
    found = rows["septic"].last_note
    assert found is not None
    assert (found.title, found.when and found.when.written) == ("Night note", NOW)
    assert rows["home"].last_note is None


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (ListRule("rise", 0.3, "creatinine", "mg/dL", 48), {"septic"}),
        (ListRule("rise", 0.4, "creatinine", "mg/dL", 48), {"septic"}),
        (ListRule("rise", 0.5, "creatinine", "mg/dL", 48), set()),
        (ListRule("rise", 0.3, "creatinine", "mg/dL", 12), set()),
        (ListRule("rise", 35.0, "creatinine", "umol/L", 48), {"septic"}),
        (ListRule("fall", 1.0, "potassium", "mmol/L", 72), {"moved"}),
        (ListRule("above", 5.5, "potassium", "mmol/L", 24), {"partly"}),
        (ListRule("above", 5.9, "potassium", "mmol/L", 24), set()),
        (ListRule("below", 4.1, "potassium", "mmol/L", 24), {"moved"}),
        (ListRule("above", 0.1, "potassium", "furlong", 24), set()),
        (ListRule("news2", 5), {"septic"}),
        (ListRule("kdigo", 1), {"septic"}),
    ],
    ids=lambda value: value.form if isinstance(value, ListRule) else "",
)
def test_a_rule_names_who_fits_it(source: ChartStore, rule: ListRule, who: set[str]) -> None:
    assert fitting(source, ward_rows(source), rule) == who


def test_the_rows_are_made_once_and_anew_after_a_load(tmp_path: Path) -> None:
    store = loaded(tmp_path, patient("septic"), result("septic", "hr", 75, NOW))
    first = ward_rows(store)
    assert ward_rows(store) is first
    more = [patient("other"), stay("other", NOW, "Ward 9"), result("other", "hr", 75, NOW)]
    load_paths(store, [write(tmp_path / "more.json", bundle(*more))], LIMITS)
    assert [row.patient_id for row in ward_rows(store)] == ["other", "septic"]
    removal.remove(store, "septic", lambda _: None)
    assert [row.patient_id for row in ward_rows(store)] == ["other"]
    store.close()


def test_what_came_in_after_a_look_is_counted_by_kind(tmp_path: Path) -> None:
    store = loaded(tmp_path, patient("septic"), result("septic", "hr", 75, NOW))
    before = datetime.now(UTC) + timedelta(seconds=2)
    looked = {"septic": before, "nobody": before}
    assert arrived(store, looked) == {"septic": Arrived(), "nobody": Arrived()}
    assert arrived(store, {"septic": LONG_AGO})["septic"] == Arrived(results=1)
    order = {"resourceType": "ServiceRequest", "id": "o", "status": "active", "intent": "order",
             "subject": {"reference": "Patient/septic"},
             "code": {"text": "Chest film"}}  # fmt: skip
    more = [potassium_flagged("septic", 6.4, NOW), result("septic", "sbp", 120, NOW), order,
            note("septic", "Night note", NOW)]  # fmt: skip
    load_paths(store, [write(tmp_path / "more.json", bundle(*more))], LIMITS)
    move_last_load(store, before + timedelta(seconds=60))
    assert arrived(store, looked)["septic"] == Arrived(results=2, abnormal=1, notes=1, orders=1)
    assert arrived(store, {"septic": before + timedelta(hours=1)})["septic"] == Arrived()
    assert arrived(store, {}) == {}
    store.close()


def move_last_load(store: ChartStore, to: datetime) -> None:
    """The last load as if it had begun then."""
    with store.writer() as cursor:
        cursor.execute(
            "update load set started_at = $at where load_id = (select max(load_id) from load)",
            {"at": to.isoformat(timespec="seconds")},
        )
