"""Medications of one chart in one shape: requests, administrations, statements, dispenses.

*Active* is decided by the record, never guessed (rules in `medications.toml`): a request or
statement of status `active` that began by the as-of and has no end by then; an administration
in progress. Looking back, an order that the record ends after the as-of was active then. A
chart that holds nothing but administrations and dispenses has no list of orders: there *active*
means given in the 24 hours before the as-of, with a last entry that is no zero dose. A
dispense never makes a drug active, and `unknown` or `on-hold` is not active. An order
that says what is *not* to be given stands apart from all lists of what is.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import read_parts
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Medication
from pipelines.records.medicines import Dosage, MedicationDetail
from pipelines.records.moments import Moment

RULES = Path(__file__).with_name("medications.toml")

MEDICATIONS = """
select resource, form, code_key, display, status, dose_text, dose_value, dose_unit, route,
    start_utc, start_written, end_utc, end_written, encounter, prescriber, reason, based_on,
    path, quote, intent
from medication
where patient = $patient
  and (status is null or not list_contains($left_out, status))
  and (start_utc <= $as_of or start_utc is null)
  and $not_to_be_given = (resource in (
    select resource from medication_detail where patient = $patient and is_do_not_perform))
order by start_utc nulls first, resource
"""

ACTIVE = """
with mine as (
    select * from medication
    where patient = $patient
      and (status is null or not list_contains($left_out, status))
      and (start_utc <= $as_of or start_utc is null)
      and resource not in (
        select resource from medication_detail where patient = $patient and is_do_not_perform)
), extent as (
    select max(last_utc) as last_utc from chart_extent where patient = $patient
), ordered as (
    select mine.* from mine, extent
    where form in ('request', 'statement')
      and (intent is null or not list_contains($not_an_order, intent))
      and (
        (status in (select unnest(case form when 'request' then $request else $statement end))
         and (end_utc is null or end_utc > $as_of))
        or (status in ('completed', 'stopped') and end_utc > $as_of and end_utc <= last_utc)
      )
), given as (
    select * from mine
    where form = 'administration'
      and list_contains($administration, status)
      and (end_utc is null or end_utc > $as_of)
), last_given as (
    select * from mine
    where form = 'administration' and list_contains($given_statuses, status)
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
    path, quote, intent
from chosen
order by start_utc nulls first, resource
"""

DOSAGES = """
select resource, number, sequence, text, additional, patient_instruction, is_as_needed,
    as_needed_for, timing, frequency, frequency_max, period, period_max, period_unit, duration,
    duration_unit, times, times_of_day, days_of_week, day_parts, offset_minutes, events,
    start_utc, start_written, end_utc, end_written, bounds, site, route, method, dose_value,
    dose_low, dose_high, dose_unit, rate, rate_value, rate_unit, max_dose, path, quote
from dosage
where patient = $patient
order by resource, number
"""
DETAILS = """
select resource, categories, status_reason, priority, course, is_do_not_perform, is_reported,
    reason_keys, reason_references, based_on, prior_prescription, group_identifier, quantity,
    quantity_unit, refills, days_supply, days_supply_unit, valid_start_utc, valid_start_written,
    valid_end_utc, valid_end_written, substitution, authored_utc, authored_written, asserted_utc,
    asserted_written, prepared_utc, prepared_written, handed_over_utc, handed_over_written,
    drug_form, ingredients, batch, device, part_of, destination, note
from medication_detail
where patient = $patient
"""


def medications(chart: Chart) -> tuple[Medication, ...]:
    """All entries of all four forms that began by the as-of, in time order, undated ones first."""
    return _entries(chart, not_to_be_given=False)


def not_to_be_given(chart: Chart) -> tuple[Medication, ...]:
    """Orders that say what is not to be given; they stand in no list of medications."""
    return _entries(chart, not_to_be_given=True)


def _entries(chart: Chart, *, not_to_be_given: bool) -> tuple[Medication, ...]:
    found = chart.rows(
        MEDICATIONS,
        as_of=chart.as_of.instant,
        left_out=_rules()["left_out"]["all_forms"],
        not_to_be_given=not_to_be_given,
    )
    return _with_details(chart, [_medication(row) for row in found])


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
    entries = _with_details(chart, [_medication(row) for row in found])
    return tuple(m for m in entries if not _begins_later(chart, m))


def planned_start(entry: Medication) -> Moment | None:
    """When an order says its drug is to begin, where that is later than it was written."""
    begins = entry.dosages[0].start if entry.form == "request" and entry.dosages else None
    later = begins is not None and (entry.start is None or begins.instant > entry.start.instant)
    return begins if later else None


def _begins_later(chart: Chart, entry: Medication) -> bool:
    begins = planned_start(entry)
    return begins is not None and begins.instant > chart.as_of.instant


def _medication(row: tuple[Any, ...]) -> Medication:
    (
        resource, form, key, display, status, dose_text, dose_value, dose_unit, route,
        start_utc, start_written, end_utc, end_written, encounter, prescriber, reason, based_on,
        path, quote, intent,
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
        intent=intent,
    )


def _with_details(chart: Chart, entries: list[Medication]) -> tuple[Medication, ...]:
    """Entries with their dosage instructions and with what only some of them say."""
    if not entries:
        return ()
    dosages = read_parts(chart, DOSAGES, Dosage)
    details = read_parts(chart, DETAILS, MedicationDetail)
    for place, entry in enumerate(entries):
        resource = entry.fact.resource
        if resource in dosages or resource in details:
            detail = _known(chart, details[resource][0]) if resource in details else None
            entries[place] = replace(entry, dosages=dosages.get(resource, ()), detail=detail)
    return tuple(entries)


def _known(chart: Chart, detail: MedicationDetail) -> MedicationDetail:
    """What is beside a row without the moments after the as-of (a drug handed over later)."""
    limit = chart.as_of.instant

    def by_then(at: Moment | None) -> Moment | None:
        return at if at is None or at.instant <= limit else None

    return replace(
        detail,
        authored=by_then(detail.authored),
        asserted=by_then(detail.asserted),
        prepared=by_then(detail.prepared),
        handed_over=by_then(detail.handed_over),
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
