"""Vaccinations of one chart, in time order.

Each keeps its status: `not-done` is a vaccine that was not given, and stays visible as that.
Entered-in-error ones are left out.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import cited, moment
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
    found = chart.rows(IMMUNIZATIONS, as_of=chart.as_of.instant)
    return tuple(_immunization(row) for row in found)


def _immunization(row: tuple[Any, ...]) -> Immunization:
    resource, key, display, status, occurred, written, path, quote = row
    path, quote = cited(resource, path, quote)
    when = moment(occurred, written)
    return Immunization(
        fact=Fact(
            resource=resource,
            kind="immunization",
            display=display or "Vaccine not named",
            path=path,
            quote=quote,
            code_key=key,
            when=when,
            status=status,
        ),
        status=status,
        occurred=when,
    )
