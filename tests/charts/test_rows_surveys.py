"""Answers, family, flags, consents, people and other events as rows: what the record says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json, patient
from tests.charts.subject_files import (
    DOCTOR,
    LOINC,
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

ANSWERS = made(
    "QuestionnaireResponse", status="completed", questionnaire="urn:phq9|1.0", encounter=VISIT,
    authored="2024-03-01T09:00:00Z", author=DOCTOR, source=PATIENT,
    item=[
        {"linkId": "1", "text": "Mood", "item": [
            {"linkId": "1.1", "text": "Feeling down?", "answer": [
                {"valueCoding": {"system": LOINC, "code": "LA6569-3", "display": "Several days"},
                 "item": [{"linkId": "1.1.1", "text": "Since?",
                           "answer": [{"valueDate": "2024-02"}]}]}]},
            {"linkId": "1.2", "text": "Unanswered?"}]},
        {"linkId": "2", "text": "Score", "answer": [{"valueDecimal": 7.5}, {"valueBoolean": True},
         {"valueQuantity": {"value": 3, "unit": "d"}}]},
        {"linkId": "3", "answer": [{"valueReference": {"reference": "Condition/c1"}},
                                   {"valueString": "well"}]},
    ],
)  # fmt: skip
FAMILY = of_patient(
    "FamilyMemberHistory", status="completed", date="2024-01-01", name="Kunigunde",
    relationship=coded("MTH", "mother", "rc"), sex={"text": "female"},
    deceasedAge={"value": 61, "unit": "a"},
    condition=[{"code": coded("254837009", "Breast cancer"), "contributedToDeath": True,
                "onsetAge": {"value": 18, "unit": "months", "code": "mo"},
                "outcome": {"text": "Died"}},
               {"code": {"text": "Gout"}, "onsetString": "in her forties"}],
)  # fmt: skip
FLAG = made(
    "Flag", status="active", code={"text": "Fall risk"}, category=[{"text": "Safety"}],
    period={"start": "2024-01-01", "end": "2024-06-01"}, author=DOCTOR,
)  # fmt: skip
CONSENT = of_patient(
    "Consent", status="active", scope=coded("adr", system="scope"), dateTime="2023-01-01",
    category=[coded("dnr", "Do Not Resuscitate", "cat"), {"text": "Directive"}],
    performer=[PATIENT], policyRule={"text": "State law"},
    sourceReference={"reference": "DocumentReference/d1"},
    provision={"type": "deny", "period": {"start": "2023-01-01"},
               "code": [coded("89666000", "CPR")],
               "provision": [{"type": "permit", "action": [{"text": "Oxygen"}]}]},
)  # fmt: skip
RELATED = of_patient(
    "RelatedPerson", active=True, relationship=[coded("ECON", "emergency contact", "rc")],
    name=[{"family": "Muster", "given": ["Max"]}],
    telecom=[{"system": "phone", "value": "555-0101", "use": "mobile"}],
)  # fmt: skip

CASES = [
    pytest.param([ANSWERS], "questionnaire_response", [
        {"number": 0, "questionnaire": "urn:phq9|1.0", "status": "completed",
         "authored_written": "2024-03-01T09:00:00Z", "author": "Dr. Jane Roe",
         "source": "Erika Muster", "encounter": "Encounter/e1", "link_id": "1.1",
         "within": "Mood", "question": "Feeling down?", "value_kind": "codeable",
         "value_text": "Several days", "code_key": f"{LOINC}|LA6569-3",
         "path": "item[0].item[0].answer[0].valueCoding.display"},
        {"number": 1, "link_id": "1.1.1", "within": "Feeling down?", "value_text": "2024-02",
         "path": "item[0].item[0].answer[0].item[0].answer[0].valueDate"},
        {"number": 2, "question": "Score", "value_number": 7.5, "value_text": "7.5"},
        {"number": 3, "value_kind": "boolean", "value_text": "true"},
        {"number": 4, "value_number": 3.0, "unit": "d", "path": "item[1].answer[2].valueQuantity"},
        {"number": 5, "link_id": "3", "question": None, "value_kind": "reference",
         "value_text": "Condition/c1", "path": "item[2].answer[0].valueReference.reference"},
        {"number": 6, "value_kind": "string", "value_text": "well"},
    ], id="answers, nested ones in their place"),
    pytest.param([FAMILY], "family_history", [
        {"number": 1, "relationship": "mother", "relationship_key": "rc|MTH", "sex": "female",
         "deceased": "61 a", "display": "Breast cancer", "outcome": "Died",
         "contributed_to_death": True, "onset": "18 months", "onset_age_years": 1.5,
         "recorded_written": "2024-01-01", "path": "condition[0].code.coding[0].display"},
        {"number": 2, "display": "Gout", "onset": "in her forties", "onset_age_years": None},
    ], id="family: a row a condition"),
    pytest.param([FLAG], "flag", [{
        "display": "Fall risk", "status": "active", "categories": ["Safety"],
        "start_written": "2024-01-01", "end_written": "2024-06-01", "author": "Dr. Jane Roe",
    }], id="flag"),
    pytest.param([CONSENT], "consent", [
        {"number": 0, "display": "Do Not Resuscitate", "status": "active", "scope_key": "scope|adr",
         "category_keys": ["cat|dnr", "text|directive"],
         "categories": ["Do Not Resuscitate", "Directive"], "stated_written": "2023-01-01",
         "performers": ["Erika Muster"], "policy": "State law", "provision_type": "deny",
         "provision_keys": [f"{SNOMED}|89666000"], "provisions": ["CPR"],
         "start_written": "2023-01-01", "source": "DocumentReference/d1"},
        {"number": 1, "provision_type": "permit", "provisions": ["Oxygen"], "start_utc": None},
    ], id="consent: a row a provision"),
    pytest.param([RELATED], "related_person", [{
        "number": 0, "name": "Max Muster", "relationships": ["emergency contact"],
        "contacts": ["555-0101 (mobile)"], "is_emergency_contact": True, "is_active": True,
        "path": "name[0].family", "quote": "Muster",
    }], id="related person"),
    pytest.param([made("NutritionOrder", subject=None, patient=PATIENT, status="active",
                       dateTime="2024-03-01", orderer=DOCTOR,
                       oralDiet={"type": [{"text": "Low salt"}], "instruction": "No soup"})],
                 "other_event", [{"form": "nutrition order", "display": "Low salt", "detail":
                                  "No soup", "people": ["Dr. Jane Roe"],
                                  "occurred_written": "2024-03-01",
                                  "path": "oralDiet.type[0].text"}], id="diet"),
    pytest.param([made("AdverseEvent", actuality="actual", event={"text": "Rash"},
                       date="2024-03-01", severity={"text": "Mild"}, outcome={"text": "Gone"},
                       recorder=DOCTOR)],
                 "other_event", [{"form": "adverse event", "display": "Rash", "severity": "Mild",
                                  "detail": "Gone", "occurred_written": "2024-03-01"}],
                 id="adverse event"),
    pytest.param([made("Communication", status="completed", sent="2024-03-01T10:00:00Z",
                       topic={"text": "Critical value"}, sender=DOCTOR, priority="urgent",
                       recipient=[{"display": "Nurse"}], encounter=VISIT,
                       payload=[{"contentString": "K 6.8 called"}])],
                 "other_event", [{"form": "communication", "display": "Critical value",
                                  "detail": "K 6.8 called", "severity": "urgent",
                                  "people": ["Dr. Jane Roe", "Nurse"],
                                  "encounter": "Encounter/e1"}], id="communication"),
    pytest.param([made("ClinicalImpression", status="completed", summary="Likely viral",
                       effectivePeriod={"start": "2024-03-01"}, assessor=DOCTOR,
                       description="Cough")],
                 "other_event", [{"form": "clinical impression", "display": "Cough",
                                  "detail": "Likely viral", "occurred_written": "2024-03-01"}],
                 id="impression"),
    pytest.param([made("DetectedIssue", subject=None, patient=PATIENT, status="final",
                       code={"text": "Interaction"}, severity="high",
                       identifiedDateTime="2024-03-01", detail="Two opioids")],
                 "other_event", [{"form": "detected issue", "severity": "high",
                                  "detail": "Two opioids"}], id="issue"),
    pytest.param([made("RiskAssessment", status="final", occurrenceDateTime="2024-03-01",
                       prediction=[{"outcome": {"text": "Stroke"}, "rationale": "AF"}])],
                 "other_event", [{"form": "risk assessment", "display": "Stroke", "detail": "AF",
                                  "path": "prediction[0].outcome.text"}], id="risk"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "table", "wanted"), CASES)
def test_a_row_says_what_the_resource_says(
    store: ChartStore, tmp_path: Path, resources: list[Json], table: str,
    wanted: list[dict[str, Any]],
) -> None:  # fmt: skip
    says(store, tmp_path, resources, (table, wanted))


def test_people_and_places_are_rows_with_names_for_references(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path)
    (doctor,) = table_rows(store, "practitioner", "Practitioner/dr1")
    (role,) = table_rows(store, "practitioner", "PractitionerRole/role1")
    (ward,) = table_rows(store, "location", "Location/ward")
    (lab,) = table_rows(store, "organization", "Organization/lab")
    assert (doctor["name"], doctor["quote"]) == ("Dr. Jane Roe", "Roe")
    assert (role["form"], role["name"], role["specialties"]) == (
        "role", "Dr. Jane Roe", ["Cardiology"],
    )  # fmt: skip
    assert (role["organization"], ward["organization"]) == ("Main Laboratory", "Main Laboratory")
    assert (ward["physical_type"], lab["part_of"]) == ("Ward", "General Hospital")


def test_contacts_of_the_patient_are_related_persons(store: ChartStore, tmp_path: Path) -> None:
    given = [
        {"relationship": [coded("C", "Emergency Contact", "v2")], "name": {"text": "Ann Muster"},
         "telecom": [{"value": "555-0102"}]},
        {"relationship": [{"text": "Brother"}], "organization": {"display": "Fire brigade"}},
    ]  # fmt: skip
    loaded(store, tmp_path, patient(contact=given))
    found = table_rows(store, "related_person", "Patient/p1")
    assert [(row["number"], row["name"], row["is_emergency_contact"]) for row in found] == [
        (1, "Ann Muster", True), (2, None, False),
    ]  # fmt: skip
    assert [row["path"] for row in found] == [
        "contact[0].name.text",
        "contact[1].relationship[0].text",
    ]
    assert found[1]["organization"] == "Fire brigade"


def test_a_relative_is_never_named(store: ChartStore, tmp_path: Path) -> None:
    loaded(store, tmp_path, FAMILY)
    assert "Kunigunde" not in str(table_rows(store, "family_history", "FamilyMemberHistory/x"))


def test_a_relative_without_a_condition_is_a_row(store: ChartStore, tmp_path: Path) -> None:
    unknown = of_patient(
        "FamilyMemberHistory", status="health-unknown", relationship={"text": "father"}
    )
    loaded(store, tmp_path, unknown)
    (row,) = table_rows(store, "family_history", "FamilyMemberHistory/x")
    assert (row["number"], row["display"], row["status"], row["quote"]) == (
        0, None, "health-unknown", "father",
    )  # fmt: skip
