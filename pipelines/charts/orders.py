"""Service requests of one chart, in the order they were written.

An order is known from when it was written, also if it is to be done later; one without that
date from when it was to be done. Its status is the current record's, also when looking back.
Drafts and proposals are not left out: `intent` and `status` say what they are.
"""

from __future__ import annotations

from pipelines.charts.kept import kept
from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.orders import Order

ORDERS = """
select resource, 0, code_key, display, status, coalesce(authored_utc, occurrence_utc),
    coalesce(authored_written, occurrence_written), encounter, path, quote,
    intent, priority, categories, authored_utc, authored_written, occurrence_utc,
    occurrence_written, occurrence_end_utc, occurrence_end_written, requester, performers, reason,
    body_sites, is_do_not_perform, specimens, based_on
from service_request
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(coalesce(authored_utc, occurrence_utc), encounter, $patient, $as_of)
order by coalesce(authored_utc, occurrence_utc) nulls first, resource
"""


@kept
def orders(chart: Chart) -> tuple[Order, ...]:
    """All service requests written by the as-of, undated ones first."""
    return read(chart, ORDERS, Order, "order")
