"""Made-up patients in any number for the load benchmarks: the same seed, the same bytes.

A patient is one transaction Bundle of about 190 resources, in the shapes and proportions of a US
Core export: stays and visits, laboratory and vital results with ranges, orders, problems, reports
and notes as text, claims. Written with an indent of two, as Synthea writes its files.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]

LABS = [
    ("2951-2", "Sodium", "mmol/L", 134, 146, 140, 4.0), ("2823-3", "Potassium", "mmol/L", 3.5, 5.1, 4.2, 0.6),
    ("2160-0", "Creatinine", "mg/dL", 0.6, 1.3, 1.1, 0.5), ("2345-7", "Glucose", "mg/dL", 70, 99, 118, 30),
    ("718-7", "Hemoglobin", "g/dL", 12, 16, 11.5, 2.0), ("6690-2", "Leukocytes", "10*3/uL", 4, 11, 9.2, 4.0),
    ("777-3", "Platelets", "10*3/uL", 150, 400, 230, 80), ("1975-2", "Bilirubin", "mg/dL", 0.2, 1.2, 0.8, 0.4),
]  # fmt: skip
VITALS = [
    ("8867-4", "Heart rate", "/min", 82, 14), ("9279-1", "Respiratory rate", "/min", 17, 4),
    ("8310-5", "Body temperature", "Cel", 37.0, 0.6), ("59408-5", "Oxygen saturation", "%", 96, 2),
]  # fmt: skip
DRUGS = [
    ("197361", "Amlodipine 5 MG Oral Tablet"), ("314076", "Lisinopril 10 MG Oral Tablet"),
    ("860975", "Metformin 500 MG Oral Tablet"), ("855332", "Warfarin 5 MG Oral Tablet"),
    ("313782", "Acetaminophen 325 MG Oral Tablet"), ("309362", "Clopidogrel 75 MG Oral Tablet"),
]  # fmt: skip
PROBLEMS = [
    ("44054006", "Diabetes mellitus type 2 (disorder)"), ("38341003", "Hypertensive disorder"),
    ("233604007", "Pneumonia (disorder)"), ("709044004", "Chronic kidney disease (disorder)"),
    ("84114007", "Heart failure (disorder)"), ("271737000", "Anemia (disorder)"),
]  # fmt: skip
SENTENCES = [
    "Patient seen and examined at the bedside.", "Denies chest pain and shortness of breath.",
    "Lungs clear to auscultation on both sides.", "Creatinine has come down since yesterday.",
    "Continue current medications.", "Plan: repeat basic metabolic panel in the morning.",
    "Family at bedside, questions answered.", "No acute distress, afebrile overnight.",
    "Diet advanced as tolerated.", "Will discuss with cardiology before discharge.",
]  # fmt: skip


class _Maker:
    """One patient's Bundle while it is made."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        self.number = number
        self.entries: list[Json] = []
        self.count = 0
        self.subject = {"reference": f"urn:uuid:{self.named('Patient')}"}

    def named(self, kind: str) -> str:
        self.count += 1
        return f"{self.number:08x}-{self.count:04x}-4000-8000-{abs(hash_of(kind)):012x}"

    def add(self, kind: str, **elements: Any) -> Json:
        own = self.named(kind) if kind != "Patient" else self.subject["reference"][9:]
        resource = {"resourceType": kind, "id": own, **elements}
        self.entries.append({
            "fullUrl": f"urn:uuid:{own}", "resource": resource,
            "request": {"method": "POST", "url": kind},
        })  # fmt: skip
        return {"reference": f"urn:uuid:{own}"}

    def time(self, day: int, hour: int) -> str:
        when = datetime(2016, 1, 4, hour, self.random.randrange(60)) + timedelta(days=day)
        return when.isoformat() + "-05:00"


def hash_of(word: str) -> int:
    """The same number for a word in every process."""
    return int.from_bytes(word.encode()[:5].ljust(5, b"x"))


def coded(system: str, code: str, display: str) -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def bundle(number: int) -> Json:
    """The Bundle of the patient of this number."""
    make = _Maker(number)
    pick = make.random
    make.add(
        "Patient",
        identifier=[{"type": coded("http://terminology.hl7.org/CodeSystem/v2-0203", "MR", "MRN"),
                     "system": "http://hospital.example.org", "value": f"MRN{number:06}"}],
        name=[{"use": "official", "family": f"Made{number}", "given": [f"Up{number % 97}"]}],
        telecom=[{"system": "phone", "value": "555-0100", "use": "home"}],
        gender=pick.choice(["female", "male"]), birthDate=f"19{30 + number % 60:02}-03-15",
        address=[{"line": ["1 Example Street"], "city": "Sampletown", "state": "MA"}],
    )  # fmt: skip
    for visit in range(4):
        _visit(make, visit, day=visit * 300 + pick.randrange(200))
    return {"resourceType": "Bundle", "type": "transaction", "entry": make.entries}


