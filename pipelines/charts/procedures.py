"""Procedures of one chart, in time order.

Each keeps its status: `not-done` says that it was not done, `preparation` that it has not
begun. Entered-in-error ones are left out. A procedure without a time of its own is left out
only when the encounter it belongs to began after the as-of.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.kept import kept
from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Procedure

PROCEDURES = """
select p.resource, p.code_key, p.display, p.status, p.performed_utc, p.performed_written,
    p.performed_end_utc, p.performed_end_written, p.encounter, p.path, p.quote,
    p.category, p.status_reason, p.performed, p.location, p.reason, p.reason_references, p.outcome,
    p.body_sites, p.complications, p.follow_ups, p.reports, p.devices, p.based_on, p.part_of,
    p.note, w.performers
from procedure p
left join (select resource, start_utc from encounter where patient = $patient) e
  on e.resource = p.encounter
left join (
    select resource, list(name order by number) as performers
    from participation where patient = $patient and kind = 'performer' group by resource
) w on w.resource = p.resource
where p.patient = $patient
  and (p.status is null or p.status <> 'entered-in-error')
  and (coalesce(p.performed_utc, e.start_utc) <= $as_of
       or coalesce(p.performed_utc, e.start_utc) is null)
order by p.performed_utc nulls first, p.resource
"""


@kept
def procedures(chart: Chart) -> tuple[Procedure, ...]:
    """All procedures known by the as-of, undated ones first."""
    return tuple(_procedure(row) for row in chart.rows(PROCEDURES, as_of=chart.as_of.instant))


def _procedure(row: tuple[Any, ...]) -> Procedure:
    (
        resource, key, display, status, performed, performed_written, ended, ended_written,
        encounter, path, quote,
    ) = row[:11]  # fmt: skip
    path, quote = cited(resource, path, quote)
    when = moment(performed, performed_written)
    return Procedure(
        fact=Fact(
            resource=resource,
            kind="procedure",
            display=display or "Procedure not named",
            path=path,
            quote=quote,
            code_key=key,
            when=when,
            encounter=encounter,
            status=status,
        ),
        status=status,
        performed=when,
        performed_end=moment(ended, ended_written),
        **rest(Procedure, row[11:]),
    )
