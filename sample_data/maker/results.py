"""Observations: result tables, single results with a story of their own, and vital signs.

A table cell is a number as the analyser printed it, `<0.1` where it could not go lower, or a word
for results that are words. What is preliminary, amended, entered in error or coded stands as a
`[[result]]` of its own, because each of those has a reason that a reader will ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from maker import SEED
from maker.catalogue import Measurement, Sign, measurements, signs
from maker.clock import label, stamp
from maker.courses import Course, charting_times
from maker.derived import with_derived
from maker.fhir import (
    LOINC,
    Json,
    concept,
    encounter,
    hl7,
    made_id,
    number,
    quantity,
    subject,
    without_none,
)
from maker.story import Story, cells

FLAGS = {"LL": "Critical low", "L": "Low", "N": "Normal", "H": "High", "HH": "Critical high"}


def results(story: Story) -> list[Json]:
    """All results, in the order the story tells them."""
    tables = (
        from_cell(story, entry, cell)
        for entry in story.all("results")
        for cell in with_derived(story, entry)
    )
    return [*tables, *(single(story, entry) for entry in story.all("result"))]


def measurement(story: Story, key: str, entry: Json) -> Measurement:
    """The measurement with the range of the patient's sex, or what this laboratory sends."""
    found = measurements()[key].for_sex(story.sex)
    unit = entry.get("units", {}).get(key)
    limits = entry.get("ranges", {}).get(key)
    if unit:
        found = replace(found, unit=unit, show=None, critical=None)
    if limits:
        found = replace(found, low=limits[0] or None, high=limits[1] or None)
    return found


def from_cell(story: Story, entry: Json, cell: tuple[str, str, str]) -> Json:
    """The Observation of one table cell."""
    key, when, text = cell
    moment = story.clock.moment(when)
    found = measurement(story, key, entry)
    made = frame(story, found, moment, made_id(story, key, label(moment)))
    value = read_value(story, found, text) if found.unit else {"valueString": text}
    return made | place(story, entry, moment) | value


def frame(story: Story, found: Measurement, moment: datetime, name: str) -> Json:
    """What every Observation has."""
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [hl7("observation-category", found.category)],
        "code": concept(found.name, (LOINC, found.loinc, found.long)),
        "subject": subject(story),
        "effectiveDateTime": stamp(moment),
        "issued": stamp(moment + timedelta(minutes=found.minutes)),
    }


def place(story: Story, entry: Json, moment: datetime) -> Json:
    """The encounter that the story names, else the shortest one that the moment falls into."""
    if "encounter" in entry:
        return encounter(story, entry["encounter"])
    clock = story.clock
    spans = [
        (clock.moment(visit["start"]), clock.moment(visit["end"]), visit["key"])
        for visit in story.all("encounter")
        if "end" in visit
    ]
    around = [(end - start, key) for start, end, key in spans if start <= moment <= end]
    return encounter(story, min(around)[1]) if around else {}


def read_value(story: Story, found: Measurement, text: str) -> Json:
    """Value, range and flag of a number as printed."""
    comparator = text[0] if text[0] in "<>" else None
    value = number(text.lstrip("<>"))
    shown = quantity(value, found.unit, found.show)
    if comparator:
        shown = {"value": value, "comparator": comparator} | shown
    limits = without_none({"low": bound(found.low, found), "high": bound(found.high, found)})
    made: Json = {"valueQuantity": shown}
    if limits and story.interpretations and found.category == "laboratory":
        flag = found.flag(value, comparator)
        made["interpretation"] = [hl7("v3-ObservationInterpretation", flag, FLAGS[flag])]
    return made | ({"referenceRange": [limits]} if limits else {})


def bound(limit: float | None, found: Measurement | Sign) -> Json | None:
    """One end of a reference range."""
    return None if limit is None else quantity(limit, found.unit, found.show)