def _visit(make: _Maker, visit: int, day: int) -> None:
    pick = make.random
    start, end = make.time(day, 8), make.time(day + 2, 16)
    who = {"display": f"Dr. Example {make.number % 40}"}
    encounter = make.add(
        "Encounter", status="finished", subject=make.subject,
        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                     "code": "IMP" if visit % 2 else "AMB"}},
        type=[coded("http://snomed.info/sct", "32485007", "Hospital admission (procedure)")],
        participant=[{"individual": who}], period={"start": start, "end": end},
    )  # fmt: skip
    about = {"subject": make.subject, "encounter": encounter}
    condition = make.add(
        "Condition", **about,
        clinicalStatus=coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
        code=coded("http://snomed.info/sct", *pick.choice(PROBLEMS)), onsetDateTime=start,
        recordedDate=start,
    )  # fmt: skip
    results = [result for hour in (6, 14, 22) for result in _results(make, about, day, hour)]
    make.add("DiagnosticReport", **about, status="final", effectiveDateTime=start, issued=start,
             code=coded("http://loinc.org", "51990-0", "Basic metabolic panel"),
             result=results[:8], performer=[who])  # fmt: skip
    text = " ".join(pick.choice(SENTENCES) for _ in range(40))
    make.add("DocumentReference", status="current", subject=make.subject, date=start, author=[who],
             type=coded("http://loinc.org", "11506-3", "Progress note"),
             content=[{"attachment": {"contentType": "text/plain; charset=utf-8",
                                      "data": base64.b64encode(text.encode()).decode()}}],
             context={"encounter": [encounter]})  # fmt: skip
    for code, display in pick.sample(DRUGS, 3):
        make.add("MedicationRequest", **about, status="active", intent="order", authoredOn=start,
                 medicationCodeableConcept=coded("http://www.nlm.nih.gov/research/umls/rxnorm", code, display),
                 requester=who, dosageInstruction=[{"text": "1 tablet by mouth once a day"}])  # fmt: skip
    make.add("Procedure", **about, status="completed", performedPeriod={"start": start, "end": end},
             code=coded("http://snomed.info/sct", "430193006", "Medication reconciliation"))  # fmt: skip
    make.add("Claim", status="active", use="claim", patient=make.subject, created=end,
             type=coded("http://terminology.hl7.org/CodeSystem/claim-type", "institutional", "Institutional"),
             billablePeriod={"start": start, "end": end}, provider=who,
             priority=coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal", "Normal"),
             insurance=[{"sequence": 1, "focal": True, "coverage": {"display": "Example Plan"}}],
             diagnosis=[{"sequence": 1, "diagnosisReference": condition}],
             item=[{"sequence": n, "productOrService": coded("http://snomed.info/sct", *pick.choice(PROBLEMS)),
                    "encounter": [encounter]} for n in range(1, 6)],
             total={"value": round(pick.uniform(80, 4000), 2), "currency": "USD"})  # fmt: skip


def _results(make: _Maker, about: Json, day: int, hour: int) -> Iterator[Json]:
    pick = make.random
    when = make.time(day, hour)
    for code, display, unit, low, high, mean, spread in LABS:
        value = round(abs(pick.gauss(mean, spread)), 1)
        mark = "H" if value > high else "L" if value < low else "N"
        yield make.add(
            "Observation", status="final", **about, effectiveDateTime=when, issued=when,
            category=[coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
            code=coded("http://loinc.org", code, display),
            valueQuantity={"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
            interpretation=[coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", mark, mark)],
            referenceRange=[{"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}],
        )  # fmt: skip
    for code, display, unit, mean, spread in VITALS:
        yield make.add(
            "Observation", status="final", **about, effectiveDateTime=when,
            category=[coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital signs")],
            code=coded("http://loinc.org", code, display),
            valueQuantity={"value": round(pick.gauss(mean, spread), 1), "unit": unit,
                           "system": "http://unitsofmeasure.org", "code": unit},
        )  # fmt: skip


def write(folder: Path, count: int, first: int = 0) -> int:
    """Write that many patients into a folder; the bytes written."""
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for number in range(first, first + count):
        size += (folder / f"made_{number:05}.json").write_bytes(
            json.dumps(bundle(number), indent=2).encode()
        )
    return size
