"""A Timing: how often, when, from when until when, as numbers and in words.

What the record states as numbers stays numbers; the words of its code come first in a sentence,
and are never turned into numbers here. Units of time, days of the week and events of the day
that FHIR does not know refuse the entry by the element's name.
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.result_values import CLOCK, range_ends
from pipelines.charts.row_elements import listed, whole
from pipelines.charts.row_parts import (
    as_written,
    number,
    period,
    status_values,
    text,
    words,
)

UNIT_WORDS = {
    "s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month",
    "a": "year",
}  # fmt: skip


class Timing(NamedTuple):
    """The parts of a Timing in the order of the columns of `dosage`."""

    said: str | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: float | None = None
    period_max: float | None = None
    period_unit: str | None = None
    duration: float | None = None
    duration_unit: str | None = None
    times: int | None = None
    times_of_day: tuple[str, ...] = ()
    days_of_week: tuple[str, ...] = ()
    day_parts: tuple[str, ...] = ()
    offset_minutes: int | None = None
    events: tuple[str, ...] = ()
    start: Stamp = UNDATED
    end: Stamp = UNDATED
    bounds: str | None = None


NO_TIMING = Timing()


def timing_of(element: Json | None, name: str) -> Timing:
    """Every part of a Timing."""
    if not element:
        return NO_TIMING
    repeat = element.get("repeat") or {}
    start, end = period(repeat.get("boundsPeriod"), f"{name}.repeat.boundsPeriod")
    events = tuple(one for one in listed(element.get("event")) if one is not None)
    for one in events:
        stamp(one, f"{name}.event")
    clocks = _texts(repeat.get("timeOfDay"))
    if not all(CLOCK.fullmatch(clock) for clock in clocks):
        raise EntryRefused(f"{name}.repeat.timeOfDay is not a time of day.")

    def figure(part: str) -> float | None:
        return number(repeat.get(part), f"{name}.repeat.{part}")

    def count(part: str) -> int | None:
        return whole(repeat.get(part), f"{name}.repeat.{part}")

    return Timing(
        timing_words(element), count("frequency"), count("frequencyMax"), figure("period"),
        figure("periodMax"), _coded(repeat, "periodUnit", name), figure("duration"),
        _coded(repeat, "durationUnit", name), count("count"), clocks,
        _coded_list(repeat, "dayOfWeek", name), _coded_list(repeat, "when", name),
        count("offset"), events, start, end, _bounds(repeat, name),
    )  # fmt: skip


def timing_words(element: Json | None) -> str | None:
    """A Timing in words: its code's, else how often, else when."""
    if not element:
        return None
    repeat = element.get("repeat") or {}
    said = words(element.get("code"))
    if said is None and repeat.get("frequency") and repeat.get("period"):
        said = _how_often(repeat)
    if said is not None:
        return said
    at = [*_texts(repeat.get("dayOfWeek")), *_texts(repeat.get("timeOfDay"))]
    at += _texts(repeat.get("when"))
    return ", ".join(at or _texts(element.get("event"))) or None


def _how_often(repeat: Json) -> str | None:
    """`2 times every 8 hours`: a bare number of times reads as a part of the dose before it."""
    unit = repeat.get("periodUnit")
    if not unit:
        return None
    name, length = UNIT_WORDS.get(unit, unit), repeat["period"]
    most = f" to {repeat['frequencyMax']}" if repeat.get("frequencyMax") else ""
    once = repeat["frequency"] == 1 and not most
    times = "once" if once else f"{repeat['frequency']}{most} times"
    return f"{times} every {name}" if length == 1 else f"{times} every {length} {name}s"


def _texts(values: Element) -> tuple[str, ...]:
    """The strings of a list; a null among them stands for an extension alone."""
    return tuple(found for one in listed(values) if (found := text(one)))


def _coded(holder: Json, part: str, name: str) -> str | None:
    value = holder.get(part)
    if value is None or value in status_values()[f"Timing_{part}"]:
        return value
    raise EntryRefused(f"{name}.repeat.{part} has a value that FHIR does not know.")


def _coded_list(holder: Json, part: str, name: str) -> tuple[str, ...]:
    found = _texts(holder.get(part))
    if not status_values()[f"Timing_{part}"].issuperset(found):
        raise EntryRefused(f"{name}.repeat.{part} has a value that FHIR does not know.")
    return found


def _bounds(repeat: Json, name: str) -> str | None:
    """For how long, where it is told as a duration or a range of durations."""
    lasting, between = repeat.get("boundsDuration"), repeat.get("boundsRange")
    if lasting:
        number(lasting.get("value"), f"{name}.repeat.boundsDuration.value")
        unit = text(lasting.get("unit") or lasting.get("code"))
        return " ".join(part for part in (as_written(lasting.get("value")), unit) if part) or None
    if between:
        range_ends(between, f"{name}.repeat.boundsRange")
        sides = [between.get(side) or {} for side in ("low", "high")]
        ends = [part for side in sides if (part := as_written(side.get("value")))]
        unit = next((text(side.get("unit") or side.get("code")) for side in sides if side), None)
        return " ".join(part for part in (" to ".join(ends), unit) if part) or None
    return None
