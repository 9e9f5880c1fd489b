"""Reads of plans, bills, stays and people: whole records, in order, and of this chart alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.charts import appointments, care, claims, people, reports, stays
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import bundle, load, patient, write
from tests.charts.small_store import READER, SmallStore, at
from tests.charts.subject_files import PEOPLE, made
from tests.charts.test_rows_care import GOAL, PLAN, STAY, TEAM
from tests.charts.test_rows_reports import CLAIM, REPORT


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    """A chart loaded from files, with a stay, a plan, a bill and what they refer to."""
    opened = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    condition = {**made("Condition", "c1"), "code": {"text": "Heart failure"}}
    stranger = {"resourceType": "Practitioner", "id": "dr2", "name": [{"text": "Dr. Other"}]}
    given = [STAY, PLAN, GOAL, TEAM, CLAIM, REPORT, condition, stranger]
    report = load(opened, write(tmp_path / "x.json", bundle(patient(), *PEOPLE, *given)))
    assert report.refused == ()
    return Chart(READER, "p1", "test", at("2024-12-31"), opened)


def test_a_plan_comes_with_its_activities_and_a_goal_with_its_targets(chart: Chart) -> None:
    (plan,) = care.care_plans(chart)
    (goal,) = care.goals(chart)
    assert [one.fact.display for one in plan.activities] == [
        "Low-salt diet", "Activity not named", "Echo in June",
    ]  # fmt: skip
    assert [(one.target, one.value) for one in goal.targets] == [
        ("< 7 %", 7.0),
        ("60 kg to 65", None),
    ]
    assert (plan.fact.when and plan.fact.when.written, plan.author) == ("2024-03", "Dr. Jane Roe")


def test_a_bill_names_its_diagnoses_in_the_words_of_the_conditions(chart: Chart) -> None:
    (bill,) = claims.claims(chart)
    assert [(one.part, one.fact.display, one.fact.part) for one in bill.items] == [
        ("diagnosis", "Heart failure", 1), ("diagnosis", "Hypertension", 2),
        ("item", "Office visit", 1), ("procedure", "Biopsy", 1),
    ]  # fmt: skip
    assert bill.items[0].fact.path == "diagnosis[0].diagnosisReference.reference"


def test_moves_people_and_diagnoses_of_a_stay_are_told_in_order(chart: Chart) -> None:
    assert [one.location for one in stays.moves(chart)] == ["Ward 3", "ICU 2"]
    assert [(one.role, one.fact.display) for one in stays.participants(chart)] == [
        ("attender", "Dr. Jane Roe"), ("Student", "Participant not named"),
    ]  # fmt: skip
    (diagnosis,) = stays.stay_diagnoses(chart)
    assert (diagnosis.fact.display, diagnosis.rank) == ("Heart failure", 1)


def test_a_chart_shows_the_people_and_places_that_it_names_and_no_others(chart: Chart) -> None:
    found = people.practitioners(chart)
    assert [(one.form, one.fact.display) for one in found] == [
        ("practitioner", "Dr. Jane Roe"), ("role", "Dr. Jane Roe"),
    ]  # fmt: skip
    assert found[1].specialties == ("Cardiology",)
    assert [one.fact.display for one in people.places(chart)] == ["Ward 3"]


def test_the_care_team_is_told_member_by_member(chart: Chart) -> None:
    assert [(one.member, one.role) for one in care.care_team(chart)] == [
        ("Dr. Jane Roe", "Cardiologist"), ("Daughter", None),
    ]  # fmt: skip


def test_a_report_that_was_not_issued_yet_is_not_known(store: SmallStore) -> None:
    store.add("report", resource="DiagnosticReport/1", patient="p1", status="final",
              effective_at="2026-11-01", issued_at="2026-11-03")  # fmt: skip
    assert reports.reports(store.chart(as_of="2026-11-02")) == ()
    (found,) = reports.reports(store.chart(as_of="2026-11-03"))
    assert found.fact.when is not None
    assert found.fact.when.written == "2026-11-01"


def test_a_move_without_a_time_stands_after_the_one_before_it(store: SmallStore) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", start_at="2026-11-01")
    for number, start in enumerate(["2026-11-01", "2026-11-03", None, "2026-11-05"], 1):
        begun = {"start_at": start} if start else {}
        store.add("encounter_location", resource="Encounter/1", patient="p1", number=number,
                  location=f"Bed {number}", **begun)  # fmt: skip
    assert [one.location for one in stays.moves(store.chart())] == [
        "Bed 1", "Bed 2", "Bed 3", "Bed 4",
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
@pytest.mark.parametrize(
    ("table", "read"),
    [
        pytest.param("encounter_location", stays.moves, id="moves"),
        pytest.param("encounter_participant", stays.participants, id="participants"),
        pytest.param("encounter_diagnosis", stays.stay_diagnoses, id="diagnoses"),
    ],
)
def test_what_belongs_to_a_visit_that_was_none_is_left_out(
    store: SmallStore, table: str, read: Callable[[Chart], tuple[object, ...]], status: str
) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", status=status)
    store.add("encounter", resource="Encounter/2", patient="p1", status="finished")
    for number in (1, 2):
        store.add(table, resource=f"Encounter/{number}", patient="p1", number=1)
    store.add(table, resource="Encounter/2", patient="p2", number=1)
    assert len(read(store.chart())) == 1


@pytest.mark.parametrize(
    ("status", "number", "wanted"),
    [
        pytest.param("entered-in-error", "activity", 0, id="the activity"),
        pytest.param("entered-in-error", "plan", 0, id="its plan"),
        pytest.param("cancelled", "activity", 1, id="a cancelled one is told as such"),
    ],
)
def test_an_activity_entered_in_error_is_left_out(
    store: SmallStore, status: str, number: str, wanted: int
) -> None:
    plan_status = status if number == "plan" else "active"
    store.add("care_plan", resource="CarePlan/1", patient="p1", status=plan_status)
    store.add("care_plan_activity", resource="CarePlan/1", patient="p1", number=1,
              status=status if number == "activity" else None)  # fmt: skip
    assert sum(len(plan.activities) for plan in care.care_plans(store.chart())) == wanted


@pytest.mark.parametrize(
    ("columns", "as_of", "count"),
    [
        pytest.param({}, "2026-12-01", 1, id="at the chart's end"),
        pytest.param({}, "2026-11-01", 0, id="looking back, nobody knows when it was made"),
        pytest.param({"created_at": "2026-10-01"}, "2026-11-01", 1, id="made by then"),
        pytest.param({"created_at": "2026-11-15"}, "2026-11-01", 0, id="made later"),
        pytest.param({"status": "cancelled"}, "2026-12-01", 0, id="called off"),
        pytest.param({"patient": "p2"}, "2026-12-01", 0, id="another patient"),
    ],
)
def test_an_appointment_to_come_is_told_if_it_was_made_by_then(
    store: SmallStore, columns: dict[str, object], as_of: str, count: int
) -> None:
    row = {"resource": "Appointment/1", "patient": "p1", "status": "booked",
           "start_at": "2027-01-15"}  # fmt: skip
    store.add("appointment", **(row | columns))
    for one in ("p1", "p2"):
        store.add("chart_extent", patient=one, last_at="2026-12-01")
    assert len(appointments.upcoming(store.chart(as_of=as_of))) == count
    assert appointments.appointments(store.chart(as_of="2026-12-01")) == ()


def test_emergency_contacts_come_first_and_former_ones_are_left_out(store: SmallStore) -> None:
    rows = [("Brother", None, False), ("Wife", True, True), ("Former", False, True)]
    for number, (name, is_active, is_emergency) in enumerate(rows):
        store.add("related_person", resource="Patient/p1", patient="p1", number=number, name=name,
                  is_active=is_active, is_emergency_contact=is_emergency)  # fmt: skip
    found = people.related_persons(store.chart())
    assert [one.fact.display for one in found] == ["Wife", "Brother"]


def test_a_care_team_is_that_of_the_patient_and_names_no_one_elses(store: SmallStore) -> None:
    store.add("practitioner", resource="Practitioner/1", form="practitioner",
              practitioner="Practitioner/1", name="Dr. Roe")  # fmt: skip
    store.add("care_team", resource="CareTeam/1", patient="p2", number=1,
              member_reference="Practitioner/1")  # fmt: skip
    assert people.practitioners(store.chart()) == ()
    assert len(people.practitioners(store.chart("p2"))) == 1
