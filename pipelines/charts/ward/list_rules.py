"""Which patients a list's rule names: one statement for all charts, each at its own as-of.

A change counts between two results that both lie in the last hours of the chart, the later one
being the newest. Results in a unit that cannot be converted are left out, never guessed. A score
counts by what of it is known: a floor of 5 from 4 of 7 inputs is at least 5.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.charts.ward import readings
from pipelines.records.chart import RowSource
from pipelines.records.lists import ListRule
from pipelines.records.screening import Reading
from pipelines.records.ward import WardRow
from pipelines.terms import units

TOLERANCE = 1e-9


def fitting(source: RowSource, rows: Iterable[WardRow], rule: ListRule) -> frozenset[str]:
    """The patients of `rows` that fit the rule."""
    if rule.form == "news2":
        return frozenset(row.patient_id for row in rows if (row.news2.points or 0) >= rule.amount)
    if rule.form == "kdigo":
        return frozenset(row.patient_id for row in rows if (row.kdigo.stage or 0) >= rule.amount)
    keys = readings.keys_of(source, {rule.concept})
    found = readings.before_end(source, keys, rule.hours)
    fits = {patient for patient, of in found.items() if _fits(of[rule.concept], rule)}
    return frozenset(row.patient_id for row in rows if row.patient_id in fits)


def _fits(listed: tuple[Reading, ...], rule: ListRule) -> bool:
    """Whether readings, newest first, fit a rule about results."""
    values = [(one, value) for one in listed if (value := _in_unit(one, rule)) is not None]
    if not values:
        return False
    newest, value = values[0]
    if rule.form == "above":
        return value > rule.amount
    if rule.form == "below":
        return value < rule.amount
    earlier = [other for one, other in values if one.when.instant < newest.when.instant]
    if not earlier:
        return False
    change = value - min(earlier) if rule.form == "rise" else max(earlier) - value
    return change >= rule.amount - TOLERANCE


def _in_unit(one: Reading, rule: ListRule) -> float | None:
    if one.value is None or one.unit is None:
        return None
    return units.convert(one.value, one.unit, rule.unit, rule.concept)
