"""How fast, how lean and how evenly files go in, beside orjson.loads and fhiry on the same bytes.

Run by hand: `.venv/bin/python -m tests.benchmarks.load_speed [peer] [flat] [large]` (all of them
by default). Everything is `chartroom load` as a new process into an empty home: start-up, checks,
sample of validation, rows, passages, raw resources, checkpoint. The set is every file of
`../shared/charts` unpacked and 300 made-up patients. fhiry (5.2.2, PyPI) is run when FHIRY_PYTHON
names an interpreter that has it. Nothing is asserted; the README's figures are copied from here.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks import made_patients

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "charts"
MADE = 300
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
FHIRY = """
import logging, pathlib, sys, time
logging.disable(logging.CRITICAL)
from fhiry import Fhirndjson, Fhiry
started = time.perf_counter()
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    is_lines = any(folder.glob("*.ndjson"))
    reader = Fhirndjson() if is_lines else Fhiry()
    reader.folder = str(folder)
    reader.process_source()
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One load: wall and CPU seconds, the most memory of all its processes, its report."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    report: dict[str, Any]


def chartroom(home: Path, *paths: Path) -> Run:
    """`chartroom load` in a new process."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "--home", str(home), "load", "--json",
         *map(str, paths)],
        cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    peak = _Peak(process.pid)
    printed, _ = process.communicate()
    wall = time.perf_counter() - started
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Run(wall, cpu, peak.mb(), json.loads(printed))


class _Peak(threading.Thread):
    """Adds up the resident memory of a process and its children, twenty times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.most = max(self.most, sum(map(_resident_mb, [self.pid, *_children(self.pid)])))

    def mb(self) -> float:
        self.over.set()
        return self.most


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(one) for one in (task / "children").read_text().split()]
    return found


def _resident_mb(pid: int) -> float:
    """Memory of one process, what it shares with others by its part."""
    with suppress(OSError, IndexError):
        said = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(said.partition("\nPss:")[2].split()[0]) / 1000
    return 0.0


def unpack(into: Path) -> tuple[float, float]:
    """The set unpacked; megabytes as it lies there, and as compact JSON."""
    size = compact = 0
    for path in sorted(SHARED.rglob("*.gz")):
        content = gzip.decompress(path.read_bytes())
        target = into / path.parent.name / path.name.removesuffix(".gz")
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_bytes(content)
    made_patients.write(into / "made", MADE)
    for path in into.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            texts = content.splitlines() if path.suffix == ".ndjson" else [content]
            size += len(content)
            compact += sum(len(orjson.dumps(orjson.loads(text))) for text in texts)
    return size / 1e6, compact / 1e6


def _timed(python: str, script: str, folder: Path) -> float:
    done = subprocess.run([python, "-c", script, str(folder)], check=True, capture_output=True,
                          text=True)  # fmt: skip
    return float(done.stdout.strip().splitlines()[-1])


def against_peers(work: Path) -> None:
    """Load and second load beside orjson.loads and fhiry."""
    files = work / "files"
    size, compact = unpack(files)
    print(f"{size:.1f} MB unpacked, {compact:.1f} MB as compact JSON")
    print(f"{'round':>5} {'orjson s':>9} {'load s':>7} {'ratio':>6} {'MB/s':>6} {'CPU s':>6} "
          f"{'peak MB':>8} {'again s':>8} {'x first':>8} "
          f"{'store MB':>9} {'of JSON':>8}")  # fmt: skip
    best = 0.0
    for number in range(1, 4):
        home = work / f"home{number}"
        peer = _timed(sys.executable, PEER, files)
        first = chartroom(home, files)
        again = chartroom(home, files)
        stored = (home / "chart.duckdb").stat().st_size / 1e6
        best = max(best, peer / first.wall_s)
        print(f"{number:>5} {peer:>9.2f} {first.wall_s:>7.2f} {peer / first.wall_s:>6.3f} "
              f"{size / first.wall_s:>6.1f} {first.cpu_s:>6.1f} {first.peak_mb:>8.0f} "
              f"{again.wall_s:>8.2f} {first.wall_s / again.wall_s:>8.1f} {stored:>9.1f} "
              f"{stored / compact:>8.3f}")  # fmt: skip
        shutil.rmtree(home)
    told = first.report
    print(f"{told['resources']:,} resources of {told['patients']} patients, "
          f"{len(told['refused'])} refused, {told['validated']:.2%} validated; "
          f"again: {again.report['unchanged']:,} unchanged")  # fmt: skip
    print(f"best ratio to orjson.loads: {best:.3f} (wanted: 0.4)")
    if python := os.environ.get("FHIRY_PYTHON"):
        took = _timed(python, FHIRY, files)
        print(f"fhiry {took:.1f} s; load is {took / first.wall_s:.1f} x as fast (wanted: 4)")


def flat(work: Path) -> None:
    """The price of a resource from 10 to 1,000 patients."""
    print(f"{'patients':>8} {'resources':>10} {'load s':>7} {'CPU ms/1000':>12} {'peak MB':>8}")
    for count in (10, 100, 1000):
        files, home = work / f"made{count}", work / f"flat{count}"
        made_patients.write(files, count)
        run = chartroom(home, files)
        number = run.report["resources"]
        print(f"{count:>8} {number:>10,} {run.wall_s:>7.2f} {run.cpu_s / number * 1e6:>12.1f} "
              f"{run.peak_mb:>8.0f}")  # fmt: skip
        shutil.rmtree(files)
        shutil.rmtree(home)


def large(work: Path) -> None:
    """Memory for one large NDJSON file and one large Bundle."""
    entries = [made_patients.bundle(number)["entry"] for number in range(200)]
    flat_entries = [entry for one in entries for entry in one]
    lines = work / "large.ndjson"
    with lines.open("wb") as file:
        for copy in range(20):
            for entry in flat_entries:
                resource = entry["resource"]
                file.write(orjson.dumps(resource | {"id": f"{copy}-{resource['id']}"[:64]}) + b"\n")
    padded = [entry | {"note": "x" * 8000} for entry in flat_entries]
    whole = work / "large.json"
    whole.write_bytes(
        orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": padded})
    )
    for path in (lines, whole):
        run = chartroom(work / path.suffix[1:], path)
        size = path.stat().st_size / 1e6
        print(f"{path.name}: {size:.0f} MB, {run.report['resources']:,} resources, "
              f"{run.wall_s:.1f} s, peak {run.peak_mb:.0f} MB (limit 600)")  # fmt: skip
        path.unlink()


def main() -> None:
    parts = {"peer": against_peers, "flat": flat, "large": large}
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, "
          f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    for name in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder))


if __name__ == "__main__":
    main()
