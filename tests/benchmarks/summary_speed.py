"""How long a chart summary takes and how it stands before the judge, printed; asserts nothing.

Run: python tests/benchmarks/summary_speed.py HOME…   (loaded homes; they are only read)

Wall time depends on what else the machine does, so processor time stands beside it. A refused
line is one that the judge did not bear out: its words are printed, and the summary counted it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.briefing.chart_summary.judged import MANY, ONE
from pipelines.briefing.chart_summary.summarize import summarize
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Briefing
from pipelines.records.chart import Chart, Reader

LIMIT_S, MOST_LINES, LONGEST = 1.0, 120, 240


@dataclass(frozen=True, slots=True)
class Timed:
    """One summary: seconds by the clock and by the processor."""

    made: Briefing
    wall_s: float
    processor_s: float

    @property
    def texts(self) -> list[str]:
        """Every line of the sections and of the first lines."""
        told = [*self.made.summary, *(line for part in self.made.sections for line in part.lines)]
        return [line.text for line in told]


def main() -> None:
    """Print times, lines, lengths and refusals for each home."""
    for home in sys.argv[1:]:
        found = list(_timed(Path(home)))
        print(f"{home}: {len(found)} charts, limit p95 {LIMIT_S:.0f} s")
        for name in ("wall_s", "processor_s"):
            times = sorted(getattr(one, name) for one in found)
            print(
                f"  {name}: p50 {times[len(times) // 2]:.2f}, "
                f"p95 {times[int(len(times) * 0.95)]:.2f}, slowest {times[-1]:.2f}"
            )
        lengths = [len(text) for one in found for text in one.texts]
        lines = sorted(len(one.texts) for one in found)
        refused = sum(text.endswith((ONE, MANY)) for one in found for text in one.texts)
        print(f"  lines: median {lines[len(lines) // 2]}, most {lines[-1]} (limit {MOST_LINES})")
        print(f"  longest line {max(lengths)} characters (limit {LONGEST})")
        print(f"  sections with a refused line: {refused}")


def _timed(home: Path) -> Iterator[Timed]:
    store = ChartStore.open(home / "chart.duckdb", read_only=True)
    for person in patients.all_patients(store):
        as_of = patients.as_of(store, person.patient_id)
        if as_of is None:
            continue
        chart = Chart(Reader("benchmark"), person.patient_id, "benchmark", as_of, store)
        wall, processor = time.perf_counter(), time.process_time()
        made = summarize(chart)
        yield Timed(made, time.perf_counter() - wall, time.process_time() - processor)
    store.close()


if __name__ == "__main__":
    main()
