"""Resources of the sections of words: reports, specimens, requests, visits, answers, devices."""

from __future__ import annotations

import base64
import itertools
from typing import Any

Resource = dict[str, Any]
PATIENT = {"reference": "Patient/p1"}
_COUNTER = itertools.count(1)


def named(kind: str, **more: object) -> Resource:
    """A resource of this type with an id of its own."""
    return {"resourceType": kind, "id": f"w{next(_COUNTER)}", **more}


def report(
    name: str, when: str, text: str | None, category: str = "Radiology", **more: object
) -> Resource:
    found = named(
        "DiagnosticReport",
        status="final",
        category=[{"text": category}],
        code={"text": name},
        subject=PATIENT,
        effectiveDateTime=when,
        issued=when,
    )
    if text is not None:
        data = base64.b64encode(text.encode()).decode()
        found["presentedForm"] = [{"contentType": "text/plain", "data": data}]
    return {**found, **more}


def request(name: str, authored: str, category: str = "Laboratory", **more: object) -> Resource:
    return {
        **named(
            "ServiceRequest",
            status="active",
            intent="order",
            category=[{"text": category}],
            code={"text": name},
            subject=PATIENT,
            authoredOn=authored,
        ),
        **more,
    }


def specimen(name: str, when: str, **more: object) -> Resource:
    return {
        **named("Specimen", status="available", type={"text": name}, subject=PATIENT),
        "collection": {"collectedDateTime": when},
        **more,
    }


def procedure(name: str, when: str, **more: object) -> Resource:
    return {
        **named("Procedure", status="completed", code={"text": name}, subject=PATIENT),
        "performedDateTime": when,
        **more,
    }


def visit(name: str, start: str, status: str, **more: object) -> Resource:
    return {
        **named("Appointment", status=status, description=name, start=start),
        "participant": [{"actor": PATIENT, "status": "accepted"}],
        **more,
    }


def answer(loinc: str, question: str, when: str, said: str) -> Resource:
    return named(
        "Observation",
        status="final",
        category=[{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "social-history"}]}],
        code={"text": question, "coding": [{"system": "http://loinc.org", "code": loinc}]},
        subject=PATIENT,
        effectiveDateTime=when,
        valueCodeableConcept={"text": said},
    )  # fmt: skip


def device_use(name: str, start: str, end: str | None = None) -> Resource:
    period = {"start": start} | ({"end": end} if end else {})
    return named(
        "DeviceUseStatement",
        status="completed" if end else "active",
        subject=PATIENT,
        device={"display": name},
        timingPeriod=period,
    )


def code_status(said: str, when: str) -> Resource:
    return request(said, when, "Code status", occurrenceDateTime=when)
