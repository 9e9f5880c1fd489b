"""Readings made for the tests of scores: hours after one morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.records.moments import Moment
from pipelines.records.screening import Reading

START = datetime(2026, 11, 22, 6, 0)


def at(hours: float) -> Moment:
    """A moment that many hours after the start."""
    instant = START + timedelta(hours=hours)
    return Moment(instant, instant.isoformat(timespec="seconds") + "Z")


def reading(
    concept: str, value: float | str | None, unit: str | None, hours: float = 0.0, visit: str = "v"
) -> Reading:
    """One value; a string is an answer in words."""
    number = value if isinstance(value, int | float) else None
    return Reading(
        concept=concept,
        resource=f"Observation/{concept}-{hours:g}",
        when=at(hours),
        value=None if number is None else float(number),
        value_text=None if value is None else str(value),
        unit=unit,
        encounter=visit,
    )
