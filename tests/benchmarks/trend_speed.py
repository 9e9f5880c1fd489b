"""How long the server makes a trend of five series: 1,000 points each, and 5,000 thinned to it.

Fills a chart store of its own with made-up results (every seventh out of its range), reads the
trend through the desk's own steps, makes the picture and its table's first page, and turns both
into JSON as Streamlit does. The first reading and the later ones (from memory) are printed apart.

    .venv/bin/python -m tests.benchmarks.trend_speed
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta

from components import lab_chart, medication_bars
from components.chart_points import POINTS_SHOWN, trend_panels
from components.trend_table import ROWS_SHOWN, TABLES, lines, newest_first
from pipelines.desk import trend
from pipelines.records.chart import Chart
from pipelines.records.trends import TrendChoice
from tests.charts.small_store import READER, SmallStore, at

LIMIT_S = 0.5
SERIES = (("2160-0", "mg/dL"), ("2823-3", "mmol/L"), ("8867-4", "/min"), ("718-7", "g/dL"),
          ("2345-7", "mg/dL"))  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
ROUNDS = 7
INSERT = """
insert into observation (resource, patient, part, code_key, display, category, status,
    effective_utc, effective_written, value_kind, value_number, value_text, unit, range_low,
    range_high, path, quote)
select 'Observation/' || $loinc || '-' || i, 'p1', 0, 'http://loinc.org|' || $loinc, $loinc,
    'laboratory', 'final', $start + i * interval 10 minutes,
    strftime($start + i * interval 10 minutes, '%Y-%m-%dT%H:%M:%S+00:00'), 'quantity',
    case when i % 7 = 0 then 9.5 else 4 + (i % 11) / 10 end,
    cast(4 + (i % 11) / 10 as varchar), $unit, 3.5, 5.1, 'valueQuantity.value', '4'
from range($count) t(i)
"""


def main() -> None:
    """Print one line a size: points read and drawn, first and median seconds, against 0.5 s."""
    for count in (1_000, 5_000):
        chart = filled(count)
        choice = TrendChoice(tuple(f"http://loinc.org|{loinc}" for loinc, _ in SERIES))
        seconds, worked = [], []
        for _ in range(ROUNDS):
            started, before = time.perf_counter(), time.process_time()
            made(chart, choice)
            seconds.append(time.perf_counter() - started)
            worked.append(time.process_time() - before)
        panels = trend_panels(trend.made(chart, choice))
        assert all(len(panel.facts) <= POINTS_SHOWN for panel in panels)
        drawn = sum(len(panel.facts) for panel in panels)
        wall, work = statistics.median(seconds[1:]), statistics.median(worked[1:])
        print(
            f"5 series x {count:,} points: {drawn:,} drawn, first {seconds[0]:.2f} s wall;"
            f" median {wall:.2f} s wall, {work:.2f} s of the processor (limit {LIMIT_S} s)"
        )


def made(chart: Chart, choice: TrendChoice) -> None:
    """One whole making, from the store to JSON."""
    found = trend.made(chart, choice)
    picture = lab_chart.figure(found, choice.code_keys, medication_bars.rows(found), None)
    rows = newest_first(lines(TABLES[0], found, ()))[:ROWS_SHOWN]
    json.dumps(picture)
    json.dumps([line.write() for line in rows])


def filled(count: int) -> Chart:
    """A chart of one patient with `count` results of each series."""
    store = SmallStore()
    store.add_patient("p1", birth_date="1960-01-01")
    start = START.replace(tzinfo=None)
    for loinc, unit in SERIES:
        given = {"loinc": loinc, "unit": unit, "count": count, "start": start}
        store.connection.execute(INSERT, given)
    last = START + STEP * count
    return Chart(READER, "p1", "benchmark", at(last.isoformat()), store)


if __name__ == "__main__":
    main()
