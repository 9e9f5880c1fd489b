"""Allergies and intolerances: a row an entry, and a row each reaction that it tells.

An entry that states an absence ("no known allergies") is marked as one by code or by its whole
words. A criticality, type or severity that FHIR does not know refuses the entry; one that the
record does not give stays empty.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipelines.charts import rows_participation
from pipelines.charts.codebook import Named
from pipelines.charts.instants import UNDATED, stamp
from pipelines.charts.references import Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.required_codes import codes_of
from pipelines.charts.row_elements import age_or_time, keys, listed, notes, said
from pipelines.charts.row_parts import (
    Place,
    Row,
    choice,
    coded_status,
    encounter_of,
    text,
    words,
)
from pipelines.charts.rows_clinical import named_at

KIND = "AllergyIntolerance"
# Whole phrases that state an absence of any allergy, for entries without a code.
NO_KNOWN_WORDS = frozenset({"no known allergies", "no known allergy", "nka"})


@lru_cache(maxsize=1)
def no_known_codes() -> frozenset[str]:
    """Codes that state that no allergy of any kind is known."""
    table = tomllib.loads(Path(__file__).with_name("allergies.toml").read_text(encoding="utf-8"))
    return frozenset(table["none_known"]["codes"])


def allergy(resource: Json, place: Place) -> None:
    """Append the rows of one AllergyIntolerance."""
    get = resource.get
    named, path, quote = _title(resource, place)
    reactions = [_reaction(one, index, place) for index, one in enumerate(listed(get("reaction")))]
    recorded = get("recordedDate") or get("assertedDate")
    onset = choice(resource, "onset")[0]
    told = age_or_time(resource, "onset")[0] if onset == UNDATED else None
    row = (
        place.key, place.patient, named.key, named.display,
        coded_status(resource, KIND, "clinicalStatus"),
        coded_status(resource, KIND, "verificationStatus"), checked(resource, "criticality"),
        [shown for one in reactions for shown in one[MANIFESTATIONS]],
        worst([one[SEVERITY] for one in reactions]),
        is_no_known(get("code")), *stamp(recorded, "recordedDate"), path, quote,
        checked(resource, "type"), [one for one in listed(get("category")) if text(one)],
        told, *onset, *stamp(get("lastOccurrence"), "lastOccurrence"),
        encounter_of(resource, place.known), notes(resource),
    )  # fmt: skip
    people = rows_participation.rows_of(resource, place, "recorder", "asserter")
    place.rows["allergy"].append(row)
    if reactions:
        place.rows["allergy_reaction"] += reactions
    if people:
        place.rows["participation"] += people


def _title(resource: Json, place: Place) -> tuple[Named, str, str | None]:
    """To what the patient reacts; an entry may name it in a reaction alone."""
    named = place.codes.named(resource.get("code"))
    if not named.display:
        for index, one in enumerate(listed(resource.get("reaction"))):
            substance = place.codes.named(one.get("substance"))
            if substance.display:
                return (substance, *named_at(f"reaction[{index}].substance", substance))
    return (named, *named_at("code", named))


def worst(severities: Sequence[str | None]) -> str | None:
    """The gravest of several severities; None where none is told."""
    return max((one for one in severities if one), key=SEVERITIES.index, default=None)


SEVERITIES = ("mild", "moderate", "severe")
MANIFESTATIONS, SEVERITY = 5, 7
"""Where a row of `allergy_reaction` holds what was seen, and how severe it was."""


def _reaction(item: Json, index: int, place: Place) -> Row:
    concepts = [one.get("concept") or one for one in listed(item.get("manifestation"))]
    substance = place.codes.named(item.get("substance"))
    severity = item.get("severity")
    if severity is not None and severity not in codes_of(KIND, "reaction.severity"):
        raise EntryRefused("reaction.severity has a value that FHIR does not know.")
    path, quote = _cited(item, concepts, f"reaction[{index}]", place)
    return (
        place.key, place.patient, index + 1, substance.key, substance.display,
        [shown for one in concepts if (shown := words(one))], keys(concepts, place), severity,
        *stamp(item.get("onset"), "reaction.onset"), words(item.get("exposureRoute")),
        text(item.get("description")), notes(item), path, quote,
    )  # fmt: skip


def _cited(
    item: Json, concepts: list[Json], path: str, place: Place
) -> tuple[str | None, str | None]:
    """The element of a reaction that says most of it, and one leaf of it."""
    for index, concept in enumerate(concepts):
        named: Named = place.codes.named(concept)
        if named.leaf:
            inner = ".concept" if "concept" in listed(item.get("manifestation"))[index] else ""
            return f"{path}.manifestation[{index}]{inner}.{named.leaf}", named.display
    for name in ("description", "severity"):
        said_so = text(item.get(name))
        if said_so:
            return f"{path}.{name}", said_so
    shown = said(item.get("substance"))
    return (f"{path}.substance", shown[0]) if shown else (path, None)


def checked(resource: Json, element: str) -> str | None:
    """A code in its required list; anything else is refused."""
    value = resource.get(element)
    if value is None or value in codes_of(KIND, element):
        return value
    raise EntryRefused(f"{element} has a value that FHIR does not know.")


def is_no_known(code: Json | None) -> bool:
    """Whether an allergy entry states that there is none of any kind."""
    codings = (code or {}).get("coding") or ()
    if any(coding.get("code") in no_known_codes() for coding in codings):
        return True
    return (words(code) or "").strip().rstrip(".").lower() in NO_KNOWN_WORDS
