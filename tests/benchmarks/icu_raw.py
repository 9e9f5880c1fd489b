"""One ICU chart as its raw bundle tells it, in plain Python: the ground an oracle stands on.

No pipeline takes part, so a fault of the loader or of the reader cannot hide here. What goes in:
a `collection` Bundle (`../shared/eval/mimic_demo/bundles`). What comes out: observations,
administrations, stays and diagnoses with their times as written (wall clock, no conversion).
A window that two fair readings put differently (by the encounter a result names, by its time)
is given in both, and the oracle drops a question on which they differ.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

BUNDLES = Path(__file__).parents[3] / "shared" / "eval" / "mimic_demo" / "bundles"
LAST = datetime(9999, 1, 1)


@dataclass(frozen=True)
class Row:
    """A result or an administration: what, when, how much, in which hospital stay."""

    ref: str
    text: str
    code: str
    time: datetime
    value: float | None
    stay: str
    detail: str


@dataclass(frozen=True)
class Stay:
    """A hospital stay, or an ICU stay (`within` names its hospital stay)."""

    id: str
    start: datetime
    end: datetime
    within: str | None
    kind: str
    source: str
    disposition: str


@dataclass(frozen=True)
class Raw:
    """One chart."""

    number: str
    patient: dict[str, Any]
    labs: tuple[Row, ...]
    results: tuple[Row, ...]
    drugs: tuple[Row, ...]
    hospital: tuple[Stay, ...]
    icu: tuple[Stay, ...]
    diagnoses: tuple[tuple[str, str, str], ...]

    @property
    def as_of(self) -> datetime:
        """The last dated moment of the chart."""
        moments = [r.time for r in (*self.results, *self.drugs)]
        moments += [s.end for s in (*self.hospital, *self.icu)]
        return max(moments)


def wall(written: str) -> datetime:
    """A time as written, its offset left out."""
    return datetime.fromisoformat(written).replace(tzinfo=None)


@lru_cache(maxsize=128)
def read(number: str) -> Raw:
    """The chart of a patient number."""
    with gzip.open(BUNDLES / f"{number}.json.gz") as file:
        found = [entry["resource"] for entry in json.load(file)["entry"]]
    by: dict[str, list[dict[str, Any]]] = {}
    for resource in found:
        by.setdefault(resource["resourceType"], []).append(resource)
    results = [(r["category"][0]["coding"][0]["code"], _result(r)) for r in by["Observation"]]
    stays = sorted((_stay(r) for r in by["Encounter"]), key=lambda stay: stay.start)
    drugs = sorted((_drug(r) for r in by.get("MedicationAdministration", [])), key=_time)
    return Raw(
        number=number,
        patient=by["Patient"][0],
        labs=tuple(sorted((r for kind, r in results if kind == "laboratory"), key=_time)),
        results=tuple(sorted((r for _, r in results), key=_time)),
        drugs=tuple(drugs),
        hospital=tuple(stay for stay in stays if stay.within is None),
        icu=tuple(stay for stay in stays if stay.within is not None),
        diagnoses=tuple(_diagnosis(r) for r in by.get("Condition", [])),
    )


def numbers() -> list[str]:
    """The patient numbers there are."""
    return sorted(path.name.split(".")[0] for path in BUNDLES.glob("*.json.gz"))


def _time(row: Row) -> datetime:
    return row.time


def _last(reference: dict[str, str]) -> str:
    return reference["reference"].split("/")[-1]


def _result(raw: dict[str, Any]) -> Row:
    return Row(
        ref=f"Observation/{raw['id']}",
        text=raw["code"]["text"],
        code=raw["code"]["coding"][0]["code"],
        time=wall(raw["effectiveDateTime"]),
        value=raw.get("valueQuantity", {}).get("value"),
        stay=_last(raw["encounter"]),
        detail=raw.get("valueString", ""),
    )


def _drug(raw: dict[str, Any]) -> Row:
    return Row(
        ref=f"MedicationAdministration/{raw['id']}",
        text=raw["medicationCodeableConcept"]["text"],
        code=raw["medicationCodeableConcept"]["coding"][0]["code"],
        time=wall(raw["effectiveDateTime"]),
        value=raw["dosage"].get("dose", {}).get("value"),
        stay=_last(raw["context"]),
        detail=raw["dosage"]["text"],
    )


def _stay(raw: dict[str, Any]) -> Stay:
    hospital = raw.get("hospitalization", {})
    kind = raw["type"][0].get("text") or raw["class"]["code"]
    return Stay(
        id=raw["id"],
        start=wall(raw["period"]["start"]),
        end=wall(raw["period"]["end"]) if "end" in raw["period"] else LAST,
        within=_last(raw["partOf"]) if "partOf" in raw else None,
        kind=kind.lower(),
        source=_code(hospital.get("admitSource")),
        disposition=_code(hospital.get("dischargeDisposition")),
    )


def _code(concept: dict[str, Any] | None) -> str:
    return concept["coding"][0]["code"].lower() if concept else ""


def _diagnosis(raw: dict[str, Any]) -> tuple[str, str, str]:
    return (
        f"Condition/{raw['id']}",
        raw["code"]["coding"][0].get("display", "").lower(),
        _last(raw["encounter"]),
    )


def stay_in(raw: Raw, scope: str) -> Stay:
    """The stay that a scope names, the last one where it names none."""
    stays = raw.icu if scope.endswith("icu") else raw.hospital
    return stays[{"first": 0, "second": 1}.get(scope.split("_", maxsplit=1)[0], -1)]


def dates(moment: datetime, dice: Random) -> dict[str, str]:
    """A day in the ways people write it."""
    tail = "th" if 4 <= moment.day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(moment.day % 10, "th")
    return {
        "day": f"{moment:%Y-%m-%d}",
        "longday": dice.choice(
            [f"{moment.day} {moment:%B %Y}", f"{moment:%B} {moment.day}, {moment:%Y}"]
        ),
        "ordday": f"{moment.day}{tail}",
        "usday": f"{moment:%m/%d/%Y}",
        "month": f"{moment:%B}",
        "mon": f"{moment:%b}",
        "mm": f"{moment:%m}",
        "year": f"{moment:%Y}",
    }


def within(raw: Raw, rows: tuple[Row, ...], scope: str) -> list[list[Row]]:
    """The rows of a named scope, once for each fair reading of it."""
    if scope == "all":
        return [list(rows)]
    if scope.endswith("_icu"):
        stay = raw.icu[0 if scope == "first_icu" else -1]
        return [[r for r in rows if stay.start <= r.time <= stay.end]]
    if scope == "last_day":
        cuts = [raw.as_of - timedelta(hours=h) for h in (23, 24, 25)]
        return [[r for r in rows if r.time >= cut] for cut in cuts]
    if scope == "since_admission":
        start = raw.hospital[-1].start
        by_stay = [r for r in rows if r.stay == raw.hospital[-1].id]
        return [by_stay, [r for r in rows if r.time >= start]]
    stay = raw.hospital[{"first_hospital": 0, "second_hospital": 1}.get(scope, -1)]
    by_time = [r for r in rows if stay.start <= r.time <= stay.end]
    return [[r for r in rows if r.stay == stay.id], by_time]
