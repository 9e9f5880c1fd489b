"""A story's resources as one Bundle, and the Bundle as bytes that are the same every time.

A `transaction` names its entries by `urn:uuid:` (made from type and id, so they never change) and
refers to them so; a `collection` refers by `Type/id`. An id used twice, or a reference to
something that is not there, is an error of the story and is refused here.
"""

from __future__ import annotations

import gzip
import io
import json
import uuid

from maker import (
    care,
    claims,
    devices,
    directives,
    medicines,
    notes,
    people,
    results,
    screening,
    shifts,
    visits,
)
from maker.fhir import Json
from maker.story import Story

NAMESPACE = uuid.UUID("c4a27700-0000-5000-8000-000000000000")
BASE = "http://example.org/fhir/"


def resources(story: Story) -> list[Json]:
    """Everything in the story, people first."""
    return [
        people.hospital(story),
        people.patient(story),
        *people.practitioners(story),
        *people.coverage(story),
        *visits.encounters(story),
        *visits.appointments(story),
        *visits.problems(story),
        *visits.allergies(story),
        *visits.procedures(story),
        *visits.immunizations(story),
        *results.results(story),
        *results.vital_signs(story),
        *medicines.orders(story),
        *notes.notes(story),
        *care.care(story),
        *directives.directives(story),
        *screening.screenings(story),
        *devices.devices(story),
        *shifts.shifts(story),
        *claims.claims(story),
    ]


def bundle(story: Story) -> Json:
    """The Bundle."""
    made = resources(story)
    names = [f"{entry['resourceType']}/{entry['id']}" for entry in made]
    check(story, names, made)
    transaction = story.bundle == "transaction"
    urls = {name: urn(name) if transaction else BASE + name for name in names}
    entries = []
    for name, resource in zip(names, made, strict=True):
        entry: Json = {
            "fullUrl": urls[name],
            "resource": refer(resource, urls) if transaction else resource,
        }
        if transaction:
            entry["request"] = {"method": "PUT", "url": name}
        entries.append(entry)
    return {
        "resourceType": "Bundle",
        "id": f"{story.slug}-bundle",
        "meta": people.TEST_DATA,
        "type": story.bundle,
        "entry": entries,
    }


def check(story: Story, names: list[str], made: list[Json]) -> None:
    """Refuse a story that names one thing twice or refers to nothing."""
    twice = (
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    )
    if twice:
        raise ValueError(f"{story.slug}: used twice: {sorted(twice)}")
    lost = {ref for entry in made for ref in references(entry)} - set(names)
    if lost:
        raise ValueError(f"{story.slug}: refers to nothing: {sorted(lost)}")


def references(node: object) -> list[str]:
    """Every `reference` inside a resource."""
    if isinstance(node, list):
        return [ref for item in node for ref in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["reference"]] if isinstance(node.get("reference"), str) else []
    return own + [ref for value in node.values() for ref in references(value)]


def refer(node: object, urls: dict[str, str]) -> object:
    """The same resource with each reference written as the bundle's own URL."""
    if isinstance(node, list):
        return [refer(item, urls) for item in node]
    if isinstance(node, dict):
        return {
            key: urls[value] if key == "reference" else refer(value, urls)
            for key, value in node.items()
        }
    return node


def urn(name: str) -> str:
    """A name-based UUID: the same for the same resource, always."""
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, name)}"


def packed(made: Json) -> bytes:
    """Compact JSON, gzipped without a name and with time 0."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text)
    return buffer.getvalue()
