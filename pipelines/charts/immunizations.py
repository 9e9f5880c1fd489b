"""Vaccinations of one chart, in time order.

Each keeps its status: `not-done` is a vaccine that was not given, and stays visible as that.
Entered-in-error ones are left out.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Immunization

IMMUNIZATIONS = """
select i.resource, code_key, display, status, occurred_utc, occurred_written, i.encounter, path,
    quote, status_reason, occurred, location, manufacturer, lot_number, expires_utc,
    expires_written,
    site, route, dose_value, dose_unit, dose_number, series, series_doses, target_diseases,
    is_primary_source, report_origin, is_subpotent, recorded_utc, recorded_written, reason,
    reactions, note, w.performers
from immunization i
left join (
    select resource, list(name order by number) as performers
    from participation where patient = $patient and kind = 'performer' group by resource
) w on w.resource = i.resource
where patient = $patient
  and (status is null or status <> 'entered-in-error')
  and (occurred_utc <= $as_of or occurred_utc is null)
order by occurred_utc nulls first, i.resource
"""


def immunizations(chart: Chart) -> tuple[Immunization, ...]:
    """All vaccinations known by the as-of, undated ones first."""
    found = chart.rows(IMMUNIZATIONS, as_of=chart.as_of.instant)
    return tuple(_immunization(row) for row in found)


def _immunization(row: tuple[Any, ...]) -> Immunization:
    resource, key, display, status, occurred, written, encounter, path, quote = row[:9]
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
            encounter=encounter,
            status=status,
        ),
        status=status,
        occurred=when,
        **rest(Immunization, row[9:]),
    )
