"""The days on which a chart has something, for reading dates that a question leaves half unsaid.

In: a chart. Out: every day as written in what happened by the as-of, results, visits, notes,
orders, doses, problems, procedures, vaccines and reports; partial dates are left out. A day here
is no answer: it only says which year "the fifteenth of March" can mean.
"""

from __future__ import annotations

from datetime import date

from pipelines.charts.kept import kept
from pipelines.records.chart import Chart

FULL_DAY = len("2026-11-22")
DAYS = """
with said(instant, written) as (
    select coalesce(effective_utc, issued_utc), coalesce(effective_written, issued_written)
    from observation
    where patient = $patient and status is distinct from 'entered-in-error'
    union all
    select unnest([start_utc, end_utc]), unnest([start_written, end_written])
    from encounter
    where patient = $patient
      and (status is null or status not in ('entered-in-error', 'cancelled', 'planned'))
    union all
    select unnest([onset_utc, abatement_utc, recorded_utc]),
        unnest([onset_written, abatement_written, recorded_written])
    from condition
    where patient = $patient and verification_status is distinct from 'entered-in-error'
    union all
    select unnest([start_utc, end_utc]), unnest([start_written, end_written])
    from medication
    where patient = $patient and status is distinct from 'entered-in-error'
    union all
    select unnest([performed_utc, performed_end_utc]),
        unnest([performed_written, performed_end_written])
    from procedure
    where patient = $patient and status is distinct from 'entered-in-error'
    union all
    select occurred_utc, occurred_written
    from immunization
    where patient = $patient and status is distinct from 'entered-in-error'
    union all
    select written_utc, written_written
    from document
    where patient = $patient and status is distinct from 'entered-in-error'
    union all
    select effective_utc, effective_written
    from report
    where patient = $patient and status is distinct from 'entered-in-error'
)
select distinct left(written, 10) from said where written is not null and instant <= $as_of
"""


ENDS_OF_SIGNS = """
select arg_min(effective_written, effective_utc), arg_max(effective_written, effective_utc)
from observation
where patient = $patient and category = 'vital-signs' and effective_utc <= $as_of
  and status is distinct from 'entered-in-error'
"""


@kept
def _ends_of_signs(chart: Chart) -> tuple[str | None, str | None]:
    """When the first and the last vital sign by the as-of were taken, as written."""
    (ends,) = chart.rows(ENDS_OF_SIGNS, as_of=chart.as_of.instant)
    first, last = (w if w and len(w) > FULL_DAY else None for w in ends)
    return first, last


def first_sign(chart: Chart) -> str | None:
    """When the first vital sign by the as-of was taken, as written, or None."""
    return _ends_of_signs(chart)[0]


def last_sign(chart: Chart) -> str | None:
    """When the last vital sign by the as-of was taken, as written, or None."""
    return _ends_of_signs(chart)[1]


@kept
def days(chart: Chart) -> frozenset[date]:
    """Every day by the as-of on which this chart records something."""
    written = (row[0] for row in chart.rows(DAYS, as_of=chart.as_of.instant))
    return frozenset(date.fromisoformat(day) for day in written if len(day) == FULL_DAY)
