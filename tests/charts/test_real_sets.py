"""Outside charts load completely: counts equal a count taken from the raw JSON by other means."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore

SETS = ["charts/synthea_bundles", "charts/synthea_notes", "charts/synthea_bulk_ndjson",
        "eval/mimic_demo/bundles"]  # fmt: skip


def counted(folder: Path) -> tuple[Counter[str], int]:
    """Resources by type, each (type, id) once, and the number of Bundles."""
    keys, bundles = set(), 0
    for path in sorted(folder.glob("*.gz")):
        text = gzip.decompress(path.read_bytes())
        if path.name.endswith(".ndjson.gz"):
            resources = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            bundles += 1
            resources = [entry["resource"] for entry in json.loads(text)["entry"]]
        keys |= {(one["resourceType"], one["id"]) for one in resources}
    return Counter(kind for kind, _ in keys), bundles


@pytest.mark.parametrize("name", SETS)
def test_every_resource_of_a_set_is_in_the_store(name: str, shared: Path, tmp_path: Path) -> None:
    folder = shared / name
    if not folder.is_dir():
        pytest.skip(f"needs ../shared/{name}, which is not here")
    store = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    report = load_paths(store, [folder], LoadLimits(validate="sample"))
    by_type, bundles = counted(folder)
    stored = dict(store.rows("select type, count(*) from resource where current group by 1", {}))
    values = store.rows("select count(distinct resource) from observation", {})[0][0]
    without_end = store.rows(
        "select count(*) from patient p where not exists "
        "(from chart_extent e where e.patient = p.patient and e.last_utc is not null)", {},
    )  # fmt: skip
    store.close()
    assert report.refused == ()
    assert report.by_type == stored == by_type
    assert (report.resources, report.bundles) == (by_type.total(), bundles)
    assert report.patients == by_type["Patient"]
    assert (report.orphans, report.unchanged) == (0, 0)
    assert values == by_type.get("Observation", 0)
    assert without_end == [(0,)]
