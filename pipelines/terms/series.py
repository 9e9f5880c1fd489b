"""Arithmetic over values in time order: how fast they change, how long they keep to a bound.

Plain numbers in, plain numbers out; which results go in and what is said of them is decided by
others. Between two results a value is taken to move in a straight line (Rosendaal 1993); over a
gap longer than `series.toml` allows nothing is known, and it is left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

TABLE = Path(__file__).with_name("series.toml")
SECONDS_A_DAY = 86_400.0
LEAST_FOR_SLOPE = 3

Point = tuple[datetime, float]


def longest_gap_days(concept: str | None, kind: str) -> float:
    """The longest gap, in days, that the time between two results is told of."""
    table = _table()
    return table.get(concept or "", table.get(kind, table["otherwise"]))


def slope_a_day(points: Sequence[Point]) -> float | None:
    """The slope of the least-squares line, a day; None for under three points or one moment."""
    if len(points) < LEAST_FOR_SLOPE:
        return None
    start = points[0][0]
    days = [(at - start).total_seconds() / SECONDS_A_DAY for at, _ in points]
    mean_day, mean_value = sum(days) / len(days), sum(v for _, v in points) / len(points)
    spread = sum((day - mean_day) ** 2 for day in days)
    if spread == 0:
        return None
    joint = sum(
        (day - mean_day) * (v - mean_value) for day, (_, v) in zip(days, points, strict=True)
    )
    return joint / spread


def time_within(
    points: Sequence[Point], low: float, high: float, gap_days: float
) -> tuple[float, float]:
    """Days within `low` to `high`, and all days that count, of values in time order."""
    within = counted = 0.0
    for (began, first), (ended, last) in pairwise(points):
        days = (ended - began).total_seconds() / SECONDS_A_DAY
        if 0 < days <= gap_days:
            within += days * _part_within(first, last, low, high)
            counted += days
    return within, counted


def _part_within(first: float, last: float, low: float, high: float) -> float:
    """The part of a straight line from `first` to `last` that lies within the bounds."""
    bottom, top = min(first, last), max(first, last)
    if bottom == top:
        return 1.0 if low <= bottom <= high else 0.0
    return max(0.0, min(top, high) - max(bottom, low)) / (top - bottom)


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    found: dict[str, float] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["longest_gap_days"]
    return found
