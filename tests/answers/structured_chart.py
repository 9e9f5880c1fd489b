"""A small chart of what can be said wrongly: refuted, held, resolved, not done, planned, mixed.

One patient; every resource is here for one trap. `loaded` gives the chart as a reader sees it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart, Reader

Resource = dict[str, Any]
SUBJECT = {"reference": "Patient/p1"}


def _coded(code: str) -> Resource:
    return {"coding": [{"code": code}]}


def allergies(*, refuted_only: bool = False) -> list[Resource]:
    """A refuted penicillin, and beside it an active shellfish unless it is to stand alone."""
    refuted = {
        "resourceType": "AllergyIntolerance", "id": "pen", "patient": SUBJECT,
        "clinicalStatus": _coded("inactive"), "verificationStatus": _coded("refuted"),
        "code": {"text": "Penicillin"}, "recordedDate": "2021-08-14",
    }  # fmt: skip
    active = {
        "resourceType": "AllergyIntolerance", "id": "fish", "patient": SUBJECT,
        "clinicalStatus": _coded("active"), "verificationStatus": _coded("confirmed"),
        "code": {"text": "Shellfish"},
    }  # fmt: skip
    return [refuted] if refuted_only else [refuted, active]


def order(ident: str, name: str, status: str, **more: object) -> Resource:
    """An order of a drug."""
    return {
        "resourceType": "MedicationRequest", "id": ident, "status": status, "intent": "order",
        "medicationCodeableConcept": {"text": name}, "subject": SUBJECT,
        "authoredOn": "2026-11-10T09:00:00Z", **more,
    }  # fmt: skip


def dose(ident: str, name: str, value: float, unit: str, at: str) -> Resource:
    """One dose given."""
    return {
        "resourceType": "MedicationAdministration", "id": ident, "status": "completed",
        "medicationCodeableConcept": {"text": name}, "subject": SUBJECT, "effectiveDateTime": at,
        "dosage": {"dose": {"value": value, "unit": unit}},
    }  # fmt: skip


def _from(start: str) -> Resource:
    return {"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": start}}}}]}


def _drugs() -> list[Resource]:
    held = {"statusReason": {"text": "Acute kidney injury"}}
    return [
        order("o1", "Lisinopril 20 mg tablet", "on-hold", **held),
        order("o2", "Apixaban 5 mg tablet", "active", **_from("2026-11-22")),
        order("o3", "Metformin 500 mg tablet", "active", **_from("2019-05-02")),
        order("o4", "Simvistatin 10 mg tablet", "active"),
        order("o5", "Prednisolone 5 mg tablet", "active"),
        dose("g1", "Oxycodone 5 mg tablet", 5, "mg", "2026-11-11T08:00:00Z"),
        dose("g2", "Oxycodone 5 mg tablet", 10, "mg", "2026-11-11T12:00:00Z"),
        dose("g3", "Cefepime", 2, "g", "2026-11-11T12:00:00Z"),
        dose("g4", "Furosemide", 40, "mg", "2026-11-11T12:00:00Z"),
        dose("g5", "Furosemide", 10, "mg/h", "2026-11-11T14:00:00Z"),
        dose("g6", "Morphine", 2, "mg", "2026-11-11T15:00:00Z"),
    ]


def _done_or_not() -> list[Resource]:
    return [
        {
            "resourceType": "Immunization", "id": "i1", "status": "not-done", "patient": SUBJECT,
            "vaccineCode": {"text": "Pneumococcal vaccine"}, "occurrenceDateTime": "2024-06-05",
            "statusReason": {"text": "Patient declined"},
        },
        {
            "resourceType": "Procedure", "id": "r1", "status": "not-done", "subject": SUBJECT,
            "code": {"text": "Arterial line"}, "performedDateTime": "2026-11-10T10:00:00Z",
        },
        {
            "resourceType": "Condition", "id": "c1", "subject": SUBJECT,
            "clinicalStatus": _coded("resolved"), "code": {"text": "Childhood asthma"},
            "onsetDateTime": "2007-06-05", "abatementDateTime": "2021-09-20",
        },
        {
            "resourceType": "Condition", "id": "c2", "subject": SUBJECT,
            "clinicalStatus": _coded("active"), "code": {"text": "Pneumonia"},
            "onsetDateTime": "2026-11-09",
        },
        {
            "resourceType": "Condition", "id": "c3", "subject": SUBJECT,
            "verificationStatus": _coded("refuted"), "code": {"text": "Pulmonary embolism"},
            "recordedDate": "2026-11-10",
        },
    ]  # fmt: skip


def _result(ident: str, code: str, name: str, at: str, **value: object) -> Resource:
    return {
        "resourceType": "Observation", "id": ident, "status": "final", "subject": SUBJECT,
        "category": [_coded("laboratory")], "effectiveDateTime": at,
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name}, **value,
    }  # fmt: skip


def _number(value: float, unit: str, **more: object) -> Resource:
    return {"valueQuantity": {"value": value, "unit": unit, **more}}


def _results() -> list[Resource]:
    made = [
        _result(f"k{n}", "2160-0", "Creatinine", f"2026-11-1{n}T05:00:00Z", **value)
        for n, value in enumerate(
            [_number(1.0, "mg/dL"), _number(3.1, "mg/dL"), _number(176.8, "umol/L"),
             _number(1.5, "mg/dL")]
        )
    ]  # fmt: skip
    ketones = [_number(9.2, "mmol/L"), _number(2.4, "mmol/L"),
               _number(0.1, "mmol/L", comparator="<")]  # fmt: skip
    made += [
        _result(f"b{n}", "53060-9", "Beta-hydroxybutyrate", f"2026-11-1{n}T06:00:00Z", **value)
        for n, value in enumerate(ketones)
    ]
    grown = {"valueString": "Escherichia coli, 2 of 2 bottles"}
    none = {"valueString": "No growth at 2 days", "status": "preliminary"}
    return [
        *made,
        _result("bc1", "600-7", "Blood culture", "2026-11-10T07:00:00Z", **grown),
        {**_result("bc2", "600-7", "Blood culture", "2026-11-12T07:00:00Z"), **none},
    ]


def loaded(folder: Path, allergy: list[Resource]) -> Chart:
    """The chart with this allergy list, in a store of its own."""
    patient = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-01-02"}
    found = [patient, *allergy, *_drugs(), *_done_or_not(), *_results()]
    bundle = {"resourceType": "Bundle", "type": "collection",
              "entry": [{"resource": r} for r in found]}  # fmt: skip
    folder.mkdir(exist_ok=True)
    file = folder / "chart.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    store = ChartStore.open(folder / "store" / "chart.duckdb", read_only=False)
    load_paths(store, [file], LoadLimits("off", 64, 10_000))
    as_of = patients.as_of(store, "p1")
    assert as_of is not None
    return Chart(Reader("test"), "p1", "test", as_of, store)
