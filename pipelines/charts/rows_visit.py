"""Patients with their identifiers, and encounters.

The MRN is the identifier that says so (type MR), else the first usable one that is no social
security, licence or passport number. An ICU stay is part of another stay and names ICU or
critical care in its class, type, location or identifier system; a hospital visit is inpatient,
emergency or observation by HL7's codes or MIMIC's own words, and part of no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelines.charts.instants import stamp
from pipelines.charts.references import Json, target
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_parts import (
    Place,
    as_written,
    first,
    first_code,
    period,
    reason,
    status,
    status_values,
    text,
    words,
)

NOT_A_RECORD_NUMBER = frozenset({"SS", "DL", "PPN", "SB", "TAX", "NI", "MC", "MA", "HC"})
HOSPITAL_CLASSES = frozenset({"IMP", "ACUTE", "NONAC", "EMER", "OBSENC", "SS", "inpatient",
                              "emergency"})  # fmt: skip
OUTSIDE_CLASSES = frozenset({"AMB", "VR", "HH", "FLD", "PRENC", "ambulatory", "outpatient",
                             "virtual", "home", "field", "daytime"})  # fmt: skip
ICU = re.compile(r"\bicu\b|[cmsnpt]v?icu\b|intensive care|critical care|encounter-icu", re.I)


def patient(resource: Json, place: Place) -> None:
    """Append the rows of one Patient."""
    patient_id = place.key.removeprefix("Patient/")
    gender = resource.get("gender")
    if gender is not None and gender not in status_values()["Patient_gender"]:
        raise EntryRefused("gender has a value that FHIR does not know.")
    birth = stamp(resource.get("birthDate"), "birthDate")[1]
    dead = stamp(resource.get("deceasedDateTime"), "deceasedDateTime")[1]
    if dead is None and resource.get("deceasedBoolean") is not None:
        dead = as_written(resource["deceasedBoolean"])
    identifiers = [_identifier(item) for item in resource.get("identifier") or ()]
    identifiers = [item for item in identifiers if item[1]]
    mrn = _record_number(identifiers)
    name = _usual_name(resource.get("name") or ())
    place.rows["patient"].append((
        patient_id, place.key, *_names(name), gender, birth, dead, mrn[1], mrn[0],
    ))  # fmt: skip
    place.rows["patient_identifier"].extend((patient_id, *item) for item in identifiers)


def _identifier(item: Json) -> tuple[str | None, str | None, str | None]:
    kind = item.get("type")
    return text(item.get("system")), text(item.get("value")), first_code(kind) or words(kind)


def _record_number(identifiers: Iterable[tuple[Any, Any, Any]]) -> tuple[str | None, str | None]:
    known = list(identifiers)
    for system, value, kind in known:
        if kind == "MR":
            return system, value
    for system, value, kind in known:
        if kind not in NOT_A_RECORD_NUMBER:
            return system, value
    return None, None


def _usual_name(names: Iterable[Json]) -> Json:
    ranked = sorted(names, key=lambda name: {"official": 0, "usual": 1, None: 2, "old": 4}
                    .get(name.get("use"), 3))  # fmt: skip
    return ranked[0] if ranked else {}


def _names(name: Json) -> tuple[str, str | None, str | None]:
    """Whole name, family name, given names."""
    given = " ".join(name.get("given") or ()) or None
    family = text(name.get("family"))
    whole = " ".join(part for part in (given, family) if part)
    return whole or text(name.get("text")) or "", family, given


def encounter(resource: Json, place: Place) -> None:
    """Append the row of one Encounter."""
    kind = first(resource.get("type"))
    named = place.codes.named(kind)
    visit = _class(resource)
    start, end = period(resource.get("period") or resource.get("actualPeriod"), "period")
    stay = resource.get("hospitalization") or resource.get("admission") or {}
    part_of = target(resource.get("partOf"), place.known)
    is_icu = _is_icu(resource, part_of)
    path, quote = _title(resource, named.leaf, named.display, visit)
    place.rows["encounter"].append((
        place.key, place.patient, status(resource, "Encounter"), *visit,
        named.display, named.key, *start, *end, part_of, reason(resource),
        words(resource.get("priority")), words(stay.get("admitSource")),
        words(stay.get("dischargeDisposition")), _location(resource),
        is_icu, part_of is None and not is_icu and _is_hospital(resource, visit[0]),
        path, quote,
    ))  # fmt: skip


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
