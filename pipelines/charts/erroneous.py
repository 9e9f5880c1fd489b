"""Results that were entered in error, read apart from all others and for one purpose.

Such a result is a fact nowhere (`labs` leaves it out everywhere); a trend alone shows it, crossed
out, because somebody may have acted upon it. It has no flag: nothing is judged of a value that
should never have been there. A cancelled result has no value and is not here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipelines.charts.labs import facts
from pipelines.charts.reading import result_codings
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

WORD = "entered in error"

ERRONEOUS = """
select resource, part, code_key, display, category, status,
    coalesce(effective_utc, issued_utc) as taken, coalesce(effective_written, issued_written),
    encounter, value_number, comparator, value_text, unit, interpretation,
    range_low, range_high, range_text, path, quote, issued_utc, issued_written, specimen, null
from observation
where patient = $patient
  and status = 'entered-in-error'
  and value_kind is not null and value_kind <> 'absent'
  and list_contains($code_keys, code_key)
  and coalesce(effective_utc, issued_utc) <= $end
  and ($start is null or coalesce(effective_utc, issued_utc) >= $start)
order by taken, resource, part
"""


def erroneous_results(
    chart: Chart, code_keys: tuple[str, ...], start: datetime | None, end: datetime
) -> tuple[Fact, ...]:
    """Dated results of these kinds entered in error, `start` to `end` (naive UTC, inclusive)."""
    if not code_keys:
        return ()
    until = min(end, chart.as_of.instant)
    found = chart.rows(ERRONEOUS, code_keys=list(code_keys), start=start, end=until)
    made = facts(found, result_codings(chart) if found else {})
    return tuple(
        replace(fact, flag=None, flag_source=None, status_word=WORD, is_final=True) for fact in made
    )
