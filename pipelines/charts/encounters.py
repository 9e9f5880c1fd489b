"""Visits and stays of one chart, in time order.

A hospital stay and the intensive-care stays inside it are encounters of their own, joined by
`part_of`. Cancelled and entered-in-error encounters are left out; planned ones keep that
status. Ends and dispositions are the current record's, also when looking back.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Fact

ENCOUNTERS = """
select resource, status, class_code, class_display, type_display, code_key,
    start_utc, start_written, end_utc, end_written, part_of, reason, admission_type,
    admit_source, discharge_disposition, location, is_icu, is_hospital, path, quote
from encounter
where patient = $patient
  and (status is null or status not in ('entered-in-error', 'cancelled'))
  and (start_utc <= $as_of or start_utc is null)
order by start_utc nulls first, is_icu, resource
"""


def encounters(chart: Chart) -> tuple[Encounter, ...]:
    """All encounters that began by the as-of, undated ones first, a stay before its ICU stay."""
    return tuple(_encounter(row) for row in chart.rows(ENCOUNTERS, as_of=chart.as_of.instant))


def _encounter(row: tuple[Any, ...]) -> Encounter:
    (
        resource, status, class_code, class_display, type_display, key, start_utc, start_written,
        end_utc, end_written, part_of, reason, admission_type, admit_source, disposition,
        location, is_icu, is_hospital, path, quote,
    ) = row  # fmt: skip
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
    )
