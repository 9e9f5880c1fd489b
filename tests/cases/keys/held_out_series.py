"""Answers about one series of results or doses, for the held-out key.

In go the points of one reading of one stay, out comes the answer with its evidence, or nothing
where the record leaves more than one. Limits lie between two values that were measured, so that
"over" and "at least" agree; doses are counted and summed only where each was given by itself and
all are in one unit.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from held_out_chart import NTH, Chart, Found, Json, Point, readings, written

SUMS: dict[str, Callable[[list[float]], float]] = {
    "max": max,
    "min": min,
    "count": len,
    "mean": lambda values: sum(values) / len(values),
}


def over_scope(
    more: Json, thing: Json, scope: str, chart: Chart, rng: random.Random
) -> Found | None:
    """The answer where every way to read the scope gives the same one."""
    seed, found = rng.random(), []
    for points in readings(chart, series_of(chart, thing), scope):
        pick = pick_drug if "drug" in thing else pick_measure
        found.append(pick(more, points, random.Random(seed), chart))
    return found[0] if found and all(one == found[0] for one in found) else None


def series_of(chart: Chart, thing: Json) -> list[Point]:
    """The points of a thing; none beside a look-alike, a wordless value or a double minute."""
    if any(other in chart.results or other in chart.drugs for other in thing.get("clear_of", [])):
        return []
    if "drug" in thing:
        return chart.drugs.get(thing["drug"], [])
    points = chart.results.get(thing["result"]) or []
    return points if len({p.at for p in points}) == len(points) else []


def pick_measure(more: Json, points: list[Point], rng: random.Random, chart: Chart) -> Found | None:
    """The answer of a shape that is about one series, taken over one reading of its scope."""
    if len(points) < more.get("least", 2):
        return None
    return (
        pick_one(more, points)
        or pick_pair(more, points)
        or pick_sum(more, points)
        or pick_threshold(more, points, rng)
        or pick_periods(more, points)
        or pick_day(more, points, rng, chart)
    )


def cited(value: object, points: list[Point]) -> Found:
    return Found([[value]], [p.ref for p in points], {}, {})


def pick_one(more: Json, points: list[Point]) -> Found | None:
    """One measurement's value or time: the n-th, or the first or last of the highest or lowest."""
    if more["shape"] not in ("value", "when", "when_extreme"):
        return None
    held = points
    if more["shape"] == "when_extreme":
        top = (max if more["side"] == "over" else min)(p.value for p in points)
        held = [p for p in points if p.value == top]
    one = held[NTH[more["which"]]]
    return cited(one.value if more["shape"] == "value" else written(one.at), [one])


def pick_pair(more: Json, points: list[Point]) -> Found | None:
    """Two measurements against each other; none where a comparison's two are equal."""
    if more["shape"] not in ("difference", "compare"):
        return None
    a, b = points[NTH[more["a"]]], points[NTH[more["b"]]]
    if more["shape"] == "difference":
        return cited(a.value - b.value, [a, b])
    right = a.value > b.value if more["side"] == "over" else a.value < b.value
    return cited(int(right), [a, b]) if a.value != b.value else None


def pick_sum(more: Json, points: list[Point]) -> Found | None:
    """One number, or two, of all the measurements."""
    values = [p.value for p in points]
    if more["shape"] == "range":
        return Found([[min(values), max(values)]], [p.ref for p in points], {}, {})
    sums = {"extreme": {"over": "max", "under": "min"}.get(more.get("side", ""), "")}
    name = {**sums, "mean": "mean", "count": "count"}.get(more["shape"])
    return cited(SUMS[name](values), points) if name else None


