"""A small ward, written as a hospital would: who lies where, vitals, creatinines, notes."""

from __future__ import annotations

import base64
from typing import Any

from tests.contract.charts import LOINC, Resource, patient

NOW = "2026-11-22T06:00:00Z"
VITALS = {
    "rr": ("9279-1", "Respiratory rate", "/min"), "spo2": ("59408-5", "SpO2", "%"),
    "flow": ("3151-8", "Oxygen flow", "L/min"), "sbp": ("8480-6", "Systolic", "mm[Hg]"),
    "hr": ("8867-4", "Heart rate", "/min"), "temp": ("8310-5", "Body temperature", "Cel"),
    "creatinine": ("2160-0", "Creatinine", "mg/dL"), "urine": ("9187-6", "Urine output", "mL"),
    "potassium": ("2823-3", "Potassium", "mmol/L"), "weight": ("29463-7", "Body weight", "kg"),
}  # fmt: skip
CALM = {"rr": 16, "spo2": 97, "flow": 0, "sbp": 120, "hr": 75, "temp": 36.8}


def about(who: str, ident: str, kind: str, **more: Any) -> Resource:  # noqa: ANN401 - any element
    """A resource of one patient."""
    reference = {"reference": f"Patient/{who}"}
    subject = {"patient": reference} if kind == "AllergyIntolerance" else {"subject": reference}
    return {"resourceType": kind, "id": f"{who}-{ident}", **subject, **more}


def result(who: str, what: str, value: float, when: str, **more: Any) -> Resource:  # noqa: ANN401
    """One numeric result of the table above."""
    code, display, unit = VITALS[what]
    quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    given: Resource = {
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "effectiveDateTime": when,
        "valueQuantity": quantity,
    }
    mark = f"{what}-{when}".replace(":", "").replace("+", "")
    return about(who, mark, "Observation", **(given | more))


def potassium_flagged(who: str, value: float, when: str) -> Resource:
    """A potassium that its laboratory calls critically high."""
    marked = [{"coding": [{"code": "HH"}]}]
    return result(who, "potassium", value, when, interpretation=marked)


def words(who: str, code: str, said: str, when: str) -> Resource:
    """One result in words."""
    return about(
        who, f"w{code}", "Observation", status="final", effectiveDateTime=when, valueString=said,
        code={"coding": [{"system": LOINC, "code": code, "display": "Level of consciousness"}]},
    )  # fmt: skip


def stay(who: str, start: str, bed: str | None, **more: Any) -> Resource:  # noqa: ANN401
    """An open hospital stay."""
    where = [{"location": {"display": bed}}] if bed else []
    given: Resource = {
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "period": {"start": start},
        **({"location": where} if where else {}),
    }
    return about(who, "stay", "Encounter", **(given | more))


def note(who: str, title: str, when: str) -> Resource:
    """A note with a text."""
    data = base64.b64encode(b"Seen at the bedside.").decode()
    return about(
        who, f"note-{when[:10]}", "DocumentReference", status="current", date=when,
        type={"coding": [{"system": LOINC, "code": "11506-3", "display": title}], "text": title},
        content=[{"attachment": {"contentType": "text/plain", "data": data}}],
    )  # fmt: skip


def signs(who: str, when: str, **changed: float) -> list[Resource]:
    """Calm signs of one moment with these changed."""
    return [result(who, what, value, when) for what, value in {**CALM, **changed}.items()]


def ward() -> list[Resource]:
    """Seven patients of one ward and the clinic."""
    five = "2026-11-22T05:00:00Z"
    return [
        patient("septic"), stay("septic", "2026-11-20T22:00:00Z", "Ward 4, bed 2"),
        *signs("septic", five, rr=24, spo2=93, flow=2, sbp=98, hr=112, temp=38.6),
        words("septic", "80288-4", "Confused", five),
        result("septic", "creatinine", 1.0, "2026-11-21T05:00:00Z"),
        result("septic", "creatinine", 1.4, five),
        note("septic", "Admission note", "2026-11-20T23:00:00Z"),
        note("septic", "Night note", NOW),
        patient("partly"), stay("partly", "2026-11-22T01:00:00Z", None),
        result("partly", "hr", 75, NOW), result("partly", "sbp", 85, "2026-11-21T16:00:00Z"),
        result("partly", "creatinine", 1.0, NOW), result("partly", "potassium", 5.9, NOW),
        patient("moved"),
        stay("moved", "2026-11-19T08:00:00Z", None, location=[
            {"location": {"display": "Emergency"}, "status": "completed",
             "period": {"start": "2026-11-19T08:00:00Z", "end": "2026-11-19T12:00:00Z"}},
            {"location": {"display": "Ward 4, bed 7"}, "status": "active",
             "period": {"start": "2026-11-19T12:00:00Z"}}]),
        result("moved", "hr", 80, NOW), result("moved", "potassium", 5.9, "2026-11-20T06:00:00Z"),
        result("moved", "potassium", 4.0, NOW),
        patient("child", birthDate="2016-01-01"), *signs("child", NOW, hr=140),
        patient("expecting"), *signs("expecting", NOW),
        about("expecting", "z34", "Condition", recordedDate="2026-08-01",
              clinicalStatus={"coding": [{"code": "active"}]},
              code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z34.80"}]}),
        patient("target"), stay("target", "2026-11-22T01:00:00Z", "Ward 5, bed 1"),
        *signs("target", NOW, spo2=90, flow=2), words("target", "80288-4", "Alert", NOW),
        about("target", "flag", "Flag", status="active",
              code={"text": "Target saturation 88-92 %, SpO2 scale 2"},
              period={"start": "2026-11-22T02:00:00Z"}),
        patient("home"), *signs("home", "2026-11-02T09:00:00Z"),
        result("home", "creatinine", 1.2, "2026-11-02T09:00:00Z"),
        result("home", "creatinine", 1.2, "2026-11-21T09:00:00Z"),
    ]  # fmt: skip
