"""What is true of a raw chart, a function a kind of question; plain Python and no pipeline.

In: the rows a question is about (`icu_raw`), already cut to its scope, and what the template asks
of them. Out: the rows of the answer and the evidence by the contract's rules, or None where the
chart leaves two fair answers (a tie at the place asked for, a result without a number) or none.
EHRSQL's conventions hold: a change is later minus earlier, ages are whole years at admission.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from statistics import fmean

from tests.benchmarks.icu_raw import Row

Cell = float | int | str
Found = tuple[list[list[Cell]], list[str]]
TEST: dict[str, Callable[[float, float], bool]] = {
    "over": lambda a, b: a > b,
    "under": lambda a, b: a < b,
}


def stamp(moment: datetime) -> str:
    """A time as the contract writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def agree(readings: Sequence[Found | None]) -> Found | None:
    """One answer that every fair reading gives, or None."""
    first = readings[0]
    if first is None or any(other is None or other[0] != first[0] for other in readings):
        return None
    return first


def ints(extra: str) -> list[int]:
    """The whole numbers of a template's `with`."""
    return [int(word) for word in extra.split() if word.lstrip("-").isdigit()]


def clean(rows: Sequence[Row]) -> bool:
    """Whether every row has a number and no two rows of one time differ."""
    if any(row.value is None for row in rows):
        return False
    times = [row.time for row in rows]
    return len(times) == len(set(times))


def _at(rows: Sequence[Row], place: int) -> Row | None:
    return rows[place] if -len(rows) <= place < len(rows) else None


def pick(rows: Sequence[Row], place: int) -> Found | None:
    """The value at a place in time."""
    found = _at(rows, place)
    return ([[found.value or 0.0]], [found.ref]) if found and clean(rows) else None


def last_n(rows: Sequence[Row], count: int) -> Found | None:
    """The last few values."""
    if not clean(rows) or len(rows) < count:
        return None
    return [[row.value or 0.0] for row in rows[-count:]], [row.ref for row in rows[-count:]]


def when_pick(rows: Sequence[Row], place: int) -> Found | None:
    """The time of the row at a place."""
    found = _at(rows, place)
    return ([[stamp(found.time)]], [found.ref]) if found and clean(rows) else None


def past(rows: Sequence[Row], op: str, limit: float) -> list[Row]:
    """The rows on the asked side of a threshold."""
    return [row for row in rows if row.value is not None and TEST[op](row.value, limit)]


def extreme(rows: Sequence[Row], which: str) -> Found | None:
    """The highest or lowest value; every row went in."""
    values = [row.value for row in rows if row.value is not None]
    if len(values) != len(rows) or not rows:
        return None
    return [[max(values) if which == "max" else min(values)]], [row.ref for row in rows]


def mean(rows: Sequence[Row]) -> Found | None:
    """The average."""
    values = [row.value for row in rows if row.value is not None]
    if len(values) != len(rows) or not rows:
        return None
    return [[fmean(values)]], [row.ref for row in rows]


def both(rows: Sequence[Row], order: str) -> Found | None:
    """The lowest and the highest in one row, or the other way round."""
    parts = [extreme(rows, which) for which in ("min", "max")]
    found = [part[0][0][0] for part in parts if part]
    if len(found) < len(parts) or found[0] == found[1]:
        return None
    return [found[::-1] if order == "reverse" else found], [row.ref for row in rows]


def total(rows: Sequence[Row]) -> Found | None:
    """The sum."""
    average = mean(rows)
    return ([[float(average[0][0][0]) * len(rows)]], average[1]) if average else None


def days(rows: Sequence[Row]) -> Found | None:
    """The days that have such a row, each once."""
    found = sorted({str(row.time.date()) for row in rows})
    return ([[day] for day in found], [row.ref for row in rows]) if 0 < len(found) <= 25 else None


def values(rows: Sequence[Row]) -> Found | None:
    """Every value."""
    if not clean(rows) or not 0 < len(rows) <= 25:
        return None
    return [[row.value or 0.0] for row in rows], [row.ref for row in rows]


def per_unit(rows: Sequence[Row], which: str, unit: str) -> Found | None:
    """The extreme or average of each calendar day, month or year that has one."""
    cut = {"day": 10, "month": 7, "year": 4}[unit]
    groups = [list(g) for _, g in groupby(rows, key=lambda r: stamp(r.time)[:cut])]
    if not groups or len(groups) > 12:
        return None
    parts = [mean(g) if which == "mean" else extreme(g, which) for g in groups]
    found = [part for part in parts if part]
    if len(found) != len(parts):
        return None
    return [part[0][0] for part in found], [ref for part in found for ref in part[1]]


def when_extreme(rows: Sequence[Row], which: str, place: str) -> Found | None:
    """When the highest or lowest was reached; `only` wants it reached once."""
    best = extreme(rows, which)
    if best is None:
        return None
    hits = [row for row in rows if row.value == best[0][0][0]]
    if place == "only" and len({row.time for row in hits}) > 1:
        return None
    hit = hits[0 if place == "only" else int(place)]
    return [[stamp(hit.time)]], [hit.ref]


def count(rows: Sequence[Row]) -> Found | None:
    """How many; a result without a number is a measurement too, so it leaves two answers."""
    if any(row.value is None for row in rows):
        return None
    return [[len(rows)]], [row.ref for row in rows]


def count_days(rows: Sequence[Row]) -> Found | None:
    """On how many days."""
    return [[len({row.time.date() for row in rows})]], [row.ref for row in rows]


def difference(rows: Sequence[Row], later: int, earlier: int) -> Found | None:
    """Later minus earlier."""
    one, other = _at(rows, later), _at(rows, earlier)
    if not one or not other or one is other or not clean(rows):
        return None
    return [[(one.value or 0.0) - (other.value or 0.0)]], [one.ref, other.ref]


def compare(rows: Sequence[Row], later: int, earlier: int, sign: str) -> Found | None:
    """Whether later is above (or below) earlier."""
    found = difference(rows, later, earlier)
    if found is None:
        return None
    change = float(found[0][0][0])
    return [[int(change > 0 if sign == ">" else change < 0)]], found[1]


def elapsed_hours(rows: Sequence[Row]) -> Found | None:
    """Hours from the first row to the last."""
    if len(rows) < 2 or rows[0].time == rows[-1].time:
        return None
    hours = (rows[-1].time - rows[0].time).total_seconds() / 3600
    return [[hours]], [rows[0].ref, rows[-1].ref]


def names(rows: Sequence[Row]) -> Found | None:
    """The distinct names, a row each; evidence is left out, a list cites one record a name."""
    found = sorted({row.text.lower() for row in rows})
    return ([[name] for name in found], []) if found else None
