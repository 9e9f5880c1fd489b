"""The reference ranges of a result: the one that applies, and every one that says more.

A range is read as two numbers only where it is the one that applies and its unit is the value's
own; otherwise its words are kept as text. Ranges of another kind (critical, therapeutic), of
other people, of an age, in another unit, or several of them, are all kept as the record has
them; which of those fits this patient is not decided here.
"""

from __future__ import annotations

from pipelines.charts.references import Json
from pipelines.charts.result_values import range_ends
from pipelines.charts.row_parts import (
    Place,
    Row,
    as_written,
    first_code,
    text,
    words,
)

Range = tuple[float | None, float | None, str | None]
NO_RANGE: Range = (None, None, None)
PLAIN_RANGE = frozenset({"low", "high", "text"})


def applying(ranges: list[Json], unit: str | None) -> Range:
    """Low, high and words of the range that applies."""
    if len(ranges) == 1 and ranges[0].keys() <= PLAIN_RANGE:  # nine of ten
        return _plain_range(ranges[0], unit)
    said = "; ".join(found for item in ranges if (found := range_words(item))) or None
    item = _chosen(ranges)
    if item is None or not _is_used(item, unit):
        return None, None, said
    low, high = range_ends(item, "referenceRange")
    return low, high, text(item.get("text")) or (said if len(ranges) > 1 else None)


def says_more(ranges: list[Json], unit: str | None) -> bool:
    """Whether the row of the result cannot carry all that its ranges say."""
    return len(ranges) != 1 or not ranges[0].keys() <= PLAIN_RANGE or not _is_used(ranges[0], unit)


def range_rows(ranges: list[Json], place: Place, at: tuple[int, str, str | None]) -> list[Row]:
    """A row for each range; `at` is the part, the path before the element, the value's unit."""
    part, prefix, unit = at
    chosen = _chosen(ranges)
    rows = []
    for index, item in enumerate(ranges):
        low, high = range_ends(item, "referenceRange")
        ages = item.get("age") or {}
        youngest, oldest = range_ends(ages, "referenceRange.age")
        kind = item.get("type")
        path, quote = _cited(item, f"{prefix}referenceRange[{index}]")
        rows.append((
            place.key, place.patient, part, index + 1, low, high, _unit(item),
            place.codes.named(kind).key, words(kind),
            [said for one in item.get("appliesTo") or () if (said := words(one))],
            youngest, oldest, _unit(ages), text(item.get("text")),
            item is chosen and _is_used(item, unit), path, quote,
        ))  # fmt: skip
    return rows


def range_words(item: Json) -> str | None:
    """A range in words: whom it is for, its own text, else its two ends."""
    low, high = ((item.get(side) or {}) for side in ("low", "high"))
    ends = [as_written(side.get("value")) for side in (low, high)]
    unit = low.get("unit") or high.get("unit")
    said = text(item.get("text"))
    if said is None and any(ends):
        said = " to ".join(part or "…" for part in ends) + (f" {unit}" if unit else "")
    whom = ", ".join(found for one in item.get("appliesTo") or () if (found := words(one)))
    return f"{whom}: {said}" if said and whom else said


def _plain_range(item: Json, unit: str | None) -> Range:
    """Low and high of a single range that is said to nobody alone."""
    if not _is_used(item, unit):
        return None, None, range_words(item)
    low, high = range_ends(item, "referenceRange")
    return low, high, text(item.get("text"))


def _chosen(ranges: list[Json]) -> Json | None:
    """The only range of normal values that is meant for everybody."""
    normal = [item for item in ranges if first_code(item.get("type")) in (None, "normal")]
    return normal[0] if len(normal) == 1 and not normal[0].get("appliesTo") else None


def _is_used(item: Json, unit: str | None) -> bool:
    """Whether its ends can be held against the value: in its unit, and the right way round."""
    low, high = item.get("low"), item.get("high")
    for side in (low, high):
        if side and unit and side.get("unit", unit) != unit:
            return False
    least, most = range_ends(item, "referenceRange")
    return least is None or most is None or least <= most


def _unit(holder: Json) -> str | None:
    sides = (holder.get("low") or {}, holder.get("high") or {})
    return next((text(side.get("unit") or side.get("code")) for side in sides if side), None)


def _cited(item: Json, path: str) -> tuple[str, str | None]:
    for side in ("low", "high"):
        written = as_written((item.get(side) or {}).get("value"))
        if written is not None:
            return f"{path}.{side}.value", written
    said = text(item.get("text"))
    return (f"{path}.text", said) if said else (path, None)
