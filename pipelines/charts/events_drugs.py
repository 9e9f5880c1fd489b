"""The medication lane: orders and statements as spans, doses and supplies as points.

An order ends where the record says so; one that is active, on hold or in progress goes on; of any
other without a stop the end is not recorded. A dose that was not given, and an order that says
what is not to be given, keep those words. A proposal is named a proposal.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.charts import medications
from pipelines.records.chart import Chart
from pipelines.records.facts import Medication
from pipelines.records.timeline import Event

POINTS = {"administration": "given", "dispense": "dispensed"}
STILL = frozenset(("active", "on-hold", "in-progress"))
DONE = frozenset(("completed", "active", "stopped", "in-progress"))
NOT_AN_ORDER = frozenset(("proposal", "option"))


def drugs(chart: Chart) -> Iterator[Event]:
    """Events of the medication lane, what is not to be given among them."""
    for item in medications.medications(chart):
        yield _event(chart, item, _word(item))
    for item in medications.not_to_be_given(chart):
        yield _event(chart, item, "NOT TO BE GIVEN")


def _event(chart: Chart, item: Medication, word: str | None) -> Event:
    ended = item.end if item.end and item.end.instant <= chart.as_of.instant else None
    is_point = item.form in POINTS and item.end is None
    return Event(
        lane="medication",
        group=item.name,
        title=item.name,
        detail=_detail(item),
        fact=item.fact,
        start=item.start,
        end=ended,
        shape="point" if is_point else "span",
        goes_on=not is_point and ended is None and (item.end is not None or item.status in STILL),
        status=item.status,
        word=word,
    )


def _detail(item: Medication) -> str:
    amount = f"{item.dose_value:g} {item.dose_unit or ''}" if item.dose_value is not None else ""
    dose = item.dose_text or amount.strip()
    what = POINTS.get(item.form, "order" if item.form == "request" else item.form)
    return "; ".join(part for part in (dose, item.route, what) if part)


def _word(item: Medication) -> str | None:
    if item.status == "not-done":
        return "NOT GIVEN"
    if item.intent in NOT_AN_ORDER:
        return f"{item.intent}, no order"
    if item.status is None or item.status in DONE:
        return None
    return item.status.replace("-", " ")
