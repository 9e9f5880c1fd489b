"""Dosage instructions: the words of the record, and every number, time and route in them.

The dose is kept in the record's words; where it has none, they are put together from its own
numbers and units. A medication's row carries what the first instruction says in short; a row of
`dosage` stands for each instruction as soon as one says more than that. No dose is computed.
"""

from __future__ import annotations

from pipelines.charts.references import Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.result_values import range_ends, ratio_words
from pipelines.charts.row_elements import listed, said, whole
from pipelines.charts.row_parts import (
    Place,
    Row,
    as_written,
    comparator_of,
    first_code,
    number,
    text,
    words,
)
from pipelines.charts.timings import timing_of, timing_words

# What the medication's own row carries of an instruction.
IN_SHORT = frozenset({"text", "route", "dose"})
NO_UNIT = "(unit not recorded)"
QUANTITY_ALONE = frozenset({"doseQuantity", "type"})
Amount = tuple[float | None, str | None]


def dose(dosage: Json) -> tuple[str | None, float | None, str | None]:
    """Dose in words, as a number, and its unit."""
    if not dosage:
        return None, None, None
    quantity = _quantity(dosage)
    value, unit = _amount(quantity, "dose")
    return text(dosage.get("text")) or _in_words(dosage, quantity, unit), value, unit


def dosage_rows(dosages: list[Json], place: Place, element: str) -> list[Row]:
    """A row for each instruction, or none where the medication's row says all."""
    if not any(_says_more(one) for one in dosages) and len(dosages) < 2:
        return []
    several = element == "dosageInstruction"
    return [
        _row(one, place, index, f"{element}[{index}]" if several or len(dosages) > 1 else element)
        for index, one in enumerate(dosages)
    ]


def _says_more(dosage: Json) -> bool:
    if dosage.keys() <= IN_SHORT:
        return False
    rates = dosage.get("doseAndRate") or ()
    others = dosage.keys() - IN_SHORT - {"doseAndRate"}
    return bool(others) or len(rates) > 1 or any(one.keys() - QUANTITY_ALONE for one in rates)


def _row(dosage: Json, place: Place, index: int, path: str) -> Row:
    get = dosage.get
    timing = timing_of(get("timing"), f"{path}.timing")
    inner = _dose_and_rate(dosage)
    value, unit = _amount(_quantity(dosage), f"{path}.dose")
    between = inner.get("doseRange") or {}
    low, high = range_ends(between, f"{path}.doseRange")
    unit = unit or _unit_of_range(between)
    wanted = get("asNeededBoolean")
    if wanted is not None and type(wanted) is not bool:
        raise EntryRefused(f"{path}.asNeededBoolean is not true or false.")
    reason = words(get("asNeededCodeableConcept"))
    quote_path, quote = _cited(dosage, path)
    return (
        place.key, place.patient, index + 1, whole(get("sequence"), f"{path}.sequence"),
        text(get("text")) or _in_words(dosage, _quantity(dosage), unit),
        said(get("additionalInstruction")), text(get("patientInstruction")),
        True if reason else wanted, reason, *_of_timing(timing),
        words(get("site")), words(get("route")), words(get("method")),
        value, low, high, unit, *_rate(inner, path), _most(dosage, path), quote_path, quote,
    )  # fmt: skip


def _of_timing(timing: tuple[object, ...]) -> Row:
    """The parts of a Timing as columns: its two moments are two columns each."""
    columns: list[object] = []
    for name, part in zip(timing._fields, timing, strict=True):  # type: ignore[attr-defined]
        if name in ("start", "end"):
            columns += part  # type: ignore[arg-type]
        else:
            columns.append(list(part) if type(part) is tuple else part)
    return tuple(columns)


def _dose_and_rate(dosage: Json) -> Json:
    """The ordered one where several are told (ordered and calculated), with an older form's."""
    rates = listed(dosage.get("doseAndRate"))
    plain = {name: dosage[name] for name in dosage if name.startswith("rate")}
    return plain | (rates[_ordered(rates)] if rates else {})


def _ordered(rates: list[Json]) -> int:
    """Which of several doses is the ordered one, not one calculated from it; else the first."""
    if len(rates) < 2:
        return 0
    return next((i for i, one in enumerate(rates) if first_code(one.get("type")) == "ordered"), 0)