def limit_for(more: Json, values: list[float], rng: random.Random) -> float | None:
    """A limit between two measured values, or beyond all of them for a question that is a no."""
    over, at = more["side"] == "over", rng.randrange(1, max(2, len(values) // 3))
    low, high = (values[-at - 1], values[-at]) if over else (values[at - 1], values[at])
    if more.get("never"):
        beyond = (values[-1], values[-1] * 1.1 + 1), (values[0] * 0.9 - 0.2, values[0])
        low, high = beyond[0] if over else beyond[1]
    tries = (round((low + high) / 2, digits) for digits in (0, 1, 2))
    return next((x for x in tries if low < x < high), None)


def pick_threshold(more: Json, points: list[Point], rng: random.Random) -> Found | None:
    """The answer of a shape with a limit; the citing of what lay inside it is left open."""
    values = sorted({p.value for p in points})
    if more["shape"] not in ("ever", "when_past", "count_past", "days_past") or len(values) < 6:
        return None
    limit = limit_for(more, values, rng)
    if limit is None:
        return None
    over, words = more["side"] == "over", {"x": f"{limit:g}"}
    past = [p for p in points if (p.value > limit if over else p.value < limit)]
    if more["shape"] == "when_past":
        one = past[NTH[more["which"]]]
        return Found([[written(one.at)]], [one.ref], words, {})
    if more["shape"] == "days_past":
        days = sorted({p.at.date().isoformat() for p in past})
        return Found([[day] for day in days], [], words, {}) if len(days) <= 6 else None
    return Found([[int(bool(past)) if more["shape"] == "ever" else len(past)]], [], words, {})


def pick_periods(more: Json, points: list[Point]) -> Found | None:
    """A row for each day, month or year that has measurements, in order."""
    if more["shape"] != "per":
        return None
    groups: dict[str, list[float]] = {}
    for p in points:
        cut = {"day": 10, "month": 7, "year": 4}[more["period"]]
        groups.setdefault(p.at.isoformat()[:cut], []).append(p.value)
    rows = [[SUMS[more["by"]](group)] for _, group in sorted(groups.items())]
    return Found(rows, [p.ref for p in points], {}, {}) if 2 <= len(rows) <= 8 else None


def pick_day(more: Json, points: list[Point], rng: random.Random, chart: Chart) -> Found | None:
    """One day's value: a day by date, or the chart's last day, or the one before that."""
    day = day_for(more, points, rng, chart)
    held = [p for p in points if p.at.date() == day]
    if more["shape"] != "on_day" or day is None or not held:
        return None
    used = [held[NTH[more["by"]]]] if more["by"] in NTH else held
    value = used[0].value if more["by"] in NTH else SUMS[more["by"]]([p.value for p in held])
    us, long = f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}"
    words = {"d": day.isoformat(), "us": us, "long": long}
    return Found([[value]], [p.ref for p in used], words, {})


def day_for(more: Json, points: list[Point], rng: random.Random, chart: Chart) -> date | None:
    """The day a question means; no "today" where charting, discharge and death disagree on it."""
    back = {"today": 0, "yesterday": 1}.get(more.get("day", ""))
    if back is None:
        return rng.choice(points).at.date()
    left = max(stay.end for stay in chart.stays + chart.icu).date()
    died = chart.patient.get("deceasedDateTime", "")[:10]
    plain = left == chart.last_day and died <= chart.last_day.isoformat()
    return chart.last_day - timedelta(back) if plain else None


def pick_drug(more: Json, points: list[Point], rng: random.Random, chart: Chart) -> Found | None:
    """The answer of a shape about one drug's doses."""
    del rng, chart
    if not points or (more["shape"] != "given" and len(points) < 2):
        return None
    single = all("intermittent" in p.kind for p in points)
    single = single and len({p.at for p in points}) == len(points)
    one = points[NTH[more.get("which", "last")]]
    if more["shape"] == "given":
        return cited(1, points)
    if more["shape"] == "given_when":
        begun = single or (more["which"] == "first" and "[Started]" in points[0].kind)
        return cited(written(one.at), [one]) if begun else None
    if more["shape"] == "dose_count":
        return cited(len(points), points) if single else None
    return pick_amount(more, points, one, single)


def pick_amount(more: Json, points: list[Point], one: Point, single: bool) -> Found | None:
    """One dose, all doses summed, or the highest rate, where every dose has the same real unit."""
    units = {p.unit for p in points}
    flow = all("continuous" in p.kind for p in points)
    if (
        len(units) > 1
        or units & {"", "dose"}
        or not (flow if more["shape"] == "dose_max" else single)
    ):
        return None
    values = [p.value for p in points]
    amount = {"dose_value": one.value, "dose_total": sum(values), "dose_max": max(values)}
    used = [one.ref] if more["shape"] == "dose_value" else [p.ref for p in points]
    return Found([[amount[more["shape"]]]], used, {"unit": units.pop()}, {})
