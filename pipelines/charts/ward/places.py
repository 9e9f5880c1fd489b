"""Where every patient lies at the end of the chart, and the newest note: one statement each.

A stay counts as present when its encounter is open, or ends at the as-of or later. An open
encounter that the record does not call open (no end, status finished) is not one. The day of the
stay counts from the first covering hospital encounter; the bed is that of the newest one.
"""

from __future__ import annotations

from datetime import date

from pipelines.charts.reading import moment
from pipelines.records.chart import RowSource
from pipelines.records.moments import DAY_LENGTH, Moment
from pipelines.records.ward import NoteMark, Stay

OPEN = ["in-progress", "arrived", "triaged", "onleave", "on-hold"]
MOVE_IS_OVER = ["completed", "planned", "reserved"]

STAYS = """
with present as (
    select e.resource, e.patient, e.location, e.start_utc, e.start_written, e.end_utc,
        x.last_utc, x.last_written
    from encounter e
    join chart_extent x on x.patient = e.patient and e.start_utc <= x.last_utc
    where (e.is_hospital or e.is_icu)
      and (e.status is null or e.status not in ('entered-in-error', 'cancelled', 'planned'))
      and (e.end_utc >= x.last_utc or (e.end_utc is null and list_contains($open, e.status)))
), moved as (
    select m.resource, m.location, coalesce(m.start_utc, p.start_utc) as since, m.number
    from encounter_location m
    join present p on p.resource = m.resource and p.patient = m.patient
    where m.location is not null and not list_contains($over, coalesce(m.status, ''))
      and coalesce(m.start_utc, p.start_utc) <= p.last_utc
      and (m.end_utc is null or m.end_utc >= p.last_utc)
), bed as (
    select resource, arg_max(location, (since, number)) as location, max(since) as since
    from moved group by resource
), placed as (
    select p.*, coalesce(b.location, p.location) as bed, coalesce(b.since, p.start_utc) as since
    from present p left join bed b on b.resource = p.resource
)
select patient, arg_max(resource, (start_utc, resource)),
    arg_max(bed, (since, resource)) filter (where bed is not null),
    min(start_utc), arg_min(start_written, start_utc), any_value(last_written),
    bool_and(end_utc is not null and end_utc <= last_utc)
from placed group by patient
"""
NEWEST_NOTES = """
select d.patient, arg_max(d.resource, (d.written_utc, d.resource)),
    arg_max(coalesce(d.title, ''), (d.written_utc, d.resource)),
    max(d.written_utc), arg_max(d.written_written, (d.written_utc, d.resource))
from document d
join chart_extent x on x.patient = d.patient and d.written_utc <= x.last_utc
where d.status is distinct from 'entered-in-error'
group by d.patient
"""


def stays(source: RowSource) -> dict[str, Stay]:
    """The stay that covers the as-of, by patient; a patient at home has none."""
    found = {}
    bound = {"open": OPEN, "over": MOVE_IS_OVER}
    for patient, resource, bed, start_utc, written, last, is_over in source.rows(STAYS, bound):
        start = moment(start_utc, written)
        if start is not None:
            day = _day(start, last)
            found[patient] = Stay(resource, _named(bed), start, day, bool(is_over))
    return found


def newest_notes(source: RowSource) -> dict[str, NoteMark]:
    """The newest dated note, by patient; one whose text could not be read is a note too."""
    return {
        patient: NoteMark(resource, title or "Untitled note", moment(at, written))
        for patient, resource, title, at, written in source.rows(NEWEST_NOTES, {})
    }


def _named(bed: str | None) -> str | None:
    """A location that is only a reference has no name in this store."""
    return None if bed is None or bed.startswith(("Location/", "urn:")) else bed


def _day(start: Moment, last_written: str) -> int:
    """1 on the day of admission, by the days as written."""
    try:
        began = date.fromisoformat(start.written[:DAY_LENGTH])
        return (date.fromisoformat(last_written[:DAY_LENGTH]) - began).days + 1
    except ValueError:
        return 1
