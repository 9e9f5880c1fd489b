"""NEWS2 from dated readings: points of each input, what is missing and why, never a guess.

A missing input is missing, not normal: what is there is summed as a floor (`≥ 3 from 4 of 7`) and
has no risk band. An input counts only while it is fresh: in hospital by hours, elsewhere of the
day of the as-of or of one visit. Air is not assumed where no oxygen is recorded. A value in a
unit that cannot be converted is missing "in another unit". The score is not given under 16 years,
in pregnancy, or where the age is not known. SpO2 scale 2 needs a recorded decision.

Source: Royal College of Physicians, NEWS2, London 2017; bands and limits in `news2.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any

from pipelines.records.moments import Moment
from pipelines.records.screening import News2, Reading, ScoreInput
from pipelines.terms import units

TABLE = Path(__file__).with_name("news2.toml")
NOT_RECORDED = "not recorded"
OTHER_UNIT = "in another unit"
NOT_UNDERSTOOD = "not in words that are known"
LEAST_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Situation:
    """The patient at one moment. `scale_2` is the record that decided for SpO2 scale 2."""

    as_of: Moment
    age_years: int | None
    is_pregnant: bool = False
    in_hospital: bool = False
    scale_2: str | None = None


def news2(readings: Mapping[str, Sequence[Reading]], now: Situation) -> News2:
    """The score at `now`. `readings` are by concept, newest first, none after the as-of."""
    refused = _not_for(now)
    if refused is not None:
        return News2(not_for=refused)
    table = rules()["inputs"]
    newest = _newest_of_all(readings)
    every = {key: _of(readings, entry) for key, entry in table.items()}
    usable = {
        key: [one for one in found if _counts(one, now, newest)] for key, found in every.items()
    }
    oxygen = _oxygen(table["oxygen"], usable["oxygen"])
    inputs = []
    for key, entry in table.items():
        if key == "oxygen":
            found = oxygen
        elif key == "consciousness":
            found = _consciousness(entry, usable[key])
        else:
            found = _measured(key, entry, usable[key], _bands(key, entry, now, oxygen))
        inputs.append(found if found.reading else _too_old(found, every[key], now))
    made = News2(tuple(inputs), scale_2=now.scale_2)
    risk = _risk(made)
    return made if risk is None else replace(made, risk=risk)


def concepts() -> tuple[str, ...]:
    """The concepts that the score reads."""
    return tuple(c for entry in rules()["inputs"].values() for c in entry["concepts"])


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The table, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _not_for(now: Situation) -> str | None:
    least = rules()["not_under_years"]
    if now.age_years is None:
        return "a patient whose age is not known"
    if now.age_years < least:
        return f"patients under {least}"
    return "pregnancy" if now.is_pregnant else None


def _of(readings: Mapping[str, Sequence[Reading]], entry: Mapping[str, Any]) -> list[Reading]:
    """The readings of an input, newest first; of one moment the first concept's first."""
    lists = [readings[concept] for concept in entry["concepts"] if concept in readings]
    if len(lists) < 2:
        return list(lists[0]) if lists else []
    found = [reading for listed in lists for reading in listed]
    return sorted(found, key=lambda reading: reading.when.instant, reverse=True)


def _newest_of_all(readings: Mapping[str, Sequence[Reading]]) -> Reading | None:
    every = (found[0] for found in readings.values() if found)
    return max(every, key=lambda reading: reading.when.instant, default=None)


def _counts(one: Reading, now: Situation, newest: Reading | None) -> bool:
    limits = rules()["age"]
    hours = _age_hours(one, now)
    if now.in_hospital:
        return bool(hours <= limits["in_hospital_hours"])
    of_the_day = one.when.day == now.as_of.day
    of_the_visit = (
        newest is not None and one.encounter is not None and one.encounter == newest.encounter
    )
    return bool(hours <= limits["elsewhere_hours"]) and (of_the_day or of_the_visit)


def _age_hours(one: Reading, now: Situation) -> float:
    return (now.as_of.instant - one.when.instant).total_seconds() / 3600


def _too_old(found: ScoreInput, older: list[Reading], now: Situation) -> ScoreInput:
    """The missing input with the age of the newest value, where there is an older one."""
    if not older:
        return found
    hours = _age_hours(older[0], now)
    age = f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} d"
    return ScoreInput(found.key, found.title, None, older[0], f"too old: {age} before as-of")


