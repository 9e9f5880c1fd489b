"""References: `urn:uuid:…`, `Type/id`, absolute URLs and contained `#x`, resolved alike.

A Bundle's own entries come first (their `fullUrl`), then the form of the reference itself.
What cannot be resolved, conditional references among it, is left as written; nothing is looked
up outside, and no patient is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.charts.refusals import EntryRefused

Element = Any
"""Raw JSON of any kind; it ends where resources become rows."""
Json = dict[str, Any]

IDENTITY = re.compile(r"[A-Za-z0-9\-._]{1,64}", re.ASCII)
TYPE_AND_ID = re.compile(
    r"(?:.*/)?([A-Z][A-Za-z]{2,50})/([A-Za-z0-9\-._]{1,64})(?:/_history/[^/]*)?", re.ASCII
)
PATIENT = "Patient/"
LOGICAL = "identifier:"

# Where a resource names its patient: hl7.org/fhir/R4/compartmentdefinition-patient.html
NAMED_OTHERWISE: dict[str, tuple[str, ...]] = {
    "Account": ("subject",),
    "Appointment": ("participant.actor",),
    "AppointmentResponse": ("actor",),
    "AuditEvent": ("entity.what", "agent.who"),
    "Coverage": ("beneficiary", "subscriber"),
    "EnrollmentRequest": ("candidate",),
    "Group": (),
    "Person": ("link.target",),
    "Provenance": ("target",),
    "QuestionnaireResponse": ("subject", "source"),
    "ResearchSubject": ("individual", "patient"),
    "Schedule": ("actor",),
    "SupplyRequest": ("deliverTo",),
    "Task": ("for",),
}
USUAL = ("subject", "patient")
# Where an unresolved link can mean nobody but a patient, or most likely one.
PATIENTS_OWN = (*USUAL, "beneficiary", "candidate")


def id_of_full_url(full_url: object) -> str | None:
    """The last part of an entry's `fullUrl`, by which an entry without an id is known."""
    if not isinstance(full_url, str):
        return None
    last = re.split(r"[/:]", full_url)[-1]
    return last if IDENTITY.fullmatch(last) else None


def resolve(reference: str, known: dict[str, str]) -> str:
    """`Type/id` of what is referred to, or the reference as written; `known` remembers."""
    found = known.get(reference)
    if found is None:
        found = known[reference] = _by_form(reference)
    return found


def _by_form(reference: str) -> str:
    if reference.startswith(("#", "urn:")) or "?" in reference:
        return reference
    parts = TYPE_AND_ID.fullmatch(reference)
    return f"{parts[1]}/{parts[2]}" if parts else reference


def target(element: Element, known: dict[str, str]) -> str | None:
    """What a Reference element points to, resolved; None where it points nowhere."""
    if element is None:
        return None
    reference = element.get("reference")
    return resolve(reference, known) if reference else None


def patient_of(resource: Json, kind: str, known: dict[str, str]) -> str | None:
    """The id of the patient that a resource is about.

    A link that cannot be resolved comes back as written, so that it is counted as an orphan;
    None means that the resource is about no patient (a Device, a Practitioner, a Group).
    """
    subject = resource.get("subject") or resource.get("patient")
    if type(subject) is dict:
        if reference := subject.get("reference"):
            found = resolve(reference, known)
            if found.startswith(PATIENT):
                return found[8:]
    elif subject is not None and type(subject) is not list:
        raise EntryRefused("subject is not a reference.")
    return _patient_otherwise(resource, kind, known)


def _patient_otherwise(resource: Json, kind: str, known: dict[str, str]) -> str | None:
    unresolved = None
    for place in NAMED_OTHERWISE.get(kind, USUAL):
        for element in elements_at(resource, place.split(".")):
            link = _link(element, known)
            if link is None:
                continue
            if link.startswith(PATIENT):
                return link[len(PATIENT) :]
            if place in PATIENTS_OWN and _may_be_patient(link):
                unresolved = unresolved or link
    return unresolved


def _link(element: Json, known: dict[str, str]) -> str | None:
    reference = element.get("reference")
    if isinstance(reference, str) and reference:
        return resolve(reference, known)
    named = element.get("identifier")
    if isinstance(named, dict) and named.get("value") and element.get("type") in (None, "Patient"):
        return f"{LOGICAL}{named.get('system') or ''}|{named['value']}"
    return None


def _may_be_patient(link: str) -> bool:
    """Whether an unresolved link can still mean a patient: `Group/1` and `Device/1` cannot."""
    if link.startswith(("urn:", LOGICAL, "Patient?")):
        return True
    return "/" not in link and not link.startswith("#") and "?" not in link


def elements_at(resource: Json, steps: list[str]) -> Iterator[Json]:
    """Every object at a path of element names, through lists."""
    value = resource.get(steps[0])
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, dict):
            if len(steps) == 1:
                yield item
            else:
                yield from elements_at(item, steps[1:])
