"""Observation as rows: row 0 its own value, rows 1, 2, … its components.

A value stays what the record says it is: a number, a text (`<0.5`), a ratio (`1:80`), a coded
answer, a date, or a stated absence. No date and no value is invented: an observation without
them is a row without them. A range is read as two numbers only where it is the one that applies
and its unit is the value's own; otherwise its words are kept as text.
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.charts.codebook import Named
from pipelines.charts.instants import UNDATED, stamp
from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_parts import (
    Place,
    Row,
    as_written,
    choice,
    encounter_of,
    first_code,
    number,
    period,
    status,
    text,
    words,
)

MAIN_CATEGORIES = ("laboratory", "vital-signs")
PLAIN_RANGE = frozenset({"low", "high", "text"})


class Value(NamedTuple):
    """One value[x]: its kind, number, comparator, text, unit, unit code, path and quote."""

    kind: str | None
    number: float | None = None
    comparator: str | None = None
    text: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    path: str | None = None
    quote: str | None = None


NO_VALUE = Value(None)
NO_RANGE: tuple[None, None, None] = (None, None, None)


def build(resource: Json, place: Place) -> None:
    """Append the rows of one Observation."""
    code = place.codes.named(resource.get("code"))
    categories = resource.get("category")
    issued = resource.get("issued")
    common = (
        category(categories) if categories else None,
        status(resource, "Observation"),
        *_effective(resource),
        *(stamp(issued, "issued") if issued is not None else UNDATED),
        encounter_of(resource, place.known),
    )
    own = _row(resource, place, (0, "", code), common)
    if "component" not in resource:
        place.rows["observation"].append(own)
    else:
        rows = [own]
        for index, component in enumerate(resource["component"] or ()):
            named = place.codes.named(component.get("code"))
            rows.append(_row(component, place, (index + 1, f"component[{index}].", named), common))
        place.rows["observation"] += rows


def _effective(resource: Json) -> tuple[int | None, str | None]:
    written = resource.get("effectiveDateTime")
    if written is not None:
        return stamp(written, "effectiveDateTime")
    return choice(resource, "effective")[0]


def category(categories: Element) -> str | None:
    """`laboratory` or `vital-signs` where any category says so, else the first one."""
    if len(categories) == 1:
        return first_code(categories[0]) or words(categories[0])
    codes = [first_code(item) or words(item) for item in categories]
    return next((code for code in codes if code in MAIN_CATEGORIES), next(iter(codes), None))


def _row(element: Json, place: Place, part: tuple[int, str, Named], common: Row) -> Row:
    """One row of an Observation or of one of its components."""
    index, prefix, (key, display, leaf) = part
    get = element.get
    kind, figure, comparator, written, unit, unit_code, path, quote = value_of(element)
    ranges, marks = get("referenceRange"), get("interpretation")
    if path is None:
        path, quote = (f"code.{leaf}" if leaf else "code"), display
    return (
        place.key, place.patient, index, key, display, *common,
        kind, figure, comparator, written, unit, unit_code,
        _interpretation(marks) if marks else None,
        *(_range(ranges, unit) if ranges else NO_RANGE),
        prefix + path, quote,
    )  # fmt: skip


def value_of(element: Json) -> Value:
    """The value[x] of an Observation or component; NO_VALUE where there is none."""
    quantity = element.get("valueQuantity")
    if quantity is not None:
        return _quantity(quantity)
    for name, read in READERS.items():
        if element.get(name) is not None:
            return read(element[name])
    absent = element.get("dataAbsentReason")
    if absent:
        said = words(absent)
        return Value("absent", text=said, path="dataAbsentReason", quote=said)
    return NO_VALUE


def _quantity(quantity: Json) -> Value:
    get = quantity.get
    value = get("value")
    if value is None:
        return NO_VALUE
    if type(value) is not float:
        number(value, "valueQuantity.value")
    code, written = get("code"), str(value)
    unit = get("unit") or code
    if type(unit) is not str:
        unit = text(unit)
    # Nine of ten values are quantities: made as a plain tuple, which is three times as fast.
    return tuple.__new__(Value, (
        "quantity", float(value), get("comparator"), written, unit or None, code,
        "valueQuantity", written,
    ))  # fmt: skip


def _codeable(concept: Json) -> Value:
    said = words(concept)
    return Value("codeable", text=said, path="valueCodeableConcept", quote=said)


def _string(written: Element) -> Value:
    return Value("string", text=text(written), path="valueString", quote=text(written))


def _boolean(value: Element) -> Value:
    if not isinstance(value, bool):
        raise EntryRefused("valueBoolean is not true or false.")
    return Value("boolean", text=as_written(value), path="valueBoolean", quote=as_written(value))


def _integer(value: Element) -> Value:
    written = as_written(value)
    return Value(
        "integer", number(value, "valueInteger"), text=written, path="valueInteger", quote=written
    )


def _datetime(written: Element) -> Value:
    stamp(written, "valueDateTime")
    return Value("datetime", text=written, path="valueDateTime", quote=written)


def _time(written: Element) -> Value:
    return Value("datetime", text=text(written), path="valueTime", quote=text(written))


def _period(element: Json) -> Value:
    start, end = (moment[1] for moment in period(element, "valuePeriod"))
    said = " to ".join(part for part in (start, end) if part)
    return Value("datetime", text=said or None, path="valuePeriod", quote=start or end)


def _ratio(ratio: Json) -> Value:
    top, bottom = ratio.get("numerator") or {}, ratio.get("denominator") or {}
    number(top.get("value"), "valueRatio.numerator.value")
    number(bottom.get("value"), "valueRatio.denominator.value")
    above, below = as_written(top.get("value")), as_written(bottom.get("value"))
    said = ":".join(
        f"{side.get('comparator') or ''}{written}"
        for side, written in ((top, above), (bottom, below))
        if written is not None
    )
    return Value(
        "ratio", text=said or None, unit=text(top.get("unit")), path="valueRatio",
        quote=below if above is None else above,
    )  # fmt: skip


def _value_range(element: Json) -> Value:
    low, high = ((element.get(side) or {}) for side in ("low", "high"))
    ends = [as_written(side.get("value")) for side in (low, high)]
    said = " to ".join(written for written in ends if written is not None)
    return Value(
        "range", text=said or None, unit=text(low.get("unit") or high.get("unit")),
        path="valueRange", quote=ends[1] if ends[0] is None else ends[0],
    )  # fmt: skip


def _sampled(element: Json) -> Value:
    return Value("string", text="sampled data", path="valueSampledData", quote=element.get("data"))


READERS = {
    "valueCodeableConcept": _codeable,
    "valueString": _string,
    "valueBoolean": _boolean,
    "valueInteger": _integer,
    "valueDateTime": _datetime,
    "valueTime": _time,
    "valuePeriod": _period,
    "valueRatio": _ratio,
    "valueRange": _value_range,
    "valueSampledData": _sampled,
}


def _interpretation(marks: Element) -> str | None:
    return next((found for mark in marks if (found := first_code(mark) or words(mark))), None)


def _range(ranges: list[Json], unit: str | None) -> tuple[float | None, float | None, str | None]:
    """Low, high and words of the range that applies."""
    if len(ranges) == 1 and ranges[0].keys() <= PLAIN_RANGE:  # nine of ten
        return _plain_range(ranges[0], unit)
    normal = [item for item in ranges if first_code(item.get("type")) in (None, "normal")]
    said = "; ".join(found for item in ranges if (found := _range_words(item))) or None
    if len(normal) != 1 or normal[0].get("appliesTo"):
        return None, None, said
    low, high = ((normal[0].get(side) or {}) for side in ("low", "high"))
    for side in (low, high):
        if unit and side.get("unit") and side["unit"] != unit:
            return None, None, said
    own = text(normal[0].get("text"))
    return (
        number(low.get("value"), "referenceRange.low.value"),
        number(high.get("value"), "referenceRange.high.value"),
        own or (said if len(ranges) > 1 else None),
    )


def _plain_range(
    item: Json, unit: str | None
) -> tuple[float | None, float | None, str | None]:
    """Low and high of a single range, in the value's own unit, that is said to nobody alone."""
    low, high = item.get("low"), item.get("high")
    for side in (low, high):
        if side and unit and side.get("unit", unit) != unit:
            return None, None, _range_words(item)
    return (
        number(low.get("value"), "referenceRange.low.value") if low else None,
        number(high.get("value"), "referenceRange.high.value") if high else None,
        text(item.get("text")),
    )


def _range_words(item: Json) -> str | None:
    low, high = ((item.get(side) or {}) for side in ("low", "high"))
    ends = [as_written(side.get("value")) for side in (low, high)]
    unit = low.get("unit") or high.get("unit")
    said = text(item.get("text"))
    if said is None and any(ends):
        said = " to ".join(part or "…" for part in ends) + (f" {unit}" if unit else "")
    whom = ", ".join(found for one in item.get("appliesTo") or () if (found := words(one)))
    return f"{whom}: {said}" if said and whom else said
