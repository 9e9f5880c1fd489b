"""The entries of a chart's drugs that are for home: by category, or by where they were written.

A statement is what the patient takes. A request is for home where its category says so, or where
it has none and was begun in no hospital stay. What is said is the newest that is running or on
hold of each drug, else the newest: what was ordered before may be told by it no more.
"""

from __future__ import annotations

from pipelines.charts.encounters import encounters
from pipelines.charts.medications import medications
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Medication

HOME = frozenset({"community", "outpatient"})
KEPT = ("active", "on-hold")


def at_home(chart: Chart) -> tuple[Medication, ...]:
    """Every request and statement for home, in the order of their beginnings."""
    stays = [e for e in encounters(chart) if e.is_hospital and e.start is not None]
    return tuple(
        m
        for m in medications(chart)
        if m.form == "statement" or (m.form == "request" and _is_for_home(m, stays))
    )


def home_entry(chart: Chart, names: tuple[str, ...]) -> Medication | None:
    """The entry that tells the home dose of a drug: the newest that is running or on hold."""
    own = [m for m in at_home(chart) if m.name in names]
    kept = [m for m in own if m.status in KEPT]
    return (kept or own)[-1] if own else None


def _is_for_home(entry: Medication, stays: list[Encounter]) -> bool:
    said = {c.lower() for c in entry.detail.categories} if entry.detail is not None else set()
    if said:
        return bool(said & HOME)
    if entry.start is None:
        return True
    at = entry.start.instant
    return not any(
        s.start is not None and s.start.instant <= at and (s.end is None or at <= s.end.instant)
        for s in stays
    )
