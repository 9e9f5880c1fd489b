"""Visits and stays of one chart, in time order.

A hospital stay and the intensive-care stays inside it are encounters of their own, joined by
`part_of`. Cancelled and entered-in-error encounters are left out; planned ones keep that
status. Ends and dispositions are the current record's, also when looking back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.charts.kept import kept
from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import read_parts, rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, EncounterState, Fact

ENCOUNTERS = """
select resource, status, class_code, class_display, type_display, code_key,
    start_utc, start_written, end_utc, end_written, part_of, reason, admission_type,
    admit_source, discharge_disposition, location, is_icu, is_hospital, path, quote,
    types, service_type, length_value, length_unit, reason_references, service_provider, episodes,
    origin, destination, re_admission, diets, courtesies, arrangements
from encounter
where patient = $patient
  and (status is null or status not in ('entered-in-error', 'cancelled'))
  and (start_utc <= $as_of or start_utc is null)
order by start_utc nulls first, is_icu, resource
"""

HISTORY = """
select resource, number, kind, code, display, start_utc, start_written, end_utc, end_written
from encounter_history
where patient = $patient
  and coalesce(start_utc, $as_of) <= $as_of
order by resource, number
"""


APPOINTMENTS = """
select resource, list(appointment order by number)
from encounter_appointment
where patient = $patient
group by resource
"""


@kept
def encounters(chart: Chart) -> tuple[Encounter, ...]:
    """All encounters that began by the as-of, undated ones first, a stay before its ICU stay."""
    found = chart.rows(ENCOUNTERS, as_of=chart.as_of.instant)
    history = read_parts(chart, HISTORY, EncounterState, as_of=chart.as_of.instant) if found else {}
    booked = dict(chart.rows(APPOINTMENTS)) if found else {}
    return tuple(
        replace(
            _encounter(row, history.get(row[0], ())), appointments=tuple(booked.get(row[0], ()))
        )
        for row in found
    )


def last_stay(found: Sequence[Encounter]) -> Encounter | None:
    """The current or last hospital stay: the whole of it, not the unit the patient lay in.

    What "this stay" means wherever a reader chooses it as a stretch of time. A planned stay is
    none yet. Of two that began at once (an emergency visit and its admission) the longer is the
    stay. Intensive care that is filed under no hospital stay counts where there is no other.
    """
    whole = [
        (not one.is_icu, one.start.instant, one.end.instant if one.end else datetime.max, number)
        for number, one in enumerate(found)
        if one.is_hospital and one.part_of is None and one.start and one.status != "planned"
    ]
    return found[max(whole)[-1]] if whole else None


def _encounter(row: tuple[Any, ...], history: tuple[EncounterState, ...]) -> Encounter:
    (
        resource, status, class_code, class_display, type_display, key, start_utc, start_written,
        end_utc, end_written, part_of, reason, admission_type, admit_source, disposition,
        location, is_icu, is_hospital, path, quote,
    ) = row[:20]  # fmt: skip
    path, quote = cited(resource, path, quote)
    start = moment(start_utc, start_written)
    return Encounter(
        fact=Fact(
            resource=resource,
            kind="encounter",
            display=type_display or class_display or class_code or "Encounter",
            path=path,
            quote=quote,
            code_key=key,
            when=start,
            encounter=resource,
            status=status,
        ),
        class_code=class_code,
        class_display=class_display,
        type_display=type_display,
        status=status,
        start=start,
        end=moment(end_utc, end_written),
        part_of=part_of,
        reason=reason,
        admission_type=admission_type,
        admit_source=admit_source,
        discharge_disposition=disposition,
        location=location,
        is_icu=bool(is_icu),
        is_hospital=bool(is_hospital),
        **rest(Encounter, row[20:]),
        history=history,
    )
