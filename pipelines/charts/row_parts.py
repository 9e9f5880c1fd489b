"""What every builder of rows shares: where an entry belongs, and the small readings.

A builder takes the raw resource and a `Place` and appends finished rows to `place.rows`; it
appends nothing before it has read everything, so that a refused entry leaves no half row. An
element of the wrong JSON type raises TypeError or AttributeError here; `resources` turns that
into a refusal.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.codebook import CodeBook
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Element, Json, resolve, target
from pipelines.charts.refusals import EntryRefused

Row = tuple[Any, ...]
Tables = dict[str, list[Row]]
Columns = dict[str, list[tuple[str, str]]]
"""Column names and DuckDB types of each table."""
STATUS_VALUES = Path(__file__).with_name("status_values.toml")
LARGEST = 1e15
"""No quantity in a chart is larger; beyond it a number is a slip, and not exact any more."""


@dataclass(slots=True)
class Place:
    """One entry on its way into rows: its key, its patient, and what it may resolve."""

    key: str
    patient: str | None
    known: dict[str, str]
    codes: CodeBook
    rows: Tables = field(default_factory=lambda: defaultdict(list))


@lru_cache(maxsize=1)
def status_values() -> dict[str, frozenset[str]]:
    """Allowed values by resource type (or `Type_element`)."""
    table = tomllib.loads(STATUS_VALUES.read_text(encoding="utf-8"))
    return {name: frozenset(values) for name, values in table.items()}


def status(resource: Json, kind: str) -> str | None:
    """The resource's status; refuses a value that FHIR does not know."""
    value = resource.get("status")
    if value is None or value in status_values()[kind]:
        return value
    raise EntryRefused("status has a value that FHIR does not know.")


def coded_status(resource: Json, kind: str, element: str) -> str | None:
    """A status that is a CodeableConcept: its code, checked; None where the record says none.

    Any of its codings may be the one that FHIR knows; a site's own may stand beside it.
    """
    concept = resource.get(element)
    if concept is None:
        return None
    codes = [code for coding in concept.get("coding") or () if (code := coding.get("code"))]
    allowed = status_values()[f"{kind}_{element}"]
    known = next((code for code in codes if code in allowed), None)
    if codes and known is None:
        raise EntryRefused(f"{element} has a value that FHIR does not know.")
    return known


def first_code(concept: Json | None) -> str | None:
    """The first code of a CodeableConcept."""
    if concept:
        for coding in concept.get("coding") or ():
            code = coding.get("code")
            if code:
                return code if type(code) is str else str(code)
    return None


def words(concept: Json | None) -> str | None:
    """A CodeableConcept in words: its text, else the first display, else the first code."""
    if not concept:
        return None
    codings = concept.get("coding") or ()
    return (
        text(concept.get("text"))
        or next((text(coding["display"]) for coding in codings if coding.get("display")), None)
        or first_code(concept)
    )


def text(value: Element) -> str | None:
    """A string as it stands, None for none; anything else is a TypeError (see above)."""
    if value is None or isinstance(value, str):
        return value or None
    raise TypeError("an element that must be a string is not one")


def first(elements: Element) -> Element:
    """The first of a list, or None."""
    return elements[0] if elements else None


def number(value: Element, element: str) -> float | None:
    """A JSON number as a float; a string, a boolean or one beyond all measure is refused."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EntryRefused(f"{element} is not a number.")
    if not -LARGEST <= value <= LARGEST:
        raise EntryRefused(f"{element} is a number beyond all measure (more than 1e15).")
    return float(value)


def comparator_of(quantity: Json, element: str) -> str | None:
    """`<`, `<=`, `>=`, `>` or `ad`; anything else is refused."""
    value = quantity.get("comparator")
    if value is None or value in status_values()["Quantity_comparator"]:
        return value
    raise EntryRefused(f"{element}.comparator has a value that FHIR does not know.")


def as_written(value: Element) -> str | None:
    """A JSON number or word as the record has it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def period(element: Json | None, name: str) -> tuple[Stamp, Stamp]:
    """Start and end of a Period; an end before its start is refused."""
    start, end = period_as_written(element, name)
    if start[0] is not None and end[0] is not None and end[0] < start[0]:
        # A day without a time means any moment of it: it ends no earlier than it starts.
        if (start[1] or "")[: len(end[1] or "")] == end[1]:
            return start, end
        raise EntryRefused(f"{name} ends before it starts.")
    return start, end


def period_as_written(element: Json | None, name: str) -> tuple[Stamp, Stamp]:
    """Start and end of a Period in whatever order they stand.

    For a person's names and addresses: nobody loses their whole chart over an old address.
    """
    if not element:
        return UNDATED, UNDATED
    start = stamp(element.get("start"), f"{name}.start")
    return start, stamp(element.get("end"), f"{name}.end", is_end=True)


def choice(resource: Json, name: str) -> tuple[Stamp, Stamp]:
    """A `name[x]` that is a dateTime, an instant, a Period or a Timing: its start and end."""
    written = resource.get(name + "DateTime") or resource.get(name + "Instant")
    if written is not None:
        return stamp(written, name + "DateTime"), UNDATED
    if name + "Period" in resource:
        return period(resource[name + "Period"], name + "Period")
    timing = resource.get(name + "Timing")
    if timing:
        events = [stamp(one, name + "Timing.event") for one in timing.get("event") or () if one]
        if events:
            return min(events), max(events) if len(events) > 1 else UNDATED
        return period((timing.get("repeat") or {}).get("boundsPeriod"), name + "Timing.repeat")
    return UNDATED, UNDATED


def encounter_of(resource: Json, known: dict[str, str]) -> str | None:
    """`Encounter/id` of the visit that a resource belongs to, or None."""
    element = resource.get("encounter") or resource.get("context")
    if not element or not (reference := element.get("reference")):
        return None
    found = known.get(reference) or resolve(reference, known)
    return None if found.startswith("EpisodeOfCare/") else found


def author(reference: Json | None, known: dict[str, str]) -> str | None:
    """A person or organization by the name in the reference, else the reference resolved."""
    if not reference:
        return None
    return text(reference.get("display")) or target(reference, known)


def reason(resource: Json) -> str | None:
    """Why something was done: its reason codes in words, else what the references are called."""
    codes = [words(code) for code in resource.get("reasonCode") or ()]
    called = [ref.get("display") for ref in resource.get("reasonReference") or ()]
    return "; ".join(str(part) for part in (*codes, *called) if part) or None
