"""How fast files go in, as a ratio: the whole of `chartroom load` against orjson.loads alone.

Run it by hand: `.venv/bin/python tests/benchmarks/load_speed.py [FOLDER …]`. It unpacks the
sets, loads all of them in one new process into an empty home (start-up, checks, sample of
validation, rows, raw resources, checkpoint: everything), and parses the same bytes with
orjson.loads in one process. Both are run in turn; the best of each counts. Nothing is asserted.
"""

from __future__ import annotations

import gzip
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETS = ["charts", "eval/mimic_demo/bundles"]
ROUNDS = 3
WANTED = 0.2
PEER = """
import pathlib, sys, time
import orjson
contents = [(path.suffix, path.read_bytes())
            for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")) if path.is_file()]
started = time.perf_counter()
for suffix, content in contents:
    for text in content.splitlines() if suffix == ".ndjson" else [content]:
        orjson.loads(text)
print(time.perf_counter() - started)
"""
OURS = """
import json, pathlib, resource, sys
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
store = ChartStore.open(pathlib.Path(sys.argv[2]) / "chart.duckdb", read_only=False)
report = load_paths(store, [pathlib.Path(sys.argv[1])], LoadLimits())
store.close()
kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
usages = [resource.getrusage(kind) for kind in kinds]
print(json.dumps([report.resources, len(report.refused), report.validated,
                  sum(one.ru_utime + one.ru_stime for one in usages),
                  [one.ru_maxrss // 1024 for one in usages]]))
"""


def unpack(folders: list[Path], into: Path) -> float:
    """Copy the sets unpacked; the megabytes of all of them."""
    size = 0
    for folder in folders:
        for path in sorted(folder.rglob("*.gz")):
            content = gzip.decompress(path.read_bytes())
            target = into / path.parent.name / path.name.removesuffix(".gz")
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
            size += len(content)
    return size / 1e6


def run(script: str, *words: Path) -> tuple[float, str]:
    """Wall seconds of one new process, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return time.perf_counter() - started, done.stdout.strip()


def main() -> None:
    folders = [Path(word) for word in sys.argv[1:]]
    folders = folders or [ROOT.parent / "shared" / name for name in SETS]
    with tempfile.TemporaryDirectory() as name:
        files = Path(name) / "files"
        files.mkdir()
        size = unpack(folders, files)
        print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, "
              f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}, "
              f"{size:.1f} MB unpacked")  # fmt: skip
        print(f"{'round':>5} {'orjson.loads s':>15} {'MB/s':>7} {'load s':>8} {'MB/s':>7} "
              f"{'ratio':>6} {'CPU s':>6}  {'memory MB (own, readers)'}")  # fmt: skip
        best = [float("inf"), float("inf")]
        for number in range(1, ROUNDS + 1):
            peer = float(run(PEER, files)[1])
            home = Path(name) / f"home{number}"
            ours, printed = run(OURS, files, home)
            resources, refused, share, cpu, memory = eval(printed)  # noqa: S307  # our own list
            best = [min(best[0], peer), min(best[1], ours)]
            print(f"{number:>5} {peer:>15.2f} {size / peer:>7.1f} {ours:>8.2f} {size / ours:>7.1f} "
                  f"{peer / ours:>6.3f} {cpu:>6.1f}  {memory}")  # fmt: skip
        print(f"{resources:,} resources, {refused} refused, {share:.2%} validated")
        print(f"best of each: {best[0] / best[1]:.3f} of orjson.loads (wanted: {WANTED})")


if __name__ == "__main__":
    main()
