"""Vaccinations of one chart, in time order.

Each keeps its status: `not-done` is a vaccine that was not given, and stays visible as that.
Entered-in-error ones are left out. One without a time of its own is left out only when the
encounter it belongs to began after the as-of; a reaction that came later is not told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Immunization
from pipelines.terms import dates

IMMUNIZATIONS = """
select i.resource, code_key, display, status, occurred_utc, occurred_written, i.encounter, path,
    quote, status_reason, occurred, location, manufacturer, lot_number, expires_utc,
    expires_written,
    site, route, dose_value, dose_unit, dose_number, series, series_doses, target_diseases,
    is_primary_source, report_origin, is_subpotent, recorded_utc, recorded_written, reason,
    reactions, note, w.performers
from immunization i
left join (select resource, start_utc from encounter where patient = $patient) e
  on e.resource = i.encounter
left join (
    select resource, list(name order by number) as performers
    from participation where patient = $patient and kind = 'performer' group by resource
) w on w.resource = i.resource
where patient = $patient
  and (status is null or status <> 'entered-in-error')
  and (coalesce(occurred_utc, e.start_utc) <= $as_of
       or coalesce(occurred_utc, e.start_utc) is null)
order by occurred_utc nulls first, i.resource
"""


def immunizations(chart: Chart) -> tuple[Immunization, ...]:
    """All vaccinations known by the as-of, undated ones first."""
    found = chart.rows(IMMUNIZATIONS, as_of=chart.as_of.instant)
    return tuple(_as_of(chart, _immunization(row)) for row in found)


def _as_of(chart: Chart, vaccine: Immunization) -> Immunization:
    """The entry without reactions that came after the as-of; a row ends each with its date."""
    known = tuple(one for one in vaccine.reactions if not _is_later(chart, one))
    return vaccine if len(known) == len(vaccine.reactions) else replace(vaccine, reactions=known)


def _is_later(chart: Chart, reaction: str) -> bool:
    try:
        return dates.moment(reaction.rpartition(" ")[2]).instant > chart.as_of.instant
    except ValueError:
        return False  # it ends in a word: the record states no date


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
