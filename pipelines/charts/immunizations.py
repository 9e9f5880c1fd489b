"""Vaccinations of one chart, in time order.

Each keeps its status: `not-done` is a vaccine that was not given, and stays visible as that.
Entered-in-error ones are left out.
"""

from __future__ import annotations

from pipelines.charts.reading import moment
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Immunization

IMMUNIZATIONS = """
select resource, code_key, display, status, occurred_utc, occurred_written, path, quote
from immunization
where patient = $patient
  and (status is null or status <> 'entered-in-error')
  and (occurred_utc <= $as_of or occurred_utc is null)
order by occurred_utc nulls first, resource
"""


def immunizations(chart: Chart) -> tuple[Immunization, ...]:
    """All vaccinations known by the as-of, undated ones first."""
    return tuple(
        Immunization(
            fact=Fact(
                resource=resource,
                kind="immunization",
                display=display,
                path=path,
                quote=quote,
                code_key=key,
                when=moment(occurred, written),
                status=status,
            ),
            status=status,
            occurred=moment(occurred, written),
        )
        for resource, key, display, status, occurred, written, path, quote in chart.rows(
            IMMUNIZATIONS, as_of=chart.as_of.instant
        )
    )
