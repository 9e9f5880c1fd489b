"""Medication requests, administrations, statements and dispenses in one shape.

`start` and `end` are those of the form: written and valid until for a request, given from and
to for an administration. A medication that stands in a resource of its own is named from there
once all files are in (`linking`); until then its key is the reference. What only some forms have
(repeats, substitution, who reported it …) makes a row of `medication_detail`, where it is there.
"""

from __future__ import annotations

from pipelines.charts import rows_participation
from pipelines.charts.codebook import UNNAMED, Named
from pipelines.charts.drug_names import named_by_ingredients
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    keys,
    listed,
    named_in,
    notes,
    said,
    targets,
    whole,
    yes_no,
)
from pipelines.charts.row_parts import (
    Place,
    Row,
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
from pipelines.charts.rows_dosage import dosage_rows, dose

FORMS = {
    "MedicationRequest": "request",
    "MedicationAdministration": "administration",
    "MedicationStatement": "statement",
    "MedicationDispense": "dispense",
}
BY_REFERENCE = "reference|"
# Elements that the medication's row has no column for.
MORE = frozenset({
    "basedOn", "category", "contained", "courseOfTherapyType", "dateAsserted",
    "daysSupply", "destination", "device", "dispenseRequest", "doNotPerform", "groupIdentifier",
    "note", "partOf", "priorPrescription", "priority", "quantity", "reasonCode",
    "reasonReference", "reportedBoolean", "statusReason", "statusReasonCodeableConcept",
    "statusReasonReference", "substitution", "whenPrepared",
})  # fmt: skip
PEOPLE = (
    "requester", "performer", "recorder", "informationSource", "reportedReference",
)  # fmt: skip


def build(resource: Json, place: Place) -> None:
    """Append the rows of one medication resource of any of the four types."""
    kind = resource["resourceType"]
    named, path, quote = medication(resource, place)
    element = "dosageInstruction" if "dosageInstruction" in resource else "dosage"
    dosages = [one for one in listed(resource.get(element)) if one]
    dosage = dosages[0] if dosages else {}
    start, end = _when(resource, kind, dosage)
    row = (
        place.key, place.patient, FORMS[kind], named.key, named.display,
        status(resource, kind), text(resource.get("intent")),
        *dose(dosage), words(dosage.get("route")), *start, *end,
        encounter_of(resource, place.known), author(resource.get("requester"), place.known),
        reason(resource), _based_on(resource, place.known), path, quote,
    )  # fmt: skip
    more = dosage_rows(dosages, place, element)
    written = resource.get("authoredOn")
    detail = None
    if not MORE.isdisjoint(resource) or (written is not None and written != start[1]):
        detail = _detail(resource, place)
    people = rows_participation.rows_of(resource, place, *PEOPLE)
    people += rows_participation.rows_of(
        resource.get("substitution") or {}, place, "responsibleParty", prefix="substitution."
    )
    place.rows["medication"].append(row)
    if more:
        place.rows["dosage"] += more
    if detail is not None and any(part not in (None, []) for part in detail[2:]):
        place.rows["medication_detail"].append(detail)
    if people:
        place.rows["participation"] += rows_participation.numbered(people)


def medication(resource: Json, place: Place) -> tuple[Named, str, str | None]:
    """What is given, and the path and the words of its name in this resource."""
    concept = resource.get("medicationCodeableConcept")
    if concept:
        named = place.codes.named(concept)
        return named, f"medicationCodeableConcept.{named.leaf or 'text'}", named.display
    index, inner = _contained(resource)
    if inner:
        named, path, quote = _named_inside(inner, place)
        if quote:
            return named, f"contained[{index}].{path}", quote
    reference = resource.get("medicationReference") or {}
    found = None if inner else target(reference, place.known)
    shown = text(reference.get("display"))
    if shown:
        key = BY_REFERENCE + found if found else f"text|{shown.lower()}"
        return Named(key, shown, "display"), "medicationReference.display", shown
    return Named(BY_REFERENCE + found if found else None, None, None), "medicationReference", None


def _named_inside(drug: Json, place: Place) -> tuple[Named, str, str | None]:
    """What a contained Medication is called: by its code, else by what it is made of."""
    named = place.codes.named(drug.get("code"))
    if named.display:
        return named, f"code.{named.leaf}", named.display
    for index, item in enumerate(listed(drug.get("ingredient"))):
        first_named = place.codes.named(item.get("itemCodeableConcept"))
        if first_named.display:
            path = f"ingredient[{index}].itemCodeableConcept.{first_named.leaf}"
            return named_by_ingredients(drug, {}, place.codes), path, first_named.display
    return UNNAMED, "code", None


def _contained(resource: Json) -> tuple[int, Json]:
    """The Medication inside this resource that it refers to, and its place there."""
    written = text((resource.get("medicationReference") or {}).get("reference"))
    if written and written.startswith("#"):
        for index, inner in enumerate(resource.get("contained") or ()):
            if inner.get("id") == written[1:]:
                return index, inner
    return 0, {}


def _detail(resource: Json, place: Place) -> Row:
    """What a medication resource says beside its row, and beside its dosage."""
    get = resource.get
    supply = get("dispenseRequest") or {}
    amount = get("quantity") or supply.get("quantity") or {}
    days = get("daysSupply") or supply.get("expectedSupplyDuration") or {}
    why_not = get("statusReason") or get("statusReasonCodeableConcept")
    why_not_called = (get("statusReasonReference") or {}).get("display")
    _, drug = _contained(resource)
    return (
        place.key, place.patient, said(get("category")),
        "; ".join(said(why_not)) or text(why_not_called), text(get("priority")),
        words(get("courseOfTherapyType")), yes_no(get("doNotPerform"), "doNotPerform"),
        yes_no(get("reportedBoolean"), "reportedBoolean"),
        keys(get("reasonCode"), place), targets(get("reasonReference"), place),
        targets(get("basedOn"), place), target(get("priorPrescription"), place.known),
        text((get("groupIdentifier") or {}).get("value")),
        *_amount(amount, "quantity"),
        whole(supply.get("numberOfRepeatsAllowed"), "dispenseRequest.numberOfRepeatsAllowed"),
        *_amount(days, "daysSupply"),
        *(part for moment in period(supply.get("validityPeriod"), "dispenseRequest.validityPeriod")
          for part in moment),
        _substitution(get("substitution") or {}), *stamp(get("authoredOn"), "authoredOn"),
        *stamp(get("dateAsserted"), "dateAsserted"),
        *stamp(get("whenPrepared"), "whenPrepared"),
        *stamp(get("whenHandedOver"), "whenHandedOver"),
        words(drug.get("form")), _ingredients(drug, resource, place),
        text((drug.get("batch") or {}).get("lotNumber")),
        next((named_in(one, resource, place) for one in listed(get("device"))), None),
        targets(get("partOf"), place), named_in(get("destination"), resource, place),
        notes(resource),
    )  # fmt: skip


def _amount(quantity: Json, name: str) -> tuple[float | None, str | None]:
    unit = text(quantity.get("unit")) or text(quantity.get("code"))
    return number(quantity.get("value"), f"{name}.value"), unit


def _substitution(item: Json) -> str | None:
    """Whether another product may be, or was, given instead, and why; in words."""
    if not item:
        return None
    parts = []
    allowed = words(item.get("allowedCodeableConcept"))
    plain = yes_no(item.get("allowedBoolean"), "substitution.allowedBoolean")
    was = yes_no(item.get("wasSubstituted"), "substitution.wasSubstituted")
    if plain is not None:
        parts.append("allowed" if plain else "not allowed")
    elif allowed:
        parts.append(f"allowed: {allowed}")
    if was is not None:
        parts.append("substituted" if was else "not substituted")
    parts += [*said(item.get("type")), *said(item.get("reason"))]
    return "; ".join(parts) or None


def _ingredients(drug: Json, resource: Json, place: Place) -> list[str]:
    """What a contained Medication is made of, each with its strength."""
    found = []
    for item in listed(drug.get("ingredient")):
        name = words(item.get("itemCodeableConcept"))
        name = name or named_in(item.get("itemReference"), resource, place)
        strength = item.get("strength") or {}
        sides = []
        for side in ("numerator", "denominator"):
            quantity = strength.get(side) or {}
            value, unit = _amount(quantity, f"contained.ingredient.strength.{side}")
            if value is not None:
                sides.append(" ".join(filter(None, (as_written(quantity["value"]), unit))))
        shown = " ".join(part for part in (name, "/".join(sides)) if part)
        if shown:
            found.append(shown)
    return found


def _when(resource: Json, kind: str, dosage: Json) -> tuple[Stamp, Stamp]:
    if kind == "MedicationRequest":
        return _requested(resource, dosage)
    if kind == "MedicationDispense":
        name = "whenHandedOver" if resource.get("whenHandedOver") else "whenPrepared"
        return stamp(resource.get(name), name), UNDATED
    start, end = choice(resource, "effective")
    if start == UNDATED:
        start = stamp(resource.get("dateAsserted"), "dateAsserted")
    return start, end


def _requested(resource: Json, dosage: Json) -> tuple[Stamp, Stamp]:
    """Begun or written on, whichever is earlier, and valid until where the request says so."""
    written = stamp(resource.get("authoredOn"), "authoredOn")
    timing = dosage.get("timing") or {}
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


def _based_on(resource: Json, known: dict[str, str]) -> str | None:
    request = (
        resource.get("request")
        or first(resource.get("basedOn"))
        or first(resource.get("authorizingPrescription"))
        or resource.get("priorPrescription")
    )
    return target(request, known)
