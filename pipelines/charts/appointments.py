"""Appointments of one chart: those that were due by the as-of, and those that were to come.

An appointment to come is a plan, not an event: it is told only by `upcoming`, and only if it
was made by the as-of. Where the record does not say when it was made, it is told at the chart's
own end and not when looking back, since nobody can know whether it was arranged by then.
"""

from __future__ import annotations

from pipelines.charts.kept import kept
from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.orders import Appointment

APPOINTMENTS = """
select resource, 0, code_key, display, status, start_utc, start_written, null, path, quote,
    start_utc, start_written, end_utc, end_written, minutes, created_utc, created_written, reason,
    cancelation, participants, patient_response
from appointment
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(start_utc, created_utc, $as_of) <= $as_of
order by start_utc nulls first, resource
"""
UPCOMING = """
select a.resource, 0, a.code_key, a.display, a.status, a.start_utc, a.start_written, null, a.path,
    a.quote, a.start_utc, a.start_written, a.end_utc, a.end_written, a.minutes, a.created_utc,
    a.created_written, a.reason, a.cancelation, a.participants, a.patient_response
from appointment a
left join chart_extent x on x.patient = a.patient
where a.patient = $patient
  and a.status in ('proposed', 'pending', 'booked', 'waitlist')
  and a.start_utc > $as_of
  and coalesce(a.created_utc, x.last_utc, $as_of) <= $as_of
order by a.start_utc, a.resource
"""

PLANNED = "and a.status in ('proposed', 'pending', 'booked', 'waitlist')"
# Looking back, what later was kept or missed was a plan.
MAYBE_UPCOMING = UPCOMING.replace(PLANNED, "").replace(
    "and coalesce(a.created_utc, x.last_utc, $as_of) <= $as_of",
    """and x.last_utc > $as_of and a.start_utc <= $as_of + to_days($days)
  and (list_contains($since, a.status) and coalesce(a.created_utc, $as_of) <= $as_of
       or a.created_utc is null and a.status in ('proposed', 'pending', 'booked', 'waitlist'))""",
)
KEPT_OR_MISSED = ("arrived", "checked-in", "fulfilled", "noshow")


@kept
def appointments(chart: Chart) -> tuple[Appointment, ...]:
    """All appointments that were due by the as-of: kept, missed or called off."""
    return read(chart, APPOINTMENTS, Appointment, "appointment")


def upcoming(chart: Chart) -> tuple[Appointment, ...]:
    """Appointments arranged for after the as-of that nobody has called off."""
    return read(chart, UPCOMING, Appointment, "appointment")


def maybe_upcoming(chart: Chart, days: int = 120) -> tuple[Appointment, ...]:
    """Looking back: appointments of the next `days` days that `upcoming` cannot vouch for.

    Of some nobody knows when they were made, and whoever tells one must say so; others were kept
    or missed since: their status is of later and is not told. At the chart's own end there are
    none.
    """
    since = list(KEPT_OR_MISSED)
    return read(chart, MAYBE_UPCOMING, Appointment, "appointment", days=days, since=since)
