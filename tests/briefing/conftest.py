"""Small charts written in FHIR and loaded the real way, and the briefing of one of them."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.briefing.brief import brief
from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Briefing, BriefingSection, Statement
from pipelines.records.chart import Chart, Reader

Resource = dict[str, Any]
LIMITS = LoadLimits(validate="off", max_file_mb=64, max_entries=50_000)
MakeChart = Callable[..., Chart]

NIGHT = "2026-11-22T02:00:00+00:00"
MORNING = "2026-11-22T05:30:00+00:00"
DAY_BEFORE = "2026-11-21T05:00:00+00:00"
LAST_WEEK = "2026-11-14T05:00:00+00:00"
RESULTS, VITALS, MEDICATIONS = "New and abnormal results", "Vital signs", "Medications"
PROBLEMS, NOTES, ALLERGIES = "Active problems", "Notes", "Allergies"
FLUIDS, CODE_STATUS, DEVICES = "Fluids and weight", "Code status", "Lines and devices"

_COUNTER = itertools.count(1)
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def patient(birth_date: str = "1950-01-01") -> Resource:
    return {"resourceType": "Patient", "id": "p1", "birthDate": birth_date, "gender": "female"}


def observation(
    loinc: str, text: str, when: str, value: object, unit: str | None = None, **more: object
) -> Resource:
    """A laboratory result; `category` and anything else of the resource by keyword."""
    category = more.pop("category", "laboratory")
    found: Resource = {
        "resourceType": "Observation",
        "id": f"o{next(_COUNTER)}",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"text": text, "coding": [{"system": "http://loinc.org", "code": loinc}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": when,
        **more,
    }
    if isinstance(value, str):
        found["valueString"] = value
    else:
        found["valueQuantity"] = {"value": value, "unit": unit}
    return found


def potassium(when: str, value: object, **more: object) -> Resource:
    more.setdefault("referenceRange", [{"low": {"value": 3.5}, "high": {"value": 5.1}}])
    return observation("2823-3", "Potassium", when, value, "mmol/L", **more)


def heart_rate(when: str, value: float) -> Resource:
    return observation("8867-4", "Heart rate", when, value, "/min", category="vital-signs")


def order(name: str, start: str, status: str = "active", **more: object) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": f"m{next(_COUNTER)}",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": start,
        **more,
    }


def given(name: str, when: str, dose: float, unit: str = "mg") -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": f"a{next(_COUNTER)}",
        "status": "completed",
        "medicationCodeableConcept": {"text": name},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": when,
        "dosage": {"dose": {"value": dose, "unit": unit}},
    }


def condition(name: str, onset: str | None, clinical: str | None = "active") -> Resource:
    found: Resource = {
        "resourceType": "Condition",
        "id": f"c{next(_COUNTER)}",
        "code": {"text": name},
        "subject": {"reference": "Patient/p1"},
    }
    if onset:
        found["onsetDateTime"] = onset
    if clinical:
        found["clinicalStatus"] = {"coding": [{"system": CLINICAL, "code": clinical}]}
    return found


def allergy(name: str, **more: object) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"al{next(_COUNTER)}",
        "code": {"text": name},
        "patient": {"reference": "Patient/p1"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        **more,
    }


def encounter(start: str, discharge: str | None = None) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": f"e{next(_COUNTER)}",
        "status": "finished" if discharge else "in-progress",
        "class": {"code": "IMP"},
        "type": [{"text": "Hospital admission"}],
        "subject": {"reference": "Patient/p1"},
        "period": {"start": start} | ({"end": discharge} if discharge else {}),
    }


def note(title: str, when: str, text: str) -> Resource:
    data = base64.b64encode(text.encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "id": f"d{next(_COUNTER)}",
        "status": "current",
        "type": {"text": title},
        "date": when,
        "subject": {"reference": "Patient/p1"},
        "author": [{"display": "Dr Ada Okafor"}],
        "content": [{"attachment": {"contentType": "text/plain", "data": data}}],
    }


@pytest.fixture
def chart_of(tmp_path: Path) -> MakeChart:
    """Loads resources beside a patient and opens the chart as of its last entry."""

    def make(*resources: Resource, birth_date: str = "1950-01-01") -> Chart:
        entries = [{"resource": item} for item in (patient(birth_date), *resources)]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        path = tmp_path / "chart.json"
        path.write_text(json.dumps(bundle))
        store = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
        load_paths(store, [path], LIMITS)
        as_of = patients.as_of(store, "p1")
        assert as_of is not None
        return Chart(Reader("resident"), "p1", "test", as_of, store)

    return make


def section(briefing: Briefing, name: str) -> BriefingSection:
    return next(item for item in briefing.sections if item.name == name)


def texts(statements: tuple[Statement, ...]) -> list[str]:
    return [statement.text for statement in statements]


def lines(chart: Chart, name: str, hours: int | None = 24) -> list[str]:
    """The texts of one section of this chart's briefing."""
    return texts(section(brief(chart, hours), name).lines)