def _quantity(dosage: Json) -> Json:
    """The dose as a Quantity: administrations have it in a place of its own."""
    quantity: Json = dosage.get("dose") or _dose_and_rate(dosage).get("doseQuantity") or {}
    if quantity:
        return quantity
    return dosage.get("rateQuantity") or {}


def _amount(quantity: Json, name: str) -> Amount:
    comparator_of(quantity, name)
    unit = text(quantity.get("unit")) or text(quantity.get("code"))
    return number(quantity.get("value"), f"{name}.value"), unit


def _unit_of_range(between: Json) -> str | None:
    sides = (between.get("low") or {}, between.get("high") or {})
    return next((text(side.get("unit") or side.get("code")) for side in sides if side), None)


def _rate(inner: Json, path: str) -> tuple[str | None, float | None, str | None]:
    """A rate in words, and as a number per unit where it is one."""
    quantity, ratio = inner.get("rateQuantity"), inner.get("rateRatio")
    between = inner.get("rateRange")
    if quantity:
        value, unit = _amount(quantity, f"{path}.rateQuantity")
        return _joined(as_written(quantity.get("value")), unit), value, unit
    if ratio:
        ratio_words(ratio, f"{path}.rateRatio")
        top, bottom = ratio.get("numerator") or {}, ratio.get("denominator") or {}
        value, unit = _amount(top, f"{path}.rateRatio.numerator")
        below, span = _amount(bottom, f"{path}.rateRatio.denominator")
        shown = " per ".join(filter(None, (_shown(top), _shown(bottom)))) or None
        is_per_one = below == 1 and unit and span
        return shown, value if is_per_one else None, f"{unit}/{span}" if is_per_one else None
    if between:
        range_ends(between, f"{path}.rateRange")
        ends = [as_written((between.get(side) or {}).get("value")) for side in ("low", "high")]
        unit = _unit_of_range(between)
        return _joined(" to ".join(end for end in ends if end), unit), None, unit
    return None, None, None


def _most(dosage: Json, path: str) -> str | None:
    """The most that may be given: in a time, at once, in a lifetime."""
    found = []
    for ratio in listed(dosage.get("maxDosePerPeriod")):
        ratio_words(ratio, f"{path}.maxDosePerPeriod")
        sides = (_shown(ratio.get("numerator") or {}), _shown(ratio.get("denominator") or {}))
        found.append(" per ".join(side for side in sides if side))
    for name, meant in (("maxDosePerAdministration", "at once"), ("maxDosePerLifetime", "in all")):
        quantity = dosage.get(name)
        if quantity:
            _amount(quantity, f"{path}.{name}")
            found.append(f"{_shown(quantity)} {meant}")
    return "; ".join(one for one in found if one) or None


def _shown(quantity: Json) -> str | None:
    unit = text(quantity.get("unit")) or text(quantity.get("code"))
    return _joined(as_written(quantity.get("value")), unit)


def _joined(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def _in_words(dosage: Json, quantity: Json, unit: str | None) -> str | None:
    value = as_written(quantity.get("value"))
    parts = [value, None if value is None else unit or NO_UNIT]
    between = _dose_and_rate(dosage).get("doseRange")
    if between and parts[0] is None:
        ends = [as_written((between.get(side) or {}).get("value")) for side in ("low", "high")]
        parts = [" to ".join(end for end in ends if end), _unit_of_range(between)]
    parts.append(timing_words(dosage.get("timing")))
    if dosage.get("asNeededBoolean") or dosage.get("asNeededCodeableConcept"):
        parts.append("as needed")
    parts += [words(item) for item in dosage.get("additionalInstruction") or ()]
    return " ".join(part for part in parts if part) or None


def _cited(dosage: Json, path: str) -> tuple[str, str | None]:
    """The element of an instruction that says most of it, and one leaf of it."""
    said_so = text(dosage.get("text"))
    if said_so:
        return f"{path}.text", said_so
    inner = _dose_and_rate(dosage)
    at_rate = f"doseAndRate[{_ordered(listed(dosage.get('doseAndRate')))}]"
    for at, holder in (
        (f"{at_rate}.doseQuantity", inner.get("doseQuantity")),
        (f"{at_rate}.doseRange.low", (inner.get("doseRange") or {}).get("low")),
        ("dose", dosage.get("dose")),
    ):
        value = as_written((holder or {}).get("value"))
        if value is not None:
            return f"{path}.{at}.value", value
    timing = words((dosage.get("timing") or {}).get("code"))
    return (f"{path}.timing.code", timing) if timing else (path, None)
