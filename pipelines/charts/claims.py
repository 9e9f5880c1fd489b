"""Claims, explanations of benefit and coverages of one chart, in time order.

A bill is known from the day it was made. Its diagnoses carry the words of the Conditions that
they point to, if those stand in the same chart. A bill says what was billed for, not what the
patient has; nothing here is a problem list. Entered in error is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.claims import Claim, ClaimItem, Coverage

CLAIMS = """
select resource, 0, code_key, display, status, coalesce(created_utc, billed_utc),
    coalesce(created_written, billed_written), encounter, path, quote,
    form, purpose, created_utc, created_written, billed_utc, billed_written, billed_end_utc,
    billed_end_written, provider, insurer, facility, total, currency, paid, outcome, disposition,
    claim, coverages
from claim
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(coalesce(created_utc, billed_utc), encounter, $patient, $as_of)
order by coalesce(created_utc, billed_utc) nulls first, resource
"""
ITEMS = """
with named as (
    select resource, code_key, display from condition where patient = $patient
    union all
    select resource, code_key, display from procedure where patient = $patient
)
select i.resource, coalesce(i.number, 0), coalesce(i.code_key, n.code_key),
    coalesce(i.display, n.display), c.status, i.served_utc, i.served_written, c.encounter, i.path,
    i.quote, i.part, i.number, i.role, i.on_admission, i.reference, i.amount, i.currency,
    i.served_utc, i.served_written, i.served_end_utc, i.served_end_written, i.diagnoses
from claim_item i
join claim c on c.resource = i.resource and c.patient = $patient
left join named n on n.resource = i.reference
where i.patient = $patient
  and c.status is distinct from 'entered-in-error'
  and known_by(coalesce(c.created_utc, c.billed_utc), c.encounter, $patient, $as_of)
order by i.resource, i.part, i.number
"""
COVERAGES = """
select resource, 0, code_key, display, status, start_utc, start_written, null, path, quote,
    start_utc, start_written, end_utc, end_written, payors, subscriber_id, subscriber,
    relationship, classes, place_in_order
from coverage
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(start_utc, $as_of) <= $as_of
order by start_utc nulls first, place_in_order, resource
"""


def claims(chart: Chart) -> tuple[Claim, ...]:
    """All bills made by the as-of with their diagnoses, procedures and items."""
    items = defaultdict(list)
    for item in claim_items(chart):
        items[item.fact.resource].append(item)
    found = read(chart, CLAIMS, Claim, "claim")
    return tuple(replace(one, items=tuple(items[one.fact.resource])) for one in found)


def claim_items(chart: Chart) -> tuple[ClaimItem, ...]:
    """Every diagnosis, procedure and item that was billed for by the as-of."""
    return read(chart, ITEMS, ClaimItem, "claim item")


def coverages(chart: Chart) -> tuple[Coverage, ...]:
    """All coverages that began by the as-of; those that ended keep their end."""
    return read(chart, COVERAGES, Coverage, "coverage")
