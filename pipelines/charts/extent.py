"""The first and last clinical moment of a chart: what "data as of" and "now" mean for it.

Only what happened counts: results, visits, notes, orders written, doses given, directives stated.
What is planned or open (appointments to come, ends of prescriptions, unfinished visits) does not
stretch a chart, nor does a bill or the birth date. One lone entry years after everything else is
a typing error rather than the chart's end: it is kept, but the chart ends before it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FORGET = """
delete from chart_extent where patient in (select patient from touched)
"""
# One statement a table: all of them at once, over charts whose ids are scattered, need more
# memory than the store may take.
MOMENTS = (
    """
select patient, resource, coalesce(effective_utc, issued_utc) as instant,
    coalesce(effective_written, issued_written) as written
from observation
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'cancelled', 'registered'))
""",
    """
select patient, resource, start_utc, start_written
from encounter
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'cancelled', 'planned'))
""",
    """
select patient, resource, end_utc, end_written
from encounter
where patient in (select patient from touched)
  and status in ('finished', 'completed', 'discharged')
""",
    """
select patient, resource, unnest([onset_utc, abatement_utc, recorded_utc]),
    unnest([onset_written, abatement_written, recorded_written])
from condition
where patient in (select patient from touched)
  and verification_status is distinct from 'entered-in-error'
""",
    """
select patient, resource, start_utc, start_written
from medication
where patient in (select patient from touched)
  and (status is null or status not in
       ('entered-in-error', 'cancelled', 'not-done', 'draft', 'intended', 'declined'))
""",
    """
select patient, resource, end_utc, end_written
from medication
where patient in (select patient from touched)
  and form = 'administration' and status in ('completed', 'stopped')
""",
    """
select patient, resource, recorded_utc, recorded_written
from allergy
where patient in (select patient from touched)
  and verification_status is distinct from 'entered-in-error'
""",
    """
select patient, resource, unnest([performed_utc, performed_end_utc]),
    unnest([performed_written, performed_end_written])
from procedure
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'not-done', 'preparation'))
""",
    """
select patient, resource, occurred_utc, occurred_written
from immunization
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'not-done'))
""",
    """
select patient, resource, written_utc, written_written
from document
where patient in (select patient from touched)
  and status is distinct from 'entered-in-error'
""",
    """
select patient, resource, unnest([effective_utc, issued_utc]),
    unnest([effective_written, issued_written])
from report
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'cancelled', 'registered'))
""",
    """
select patient, resource, unnest([collected_utc, received_utc]),
    unnest([collected_written, received_written])
from specimen
where patient in (select patient from touched)
  and status is distinct from 'entered-in-error'
""",
    """
select patient, resource, started_utc, started_written
from imaging_study
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'cancelled', 'registered'))
""",
    """
select patient, resource, authored_utc, authored_written
from service_request
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'draft'))
""",
    """
select patient, resource, authored_utc, authored_written
from questionnaire_response
where patient in (select patient from touched)
  and status is distinct from 'entered-in-error'
""",
    """
select patient, resource, start_utc, start_written
from flag
where patient in (select patient from touched)
  and status is distinct from 'entered-in-error'
""",
    """
select patient, resource, stated_utc, stated_written
from consent
where patient in (select patient from touched)
  and status is distinct from 'entered-in-error'
""",
    """
select patient, resource, start_utc, start_written
from appointment
where patient in (select patient from touched)
  and status in ('fulfilled', 'arrived', 'checked-in', 'noshow')
""",
    """
select patient, resource, occurred_utc, occurred_written
from other_event
where patient in (select patient from touched)
  and (status is null or status not in ('entered-in-error', 'not-done', 'preparation'))
""",
)
NO_MOMENT = """
create or replace temp table moment (
    patient varchar, resource varchar, instant timestamp, written varchar)
"""
ADD_MOMENTS = "insert into moment "
GONE = "drop table moment"
# A lone entry in the future, 2 years after all others, counts as an error; where the whole chart
# lies in the future (de-identified sets do), only after a gap of 20 years. The past is not judged.
RENEW = """
insert into chart_extent
with dated as (
    select * from moment where instant is not null
), newest as (
    select patient, arg_max(resource, (instant, resource)) as resource, max(instant) as instant
    from dated group by patient
), before as (
    select d.patient, max(d.instant) as instant
    from dated d join newest n on n.patient = d.patient and n.resource <> d.resource
    group by d.patient
), bounds as (
    select n.patient, case
        when n.instant > $today and n.instant > b.instant + interval 2 year
         and (b.instant <= $today or n.instant > b.instant + interval 20 year)
        then b.instant else n.instant end as last
    from newest n left join before b on b.patient = n.patient
)
select d.patient, min(d.instant), arg_min(d.written, (d.instant, -length(d.written), d.written)),
    any_value(b.last),
    arg_max(d.written, (length(d.written), d.written)) filter (where d.instant = b.last),
    $loaded_at
from dated d join bounds b on b.patient = d.patient
group by d.patient
"""


def renew(cursor: duckdb.DuckDBPyConnection, patients: Collection[str]) -> None:
    """Set the extent of these patients' charts anew."""
    if not patients:
        return
    import pyarrow as pa

    from pipelines.charts.columns import registered, strings

    today = datetime.now(UTC)
    with registered(cursor, "touched", pa.table({"patient": strings(patients)})):
        cursor.execute(FORGET)
        cursor.execute(NO_MOMENT)
        for moments in MOMENTS:
            cursor.execute(ADD_MOMENTS + moments)
        cursor.execute(
            RENEW,
            {
                "today": today.replace(tzinfo=None),
                "loaded_at": today.isoformat(timespec="seconds"),
            },
        )
        cursor.execute(GONE)
