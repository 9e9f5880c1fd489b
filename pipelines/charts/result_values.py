"""The value[x] of an Observation or component: its kind, number, words, unit and where it stands.

A value stays what the record says it is: a number, a text (`<0.5`), a ratio (`1:80`), a coded
answer, a date, a picture's title, or a stated absence, also where an extension alone states it.
Nothing is rounded or converted. A number that is not finite or beyond all measure, a comparator
or a time that FHIR does not know refuse the entry by the element's name. Each reading looks at
its own element alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipelines.charts.instants import stamp
from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_parts import (
    as_written,
    comparator_of,
    number,
    period,
    text,
    words,
)

CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?", re.ASCII)
ABSENT_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Value(NamedTuple):
    """One value[x]: its kind, number, comparator, text, unit with code and system, path, quote."""

    kind: str | None
    number: float | None = None
    comparator: str | None = None
    text: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    path: str | None = None
    quote: str | None = None
    unit_system: str | None = None


Parts = tuple[str | None, float | None, str | None, str | None, str | None, str | None]
NO_VALUE = Value(None)
REMEMBERED = 50_000
_written: dict[float, str] = {}
"""Numbers in words as far as they came: the same ones come again and again."""
NO_QUANTITY: tuple[None, None] = (None, None)


def value_of(element: Json) -> Value:
    """The value[x] of an Observation or component; NO_VALUE where there is none."""
    quantity = element.get("valueQuantity")
    if quantity is not None:
        found = _quantity(quantity)
        return found if found.kind is not None else _absent(element)
    for name, read in READERS.items():
        if name in element and element[name] is not None:
            return read(element[name])
    return _absent(element)


def _quantity(quantity: Json) -> Value:
    head, system = quantity_parts(quantity)
    return NO_VALUE if head is None else Value(*head, "valueQuantity", head[3], system)


def quantity_parts(quantity: Json) -> tuple[Parts | None, str | None]:
    """Kind, number, comparator, words, unit and unit code of a Quantity, and its unit's system.

    None where it states no number. Nine of ten values are quantities: hence plain tuples.
    """
    get = quantity.get
    value = get("value")
    if value is None:
        return NO_QUANTITY
    written = _written.get(value) if type(value) is float else None
    if written is None:
        number(value, "valueQuantity.value")
        written = str(value)
        if type(value) is float and value and len(_written) < REMEMBERED:  # 0.0 equals -0.0
            _written[value] = written
    comparator, unit, code, system = get("comparator"), get("unit"), get("code"), get("system")
    if comparator is not None:
        comparator_of(quantity, "valueQuantity")
    if type(unit) is not str or type(code) is not str or type(system) is not str:
        unit, code, system = text(unit) or text(code), text(code), text(system)
    return ("quantity", float(value), comparator, written, unit or code, code), system


def _absent(element: Json) -> Value:
    """Why there is no value, where the record says so."""
    reason = element.get("dataAbsentReason")
    if reason:
        said = words(reason)
        return Value("absent", text=said, path="dataAbsentReason", quote=said)
    for name, holder in element.items():
        if type(holder) is dict and "extension" in holder and name.lstrip("_").startswith("value"):
            found = absence(holder)
            if found is not None:
                index, said = found
                path = f"{name}.extension[{index}].valueCode"
                return Value("absent", text=said, path=path, quote=said)
    return NO_VALUE


def absence(holder: Json) -> tuple[int, str] | None:
    """The code of a data-absent-reason extension, and its place among the extensions."""
    for index, extension in enumerate(holder.get("extension") or ()):
        if type(extension) is dict and extension.get("url") == ABSENT_URL:
            code = text(extension.get("valueCode"))
            if code:
                return index, code
    return None


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
    figure, written = number(value, "valueInteger"), as_written(value)
    return Value("integer", figure, text=written, path="valueInteger", quote=written)


def _datetime(written: Element) -> Value:
    stamp(written, "valueDateTime")
    return Value("datetime", text=written, path="valueDateTime", quote=written)


def _time(written: Element) -> Value:
    if not isinstance(written, str) or not CLOCK.fullmatch(written):
        raise EntryRefused("valueTime is not a time of day.")
    return Value("datetime", text=written, path="valueTime", quote=written)


def _period(element: Json) -> Value:
    start, end = (moment[1] for moment in period(element, "valuePeriod"))
    said = " to ".join(part for part in (start, end) if part)
    return Value("datetime", text=said or None, path="valuePeriod", quote=start or end)


def ratio_words(ratio: Json, name: str) -> str | None:
    """A Ratio as `1:80`, with its comparators; its numbers are checked."""
    sides = []
    for part in ("numerator", "denominator"):
        side = ratio.get(part) or {}
        number(side.get("value"), f"{name}.{part}.value")
        said = as_written(side.get("value"))
        if said is not None:
            sides.append(f"{comparator_of(side, f'{name}.{part}') or ''}{said}")
    return ":".join(sides) or None


def _ratio(ratio: Json) -> Value:
    top, bottom = ratio.get("numerator") or {}, ratio.get("denominator") or {}
    said = ratio_words(ratio, "valueRatio")
    above, below = as_written(top.get("value")), as_written(bottom.get("value"))
    return Value(
        "ratio", text=said, unit=text(top.get("unit")), path="valueRatio",
        quote=below if above is None else above,
    )  # fmt: skip


def range_ends(element: Json, name: str) -> tuple[float | None, float | None]:
    """The two numbers of a Range."""
    low, high = element.get("low"), element.get("high")
    return (
        number(low.get("value"), f"{name}.low.value") if low else None,
        number(high.get("value"), f"{name}.high.value") if high else None,
    )


def _value_range(element: Json) -> Value:
    range_ends(element, "valueRange")
    low, high = ((element.get(side) or {}) for side in ("low", "high"))
    ends = [as_written(side.get("value")) for side in (low, high)]
    said = " to ".join(written for written in ends if written is not None)
    return Value(
        "range", text=said or None, unit=text(low.get("unit") or high.get("unit")),
        path="valueRange", quote=ends[1] if ends[0] is None else ends[0],
    )  # fmt: skip


def _sampled(element: Json) -> Value:
    return Value(
        "string", text="sampled data", path="valueSampledData", quote=text(element.get("data"))
    )


def _named(kind: str, name: str, *leaves: str) -> Callable[[Json], Value]:
    """A reader of what can only be named here: an attachment, or what a reference points to."""

    def read(element: Json) -> Value:
        for leaf in leaves:
            said = text(element.get(leaf))
            if said:
                return Value(kind, text=said, path=f"{name}.{leaf}", quote=said)
        return NO_VALUE

    return read


READERS: dict[str, Callable[[Element], Value]] = {
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
    "valueAttachment": _named("attachment", "valueAttachment", "title", "url", "contentType"),
    "valueReference": _named("reference", "valueReference", "display", "reference"),
}
