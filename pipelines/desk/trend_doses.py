"""Given doses as a series of numbers: what was given, when, in the record's own unit.

Only administrations count, never an order or a dispense, and never a dose that was not given.
Where the record states a rate it is the rate that is drawn; two units of one drug are two series.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from pipelines.records.facts import Fact, Medication
from pipelines.records.trends import Axis, DoseKind

KIND = "dose"
NOT_GIVEN = frozenset({"not-done", "entered-in-error"})
TIMES = frozenset({"h", "hr", "hour", "min", "minute", "d", "day"})


def dose_kinds(entries: Sequence[Medication]) -> tuple[DoseKind, ...]:
    """Every drug and unit with given amounts in numbers, the most given first."""
    found = Counter(
        (fact.code_key or "", fact.display, fact.unit or "")
        for fact in map(_dose, entries)
        if fact is not None
    )
    return tuple(
        DoseKind(key, display, unit, count)
        for (key, display, unit), count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    )


def dose_facts(entries: Sequence[Medication], keys: Collection[str]) -> tuple[Fact, ...]:
    """The given doses of the chosen series in time order; each cites its own administration."""
    if not keys:
        return ()
    made = (_dose(entry) for entry in entries)
    chosen = [fact for fact in made if fact is not None and fact.code_key in keys]
    return tuple(sorted(chosen, key=lambda fact: (fact.when is not None, fact.when)))


def dose_axes(doses: Sequence[Fact]) -> tuple[Axis, ...]:
    """Amounts stand one by one, a rate holds; both are read from zero."""
    series = {fact.code_key or "": fact for fact in doses}
    return tuple(
        Axis(key, low=0.0, form="steps" if _is_rate(fact.unit) else "points")
        for key, fact in series.items()
    )


def _dose(entry: Medication) -> Fact | None:
    if entry.form != "administration" or entry.status in NOT_GIVEN or entry.start is None:
        return None
    first = entry.dosages[0] if entry.dosages else None
    value, unit = entry.dose_value, entry.dose_unit
    path, quote = entry.fact.path, entry.fact.quote
    if first is not None and first.rate_value is not None:
        value, unit = first.rate_value, first.rate_unit
    if value is None:
        return None
    if first is not None and first.path and first.quote:
        path, quote = first.path, first.quote
    return replace(
        entry.fact,
        kind=KIND,
        code_key=f"{KIND}|{unit or ''}|{entry.name}",
        value=value,
        value_text=f"{value:g}",
        unit=unit,
        path=path,
        quote=quote,
        when=entry.start,
    )


def _is_rate(unit: str | None) -> bool:
    return any(part.strip() in TIMES for part in (unit or "").lower().split("/")[1:])
