"""What of a chart is still awaited: specimens without a result, and which orders have one.

A specimen has its result where a result or report names it, or was taken within five
minutes of it and names no other. A result counts from when it was issued, so that looking back
does not know what the laboratory said later. An order has its result where a result or report
says that it rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.charts.labs import results
from pipelines.charts.result_status import never_a_fact, statuses
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

RESULTS_OF_SPECIMENS = """
with told as (
    select [specimen] as named, effective_utc as taken, display, status,
        coalesce(issued_utc, effective_utc) as known
    from observation
    where patient = $patient and category = 'laboratory' and value_kind is not null
    union all
    select specimens, effective_utc, display, status, coalesce(issued_utc, effective_utc)
    from report
    where patient = $patient
)
select s.resource, t.display, t.status
from specimen s
join told t on list_contains(t.named, s.resource)
    or (abs(date_diff('minute', t.taken, s.collected_utc)) <= 5
        and len(list_filter(t.named, lambda x: x is not null)) = 0)
where s.patient = $patient
  and t.known <= $as_of
  and (t.status is null or not list_contains($never, t.status))
"""
ANSWERED_ORDERS = """
select unnest(based_on) from report
where patient = $patient and coalesce(issued_utc, effective_utc) <= $as_of
union
select unnest(d.based_on) from observation_detail d
join observation o on o.resource = d.resource and o.part = d.part and o.patient = $patient
where d.patient = $patient and coalesce(o.issued_utc, o.effective_utc) <= $as_of
"""
HAS_NOT_FINAL = """
select count(*)
from observation
where patient = $patient and list_contains($not_final, status)
  and coalesce(effective_utc, issued_utc) between $start and $as_of
"""
HAS_LATER = """
select count(*)
from observation
where patient = $patient and effective_utc <= $as_of and issued_utc > $as_of
"""


@dataclass(frozen=True, slots=True)
class ResultOfSpecimen:
    """A result of one specimen that was known by the as-of."""

    specimen: str
    display: str
    status: str | None


def results_of_specimens(chart: Chart) -> tuple[ResultOfSpecimen, ...]:
    """Every result of a specimen that had been issued by the as-of."""
    found = chart.rows(RESULTS_OF_SPECIMENS, as_of=chart.as_of.instant, never=never_a_fact())
    return tuple(ResultOfSpecimen(s, display or "", status) for s, display, status in found)


def answered_orders(chart: Chart) -> frozenset[str]:
    """The orders that a result or report of the chart rests on."""
    return frozenset(
        order for (order,) in chart.rows(ANSWERED_ORDERS, as_of=chart.as_of.instant) if order
    )


def has_not_final(chart: Chart, start: datetime) -> bool:
    """Whether any result taken from `start` (naive UTC) to the as-of may still change."""
    found = chart.rows(
        HAS_NOT_FINAL, as_of=chart.as_of.instant, start=start, not_final=list(statuses().not_final)
    )
    return bool(found[0][0])


def not_back(chart: Chart, start: datetime | None) -> tuple[Fact, ...]:
    """Laboratory results whose sample was taken by the as-of and that were issued after it.

    They are known only to one who looks back; `start` (naive UTC) limits when they were taken.
    """
    end = chart.as_of.instant
    if not chart.rows(HAS_LATER, as_of=end)[0][0]:
        return ()
    return tuple(
        fact
        for fact in results(chart, start=start, end=end)
        if fact.kind == "lab" and fact.issued is not None and fact.issued.instant > end
    )