def _bands(
    key: str, entry: Mapping[str, Any], now: Situation, oxygen: ScoreInput
) -> list[list[float]] | None:
    """The bands in force; None where scale 2 holds and nobody recorded air or oxygen."""
    if key != "spo2" or now.scale_2 is None:
        bands: list[list[float]] = entry["bands"]
        return bands
    if oxygen.points is None:
        return None
    on_oxygen: list[list[float]] = entry["scale_2_oxygen" if oxygen.points else "scale_2_air"]
    return on_oxygen


def _measured(
    key: str, entry: Mapping[str, Any], found: list[Reading], bands: list[list[float]] | None
) -> ScoreInput:
    title = entry["title"]
    if not found:
        return ScoreInput(key, title, None, None, NOT_RECORDED)
    if bands is None:
        return ScoreInput(key, title, None, found[0], "scale 2 needs air or oxygen")
    for reading in found:
        value = _converted(reading, entry["unit"])
        if value is not None:
            return ScoreInput(key, title, _points(value, entry["decimals"], bands), reading)
    return ScoreInput(key, title, None, found[0], OTHER_UNIT)


def _converted(reading: Reading, unit: str) -> float | None:
    """The number in the score's unit; a value without any unit is not guessed at."""
    if reading.value is None or reading.unit is None:
        return None
    return units.convert(reading.value, reading.unit, unit, reading.concept)


def _points(value: float, decimals: int, bands: list[list[float]]) -> int | None:
    scale = 10**decimals
    rounded = floor(value * scale + 0.5 + LEAST_ROUNDING) / scale
    return next((int(points) for low, high, points in bands if low <= rounded <= high), None)


def _oxygen(entry: Mapping[str, Any], found: list[Reading]) -> ScoreInput:
    """The newest of flow and fraction decides; of one moment the one that says oxygen."""
    title = entry["title"]
    told = [(reading, _on_oxygen(entry, reading)) for reading in found]
    known = [(reading, given) for reading, given in told if given is not None]
    if not known:
        why = OTHER_UNIT if found else NOT_RECORDED
        return ScoreInput("oxygen", title, None, found[0] if found else None, why)
    newest = known[0][0].when.instant
    reading, given = max(
        (pair for pair in known if pair[0].when.instant == newest), key=lambda pair: bool(pair[1])
    )
    return ScoreInput("oxygen", title, entry["points_on_oxygen"] if given else 0, reading)


def _on_oxygen(entry: Mapping[str, Any], reading: Reading) -> bool | None:
    words = (reading.value_text or "").strip().lower()
    if reading.value is None:
        if words in entry["air_words"]:
            return False
        return True if words in entry["oxygen_words"] else None
    if reading.concept == "oxygen_flow":
        flow = _converted(reading, entry["flow_unit"])
        return None if flow is None else flow > 0
    is_percent = units.same(reading.unit, "%")
    is_fraction = reading.value <= 1 and not is_percent
    if not is_percent and not is_fraction:
        return None
    percent = reading.value * 100 if is_fraction else reading.value
    return bool(percent > entry["fraction_of_air_percent"] + LEAST_ROUNDING)


def _consciousness(entry: Mapping[str, Any], found: list[Reading]) -> ScoreInput:
    title = entry["title"]
    for reading in found:
        alert = _alert(entry, reading)
        if alert is not None:
            return ScoreInput(
                "consciousness", title, 0 if alert else entry["points_not_alert"], reading
            )
    if found:
        return ScoreInput("consciousness", title, None, found[0], NOT_UNDERSTOOD)
    return ScoreInput("consciousness", title, None, None, NOT_RECORDED)


def _alert(entry: Mapping[str, Any], reading: Reading) -> bool | None:
    if reading.concept == "gcs":
        in_range = reading.value is not None and 3 <= reading.value <= entry["gcs_alert"]
        return reading.value >= entry["gcs_alert"] if in_range and reading.value else None
    words = (reading.value_text or "").strip().lower()
    if words in entry["alert_words"]:
        return True
    return False if words in entry["not_alert_words"] else None


def _risk(made: News2) -> str | None:
    if not made.is_whole or made.points is None:
        return None
    limits = rules()["risk"]
    if made.points >= limits["high"]:
        return "high"
    if made.points >= limits["medium"]:
        return "medium"
    return "low-medium" if made.single_threes else "low"
