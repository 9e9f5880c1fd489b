"""The family history of one chart: a line a relative's condition.

A relative without a condition is told too, with the record's status: `health-unknown` means
that nobody knows. No risk is inferred, and no relative is named. Entered in error is left out.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.surveys import FamilyCondition

FAMILY = """
select resource, number, code_key, coalesce(display, relationship), status, recorded_utc,
    recorded_written, null, path, quote, display, relationship_key, relationship, sex, deceased,
    outcome, contributed_to_death, onset, onset_age_years, recorded_utc, recorded_written
from family_history
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(recorded_utc, $as_of) <= $as_of
order by recorded_utc nulls first, resource, number
"""


def family_history(chart: Chart) -> tuple[FamilyCondition, ...]:
    """All conditions of relatives recorded by the as-of, undated ones first."""
    return read(chart, FAMILY, FamilyCondition, "family history")
