"""The summaries of the sample charts, held against their raw files by a reader of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipelines.briefing.chart_summary.summarize import summarize
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart, Reader
from tests.benchmarks.summary_truth import Raw, checks
from tests.conftest import SAMPLES

FEWEST = {"course worst": 40, "diagnosis onset": 40, "treatment start": 30}


def test_onsets_courses_and_treatments_are_those_of_the_files(sample_home: Path) -> None:
    raw = Raw([SAMPLES])
    store = ChartStore.open(sample_home / "chart.duckdb", read_only=True)
    checked: Counter[str] = Counter()
    wrong = []
    for person in patients.all_patients(store):
        as_of = patients.as_of(store, person.patient_id)
        assert as_of is not None
        chart = Chart(Reader("r"), person.patient_id, "test", as_of, store)
        lines = [line for part in summarize(chart).sections for line in part.lines]
        for kind, why, line in checks(raw, person.patient_id, lines):
            checked[kind] += 1
            wrong += [f"{line.text}: {why}"] if why else []
    store.close()
    assert wrong == []
    assert {kind: checked[kind] >= least for kind, least in FEWEST.items()} == dict.fromkeys(
        FEWEST, True
    )
