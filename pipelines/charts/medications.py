"""Medications of one chart in one shape: requests, administrations, statements, dispenses.

*Active* is decided by the record, never guessed (rules in `medications.toml`): a request or
statement of status `active` that began by the as-of and has no end by then; an administration
in progress. Looking back, an order that the record ends after the as-of was active then. A
chart that holds nothing but administrations and dispenses has no list of orders: there *active*
means given in the 24 hours before the as-of, with a last entry that is no zero dose. A
dispense never makes a drug active, and `unknown` or `on-hold` is not active.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts import sources
from pipelines.charts.reading import cited, moment
from pipelines.errors import NotFound
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Medication
from pipelines.records.moments import Moment
from pipelines.terms import dates

PLANNED = "dosageInstruction[0].timing.repeat.boundsPeriod.start"
RULES = Path(__file__).with_name("medications.toml")

MEDICATIONS = """
select resource, form, code_key, display, status, dose_text, dose_value, dose_unit, route,
    start_utc, start_written, end_utc, end_written, encounter, prescriber, reason, based_on,
    path, quote
from medication
where patient = $patient
  and (status is null or status not in (select unnest($left_out)))
  and (start_utc <= $as_of or start_utc is null)
order by start_utc nulls first, resource
"""

ACTIVE = """
with mine as (
    select * from medication
    where patient = $patient
      and (status is null or status not in (select unnest($left_out)))
      and (start_utc <= $as_of or start_utc is null)
), extent as (
    select max(last_utc) as last_utc from chart_extent where patient = $patient
), ordered as (
    select mine.* from mine, extent
    where form in ('request', 'statement')
      and (intent is null or intent not in (select unnest($not_an_order)))
      and (
        (status in (select unnest(case form when 'request' then $request else $statement end))
         and (end_utc is null or end_utc > $as_of))
        or (status in ('completed', 'stopped') and end_utc > $as_of and end_utc <= last_utc)
      )
), given as (
    select * from mine
    where form = 'administration'
      and status in (select unnest($administration))
      and (end_utc is null or end_utc > $as_of)
), last_given as (
    select * from mine
    where form = 'administration' and status in (select unnest($given_statuses))
      and start_utc > $as_of - $given_within
      and not exists (select 1 from mine where form in ('request', 'statement'))
    qualify row_number() over (
        partition by coalesce(code_key, display) order by start_utc desc, resource desc) = 1
), chosen as (
    select * from ordered
    union all
    select * from given
    union all
    select * from last_given
    where (dose_value is null or dose_value <> 0)
      and resource not in (select resource from given)
)
select resource, form, code_key, display, status, dose_text, dose_value, dose_unit, route,
    start_utc, start_written, end_utc, end_written, encounter, prescriber, reason, based_on,
    path, quote
from chosen
order by start_utc nulls first, resource
"""


def medications(chart: Chart) -> tuple[Medication, ...]:
    """All entries of all four forms that began by the as-of, in time order, undated ones first."""
    left_out = _rules()["left_out"]["all_forms"]
    found = chart.rows(MEDICATIONS, as_of=chart.as_of.instant, left_out=left_out)
    return tuple(_medication(row) for row in found)


def active(chart: Chart) -> tuple[Medication, ...]:
    """What is active at the as-of by the rule of this module, in the order it was started."""
    rules = _rules()
    found = chart.rows(
        ACTIVE,
        as_of=chart.as_of.instant,
        left_out=rules["left_out"]["all_forms"],
        not_an_order=rules["request"]["not_an_order"],
        request=rules["active"]["request"],
        statement=rules["active"]["statement"],
        administration=rules["active"]["administration"],
        given_statuses=rules["given"]["statuses"],
        given_within=timedelta(hours=rules["given"]["hours"]),
    )
    entries = tuple(_medication(row) for row in found)
    return tuple(m for m in entries if not _begins_later(chart, m))


def planned_start(chart: Chart, entry: Medication) -> Moment | None:
    """When an order says its drug is to begin, where that is later than it was written."""
    if entry.form != "request":
        return None
    try:
        leaves = sources.leaves(sources.raw(chart, entry.fact.resource), PLANNED)
    except NotFound:
        return None
    begins = written_moment(leaves[0]) if leaves else None
    later = begins is not None and (entry.start is None or begins.instant > entry.start.instant)
    return begins if later else None


def written_moment(written: str) -> Moment | None:
    """A time as written, or None where it is none."""
    try:
        return dates.moment(written)
    except ValueError:
        return None


def _begins_later(chart: Chart, entry: Medication) -> bool:
    begins = planned_start(chart, entry)
    return begins is not None and begins.instant > chart.as_of.instant


def _medication(row: tuple[Any, ...]) -> Medication:
    (
        resource, form, key, display, status, dose_text, dose_value, dose_unit, route,
        start_utc, start_written, end_utc, end_written, encounter, prescriber, reason, based_on,
        path, quote,
    ) = row  # fmt: skip
    path, quote = cited(resource, path, quote)
    start = moment(start_utc, start_written)
    return Medication(
        fact=Fact(
            resource=resource,
            kind="medication",
            display=display or "Medication not named",
            path=path,
            quote=quote,
            code_key=key,
            when=start,
            encounter=encounter,
            status=status,
        ),
        form=form,
        status=status,
        dose_text=dose_text,
        dose_value=dose_value,
        dose_unit=dose_unit,
        route=route,
        start=start,
        end=moment(end_utc, end_written),
        prescriber=prescriber,
        reason=reason,
        based_on=based_on,
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
