"""A small chart of devices, appointments, orders, bills and screenings, each here for one trap."""

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
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-01-02"}
LAST = "2026-11-20T09:00:00Z"


def device(ident: str, name: str) -> Resource:
    """A device without a use."""
    return {
        "resourceType": "Device", "id": ident, "status": "active", "patient": SUBJECT,
        "type": {"text": name},
    }  # fmt: skip


def use(
    ident: str, name: str, start: str, end: str | None = None, site: str = ""
) -> list[Resource]:
    """A device and the statement of its use; without an end it is active."""
    period = {"start": start} | ({"end": end} if end else {})
    stated = {
        "resourceType": "DeviceUseStatement", "id": f"use-{ident}", "subject": SUBJECT,
        "status": "completed" if end else "active", "timingPeriod": period,
        "device": {"reference": f"Device/{ident}", "display": name}, "recordedOn": start,
    }  # fmt: skip
    return [device(ident, name), stated | ({"bodySite": {"text": site}} if site else {})]


def appointment(ident: str, name: str, start: str, status: str, **more: object) -> Resource:
    """An appointment of the patient."""
    return {
        "resourceType": "Appointment", "id": ident, "status": status, "description": name,
        "start": start, "participant": [{"actor": SUBJECT, "status": "accepted"}], **more,
    }  # fmt: skip


def order(ident: str, name: str, status: str, category: str) -> Resource:
    """A service request."""
    return {
        "resourceType": "ServiceRequest", "id": ident, "status": status, "intent": "order",
        "code": {"text": name}, "category": [{"text": category}], "subject": SUBJECT,
        "authoredOn": "2026-11-18T09:00:00Z",
    }  # fmt: skip


def answer(ident: str, name: str, value: str, at: str) -> Resource:
    """A survey's observation."""
    return {
        "resourceType": "Observation", "id": ident, "status": "final", "subject": SUBJECT,
        "category": [{"coding": [{"code": "survey"}]}], "code": {"text": name},
        "effectiveDateTime": at, "valueCodeableConcept": {"text": value},
    }  # fmt: skip


def _devices() -> list[Resource]:
    return [
        *use("foley-1", "Indwelling urinary catheter, 14 French", "2026-11-15T08:00:00Z",
             "2026-11-16T06:30:00Z"),
        *use("foley-2", "Indwelling urinary catheter, 16 French", "2026-11-18T14:40:00Z"),
        *use("cvc", "Central venous catheter, triple lumen", "2026-11-15T10:00:00Z",
             "2026-11-17T14:00:00Z"),
        *use("piv-r", "Peripheral intravenous catheter, 20 gauge", "2026-11-15T07:00:00Z",
             "2026-11-18T07:00:00Z", "Right forearm"),
        *use("piv-l", "Peripheral intravenous catheter, 20 gauge", "2026-11-18T07:00:00Z",
             None, "Left forearm"),
        *use("icd", "Implantable cardioverter-defibrillator", "2021-05-11"),
        device("chair", "Manual wheelchair"),
    ]  # fmt: skip


def _appointments() -> list[Resource]:
    why = {"cancelationReason": {"text": "Patient: no driver"}}
    return [
        appointment("a1", "Diabetes follow-up", "2025-01-16T10:00:00Z", "noshow"),
        appointment("a2", "Nephrology", "2026-02-09T10:00:00Z", "cancelled", **why),
        appointment("a3", "Nephrology", "2026-04-09T10:00:00Z", "fulfilled"),
        appointment("a4", "Eye clinic", "2026-06-16T10:00:00Z", "noshow"),
        appointment("a5", "Primary care", "2026-12-01T10:00:00Z", "booked"),
        appointment("a6", "Nephrology", "2026-12-14T10:00:00Z", "booked"),
    ]


def _diagnosis(number: int, name: str, role: str | None = None) -> Resource:
    coded = {"sequence": number, "diagnosisCodeableConcept": {"text": name}}
    return coded | ({"type": [{"coding": [{"code": role}]}]} if role else {})


def _bill(ident: str, form: str, **more: object) -> Resource:
    return {
        "resourceType": form, "id": ident, "status": "active", "patient": SUBJECT,
        "type": {"text": "Institutional"}, "use": "claim", "created": "2026-11-19",
        "insurer": {"display": "Example Health"}, "provider": {"display": "Example Hospital"},
        "billablePeriod": {"start": "2026-11-15"}, **more,
    }  # fmt: skip


def _bills() -> list[Resource]:
    coded = [_diagnosis(1, "Septic shock", "principal"), _diagnosis(2, "Pressure ulcer")]
    refused = "Denied: no prior authorization."
    return [
        _bill("c1", "Claim", diagnosis=coded),
        _bill("b1", "ExplanationOfBenefit", diagnosis=coded, outcome="complete",
              disposition=refused),
        {"resourceType": "Coverage", "id": "old", "status": "cancelled", "beneficiary": SUBJECT,
         "type": {"text": "Employer plan"}, "payor": [{"display": "Example Health"}],
         "period": {"start": "2018-01-01", "end": "2023-02-28"}},
        {"resourceType": "Coverage", "id": "new", "status": "active", "beneficiary": SUBJECT,
         "type": {"text": "Medicaid"}, "payor": [{"display": "Example State"}],
         "period": {"start": "2024-03-01"}},
    ]  # fmt: skip


def _care() -> list[Resource]:
    member = {"member": {"display": "Ada Sample, MD"}, "role": [{"text": "Attending"}]}
    return [
        order("o1", "Digoxin level", "active", "Laboratory"),
        order("o2", "Chest CT", "completed", "Imaging"),
        order("o3", "Full code", "active", "Code status"),
        order("o4", "Eye clinic", "active", "Referral"),
        answer("s1", "Food insecurity risk", "At risk", "2025-03-05T11:00:00Z"),
        answer("s2", "Food insecurity risk", "No risk", LAST),
        {"resourceType": "CareTeam", "id": "t1", "status": "active", "subject": SUBJECT,
         "name": "Hospital team", "participant": [member]},
        {"resourceType": "Goal", "id": "g1", "lifecycleStatus": "active", "subject": SUBJECT,
         "description": {"text": "Walks without help"}, "startDate": "2026-11-18"},
    ]  # fmt: skip


def everything() -> list[Resource]:
    """All resources of the chart."""
    return [*_devices(), *_appointments(), *_bills(), *_care()]


def loaded(folder: Path, found: list[Resource], *, as_of: str | None = None) -> Chart:
    """A chart of these resources in a store of its own, at its end unless said otherwise."""
    from tests.charts.small_store import at

    last = answer("last", "Pain score", "None", LAST)
    bundle = {"resourceType": "Bundle", "type": "collection",
              "entry": [{"resource": r} for r in (PATIENT, *found, last)]}  # fmt: skip
    folder.mkdir(exist_ok=True)
    file = folder / "chart.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    store = ChartStore.open(folder / "store" / "chart.duckdb", read_only=False)
    load_paths(store, [file], LoadLimits("off", 64, 10_000))
    end = at(as_of) if as_of else patients.as_of(store, "p1")
    assert end is not None
    return Chart(Reader("test"), "p1", "test", end, store)
