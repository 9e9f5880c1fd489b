"""Intake and output per shift, drawn as a table: the columns are the ends of the shifts.

What the nurse summed over a shift is true of the whole shift, so each value carries a period and
not a moment. Totals of 24 hours stand in the results tables as before; a test adds them up.
"""

from __future__ import annotations

from datetime import timedelta

from maker.catalogue import read
from maker.clock import label, stamp
from maker.fhir import LOINC, Json, concept, encounter, hl7, made_id, number, quantity, subject
from maker.story import Story, cells

FLOWSHEET = "http://example.org/flowsheet"


def shifts(story: Story) -> list[Json]:
    """All cells of all intake and output tables."""
    return [
        shift(story, entry, cell)
        for entry in story.all("intake_output")
        for cell in cells(entry["table"])
    ]


def coding(key: str, kind: Json) -> tuple[str, str, str]:
    """LOINC where a code says the same, else the row of the ward's own sheet."""
    if "loinc" in kind:
        return LOINC, kind["loinc"], kind["long"]
    return FLOWSHEET, key, kind["name"]


def shift(story: Story, entry: Json, cell: tuple[str, str, str]) -> Json:
    """One line of one shift; the first shift of a stay may begin later (`from`)."""
    key, when, text = cell
    kind = read("shifts")[key]
    end = story.clock.moment(when)
    start = end - timedelta(hours=entry.get("hours", 12))
    if "from" in entry:
        start = max(start, story.clock.moment(entry["from"]))
    return {
        "resourceType": "Observation",
        "id": made_id(story, "shift", key, label(end)),
        "status": "final",
        "category": [hl7("observation-category", "exam", "Exam")],
        "code": concept(kind["name"], coding(key, kind)),
        "subject": subject(story),
        **encounter(story, entry["encounter"]),
        "effectivePeriod": {"start": stamp(start), "end": stamp(end)},
        "issued": stamp(end),
        "valueQuantity": quantity(number(text), kind.get("unit", "mL")),
    }
