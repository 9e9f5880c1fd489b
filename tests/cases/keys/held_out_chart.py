"""One ICU patient's bundle as the held-out key needs it: results, doses, stays, diagnoses.

Raw JSON in, frozen values out, and nothing of the app between: the key must not share the
reader's mistakes. A stay's results can be read three ways (by the clock on the wall, by the
instant, by reference); `readings` gives each, so that the caller keeps only what all agree on.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

NTH = {
    "first": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "last": -1,
    "second_to_last": -2,
    "third_to_last": -3,
}

Rows = list[list[Any]]
Json = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """One measurement or one dose: where it stands, when, how much."""

    ref: str
    at: datetime
    value: float
    stay: str
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Stay:
    """One encounter: its times, and what was written at its two doors."""

    id: str
    start: datetime
    end: datetime
    admitted_as: str
    source: str
    went_to: str
    part_of: str


@dataclass(frozen=True)
class Chart:
    """One patient's bundle, sorted by subject."""

    number: str
    patient: Json
    results: dict[str, list[Point] | None]
    drugs: dict[str, list[Point]]
    stays: list[Stay]
    icu: list[Stay]
    problems: dict[str, list[tuple[str, str]]]
    plain: bool
    last_day: date


@dataclass(frozen=True)
class Found:
    """An answer: rows, evidence, and what the wording must still be told."""

    rows: Rows
    evidence: list[str]
    words: dict[str, str]
    marks: Json


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def code_of(entry: Json | None) -> str:
    return entry["coding"][0]["code"].lower() if entry else ""


def read_chart(path: Path) -> Chart:
    """The chart in one bundle; a result with a value that is no number spoils its series (None)."""
    with gzip.open(path) as file:
        resources = [entry["resource"] for entry in json.load(file)["entry"]]
    kinds: dict[str, list[Json]] = {}
    for resource in resources:
        kinds.setdefault(resource["resourceType"], []).append(resource)
    encounters = kinds["Encounter"]
    problems: dict[str, list[tuple[str, str]]] = {}
    for one in kinds.get("Condition", []):
        name = one["code"]["coding"][0]["display"].lower()
        problems.setdefault(_id(one["encounter"]), []).append((name, f"Condition/{one['id']}"))
    times = [moment(r["effectiveDateTime"]) for r in resources if "effectiveDateTime" in r]
    return Chart(
        number=path.name.split(".")[0],
        patient=kinds["Patient"][0],
        results=_results(kinds["Observation"]),
        drugs=_drugs(kinds.get("MedicationAdministration", [])),
        stays=_stays(e for e in encounters if "partOf" not in e),
        icu=_stays(e for e in encounters if "partOf" in e),
        problems=problems,
        plain=not any(e["identifier"][0]["system"].endswith("-hosp") for e in encounters),
        last_day=max(times).date(),
    )


def _results(observations: list[Json]) -> dict[str, list[Point] | None]:
    results: dict[str, list[Point] | None] = {}
    for one in sorted(observations, key=_at):
        series = results.setdefault(one["code"]["text"], [])
        if series is not None and "valueQuantity" in one:
            ref, stay = f"Observation/{one['id']}", _id(one["encounter"])
            series.append(Point(ref, _at(one), one["valueQuantity"]["value"], stay))
        else:
            results[one["code"]["text"]] = None
    return results


def _drugs(doses: list[Json]) -> dict[str, list[Point]]:
    drugs: dict[str, list[Point]] = {}
    for one in sorted(doses, key=_at):
        amount = one["dosage"].get("dose") or {}
        ref, stay = f"MedicationAdministration/{one['id']}", _id(one["context"])
        value, unit, kind = amount.get("value", 0.0), amount.get("unit", ""), one["dosage"]["text"]
        point = Point(ref, _at(one), value, stay, unit, kind)
        drugs.setdefault(one["medicationCodeableConcept"]["text"], []).append(point)
    return drugs


def _at(one: Json) -> datetime:
    return moment(one["effectiveDateTime"])


def _id(reference: Json) -> str:
    name: str = reference["reference"]
    return name.split("/")[1]


def _stays(encounters: Iterable[Json]) -> list[Stay]:
    found = []
    for one in encounters:
        doors = one.get("hospitalization") or {}
        stay = Stay(
            id=one["id"],
            start=moment(one["period"]["start"]),
            end=moment(one["period"]["end"]),
            admitted_as=code_of(one.get("priority")),
            source=code_of(doors.get("admitSource")),
            went_to=code_of(doors.get("dischargeDisposition")),
            part_of=_id(one["partOf"]) if "partOf" in one else "",
        )
        found.append(stay)
    return sorted(found, key=lambda s: s.start)


def stay_of(chart: Chart, scope: str) -> Stay | None:
    """The stay that `hosp_first`, `hosp_last`, `icu_first`, `icu_last` names."""
    where, which = scope.split("_")
    stays = chart.stays if where == "hosp" else chart.icu
    if not chart.plain or not stays:
        return None
    return stays[NTH[which]]


def readings(chart: Chart, points: list[Point], scope: str) -> list[list[Point]]:
    """A scope's points by each reading: the clock on the wall, the instant, the reference."""
    if scope == "all":
        return [points]
    stay = stay_of(chart, scope)
    if stay is None:
        return []
    start, end = stay.start.replace(tzinfo=None), stay.end.replace(tzinfo=None)
    ways = [
        [p for p in points if start <= p.at.replace(tzinfo=None) <= end],
        [p for p in points if stay.start <= p.at <= stay.end],
    ]
    if scope.startswith("hosp"):
        ways.append([p for p in points if p.stay == stay.id])
    return ways
