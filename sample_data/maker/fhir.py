"""Small pieces of FHIR that every builder uses: codings, quantities, references, ids.

References are written `Type/id` here; `bundle.py` turns them into `urn:uuid:` where the bundle
asks for it.
"""

from __future__ import annotations

from typing import Any

from maker.story import Story

Json = dict[str, Any]
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def concept(text: str | None, *codings: tuple[str, str, str]) -> Json:
    """A CodeableConcept; codings without a code are left out."""
    found = [
        {"system": system, "code": code, "display": display}
        for system, code, display in codings
        if code
    ]
    made: Json = {"coding": found} if found else {}
    return made | ({"text": text} if text else {})


def hl7(name: str, code: str, display: str | None = None) -> Json:
    """A concept of one of HL7's own small code systems."""
    coding = {"system": TERMINOLOGY + name, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def quantity(value: float, unit: str | None, show: str | None = None) -> Json:
    """A Quantity with the unit as read and its UCUM code."""
    if unit is None:
        return {"value": value}
    return {"value": value, "unit": show or unit, "system": UCUM, "code": unit}


def number(text: str) -> int | float:
    """A number with the decimals that the story gives it."""
    return float(text) if "." in text else int(text)


def made_id(story: Story, *parts: str) -> str:
    """A readable, stable id: the patient, what it is, when."""
    return "-".join((story.slug, *parts)).replace("_", "-")


def subject(story: Story) -> Json:
    """The reference to the story's patient."""
    return {"reference": f"Patient/{story.slug}", "display": story.facts["patient"]["shown"]}


def encounter(story: Story, key: str | None) -> Json:
    """The `encounter` member, empty when there is none."""
    return {"encounter": {"reference": f"Encounter/{made_id(story, key)}"}} if key else {}


def person(story: Story, key: str) -> Json:
    """A reference to one of the story's practitioners."""
    shown = story.facts["people"][key]["shown"]
    return {"reference": f"Practitioner/{made_id(story, key)}", "display": shown}


def without_none(entry: Json) -> Json:
    """The entry without its empty members."""
    return {key: value for key, value in entry.items() if value not in (None, [], {})}
