"""How far a chart reaches: its first and its last clinical moment.

The last one is the chart's own "now" (see `charts.load`, which writes it); the reader's as-of
may lie before it. Nothing here knows the wall clock.
"""

from __future__ import annotations

from pipelines.charts.reading import moment
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment

EXTENT = """
select first_utc, first_written, last_utc, last_written
from chart_extent
where patient = $patient
"""


def extent(chart: Chart) -> tuple[Moment | None, Moment | None]:
    """The first clinical moment of the chart and the last, the latter never after the as-of."""
    found = chart.rows(EXTENT)
    if not found:
        return None, None
    first_utc, first_written, last_utc, last_written = found[0]
    first, last = moment(first_utc, first_written), moment(last_utc, last_written)
    if last is not None and last > chart.as_of:
        last = chart.as_of
    return first, last
