"""One small hospital chart for questions: a stay with an ICU stay, labs, vitals, drugs, a note."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart, Reader

LOINC = "http://loinc.org"
NOTE = (
    "Social history:\nFormer smoker, quit 2004. Lives alone.\n\n"
    "Plan:\nHold lisinopril until the creatinine has been rechecked.\n"
)
Resource = dict[str, Any]


def observation(code: str, name: str, value: float, unit: str, when: str, **more: Any) -> Resource:  # noqa: ANN401 - any FHIR element
    """A result with one code; more elements as they are."""
    kind = "vital-signs" if code in ("8867-4", "8480-6", "29463-7") else "laboratory"
    return {
        "resourceType": "Observation",
        "id": f"{code}-{name[:3].strip().lower()}-{when[:16].replace(':', '')}",
        "status": "final",
        "category": [{"coding": [{"code": kind}]}],
        "code": {"text": name, "coding": [{"system": LOINC, "code": code, "display": name}]},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e2"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": unit},
        **more,
    }


def resources() -> list[Resource]:
    """The whole chart."""
    return [*_who_and_where(), *_results(), *_other()]


def _who_and_where() -> list[Resource]:
    subject = {"reference": "Patient/p1"}
    stay = {"resourceType": "Encounter", "status": "finished", "subject": subject}
    return [
        {
            "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-02-03",
            "name": [{"family": "Marrow", "given": ["Ada"]}],
            "identifier": [{"system": "urn:mrn", "value": "4711"}],
        },
        {
            **stay, "id": "e1", "class": {"code": "IMP"},
            "period": {"start": "2025-01-01T10:00:00-05:00", "end": "2025-01-03T10:00:00-05:00"},
            "priority": {"coding": [{"code": "URGENT"}]},
        },
        {
            **stay, "id": "e2", "class": {"code": "IMP"},
            "period": {"start": "2026-11-20T08:00:00-05:00", "end": "2026-11-24T08:00:00-05:00"},
            "priority": {"coding": [{"code": "EW EMER."}]},
            "hospitalization": {"dischargeDisposition": {"coding": [{"code": "HOME"}]}},
        },
        {
            **stay, "id": "e3", "class": {"code": "ACUTE"}, "type": [{"text": "ICU stay"}],
            "partOf": {"reference": "Encounter/e2"},
            "period": {"start": "2026-11-20T12:00:00-05:00", "end": "2026-11-22T00:00:00-05:00"},
        },
    ]  # fmt: skip


def _results() -> list[Resource]:
    ranged = {"referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.1}}]}
    first = {"encounter": {"reference": "Encounter/e1"}}
    return [
        observation("2823-3", "Potassium", 4.0, "mmol/L", "2025-01-02T05:00:00-05:00",
                    **ranged, **first),
        observation("2823-3", "Potassium", 5.9, "mmol/L", "2026-11-20T09:00:00-05:00", **ranged),
        observation("2823-3", "Potassium", 5.0, "mmol/L", "2026-11-21T05:00:00-05:00", **ranged),
        observation("2823-3", "Potassium", 4.4, "mmol/L", "2026-11-23T05:00:00-05:00", **ranged),
        observation("6298-4", "Potassium, Whole Blood", 4.8, "mmol/L", "2026-11-21T06:00:00-05:00"),
        observation("8867-4", "Heart Rate", 118, "/min", "2026-11-20T13:00:00-05:00"),
        observation("8867-4", "Heart Rate", 96, "/min", "2026-11-21T13:00:00-05:00"),
        observation("8867-4", "Heart Rate", 82, "/min", "2026-11-23T13:00:00-05:00"),
        observation("8480-6", "Arterial Blood Pressure systolic", 101, "mm[Hg]",
                    "2026-11-20T13:00:00-05:00"),
        observation("8480-6", "Non Invasive Blood Pressure systolic", 124, "mm[Hg]",
                    "2026-11-23T13:00:00-05:00"),
        observation("6598-7", "Troponin T", 0.01, "ng/mL", "2026-11-20T09:00:00-05:00",
                    valueQuantity={"value": 0.01, "comparator": "<", "unit": "ng/mL"}),
    ]  # fmt: skip


def _other() -> list[Resource]:
    subject = {"reference": "Patient/p1"}
    data = base64.b64encode(NOTE.encode()).decode()
    return [
        {
            "resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order",
            "medicationCodeableConcept": {"text": "Metoprolol 25 mg tablet"}, "subject": subject,
            "authoredOn": "2026-11-21T09:00:00-05:00",
            "dosageInstruction": [{"text": "25 mg by mouth twice daily"}],
        },
        {
            "resourceType": "MedicationRequest", "id": "m2", "status": "stopped", "intent": "order",
            "medicationCodeableConcept": {"text": "Vancomycin"}, "subject": subject,
            "authoredOn": "2026-11-20T09:00:00-05:00",
        },
        {
            "resourceType": "Condition", "id": "c1", "subject": subject,
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": "Essential hypertension"}, "onsetDateTime": "2019-04-02",
        },
        {
            "resourceType": "AllergyIntolerance", "id": "a1", "patient": subject,
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "Penicillin"},
        },
        {
            "resourceType": "DocumentReference", "id": "d1", "status": "current",
            "subject": subject, "date": "2026-11-21T10:00:00-05:00",
            "type": {"text": "Progress note"},
            "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
        },
    ]  # fmt: skip


def loaded(folder: Path) -> Chart:
    """The chart, loaded into a store in this folder."""
    bundle = {"resourceType": "Bundle", "type": "collection",
              "entry": [{"resource": r} for r in resources()]}  # fmt: skip
    file = folder / "chart.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    store = ChartStore.open(folder / "store" / "chart.duckdb", read_only=False)
    load_paths(store, [file], LoadLimits("off", 64, 10_000))
    as_of = patients.as_of(store, "p1")
    assert as_of is not None
    return Chart(Reader("test"), "p1", "test", as_of, store)