def single(story: Story, entry: Json) -> Json:
    """A result that needs words: status, text, code, comment, or a value taken back."""
    moment = story.clock.moment(entry["when"])
    found = measurement(story, entry["what"], entry)
    name = made_id(story, entry["what"], label(moment), *entry.get("id", "").split())
    made = frame(story, found, moment, name) | place(story, entry, moment)
    made["status"] = entry.get("status", "final")
    if "issued" in entry:
        made["issued"] = story.clock.written(entry["issued"])
    if "value" in entry:
        made |= read_value(story, found, entry["value"])
    if "text" in entry:
        made["valueString"] = entry["text"]
    if "coded" in entry:
        system, code, display = entry["coded"]
        made["valueCodeableConcept"] = concept(entry.get("says", display), (system, code, display))
    if "flag" in entry:
        made["interpretation"] = [hl7("v3-ObservationInterpretation", entry["flag"], "Abnormal")]
    if "specimen" in entry:
        made["specimen"] = {"display": entry["specimen"]}
    if "specimen_key" in entry:
        name = made_id(story, "specimen", entry["specimen_key"])
        made["specimen"] = made.get("specimen", {}) | {"reference": f"Specimen/{name}"}
    if "absent" in entry:
        made["dataAbsentReason"] = hl7("data-absent-reason", entry["absent"])
    return made | ({"note": [{"text": entry["note"]}]} if "note" in entry else {})


def vital_signs(story: Story) -> list[Json]:
    """Every charted vital sign of the story's courses."""
    return [made for entry in story.all("vitals") for made in charted(story, entry)]


def charted(story: Story, entry: Json) -> Iterator[Json]:
    """One course: single signs, and blood pressure as a panel of two components."""
    columns: dict[str, dict[datetime, float]] = {}
    for when, column, cell in cells(entry["course"]):
        columns.setdefault(column, {})[story.clock.moment(when)] = float(cell)
    anchors = sorted({moment for course in columns.values() for moment in course})
    times = charting_times(anchors, entry.get("every", 60))
    read = {name: readings(story, signs()[name], course, times) for name, course in columns.items()}
    for name, values in read.items():
        if name not in ("sbp", "dbp"):
            yield from (sign(story, entry, signs()[name], reading) for reading in values)
    for high, low in zip(read.get("sbp", []), read.get("dbp", []), strict=True):
        yield blood_pressure(story, entry, high, low)


def readings(
    story: Story, found: Sign, course: dict[datetime, float], times: list[datetime]
) -> list[tuple[datetime, float]]:
    """The readings of one column, thinned to how often that sign is charted."""
    seed = f"{SEED} {story.slug} {found.key} {min(course)}"
    line = Course(found, tuple(sorted(course.items())), seed)
    first = min(course)
    due = [
        moment
        for moment in times
        if moment >= first and (moment in course or moment.hour % found.every_hours == 0)
    ]
    return line.readings(due)


def sign(story: Story, entry: Json, found: Sign, reading: tuple[datetime, float]) -> Json:
    """One vital sign."""
    moment, value = reading
    codes = [(LOINC, code, found.name) for code in (found.loinc, *found.also)]
    made = vital_frame(story, entry, moment, found.key)
    made["code"] = concept(found.name, *codes)
    return made | value_of(found, value)


def value_of(found: Sign, value: float) -> Json:
    """Value and the ward's limits."""
    limits = without_none({"low": bound(found.low, found), "high": bound(found.high, found)})
    shown = int(value) if found.digits == 0 else value
    made: Json = {"valueQuantity": quantity(shown, found.unit, found.show)}
    return made | ({"referenceRange": [limits]} if limits else {})


def vital_frame(story: Story, entry: Json, moment: datetime, key: str) -> Json:
    """What every charted sign has."""
    return {
        "resourceType": "Observation",
        "id": made_id(story, key, label(moment)),
        "status": "final",
        "category": [hl7("observation-category", "vital-signs", "Vital Signs")],
        "code": {},
        "subject": subject(story),
        **place(story, entry, moment),
        "effectiveDateTime": stamp(moment),
    }


def blood_pressure(
    story: Story, entry: Json, high: tuple[datetime, float], low: tuple[datetime, float]
) -> Json:
    """The panel 85354-9; diastolic stays at least 12 below systolic."""
    moment, systolic = high
    diastolic = min(low[1], systolic - 12)
    made = vital_frame(story, entry, moment, "bp")
    made["code"] = concept("Blood pressure", (LOINC, "85354-9", "Blood pressure panel"))
    parts = ((signs()["sbp"], systolic), (signs()["dbp"], diastolic))
    made["component"] = [
        {"code": concept(found.name, (LOINC, found.loinc, found.name))} | value_of(found, value)
        for found, value in parts
    ]
    return made
