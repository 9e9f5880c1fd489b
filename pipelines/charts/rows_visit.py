"""Encounters: one row a visit or stay, its appointments, the history of its status and class.

An ICU stay is part of another stay and names ICU or critical care in its class, type, location
or identifier system; a hospital visit is inpatient, emergency or observation by HL7's codes or
MIMIC's own words, and part of no other. Where the patient lay, who took part and what was
diagnosed are rows of `rows_stay`.
"""

from __future__ import annotations

import re

from pipelines.charts.references import Json, target
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_elements import (
    keys,
    listed,
    named_in,
    numbered,
    only,
    said,
    targets,
)
from pipelines.charts.row_parts import (
    Place,
    Row,
    first,
    first_code,
    number,
    period,
    reason,
    status,
    status_values,
    text,
    words,
)

HOSPITAL_CLASSES = frozenset({"IMP", "ACUTE", "NONAC", "EMER", "OBSENC", "SS", "inpatient",
                              "emergency"})  # fmt: skip
OUTSIDE_CLASSES = frozenset({"AMB", "VR", "HH", "FLD", "PRENC", "ambulatory", "outpatient",
                             "virtual", "home", "field", "daytime"})  # fmt: skip
ICU = re.compile(r"\bicu\b|[cmsnpt]v?icu\b|intensive care|critical care|encounter-icu", re.I)


def encounter(resource: Json, place: Place) -> None:
    """Append the rows of one Encounter."""
    kind = first(resource.get("type"))
    named = place.codes.named(kind)
    visit = _class(resource)
    start, end = period(resource.get("period") or resource.get("actualPeriod"), "period")
    stay = resource.get("hospitalization") or resource.get("admission") or {}
    part_of = target(resource.get("partOf"), place.known)
    is_icu = _is_icu(resource, part_of)
    rows, booked = _history(resource, place), _appointments(resource, place)
    path, quote = _title(resource, named.leaf, named.display, visit)
    place.rows["encounter"].append((
        place.key, place.patient, status(resource, "Encounter"), *visit,
        named.display, named.key, *start, *end, part_of, reason(resource),
        words(resource.get("priority")), words(stay.get("admitSource")),
        words(stay.get("dischargeDisposition")), _location(resource),
        is_icu, part_of is None and not is_icu and _is_hospital(resource, visit[0]),
        path, quote, *_more(resource, stay, place),
    ))  # fmt: skip
    if rows:
        place.rows["encounter_history"] += rows
    if booked:
        place.rows["encounter_appointment"] += booked


def _more(resource: Json, stay: Json, place: Place) -> Row:
    """What an encounter says beside its time, kind and place."""
    get = resource.get
    lasting = get("length") or {}
    kinds = listed(get("type"))
    return (
        said(kinds), keys(kinds, place), only(said(get("serviceType"))),
        number(lasting.get("value"), "length.value"),
        text(lasting.get("unit")) or text(lasting.get("code")),
        keys(get("reasonCode"), place), targets(get("reasonReference"), place),
        named_in(get("serviceProvider"), resource, place), targets(get("episodeOfCare"), place),
        targets(get("basedOn"), place), named_in(stay.get("origin"), resource, place),
        named_in(stay.get("destination"), resource, place), words(stay.get("reAdmission")),
        said(stay.get("dietPreference")), said(stay.get("specialCourtesy")),
        said(stay.get("specialArrangement")),
    )  # fmt: skip


def _history(resource: Json, place: Place) -> list[Row]:
    """The statuses and classes that the encounter had before, each with its time."""
    rows: list[Row] = []
    for element, name in (("statusHistory", "status"), ("classHistory", "class")):
        for index, item in enumerate(listed(resource.get(element))):
            start, end = period(item.get("period"), f"{element}.period")
            value = item.get(name)
            coding = value if type(value) is dict else {"code": value}
            code, display = text(coding.get("code")), text(coding.get("display"))
            if name == "status" and code not in status_values()["Encounter_statusHistory"]:
                raise EntryRefused("statusHistory.status has a value that FHIR does not know.")
            path = f"{element}[{index}].{name}" + (".code" if coding is value else "")
            rows.append((
                place.key, place.patient, len(rows) + 1, name, code, display, *start, *end,
                path, code,
            ))  # fmt: skip
    return rows


def _appointments(resource: Json, place: Place) -> list[Row]:
    """The appointments that the encounter came from."""
    rows: list[Row] = []
    for at, item in numbered(resource.get("appointment")):
        leaf = "reference" if item.get("reference") else "display"
        quote = text(item.get(leaf))
        booked = target(item, place.known) or quote
        rows.append((
            place.key, place.patient, at, booked,
            f"appointment[{at - 1}].{leaf}", quote,
        ))  # fmt: skip
    return [row for row in rows if row[3]]


def _title(
    resource: Json, leaf: str | None, display: str | None, visit: tuple[str | None, str | None]
) -> tuple[str, str | None]:
    """The element that says what kind of visit this is, and its words."""
    if leaf is not None:
        return f"type[0].{leaf}", display
    if visit[1]:
        return "class.display", visit[1]
    if visit[0]:
        return "class.code", visit[0]
    return "status", text(resource.get("status"))


def _class(resource: Json) -> tuple[str | None, str | None]:
    """Code and name of `class`: a Coding in R4, a list of concepts in R5."""
    found = resource.get("class")
    if isinstance(found, list):
        return first_code(first(found)), words(first(found))
    coding = found or {}
    return text(coding.get("code")), text(coding.get("display"))


def _location(resource: Json) -> str | None:
    named = (
        text((item.get("location") or {}).get("display"))
        for item in reversed(resource.get("location") or ())
    )
    return next((name for name in named if name), None)


def _is_icu(resource: Json, part_of: str | None) -> bool:
    systems = [item.get("system") or "" for item in resource.get("identifier") or ()]
    if any("encounter-icu" in system for system in systems):
        return True
    if part_of is None:
        return False
    said = [*_class(resource), *(words(kind) for kind in resource.get("type") or ())]
    said += [(item.get("location") or {}).get("display") for item in resource.get("location") or ()]
    said += [words(resource.get("serviceType"))]
    return any(part and ICU.search(part) for part in said)


def _is_hospital(resource: Json, class_code: str | None) -> bool:
    if class_code in HOSPITAL_CLASSES:
        return True
    if class_code in OUTSIDE_CLASSES:
        return False
    systems = [item.get("system") or "" for item in resource.get("identifier") or ()]
    return bool(resource.get("hospitalization")) or any(
        "mimic" in system and system.endswith("/encounter") for system in systems
    )
