"""How long a briefing takes, printed beside its limit; asserts nothing.

Run: python tests/benchmarks/brief_speed.py PATH…   (FHIR files or folders; loaded once first)
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from pipelines.briefing.brief import brief
from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.desk import brief_all
from pipelines.desk.brief import BriefRequest
from pipelines.desk.house import open_house
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings

LIMITS = LoadLimits(validate="off", max_file_mb=2048, max_entries=500_000)
COUNT = "select count(*) from observation where patient = $patient"


def main() -> None:
    """Print p50, p95 and the slowest briefing for three windows, then a whole list's time."""
    with tempfile.TemporaryDirectory() as folder:
        store = ChartStore.open(Path(folder) / "chart.duckdb", read_only=False)
        load_paths(store, [Path(path) for path in sys.argv[1:]], LIMITS)
        for hours in (24, 72, None):
            times = sorted(_timed(store, hours))
            slowest, results = times[-1]
            print(
                f"{'whole chart' if hours is None else f'{hours} h'}: {len(times)} charts, "
                f"p50 {times[len(times) // 2][0]:.0f} ms, "
                f"p95 {times[int(len(times) * 0.95)][0]:.0f} ms, "
                f"slowest {slowest:.0f} ms ({results} results; limit 500 ms)"
            )
        store.close()
        _whole_list(Path(folder))


def _whole_list(home: Path) -> None:
    """What `brief --all --engine embedded` takes, both ledger entries of each patient included."""
    house, reader = open_house(Settings.read(home, {})), Reader("benchmark")
    start = time.perf_counter()
    ids = brief_all.patients_of(house, reader)
    made = list(brief_all.briefings(house, reader, ids, BriefRequest()))
    spent = time.perf_counter() - start
    failed = sum(item.briefing is None for item in made)
    print(
        f"brief --all: {len(made)} patients in {spent:.1f} s, "
        f"{1000 * spent / max(1, len(made)):.0f} ms a patient, {failed} failed"
    )
    house.close()


def _timed(store: ChartStore, hours: int | None) -> list[tuple[float, int]]:
    found = []
    for patient in patients.all_patients(store):
        as_of = patients.as_of(store, patient.patient_id)
        if as_of is None:
            continue
        chart = Chart(Reader("benchmark"), patient.patient_id, "benchmark", as_of, store)
        start = time.perf_counter()
        brief(chart, hours)
        spent = (time.perf_counter() - start) * 1000
        found.append((spent, chart.rows(COUNT)[0][0]))
    return found


if __name__ == "__main__":
    main()
