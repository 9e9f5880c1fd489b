"""Conditions, allergies, procedures and immunizations as one row each.

A status that the record does not give stays empty: "active" is never assumed. The path of a row
is the element that names the thing; times stand as instant and as written.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pipelines.charts.codebook import Named
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_parts import (
    Place,
    choice,
    coded_status,
    encounter_of,
    first_code,
    status,
    status_values,
    words,
)

# Whole phrases that state an absence of any allergy, for entries without a code.
NO_KNOWN_WORDS = frozenset({"no known allergies", "no known allergy", "nka"})


@lru_cache(maxsize=1)
def no_known_codes() -> frozenset[str]:
    """Codes that state that no allergy of any kind is known."""
    table = tomllib.loads(Path(__file__).with_name("allergies.toml").read_text(encoding="utf-8"))
    return frozenset(table["none_known"]["codes"])


def condition(resource: Json, place: Place) -> None:
    """Append the row of one Condition."""
    named = place.codes.named(resource.get("code"))
    abated = _abated(resource)
    categories = [first_code(item) or words(item) for item in resource.get("category") or ()]
    place.rows["condition"].append((
        place.key, place.patient, named.key, named.display, next(iter(categories), None),
        coded_status(resource, "Condition", "clinicalStatus"),
        coded_status(resource, "Condition", "verificationStatus"),
        *choice(resource, "onset")[0], *abated,
        *stamp(resource.get("recordedDate"), "recordedDate"),
        encounter_of(resource, place.known), *_named_at("code", named),
    ))  # fmt: skip


def _abated(resource: Json) -> Stamp:
    start, end = choice(resource, "abatement")
    return end if end != UNDATED else start


def _named_at(element: str, named: Named) -> tuple[str, str | None]:
    return (f"{element}.{named.leaf}" if named.leaf else element), named.display


def allergy(resource: Json, place: Place) -> None:
    """Append the row of one AllergyIntolerance."""
    named = place.codes.named(resource.get("code"))
    reactions = resource.get("reaction") or ()
    shown = [
        said
        for reaction in reactions
        for manifestation in reaction.get("manifestation") or ()
        if (said := words(manifestation.get("concept") or manifestation))
    ]
    criticality = resource.get("criticality")
    if criticality and criticality not in status_values()["AllergyIntolerance_criticality"]:
        raise EntryRefused("criticality has a value that FHIR does not know.")
    recorded = resource.get("recordedDate") or resource.get("assertedDate")
    place.rows["allergy"].append((
        place.key, place.patient, named.key, named.display,
        coded_status(resource, "AllergyIntolerance", "clinicalStatus"),
        coded_status(resource, "AllergyIntolerance", "verificationStatus"),
        criticality, shown,
        next((item["severity"] for item in reactions if item.get("severity")), None),
        is_no_known(resource.get("code")), *stamp(recorded, "recordedDate"),
        *_named_at("code", named),
    ))  # fmt: skip


def is_no_known(code: Json | None) -> bool:
    """Whether an allergy entry states that there is none of any kind."""
    codings = (code or {}).get("coding") or ()
    if any(coding.get("code") in no_known_codes() for coding in codings):
        return True
    return (words(code) or "").strip().rstrip(".").lower() in NO_KNOWN_WORDS


def procedure(resource: Json, place: Place) -> None:
    """Append the row of one Procedure."""
    named = place.codes.named(resource.get("code"))
    begun, ended = choice(resource, "performed")
    if begun == UNDATED and ended == UNDATED:
        begun, ended = choice(resource, "occurrence")
    place.rows["procedure"].append((
        place.key, place.patient, named.key, named.display, status(resource, "Procedure"),
        *begun, *ended, encounter_of(resource, place.known), *_named_at("code", named),
    ))  # fmt: skip


def immunization(resource: Json, place: Place) -> None:
    """Append the row of one Immunization."""
    named = place.codes.named(resource.get("vaccineCode"))
    place.rows["immunization"].append((
        place.key, place.patient, named.key, named.display, status(resource, "Immunization"),
        *choice(resource, "occurrence")[0], *_named_at("vaccineCode", named),
    ))  # fmt: skip
