"""How long the worklist takes for 5,000 patients: the earlier way, and the page's function now.

Loads made-up patients once (about 900,000 resources; minutes), or takes a home that holds them:

    .venv/bin/python -m tests.benchmarks.worklist_speed [HOME]

The earlier way is the worklist as it was before stays, scores, notes and lists came (its
statements are kept here): latest abnormal results, problems, last visit. Now: the first view after
a load reads every chart; each later view, of every reader, until the next load lays over what is
kept what that reader has not seen. Nothing is asserted. Wall and CPU seconds are both printed,
because the wall tells of the machine's other work too.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.charts import labs
from pipelines.charts import worklist as charts_worklist
from pipelines.charts.flags import severity
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.result_status import never_a_fact
from pipelines.charts.store import ChartStore
from pipelines.desk import lists, worklist
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.settings import Settings
from tests.benchmarks import made_patients

PATIENTS = 5_000
LOOKED_AT = 200
LIMIT_S = 1.0
READER = Reader("benchmark")
ROUNDS = 3

EARLIER = """
with flaggable as (
    select distinct patient, code_key from observation
    where interpretation is not null or range_low is not null or range_high is not null
), mine as (
    select o.patient, o.code_key, coalesce(o.effective_utc, o.issued_utc) as taken, o.rowid as place
    from observation o
    semi join flaggable f on f.patient = o.patient and f.code_key = o.code_key
    join chart_extent x on x.patient = o.patient
    anti join replaced_result r on r.resource = o.resource and r.part = o.part
    where (o.status is null or not list_contains($never, o.status))
      and o.value_kind is not null and o.value_kind <> 'absent'
      and coalesce(o.effective_utc, o.issued_utc) <= x.last_utc
), last as (
    select patient, code_key, max(taken) as taken, arg_max(place, taken) as place
    from mine group by patient, code_key
), newest as (
    select patient, max(taken) as taken from last group by patient
), recent as (
    select last.place from last join newest using (patient)
    where last.taken >= newest.taken - $recent
)
select o.patient, o.resource, o.part, o.code_key, o.display, o.category, o.status,
    coalesce(o.effective_utc, o.issued_utc) as taken,
    coalesce(o.effective_written, o.issued_written), o.encounter, o.value_number, o.comparator,
    o.value_text, o.unit, o.interpretation, o.range_low, o.range_high, o.range_text,
    o.path, o.quote, o.issued_utc, o.issued_written, o.specimen, null
from observation o
semi join recent on recent.place = o.rowid
where o.interpretation is not null or o.range_low is not null or o.range_high is not null
order by taken desc, o.resource, o.part
"""


def main() -> None:
    """Print a line for each way."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        files, home = Path(folder) / "files", Path(folder) / "home"
        made_patients.write(files, PATIENTS)
        store = ChartStore.open(home / "chart.duckdb", read_only=False)
        load_paths(store, [files], LoadLimits(validate="off", max_entries=10_000_000))
        store.close()
        shutil.rmtree(files)
        measure(home)


def measure(home: Path) -> None:
    """The figures of one home; its ledger is not touched, visits are made in a copy beside."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "home"
        own.mkdir()
        (own / "chart.duckdb").symlink_to((home / "chart.duckdb").resolve())
        house = open_house(Settings.read(own, {}))
        count = len(charts_worklist.all_patients(house.charts))
        print(f"{count} patients; wall s (CPU s), best of {ROUNDS}; limit {LIMIT_S:.0f} s")
        show("earlier way: abnormal, problems, last visit", lambda: earlier(house))
        show("now, first view after a load", lambda: worklist.worklist(house, READER), house)
        worklist.warm(house)
        show("now, each later view", lambda: worklist.worklist(house, READER))
        rule = lists.make_by_rule(house, READER, "Kidneys", "creatinine_rise", 0.3, 48)
        show("now, a list by a rule", lambda: worklist.worklist(house, READER, rule.list_id))
        look_at(house, LOOKED_AT)
        show(f"now, {LOOKED_AT} charts looked at, then all loaded anew",
             lambda: worklist.worklist(house, READER))  # fmt: skip
        house.close()


def show(name: str, run: Callable[[], Any], fresh: House | None = None) -> None:
    """The best of a few runs; `fresh`: what its store keeps is forgotten before each."""
    best = (9e9, 9e9)
    for _ in range(ROUNDS):
        if fresh is not None:
            fresh.charts.generation += 1
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    told = "within" if best[0] < LIMIT_S else "over"
    print(f"{name:52} {best[0]:6.2f} ({best[1]:5.2f})  {told} the limit")


def look_at(house: House, count: int) -> None:
    """Visits before everything was loaded, so that all of those charts is new."""
    for who in charts_worklist.all_patients(house.charts)[:count]:
        house.ledger.open_visit("benchmark", READER, who.patient_id, "thread")
    with house.ledger.engine.begin() as connection:
        when = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
        connection.exec_driver_sql("update visit set opened_at = ?", (when,))


def earlier(house: House) -> int:
    """What the page's function did before: every flaggable latest result became a fact."""
    source = house.charts
    source.rows(charts_worklist.CHARTS, {})
    charts_worklist._problem_counts(source)
    rows = source.rows(EARLIER, {"recent": labs.RECENT, "never": never_a_fact()})
    flagged: dict[str, list[Any]] = {}
    for row, fact in zip(rows, labs.facts([row[1:] for row in rows], {}), strict=True):
        if fact.flag:
            flagged.setdefault(row[0], []).append(fact)
    for found in flagged.values():
        found.sort(key=lambda fact: severity(fact.flag))
    return len(charts_worklist.all_patients(source)) + len(flagged)


if __name__ == "__main__":
    main()
