"""Medication requests, administrations, statements and dispenses in one shape.

The dose is kept in the record's words; where it has none, they are put together from its own
numbers and units. `start` and `end` are those of the form: written and valid until for a
request, given from and to for an administration. A medication that stands in a resource of its
own is named from there once all files are in (`linking`); until then its key is the reference.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.codebook import Named
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_parts import (
    Place,
    as_written,
    author,
    choice,
    encounter_of,
    first,
    number,
    period,
    reason,
    status,
    text,
    words,
)

FORMS = {
    "MedicationRequest": "request",
    "MedicationAdministration": "administration",
    "MedicationStatement": "statement",
    "MedicationDispense": "dispense",
}
BY_REFERENCE = "reference|"


def build(resource: Json, place: Place) -> None:
    """Append the row of one medication resource of any of the four types."""
    kind = resource["resourceType"]
    named, path = medication(resource, place)
    dosage = _dosage(resource)
    start, end = _when(resource, kind)
    place.rows["medication"].append((
        place.key, place.patient, FORMS[kind], named.key, named.display,
        status(resource, kind), text(resource.get("intent")),
        *_dose(dosage), words(dosage.get("route")), *start, *end,
        encounter_of(resource, place.known), _prescriber(resource, place.known), reason(resource),
        _based_on(resource, place.known), path, named.display,
    ))  # fmt: skip


def medication(resource: Json, place: Place) -> tuple[Named, str]:
    """What is given, and the path of its name in this resource."""
    concept = resource.get("medicationCodeableConcept")
    if concept:
        named = place.codes.named(concept)
        return named, f"medicationCodeableConcept.{named.leaf or 'text'}"
    reference = resource.get("medicationReference") or {}
    written = text(reference.get("reference"))
    if written and written.startswith("#"):
        for inner in resource.get("contained") or ():
            if inner.get("id") == written[1:]:
                return place.codes.named(inner.get("code")), "contained"
    found = target(reference, place.known)
    if reference.get("display"):
        key = BY_REFERENCE + found if found else f"text|{reference['display'].lower()}"
        return Named(key, reference["display"], "display"), "medicationReference.display"
    return Named(BY_REFERENCE + found if found else None, None, None), "medicationReference"


def _dosage(resource: Json) -> Json:
    found = resource.get("dosageInstruction") or resource.get("dosage") or {}
    return (found[0] or {}) if isinstance(found, list) else found


def _dose(dosage: Json) -> tuple[str | None, float | None, str | None]:
    """Dose in words, as a number, and its unit."""
    if not dosage:
        return None, None, None
    rate = first(dosage.get("doseAndRate")) or {}
    quantity = dosage.get("dose") or rate.get("doseQuantity") or dosage.get("rateQuantity") or {}
    value = number(quantity.get("value"), "dose.value")
    unit = text(quantity.get("unit")) or text(quantity.get("code"))
    said = text(dosage.get("text")) or _in_words(dosage, quantity, unit)
    return said, value, unit


def _in_words(dosage: Json, quantity: Json, unit: str | None) -> str | None:
    parts = [as_written(quantity.get("value")), unit if quantity.get("value") is not None else None]
    timing = dosage.get("timing") or {}
    parts += [words(timing.get("code")) or _repeat(timing.get("repeat") or {})]
    if dosage.get("asNeededBoolean") or dosage.get("asNeededCodeableConcept"):
        parts.append("as needed")
    parts += [words(item) for item in dosage.get("additionalInstruction") or ()]
    return " ".join(part for part in parts if part) or None


def _repeat(repeat: Json) -> str | None:
    if not (repeat.get("frequency") and repeat.get("period") and repeat.get("periodUnit")):
        return None
    return f"{repeat['frequency']} every {repeat['period']} {repeat['periodUnit']}"


def _when(resource: Json, kind: str) -> tuple[Stamp, Stamp]:
    if kind == "MedicationRequest":
        return _requested(resource)
    if kind == "MedicationDispense":
        handed = resource.get("whenHandedOver") or resource.get("whenPrepared")
        return stamp(handed, "whenHandedOver"), UNDATED
    start, end = choice(resource, "effective")
    if start == UNDATED:
        start = stamp(resource.get("dateAsserted"), "dateAsserted")
    return start, end


def _requested(resource: Json) -> tuple[Stamp, Stamp]:
    """Begun or written on, whichever is earlier, and valid until where the request says so."""
    written = stamp(resource.get("authoredOn"), "authoredOn")
    timing = _dosage(resource).get("timing") or {}
    bounds = (timing.get("repeat") or {}).get("boundsPeriod")
    start, end = period(bounds, "dosageInstruction.timing.repeat.boundsPeriod")
    valid = (resource.get("dispenseRequest") or {}).get("validityPeriod")
    later = period(valid, "dispenseRequest.validityPeriod")
    if end == UNDATED:
        end = later[1]
    return _earlier(written, start), end


def _earlier(written: Stamp, begins: Stamp) -> Stamp:
    """A drug taken before its order was written began then; a later start is only planned."""
    if written[0] is None or begins[0] is None:
        return written if begins[0] is None else begins
    return begins if begins[0] < written[0] else written


def _prescriber(resource: Json, known: dict[str, str]) -> str | None:
    named = author(resource.get("requester") or resource.get("informationSource"), known)
    if named:
        return named
    performer: Any = first(resource.get("performer")) or {}
    return author(performer.get("actor"), known) if performer else None


def _based_on(resource: Json, known: dict[str, str]) -> str | None:
    request = (
        resource.get("request")
        or first(resource.get("basedOn"))
        or first(resource.get("authorizingPrescription"))
        or resource.get("priorPrescription")
    )
    return target(request, known)
