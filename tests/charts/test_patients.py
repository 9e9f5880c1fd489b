"""Who a chart is about: name, age, banner, and finding one patient among many."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.charts import patients, timeline
from pipelines.charts.ages import age_years
from pipelines.errors import NotFound
from tests.charts.small_store import SmallStore


@pytest.fixture
def store() -> SmallStore:
    store = SmallStore()
    store.add_patient(
        name="Anna Maria Muster", family="Muster", given="Anna Maria", sex="female",
        birth_date="1950-03-09", mrn="12345", mrn_system="urn:mrn",
    )  # fmt: skip
    store.add("chart_extent", patient="p1", first_at="2020-01-01", last_at="2026-11-22",
              loaded_at="2026-11-23T08:00:00Z")  # fmt: skip
    for system, value in (("urn:mrn", "12345"), ("urn:other", "A|7")):
        store.add("patient_identifier", patient="p1", system=system, value=value)
    return store


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        pytest.param("1950-03-09", "2026-03-08", 75, id="day before the birthday"),
        pytest.param("1950-03-09", "2026-03-09", 76, id="on the birthday"),
        pytest.param("2000-02-29", "2023-02-28", 22, id="leap child, last of February"),
        pytest.param("2000-02-29", "2023-03-01", 23, id="leap child, first of March"),
        pytest.param("2000-02-29", "2024-02-29", 24, id="leap child, leap year"),
        pytest.param("2128-05-06", "2180-07-23T17:33:00-05:00", 52, id="de-identified years"),
        pytest.param("2026-11-20", "2026-11-22", 0, id="two days old"),
        pytest.param("2026-11-23", "2026-11-22", None, id="not born yet"),
        pytest.param("1950-03", "2026-11-22", 76, id="month known, birthday surely past"),
        pytest.param("1950-11", "2026-11-22", None, id="month known, birthday perhaps past"),
        pytest.param("1950", "2026-11-22", None, id="year alone"),
        pytest.param(None, "2026-11-22", None, id="no birth date"),
        pytest.param("1950-03-09", None, None, id="no as-of"),
    ],
)
def test_age_is_in_completed_years_or_not_told(
    birth: str | None, day: str | None, age: int | None
) -> None:
    assert age_years(birth, day) == age


@given(st.dates(), st.dates())
def test_age_grows_by_one_on_each_birthday_and_never_else(birth: date, day: date) -> None:
    age = age_years(birth.isoformat(), day.isoformat())
    if day < birth:
        assert age is None
    else:
        had_birthday = (day.month, day.day) >= (birth.month, birth.day)
        assert age == day.year - birth.year - (not had_birthday)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        pytest.param({"family": "Muster", "given": "Anna"}, "MUSTER, Anna", id="both"),
        pytest.param({"family": "Patient_10000032"}, "PATIENT_10000032", id="family alone"),
        pytest.param({"given": "Anna"}, "Anna", id="given alone"),
        pytest.param({"name": "Anna Muster"}, "Anna Muster", id="one string"),
        pytest.param({"name": ""}, "Name not recorded", id="none"),
    ],
)
def test_a_name_reads_family_first(columns: dict[str, object], shown: str) -> None:
    store = SmallStore()
    store.add_patient(**columns)
    assert patients.patient(store.chart()).name == shown


def test_the_banner_says_who_how_old_at_the_as_of_and_what_was_refused(store: SmallStore) -> None:
    for resolved in (False, False, True):
        store.add("refused", patient="p1", resource_type="Observation", resolved=resolved)
    store.add("refused", patient="p2", resource_type="Observation", resolved=False)
    banner = patients.banner(store.chart(as_of="2000-03-08"))
    assert (banner.patient.name, banner.patient.mrn) == ("MUSTER, Anna Maria", "12345")
    assert (banner.age_years, banner.as_of.day) == (49, "2000-03-08")
    assert (banner.refused_count, banner.incomplete) == (2, "2 entries were refused")
    assert (banner.allergies.state, banner.loaded_at) == ("not recorded", "2026-11-23T08:00:00Z")


@pytest.mark.parametrize(
    ("deceased", "age", "shown"),
    [
        pytest.param("2020-01-01", 69, "2020-01-01", id="age at death"),
        pytest.param("true", 76, "true", id="dead, date not recorded"),
        pytest.param("false", 76, None, id="stated to live"),
    ],
)
def test_age_stops_at_a_dated_death(deceased: str, age: int, shown: str | None) -> None:
    store = SmallStore()
    store.add_patient(family="Muster", birth_date="1950-03-09", deceased=deceased)
    banner = patients.banner(store.chart(as_of="2026-11-22"))
    assert (banner.age_years, banner.patient.deceased) == (age, shown)


def test_a_chart_without_a_patient_resource_says_so() -> None:
    with pytest.raises(NotFound, match="no Patient resource"):
        patients.patient(SmallStore().chart())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("p1", ["p1"], id="id"),
        pytest.param("Patient/p1", ["p1"], id="reference"),
        pytest.param(" p1 ", ["p1"], id="spaces around"),
        pytest.param("12345", ["p1"], id="identifier"),
        pytest.param("urn:mrn|12345", ["p1"], id="system and value"),
        pytest.param("urn:other|A|7", ["p1"], id="a value with a bar"),
        pytest.param("A|7", ["p1"], id="that value alone"),
        pytest.param("urn:other|12345", [], id="wrong system"),
        pytest.param("123", [], id="part of an identifier"),
        pytest.param("Muster", [], id="a name is no identifier"),
        pytest.param("", [], id="nothing"),
        pytest.param("' or 1=1 --", [], id="SQL is text"),
    ],
)
def test_a_patient_is_found_by_id_or_identifier_exactly(
    store: SmallStore, text: str, found: list[str]
) -> None:
    assert [match.patient_id for match in patients.find(store, text)] == found


def test_all_patients_that_share_an_identifier_come_back(store: SmallStore) -> None:
    store.add_patient("p2", family="Other")
    store.add("patient_identifier", patient="p2", system="urn:x", value="12345")
    assert [match.patient_id for match in patients.find(store, "12345")] == ["p1", "p2"]


def test_the_as_of_is_the_charts_last_moment(store: SmallStore) -> None:
    last = patients.as_of(store, "p1")
    assert last is not None
    assert last.written == "2026-11-22"
    assert patients.as_of(store, "nobody") is None
    assert (
        timeline.extent(store.chart(as_of="2021-05-05"))[1] == store.chart(as_of="2021-05-05").as_of
    )


def test_a_chart_without_dates_is_as_of_its_load(store: SmallStore) -> None:
    store.add_patient("p2", family="Undated")
    store.add("load", load_id=1, started_at="2026-11-23T08:00:00Z")
    found = patients.as_of(store, "p2")
    assert found is not None
    assert found.clock == "2026-11-23 08:00"


def test_a_chart_whose_patient_is_not_loaded_has_no_as_of(store: SmallStore) -> None:
    store.add("chart_extent", patient="orphan", last_at="2026-11-22")
    assert patients.as_of(store, "orphan") is None


def test_all_patients_come_by_name(store: SmallStore) -> None:
    store.add_patient("p0", family="abel", given="Zoe")
    store.add_patient("p3", family="Abel", given="Bo")
    assert [p.patient_id for p in patients.all_patients(store)] == ["p3", "p0", "p1"]


def test_a_worklist_row_shows_last_visit_problems_abnormal_results_and_refusals(
    store: SmallStore,
) -> None:
    for number, (start, part_of, status) in enumerate(
        [
            ("2026-11-01", None, "finished"),
            ("2026-11-02", "Encounter/0", "finished"),
            ("2026-11-20", None, "cancelled"),
            ("2027-11-20", None, "planned"),
        ]
    ):
        store.add("encounter", resource=f"Encounter/{number}", patient="p1", start_at=start,
                  part_of=part_of, status=status, type_display="Inpatient stay")  # fmt: skip
    for name, status in (("Asthma", "active"), ("Asthma", "active"), ("Cold", "resolved"),
                         ("Stress (finding)", "active")):  # fmt: skip
        store.add("condition", resource="Condition/x", patient="p1", code_key=name, display=name,
                  clinical_status=status)  # fmt: skip
    store.add_result("old", 7.0, effective_at="2026-11-20", interpretation="HH")
    store.add_result("new", 5.9, effective_at="2026-11-22", interpretation="H")
    store.add_result("future", 9.0, effective_at="2027-11-22", interpretation="HH")
    store.add_result("wrong", 9.0, effective_at="2026-11-22", interpretation="HH", code_key="x|y",
                     status="entered-in-error")  # fmt: skip
    store.add("refused", patient="p1", resource_type="Observation", resolved=False)
    (row,) = patients.worklist(store)
    assert (row.patient.name, row.age_years, row.problem_count, row.refused_count) == (
        "MUSTER, Anna Maria", 76, 1, 1,
    )  # fmt: skip
    assert row.last_encounter is not None
    assert (row.last_encounter.day, row.last_encounter_display) == ("2026-11-01", "Inpatient stay")
    assert [(fact.value, fact.flag) for fact in row.abnormal] == [(5.9, "H")]


def test_a_chart_without_dates_still_has_its_row() -> None:
    store = SmallStore()
    store.add_patient(family="Muster", birth_date="1950-03-09")
    (row,) = patients.worklist(store)
    assert (row.as_of, row.age_years, row.last_encounter, row.problem_count, row.abnormal) == (
        None, None, None, 0, (),
    )  # fmt: skip


def test_where_nothing_is_called_active_the_last_stays_diagnoses_are_counted(
    store: SmallStore,
) -> None:
    for ident, start in (("1", "2026-10-01"), ("2", "2026-11-01")):
        store.add("encounter", resource=f"Encounter/{ident}", patient="p1", start_at=start)
    for code, stay in (("a", "1"), ("b", "2"), ("c", "2")):
        store.add("condition", resource=f"Condition/{code}", patient="p1", code_key=code,
                  display=code, encounter=f"Encounter/{stay}")  # fmt: skip
    assert patients.worklist(store)[0].problem_count == 2
