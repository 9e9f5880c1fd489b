"""Plans, goals, teams, orders, appointments, devices and stays as rows: what the record says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json
from tests.charts.subject_files import (
    DOCTOR,
    PATIENT,
    SNOMED,
    VISIT,
    coded,
    loaded,
    made,
    of_patient,
    says,
    table_rows,
)

PLAN = made(
    "CarePlan", status="active", intent="plan", title="Heart failure plan", author=DOCTOR,
    category=[coded("736253002", "Heart failure care plan")], description="Weigh daily.",
    period={"start": "2024-03"}, created="2024-02-28", encounter=VISIT,
    addresses=[{"reference": "Condition/c1"}], goal=[{"reference": "Goal/g1"}],
    activity=[
        {"detail": {"code": {"text": "Low-salt diet"}, "status": "in-progress",
                    "scheduledString": "every day", "performer": [DOCTOR],
                    "kind": "NutritionOrder", "reasonCode": [{"text": "Oedema"}]}},
        {"reference": {"reference": "ServiceRequest/r1"}},
        {"reference": {"display": "Echo in June"}},
    ],
)  # fmt: skip
GOAL = made(
    "Goal", lifecycleStatus="active", description={"text": "HbA1c below 7"},
    achievementStatus={"coding": [{"code": "improving"}]}, priority={"text": "High"},
    startDate="2024-01-01", statusDate="2024-02-01", expressedBy=PATIENT,
    target=[{"measure": coded("4548-4", "HbA1c", "loinc"), "dueDate": "2024-12-31",
             "detailQuantity": {"value": 7, "comparator": "<", "unit": "%"}},
            {"detailRange": {"low": {"value": 60, "unit": "kg"}, "high": {"value": 65}},
             "dueDuration": {"value": 6, "unit": "months"}}],
)  # fmt: skip
TEAM = made(
    "CareTeam", name="Heart team", status="active", period={"start": "2024-01-01"},
    participant=[{"member": DOCTOR, "role": [coded("17561000", "Cardiologist")],
                  "period": {"start": "2024-02-01"}, "onBehalfOf": {"display": "Clinic"}},
                 {"member": {"display": "Daughter"}}],
)  # fmt: skip
ORDER = made(
    "ServiceRequest", status="active", intent="order", priority="stat", requester=DOCTOR,
    code=coded("26604007", "CBC"), category=[{"text": "Laboratory"}], encounter=VISIT,
    authoredOn="2024-03-01T08:00:00Z", occurrenceDateTime="2024-03-02", doNotPerform=False,
    performer=[{"reference": "Organization/lab"}], reasonCode=[{"text": "Anaemia"}],
    bodySite=[{"text": "Arm"}], specimen=[{"reference": "Specimen/s1"}],
    reasonReference=[{"display": "Fatigue"}],
)  # fmt: skip
APPOINTMENT = made(
    "Appointment", subject=None, status="cancelled", description="Diabetes follow-up",
    start="2024-03-01T09:00:00Z", end="2024-03-01T09:20:00Z", minutesDuration=20,
    created="2024-02-01", cancelationReason={"text": "Patient ill"},
    reasonCode=[{"text": "Check"}],
    participant=[{"actor": PATIENT, "status": "declined"}, {"actor": DOCTOR, "status": "accepted"},
                 {"type": [{"text": "Interpreter"}], "status": "needs-action"}],
)  # fmt: skip
DEVICE = of_patient(
    "Device", status="active", manufacturer="Acme", modelNumber="P-1",
    udiCarrier=[{"deviceIdentifier": "00844588003288", "carrierHRF": "(01)0084"}],
    deviceName=[{"name": "ACME 5", "type": "model-name"},
                {"name": "Pacemaker", "type": "user-friendly-name"}],
    expirationDate="9999-12-31", serialNumber="S-17",
)  # fmt: skip
USE = made(
    "DeviceUseStatement", status="active", device={"reference": "Device/x"},
    timingPeriod={"start": "2020-05-01"}, recordedOn="2020-05-02", bodySite={"text": "Chest"},
    reasonCode=[{"text": "AV block"}],
)  # fmt: skip
STAY = made(
    "Encounter", status="finished", **{"class": {"code": "IMP"}},
    period={"start": "2024-03-01T08:00:00Z", "end": "2024-03-05T10:00:00Z"},
    location=[{"location": {"reference": "Location/ward"}, "status": "completed",
               "period": {"start": "2024-03-01T08:00:00Z", "end": "2024-03-02T08:00:00Z"}},
              {"location": {"display": "ICU 2"}, "physicalType": {"text": "Bed"}}],
    participant=[{"individual": DOCTOR, "type": [{"text": "attender"}],
                  "period": {"start": "2024-03-01"}}, {"type": [{"text": "Student"}]}],
    diagnosis=[{"condition": {"reference": "Condition/c1"}, "use": coded("DD", "Discharge"),
                "rank": 1}],
)  # fmt: skip
EPISODE = of_patient(
    "EpisodeOfCare", status="active", type=[{"text": "Home care"}], period={"start": "2024-01-01"},
    careManager=DOCTOR, managingOrganization={"reference": "Organization/lab"},
    diagnosis=[{"condition": {"reference": "Condition/c1"}}],
)  # fmt: skip

CASES = [
    pytest.param([PLAN], "care_plan", [{
        "code_key": f"{SNOMED}|736253002", "display": "Heart failure plan", "status": "active",
        "intent": "plan", "categories": ["Heart failure care plan"], "start_written": "2024-03",
        "created_written": "2024-02-28", "author": "Dr. Jane Roe", "addresses": ["Condition/c1"],
        "goals": ["Goal/g1"], "encounter": "Encounter/e1", "path": "title",
        "description": "Weigh daily.",
    }], id="plan"),
    pytest.param([PLAN], "care_plan_activity", [
        {"number": 1, "display": "Low-salt diet", "status": "in-progress", "kind":
         "NutritionOrder", "schedule": "every day", "performers": ["Dr. Jane Roe"],
         "reason": "Oedema", "path": "activity[0].detail.code.text"},
        {"number": 2, "display": None, "reference": "ServiceRequest/r1",
         "path": "activity[1].reference.reference", "quote": "ServiceRequest/r1"},
        {"number": 3, "display": "Echo in June", "path": "activity[2].reference.display"},
    ], id="activities"),
    pytest.param([GOAL], "goal", [
        {"number": 1, "display": "HbA1c below 7", "status": "active", "achievement": "improving",
         "priority": "High", "start_written": "2024-01-01", "stated_written": "2024-02-01",
         "due_written": "2024-12-31", "measure_key": "loinc|4548-4", "measure": "HbA1c",
         "target": "< 7 %", "target_value": 7.0, "target_unit": "%",
         "expressed_by": "Erika Muster"},
        {"number": 2, "due_written": None, "due_within": "6 months", "target": "60 kg to 65",
         "target_value": None, "target_unit": "kg"},
    ], id="goal: a row a target"),
    pytest.param([TEAM], "care_team", [
        {"number": 1, "team": "Heart team", "member": "Dr. Jane Roe", "role": "Cardiologist",
         "member_reference": "Practitioner/dr1", "role_key": f"{SNOMED}|17561000",
         "start_written": "2024-02-01", "team_start_written": "2024-01-01",
         "on_behalf_of": "Clinic", "path": "participant[0].role[0].coding[0].display"},
        {"number": 2, "member": "Daughter", "member_reference": None, "role": None,
         "path": "participant[1].member.display"},
    ], id="team: a row a member"),
    pytest.param([ORDER], "service_request", [{
        "display": "CBC", "status": "active", "intent": "order", "priority": "stat",
        "categories": ["Laboratory"], "authored_written": "2024-03-01T08:00:00Z",
        "occurrence_written": "2024-03-02", "requester": "Dr. Jane Roe",
        "performers": ["Main Laboratory"], "reason": "Anaemia; Fatigue", "body_sites": ["Arm"],
        "is_do_not_perform": False, "specimens": ["Specimen/s1"], "encounter": "Encounter/e1",
    }], id="order"),
    pytest.param([APPOINTMENT], "appointment", [{
        "display": "Diabetes follow-up", "status": "cancelled", "minutes": 20,
        "start_written": "2024-03-01T09:00:00Z", "created_written": "2024-02-01",
        "reason": "Check", "cancelation": "Patient ill",
        "participants": ["Dr. Jane Roe", "Interpreter"], "patient_response": "declined",
        "patient": "p1",
    }], id="appointment"),
    pytest.param([DEVICE], "device", [{
        "form": "device", "display": "Pacemaker", "status": "active", "manufacturer": "Acme",
        "model": "P-1", "udi": "00844588003288", "used_utc": None,
        "expires_written": "9999-12-31", "path": "deviceName[1].name", "quote": "Pacemaker",
    }], id="device"),
    pytest.param([USE, DEVICE], "device", [{
        "form": "use", "display": "Pacemaker", "device": "Device/x",
        "used_written": "2020-05-01", "recorded_written": "2020-05-02", "body_site": "Chest",
        "reason": "AV block", "path": "status", "quote": "active",
    }], id="use: named after its device"),
    pytest.param([STAY], "encounter_location", [
        {"number": 1, "location": "Ward 3", "location_reference": "Location/ward",
         "status": "completed", "start_written": "2024-03-01T08:00:00Z",
         "end_written": "2024-03-02T08:00:00Z", "path": "location[0].location.reference"},
        {"number": 2, "location": "ICU 2", "physical_type": "Bed", "start_utc": None,
         "path": "location[1].location.display"},
    ], id="moves"),
    pytest.param([STAY], "encounter_participant", [
        {"number": 1, "role": "attender", "name": "Dr. Jane Roe",
         "individual": "Practitioner/dr1", "start_written": "2024-03-01"},
        {"number": 2, "role": "Student", "name": None, "path": "participant[1].type[0].text"},
    ], id="participants"),
    pytest.param([STAY], "encounter_diagnosis", [{
        "number": 1, "condition": "Condition/c1", "use_key": f"{SNOMED}|DD", "use": "Discharge",
        "rank": 1, "path": "diagnosis[0].condition.reference",
    }], id="stay diagnosis"),
    pytest.param([EPISODE], "episode_of_care", [{
        "display": "Home care", "status": "active", "care_manager": "Dr. Jane Roe",
        "organization": "Main Laboratory", "diagnoses": ["Condition/c1"],
    }], id="episode"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "table", "wanted"), CASES)
def test_a_row_says_what_the_resource_says(
    store: ChartStore, tmp_path: Path, resources: list[Json], table: str,
    wanted: list[dict[str, Any]],
) -> None:  # fmt: skip
    says(store, tmp_path, resources, (table, wanted))


@pytest.mark.parametrize(
    ("resource", "table", "number"),
    [
        pytest.param(made("Goal", lifecycleStatus="active", description={}), "goal", 0, id="goal"),
        pytest.param(made("CareTeam", name="Team"), "care_team", 0, id="team"),
    ],
)
def test_a_goal_without_targets_and_a_team_without_members_are_a_row_all_the_same(
    store: ChartStore, tmp_path: Path, resource: Json, table: str, number: int
) -> None:
    loaded(store, tmp_path, resource)
    assert [row["number"] for row in table_rows(store, table, f"{resource['resourceType']}/x")] == [
        number
    ]


def test_the_udi_is_in_no_word_that_is_shown(store: ChartStore, tmp_path: Path) -> None:
    loaded(store, tmp_path, DEVICE)
    (row,) = table_rows(store, "device", "Device/x")
    shown = " ".join(str(value) for name, value in row.items() if name != "udi")
    assert "0084" not in shown
    assert "S-17" not in shown


def test_rows_of_an_older_version_go_when_a_newer_one_comes(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path, STAY, PLAN)
    newer = [{**STAY, "location": []}, {**PLAN, "activity": [{"detail": {"status": "scheduled"}}]}]
    loaded(store, tmp_path / "later", *newer)
    assert table_rows(store, "encounter_location", "Encounter/x") == []
    assert [row["status"] for row in table_rows(store, "care_plan_activity", "CarePlan/x")] == [
        "scheduled"
    ]


def test_a_second_load_of_the_same_changes_no_row(store: ChartStore, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        loaded(store, tmp_path / folder, TEAM, STAY, ORDER)
    assert len(table_rows(store, "care_team", "CareTeam/x")) == 2
    assert len(table_rows(store, "service_request", "ServiceRequest/x")) == 1


def test_who_comes_in_a_later_file_is_named_then(store: ChartStore, tmp_path: Path) -> None:
    late = {"reference": "Practitioner/late"}
    loaded(store, tmp_path, {**ORDER, "requester": late, "performer": [late, {"display": "Lab"}]})
    (row,) = table_rows(store, "service_request", "ServiceRequest/x")
    assert (row["requester"], row["performers"]) == (
        "Practitioner/late", ["Practitioner/late", "Lab"],
    )  # fmt: skip
    doctor = {"resourceType": "Practitioner", "id": "late", "name": [{"text": "Dr. Late"}]}
    loaded(store, tmp_path / "later", doctor)
    (row,) = table_rows(store, "service_request", "ServiceRequest/x")
    assert (row["requester"], row["performers"]) == ("Dr. Late", ["Dr. Late", "Lab"])
