"""Reports, specimens, images, bills and coverages as rows: what the record says, no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json
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
    two_codings,
)

REPORT = made(
    "DiagnosticReport", status="amended", code={"text": "CT head"}, encounter=VISIT,
    category=[coded("RAD"), {"text": "Imaging"}],
    effectivePeriod={"start": "2024-03-01T09:00:00+01:00", "end": "2024-03-01T09:20:00+01:00"},
    issued="2024-03-01T10:00:00+01:00", performer=[{"reference": "Organization/lab"}, DOCTOR],
    resultsInterpreter=[{"reference": "PractitionerRole/role1"}],
    result=[{"reference": "Observation/o1"}, {"reference": "Observation/o2"}],
    conclusion="No bleed.", conclusionCode=[coded("17621005", "Normal")],
    specimen=[{"reference": "Specimen/s1"}], imagingStudy=[{"reference": "ImagingStudy/i1"}],
    basedOn=[{"reference": "ServiceRequest/r1"}],
)  # fmt: skip
SPECIMEN = made(
    "Specimen", status="unsatisfactory", type=two_codings(),
    receivedTime="2024-03-01T09:30:00Z", accessionIdentifier={"value": "A-17"},
    collection={"collectedDateTime": "2024-03-01T09:00:00Z", "collector": DOCTOR,
                "bodySite": {"text": "Left arm"}, "method": {"text": "Venepuncture"}},
    condition=[{"text": "Haemolysed"}], parent=[{"reference": "Specimen/s0"}],
    request=[{"reference": "ServiceRequest/r1"}],
)  # fmt: skip
IMAGING = made(
    "ImagingStudy", status="available", started="2024-03-01T09:00:00Z", encounter=VISIT,
    modality=[{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}],
    numberOfSeries=2, numberOfInstances=64, procedureCode=[coded("303653007", "CT of head")],
    reasonCode=[{"text": "Fall"}], referrer=DOCTOR, interpreter=[{"display": "Dr. Ray"}],
    series=[{"uid": "1", "modality": {"code": "CT"}, "bodySite": {"display": "Head"}}],
)  # fmt: skip
CLAIM = of_patient(
    "Claim", status="active", use="preauthorization", type=coded("professional", system="ct"),
    created="2024-03-02", billablePeriod={"start": "2024-03-01", "end": "2024-03-02"},
    provider={"reference": "#org"}, insurer={"display": "Sample Mutual"},
    contained=[{"resourceType": "Organization", "id": "org", "name": "Clinic North"}],
    total={"value": 120.5, "currency": "USD"},
    insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c1"}}],
    diagnosis=[
        {"sequence": 1, "diagnosisReference": {"reference": "Condition/c1"},
         "type": [coded("principal", "Principal Diagnosis", "dt")]},
        {"sequence": 2, "diagnosisCodeableConcept": coded("I10", "Hypertension", "icd10"),
         "onAdmission": {"text": "Yes"}},
    ],
    procedure=[{"sequence": 1, "procedureCodeableConcept": {"text": "Biopsy"},
                "date": "2024-03-01"}],
    item=[{"sequence": 1, "productOrService": coded("99213", "Office visit", "cpt"),
           "servicedDate": "2024-03-01", "net": {"value": 100, "currency": "USD"},
           "diagnosisSequence": [1, 2], "encounter": [VISIT]}],
)  # fmt: skip
BENEFIT = of_patient(
    "ExplanationOfBenefit", status="active", use="claim", type=coded("oral", system="ct"),
    created="2024-03-05", outcome="partial", disposition="Paid in part",
    insurer={"display": "Sample Mutual"}, provider=DOCTOR, claim={"reference": "Claim/x"},
    total=[{"category": {"coding": [{"code": "benefit"}]}, "amount": {"value": 80}},
           {"category": {"coding": [{"code": "submitted"}]},
            "amount": {"value": 120, "currency": "USD"}}],
    payment={"amount": {"value": 80.25, "currency": "USD"}},
    insurance=[{"focal": True, "coverage": {"display": "Plan A"}}],
    item=[{"sequence": 3, "productOrService": {"text": "Filling"},
           "category": {"text": "Dental"},
           "servicedPeriod": {"start": "2024-03-01", "end": "2024-03-01"}}],
)  # fmt: skip
COVERAGE = made(
    "Coverage", subject=None, beneficiary=PATIENT, status="active", type={"text": "PPO"},
    subscriberId="S-1", subscriber={"display": "Erika Muster"}, relationship=coded("self"),
    period={"start": "2024-01-01"}, payor=[{"reference": "Organization/lab"}], order=1,
    **{"class": [{"type": coded("plan", system="cc"), "value": "B37FC", "name": "Full"}]},
)  # fmt: skip

CASES = [
    pytest.param(REPORT, "report", [{
        "code_key": "text|ct head", "display": "CT head", "status": "amended",
        "categories": ["RAD", "Imaging"], "effective_written": "2024-03-01T09:00:00+01:00",
        "effective_end_written": "2024-03-01T09:20:00+01:00",
        "issued_written": "2024-03-01T10:00:00+01:00", "encounter": "Encounter/e1",
        "performers": ["Main Laboratory", "Dr. Jane Roe"], "interpreters": ["Dr. Jane Roe"],
        "results": ["Observation/o1", "Observation/o2"], "conclusion": "No bleed.",
        "conclusion_codes": ["Normal"], "specimens": ["Specimen/s1"],
        "imaging": ["ImagingStudy/i1"], "based_on": ["ServiceRequest/r1"], "path": "code.text",
    }], id="report"),
    pytest.param(SPECIMEN, "specimen", [{
        "code_key": f"{SNOMED}|119297000", "display": "Blood specimen", "status": "unsatisfactory",
        "collected_written": "2024-03-01T09:00:00Z", "received_written": "2024-03-01T09:30:00Z",
        "body_site": "Left arm", "method": "Venepuncture", "collector": "Dr. Jane Roe",
        "conditions": ["Haemolysed"], "accession": "A-17", "parents": ["Specimen/s0"],
        "requests": ["ServiceRequest/r1"], "path": "type.coding[0].display",
    }], id="specimen"),
    pytest.param(IMAGING, "imaging_study", [{
        "display": "CT of head", "modalities": ["CT"], "body_sites": ["Head"], "series": 2,
        "instances": 64, "reason": "Fall", "referrer": "Dr. Jane Roe",
        "interpreters": ["Dr. Ray"], "started_written": "2024-03-01T09:00:00Z",
        "path": "procedureCode[0].coding[0].display",
    }], id="imaging study"),
    pytest.param(CLAIM, "claim", [{
        "form": "claim", "purpose": "preauthorization", "display": "professional",
        "created_written": "2024-03-02", "billed_written": "2024-03-01",
        "billed_end_written": "2024-03-02", "provider": "Clinic North", "insurer": "Sample Mutual",
        "total": 120.5, "currency": "USD", "paid": None, "outcome": None,
        "coverages": ["Coverage/c1"], "encounter": "Encounter/e1",
    }], id="claim"),
    pytest.param(CLAIM, "claim_item", [
        {"part": "diagnosis", "number": 1, "display": None, "role": "Principal Diagnosis",
         "reference": "Condition/c1", "path": "diagnosis[0].diagnosisReference.reference",
         "quote": "Condition/c1"},
        {"part": "diagnosis", "number": 2, "code_key": "icd10|I10", "display": "Hypertension",
         "on_admission": "Yes", "path": "diagnosis[1].diagnosisCodeableConcept.coding[0].display"},
        {"part": "item", "number": 1, "code_key": "cpt|99213", "amount": 100.0, "currency": "USD",
         "served_written": "2024-03-01", "diagnoses": ["1", "2"]},
        {"part": "procedure", "number": 1, "display": "Biopsy", "served_written": "2024-03-01"},
    ], id="claim items"),
    pytest.param(BENEFIT, "claim", [{
        "form": "benefit", "outcome": "partial", "disposition": "Paid in part", "total": 120.0,
        "currency": "USD", "paid": 80.25, "claim": "Claim/x", "coverages": ["Plan A"],
        "provider": "Dr. Jane Roe",
    }], id="benefit: the submitted total, not the first"),
    pytest.param(BENEFIT, "claim_item", [{
        "part": "item", "number": 3, "display": "Filling", "role": "Dental",
        "served_written": "2024-03-01", "served_end_written": "2024-03-01",
    }], id="benefit item"),
    pytest.param(COVERAGE, "coverage", [{
        "display": "PPO", "status": "active", "subscriber_id": "S-1",
        "subscriber": "Erika Muster", "relationship": "self", "start_written": "2024-01-01",
        "end_utc": None, "payors": ["Main Laboratory"], "classes": ["plan B37FC (Full)"],
        "place_in_order": 1, "patient": "p1",
    }], id="coverage"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "table", "wanted"), CASES)
def test_a_row_says_what_the_resource_says(
    store: ChartStore, tmp_path: Path, resource: Json, table: str, wanted: list[dict[str, Any]]
) -> None:
    says(store, tmp_path, [resource], (table, wanted))


def test_every_coding_of_a_concept_is_listed(store: ChartStore, tmp_path: Path) -> None:
    loaded(store, tmp_path, SPECIMEN)
    sql = "select system, code from code where code_key = $key order by 1"
    assert store.rows(sql, {"key": f"{SNOMED}|119297000"}) == [
        (SNOMED, "119297000"), ("http://terminology.hl7.org/CodeSystem/v2-0487", "BLD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "resource"),
    [
        pytest.param("report", made("DiagnosticReport", status="final", code={}), id="report"),
        pytest.param("specimen", made("Specimen"), id="specimen"),
        pytest.param("imaging_study", made("ImagingStudy", status="available"), id="images"),
        pytest.param("claim", of_patient("Claim", status="draft"), id="claim"),
        pytest.param("coverage", made("Coverage", subject=None, beneficiary=PATIENT), id="cover"),
    ],
)
def test_a_resource_that_says_nothing_is_a_row_that_says_nothing(
    store: ChartStore, tmp_path: Path, table: str, resource: Json
) -> None:
    loaded(store, tmp_path, resource)
    (row,) = table_rows(store, table, f"{resource['resourceType']}/x")
    said = {name for name, value in row.items() if value not in (None, [])}
    assert said <= {"resource", "patient", "form", "status", "path", "quote"}


def test_a_report_keeps_its_text_as_a_document_too(store: ChartStore, tmp_path: Path) -> None:
    form = {"contentType": "text/plain", "data": "Tm8gYmxlZWQu"}
    report = {**REPORT, "presentedForm": [form], "code": coded("24725-4", "CT", LOINC)}
    loaded(store, tmp_path, report)
    assert store.rows("select resource, text from document", {}) == [
        ("DiagnosticReport/x", "No bleed.")
    ]
    assert len(table_rows(store, "report", "DiagnosticReport/x")) == 1


def test_a_report_that_is_refused_leaves_no_row_anywhere(store: ChartStore, tmp_path: Path) -> None:
    form = {"contentType": "text/plain", "data": "Tm8gYmxlZWQu"}
    bad = {**REPORT, "presentedForm": [form], "result": "Observation/o1"}
    with pytest.raises(AssertionError):
        loaded(store, tmp_path, bad)
    for table in ("document", "report", "passage"):
        assert store.rows(f"select count(*) from {table}", {}) == [(0,)]  # noqa: S608
