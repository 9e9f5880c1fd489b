"""The first line of a briefing: age, sex, day of the stay, why here, where.

Age is at the chart's as-of. The day of the stay is counted as wards count it: the day of admission
is day 1. What a record does not say is left out, never filled in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.briefing.window import Window
from pipelines.charts.stays import moves
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Fact
from pipelines.records.moments import Moment
from pipelines.records.patients import Banner

URGENCY = 1


def who(chart: Chart, banner: Banner, stay: Encounter | None, window: Window) -> Line | None:
    """The line, or None where neither age nor sex nor a stay is recorded."""
    person = _person(banner)
    fact = _cited(banner)
    if stay is None or stay.start is None:
        return Line(person, (fact,), urgency=URGENCY) if person else None
    clauses = [_stay(stay, stay.start, window)]
    place = _place(chart, stay, window)
    if place is not None:
        clauses.append(place)
    if not person:
        return Line(clauses[0].text, clauses[0].facts, urgency=URGENCY, clauses=tuple(clauses[1:]))
    return Line(person, (fact,), urgency=URGENCY, clauses=tuple(clauses), joint=", ")


def _cited(banner: Banner) -> Fact:
    """The Patient at the element that the words rest on: the birth date, else the sex."""
    patient = banner.patient
    if banner.age_years is not None and patient.birth_date:
        return replace(patient.fact, path="birthDate", quote=patient.birth_date)
    if patient.sex:
        return replace(patient.fact, path="gender", quote=patient.sex)
    return patient.fact


def _person(banner: Banner) -> str:
    age = f"{banner.age_years}-year-old" if banner.age_years is not None else ""
    return " ".join(filter(None, (age, banner.patient.sex or "")))


def _stay(stay: Encounter, begun: Moment, window: Window) -> Line:
    day = _day(begun, window.end)
    why = [wording.plain(text) for text in (stay.admission_type, stay.reason) if text]
    details = f" ({', '.join(why)})" if why else ""
    place = "intensive care" if stay.is_icu else "hospital"
    if stay.end is not None and window.knows(stay.end):
        span = f"{wording.clock(begun)} → {wording.clock_after(stay.end, begun)}"
        return Line(f"{place} stay {span}{details}", (stay.fact,))
    return Line(f"{day}in {place} since {wording.clock(begun)}{details}", (stay.fact,))


def _place(chart: Chart, stay: Encounter, window: Window) -> Line | None:
    """Where the patient lies at the window's end, with since when."""
    mine = [
        move for move in moves(chart)
        if move.fact.encounter == stay.fact.resource and move.start
        and move.location and move.location != move.location_reference
        and window.knows(move.start) and not (move.end and window.knows(move.end))
    ]  # fmt: skip
    if not mine:
        return None
    last = mine[-1]
    text = f"{wording.plain(last.location or '')} since {wording.clock(last.start)}"
    return Line(text, (last.fact,))


def _day(begun: Moment, end: Moment) -> str:
    if len(begun.day) < 10 or len(end.day) < 10:
        return ""
    days = (date.fromisoformat(end.day) - date.fromisoformat(begun.day)).days + 1
    return f"day {days} " if days >= 1 else ""
