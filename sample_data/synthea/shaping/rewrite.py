"""What is rewritten so that nobody can be reached, and so that it reads like a hospital's chart.

Telephones become 508-555-01xx, streets `Example Street`, clinics get invented names, the record
number begins with SYN-, and the Patient is marked as test data. Results get a laboratory's number
of digits, SNOMED's tags such as "(disorder)" leave the texts (codings keep them), and the notes
lose their broken lines. All of it is computed from what stands there: no chance, no clock.
"""

from __future__ import annotations

import base64
import re
import zlib

from shaping.walk import Json, objects

TEST_DATA = [
    {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "code": "HTEST",
        "display": "test health data",
    }
]
SYNTHEA = "synthetichealth.github.io/synthea"
GEOLOCATION = "http://hl7.org/fhir/StructureDefinition/geolocation"
TAG = re.compile(
    r" \((?:disorder|finding|situation|procedure|regime/therapy|person|physical object|"
    r"morphologic abnormality|occupation|qualifier value|observable entity|event|substance|"
    r"environment|product|context-dependent category|body structure|organism)\)"
)


def number(text: str, below: int) -> int:
    """The same number for the same text."""
    return zlib.crc32(text.encode()) % below


def without_reach(resource: Json) -> None:
    """Telephones, streets, coordinates and Synthea's own extensions, of any resource."""
    for one in objects(resource):
        for contact in one.get("telecom", []):
            if contact.get("system") == "phone":
                contact["value"] = f"508-555-01{number(resource['id'], 100):02d}"
        addresses = one.get("address", [])
        for address in [addresses] if isinstance(addresses, dict) else addresses:
            if "line" in address:
                address["line"] = [f"{1 + number(resource['id'], 250)} Example Street"]
                address["city"] = address["city"].title()
                address["postalCode"] = address["postalCode"][:5]
        without_extensions(one)
    resource.pop("position", None)


def without_extensions(node: Json) -> None:
    """Synthea's statistics and the coordinates leave; US Core's extensions stay."""
    if not isinstance(node.get("extension"), list):
        return
    node["extension"] = [
        one for one in node["extension"] if SYNTHEA not in one["url"] and one["url"] != GEOLOCATION
    ]
    if not node["extension"]:
        del node["extension"]


def mark_patient(patient: Json, own_id: str) -> None:
    """The Patient's id, record number and label; the narrative that names the generator leaves."""
    patient["meta"]["security"] = TEST_DATA
    patient.pop("text", None)
    for identifier in patient["identifier"]:
        if identifier.get("type", {}).get("coding", [{}])[0].get("code") == "MR":
            identifier["system"] = "urn:oid:2.16.840.1.113883.19.5.90"
            identifier["value"] = f"SYN-{number(patient['id'], 10**7):07d}"
    patient["id"] = own_id


def facility_names(organizations: list[Json], rules: Json) -> dict[str, str]:
    """An invented name for each name of a clinic, by its kind."""
    names: dict[str, str] = {}
    used: dict[str, int] = {}
    for old in sorted({one["name"] for one in organizations}):
        kind = next(kind for pattern, kind in rules["kinds"] if re.search(pattern, old))
        names[old] = f"{rules['places'][used.get(kind, 0)]} {kind}"
        used[kind] = used.get(kind, 0) + 1
    return names


def rename_facilities(resource: Json, names: dict[str, str]) -> None:
    """The invented name wherever the old one stands alone, as name or display."""
    for one in objects(resource):
        for member in ("name", "display"):
            old = one.get(member)
            if isinstance(old, str) and old in names:
                one[member] = names[old]


def round_results(resource: Json, digits: Json) -> None:
    """Each quantity of an Observation and each sum of a bill, as they would be printed."""
    if resource["resourceType"] == "Observation":
        for part in [resource, *resource.get("component", [])]:
            quantity = part.get("valueQuantity")
            if quantity and "value" in quantity:
                code = part["code"]["coding"][0]["code"]
                quantity["value"] = printed(quantity["value"], code, quantity.get("unit"), digits)
    for one in objects(resource):
        if "currency" in one:
            one["value"] = round(one["value"], 2)
    if resource["resourceType"] != "Observation":
        whole_numbers(resource)


def whole_numbers(resource: Json) -> None:
    """A dose of 1.0 tablets is a dose of 1; a result of 13.0 stays as the laboratory says it."""
    for one in objects(resource):
        for member, value in one.items():
            if isinstance(value, float) and value.is_integer():
                one[member] = int(value)


def printed(value: float, code: str, unit: str | None, digits: Json) -> float:
    """One value by the table of lab_digits.toml."""
    decimals = digits["decimals_by_loinc"].get(code, digits["decimals_by_unit"].get(unit))
    if decimals is None:
        return significant(value, digits["significant_digits"])
    rounded = round(value, decimals)
    if rounded == 0 and value != 0:
        return significant(value, 2)
    return int(rounded) if decimals == 0 else rounded


def significant(value: float, count: int) -> float:
    """A value with so many significant digits."""
    shortened = float(f"{value:.{count}g}")
    return int(shortened) if shortened == int(shortened) else shortened


def plain_texts(resource: Json) -> None:
    """SNOMED's tags out of the texts and narratives that people read."""
    for one in objects(resource):
        is_coding = "system" in one and "code" in one
        for member in ("text", "div", "display", "name"):
            if isinstance(one.get(member), str) and not is_coding:
                one[member] = TAG.sub("", one[member])


def plain_note(resource: Json) -> None:
    """The text of a DocumentReference made whole; each visit's note stands on its own."""
    resource["status"] = "current"
    resource.pop("identifier", None)
    for content in resource["content"]:
        attachment = content["attachment"]
        text = base64.b64decode(attachment["data"]).decode("utf-8")
        attachment["data"] = base64.b64encode(plain(text).encode("utf-8")).decode("ascii")


def plain(text: str) -> str:
    """One note without tags, broken lines, or a line said over and over."""
    text = TAG.sub("", text)
    text = re.sub(r"\n is a (\d+) year-old", r" is a \1-year-old", text)
    text = re.sub(r"\n is a (\d+) month-old", r" is a \1-month-old", text)
    text = re.sub(r" is a (8\d?|11|18)-", r" is an \1-", text)
    lines: list[str] = []
    for line in (one.strip() for one in text.split("\n")):
        if not lines or line != lines[-1]:
            lines.append(line)
    return "\n".join(lines).strip() + "\n"


def plain_bill(resource: Json, claims: dict[str, Json]) -> None:
    """An explanation of benefit covers the days of its claim, not the year after."""
    claim = claims.get(resource["claim"]["reference"])
    if claim is not None:
        resource["billablePeriod"] = dict(claim["billablePeriod"])
