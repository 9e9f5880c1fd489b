"""What is refused of the new subjects, by element name; and that every quote stands at its path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.charts.schema import SUBJECTS
from pipelines.charts.sources import leaves
from pipelines.charts.store import ChartStore
from tests.charts import test_rows_care, test_rows_reports, test_rows_surveys
from tests.charts.fhir_files import Json, bundle, load, patient, write
from tests.charts.subject_files import PATIENT, PEOPLE, loaded, made, of_patient, refusal

BACKWARDS = {"start": "2024-03-02T10:00:00Z", "end": "2024-03-01T10:00:00Z"}
UNKNOWN = "has a value that FHIR does not know."
WRONG = " has another form than FHIR gives it."

REFUSED = [
    *(
        pytest.param(made(kind, status="bogus"), f"status {UNKNOWN}", id=f"status of {kind}")
        for kind in (
            "DiagnosticReport", "Specimen", "ImagingStudy", "CarePlan", "CareTeam",
            "ServiceRequest", "QuestionnaireResponse", "Flag", "DeviceUseStatement",
            "Communication", "RiskAssessment", "ClinicalImpression",
        )
    ),
    *(
        pytest.param(of_patient(kind, status="bogus"), f"status {UNKNOWN}", id=f"status of {kind}")
        for kind in (
            "Claim", "ExplanationOfBenefit", "FamilyMemberHistory", "Consent", "Device",
            "EpisodeOfCare", "NutritionOrder", "DetectedIssue", "Appointment", "Coverage",
            "Location",
        )
    ),
    pytest.param(made("Goal", lifecycleStatus="bogus"), f"lifecycleStatus {UNKNOWN}", id="goal"),
    pytest.param(made("CarePlan", intent="wish"), f"intent {UNKNOWN}", id="intent of a plan"),
    pytest.param(made("ServiceRequest", intent="wish"), f"intent {UNKNOWN}", id="intent"),
    pytest.param(made("ServiceRequest", priority="now"), f"priority {UNKNOWN}", id="priority"),
    pytest.param(of_patient("Claim", use="fun"), f"use {UNKNOWN}", id="use of a claim"),
    pytest.param(of_patient("ExplanationOfBenefit", outcome="fine"), f"outcome {UNKNOWN}",
                 id="outcome"),
    pytest.param(of_patient("Consent", provision={"type": "maybe"}), f"provision.type {UNKNOWN}",
                 id="provision type"),
    pytest.param(made("Encounter", location=[{"location": {}, "status": "bogus"}]),
                 f"location.status {UNKNOWN}", id="status of a move"),
    pytest.param(made("CarePlan", activity=[{"detail": {"status": "bogus"}}]),
                 f"status {UNKNOWN}", id="status of an activity"),
    pytest.param(made("CarePlan", period=BACKWARDS), "period ends before it starts.", id="plan"),
    pytest.param(made("Flag", period=BACKWARDS), "period ends before it starts.", id="flag"),
    pytest.param(made("Encounter", location=[{"location": {}, "period": BACKWARDS}]),
                 "location.period ends before it starts.", id="move"),
    pytest.param(of_patient("Claim", billablePeriod=BACKWARDS),
                 "billablePeriod ends before it starts.", id="bill"),
    pytest.param(made("ServiceRequest", authoredOn="yesterday"),
                 "authoredOn is not a FHIR date or time.", id="order date"),
    pytest.param(made("Goal", target=[{"dueDate": "1700-01-01"}]),
                 "target.dueDate lies outside the years 1850 to 2300.", id="due date"),
    pytest.param(made("QuestionnaireResponse", authored="2024-13-01"),
                 "authored is not a FHIR date or time.", id="month 13"),
    pytest.param(made("QuestionnaireResponse",
                      item=[{"answer": [{"valueDateTime": "2024-02-31"}]}]),
                 "valueDateTime is not a FHIR date or time.", id="answered date"),
    pytest.param(of_patient("Claim", total={"value": "12"}), "total.value is not a number.",
                 id="a sum in words"),
    pytest.param(of_patient("Claim", item=[{"net": {"value": True}}]),
                 "item.net.value is not a number.", id="true is no sum"),
    pytest.param(of_patient("Claim", item=[{"sequence": 1.5}]),
                 "sequence is not a whole number.", id="half a number"),
    pytest.param(of_patient("Claim", item=[{"sequence": 2**40}]),
                 "sequence is not a whole number.", id="a number too large"),
    pytest.param(made("ServiceRequest", doNotPerform="no"), "doNotPerform is not true or false.",
                 id="no in words"),
    pytest.param(made("DiagnosticReport", conclusion=7),
                 f"conclusion{WRONG}", id="a number for words"),
    pytest.param(made("DiagnosticReport", code="CT"), WRONG, id="a code in words"),
    pytest.param(made("Flag", code="fall risk"), f"code{WRONG}", id="a flag in words"),
    pytest.param(made("CarePlan", activity=[{"detail": {"code": ["x"]}}]), f"code{WRONG}",
                 id="an activity in words"),
    pytest.param(made("CareTeam", participant=["Dr. Roe"]), WRONG, id="a member in words"),
    pytest.param(made("Specimen", collection=[]), None, id="an empty list says nothing"),
    pytest.param(made("Specimen", collection="blood"), WRONG, id="a collection in words"),
    pytest.param(of_patient("Consent", category="dnr"), WRONG, id="a category in words"),
    pytest.param({"resourceType": "Practitioner", "id": "x", "name": "Roe"}, WRONG, id="a name"),
    pytest.param({"resourceType": "Organization", "id": "x", "active": "yes"},
                 "active is not true or false.", id="active in words"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "reason"), REFUSED)
def test_an_entry_is_refused_by_element_name_and_leaves_no_row(
    store: ChartStore, tmp_path: Path, resource: Json, reason: str | None
) -> None:
    found = refusal(store, tmp_path, resource)
    assert found == reason or (reason == WRONG and (found or "").endswith(WRONG))
    if reason is not None:
        counts = [store.rows(f"select count(*) from {table}", {}) for table in SUBJECTS]  # noqa: S608
        assert counts == [[(0,)]] * len(SUBJECTS)


EVERY_KIND = [
    one
    for module in (test_rows_reports, test_rows_care, test_rows_surveys)
    for case in module.CASES
    for one in (case.values[0] if isinstance(case.values[0], list) else [case.values[0]])
]


def test_every_quote_stands_at_its_path(store: ChartStore, tmp_path: Path) -> None:
    distinct = {json.dumps(one): one for one in EVERY_KIND}
    numbered = [{**one, "id": f"n{number}"} for number, one in enumerate(distinct.values())]
    loaded(store, tmp_path, *numbered)
    raws = dict(store.rows("select resource, raw from resource", {}))
    seen = set()
    for table in SUBJECTS:
        rows = store.rows(f"select resource, path, quote from {table}", {})  # noqa: S608
        seen |= {table} if rows else set()
        for resource, path, quote in rows:
            assert quote in leaves(raws[resource], path), (table, resource, path)
    assert seen == set(SUBJECTS)


@pytest.mark.parametrize("table", [one for one in SUBJECTS if one not in (
    "practitioner", "organization", "location", "appointment")])  # fmt: skip
def test_rows_that_come_before_their_patient_are_linked_when_it_comes(
    store: ChartStore, tmp_path: Path, table: str
) -> None:
    text = json.dumps([*PEOPLE, *EVERY_KIND]).replace(json.dumps(PATIENT), json.dumps(
        {"reference": "urn:uuid:p1"}))  # fmt: skip
    early = [{**one, "id": f"n{number}"} for number, one in enumerate(json.loads(text))]
    load(store, write(tmp_path / "a.json", bundle(*early)))
    load(store, write(tmp_path / "b.json", bundle(patient())))
    sql = f"select count(*), count(*) filter (where patient = 'p1') from {table}"  # noqa: S608
    ((rows, linked),) = store.rows(sql, {})
    assert rows == linked > 0
