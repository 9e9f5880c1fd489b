"""How long the server needs for a timeline, printed beside its limit; asserts nothing.

Run: python tests/benchmarks/timeline_speed.py HOME   (a home with loaded charts; opened to read)
The first look reads the chart; each later one (another range, a search) draws from memory.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from components import palette
from components.timeline_chart import figure
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.desk.timeline import of_chart
from pipelines.records.chart import Chart, Reader
from pipelines.records.timeline import TimelineChoice

COUNT = "select count(*) from observation where patient = $patient"
CHOICES = {
    "first look, all": TimelineChoice(),
    "all again": TimelineChoice(),
    "24 h": TimelineChoice(span="24"),
    "search": TimelineChoice(text="potassium"),
    "results alone": TimelineChoice(lanes=("result",)),
}


def main() -> None:
    """Print the times of the largest chart of the home, in milliseconds."""
    store = ChartStore.open(Path(sys.argv[1]) / "chart.duckdb", read_only=True)
    largest = max(
        (_chart(store, patient.patient_id) for patient in patients.all_patients(store)),
        key=lambda chart: int(chart.rows(COUNT)[0][0]),
    )
    print(f"largest chart: {largest.rows(COUNT)[0][0]} results; limit 500 ms")
    for name, choice in CHOICES.items():
        start, cpu = time.perf_counter(), time.process_time()
        made = of_chart(largest, choice)
        read = time.perf_counter()
        drawn = figure(made, palette.LIGHT, None)
        spent, cpu = time.perf_counter(), time.process_time() - cpu
        marks = sum(len(trace["y"]) for trace in drawn["data"])
        print(
            f"{name}: {(spent - start) * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU "
            f"(read {(read - start) * 1000:.0f}, figure {(spent - read) * 1000:.0f}; "
            f"{len(made.listed)} events shown as {marks} signs)"
        )
    store.close()


def _chart(store: ChartStore, patient_id: str) -> Chart:
    as_of = patients.as_of(store, patient_id)
    if as_of is None:
        raise SystemExit("a patient of this home has no as-of")
    return Chart(Reader("benchmark"), patient_id, "benchmark", as_of, store)


if __name__ == "__main__":
    main()
