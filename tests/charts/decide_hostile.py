"""Loads each given file in a process of its own and prints what came of it, a JSON line a file.

Run as `python -m tests.charts.decide_hostile FOLDER FILE…` by the tests. Each child first loads
one good patient, so that what is measured is the file's own time and memory, not Python's.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.errors import ChartroomError, NothingLoaded
from tests.charts.fhir_files import patient

LONGEST_S = 60


def peak_mb() -> float:
    """The most memory so far, of this process and of the largest it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def decide(path: Path, home: Path) -> dict[str, object]:
    store = ChartStore.open(home / "chart.duckdb", read_only=False)
    good = home / "good.json"
    good.write_text(json.dumps(patient("before")))
    load_paths(store, [good], LoadLimits())
    before, started = peak_mb(), time.monotonic()
    reasons: list[str] = []
    try:
        reasons = [item.reason for item in load_paths(store, [path], LoadLimits()).refused]
    except NothingLoaded as nothing:
        reasons = [item.reason for item in getattr(nothing.report, "refused", ())]
        reasons = reasons or [nothing.user_message]
    except ChartroomError as refused:
        reasons = [refused.user_message]
    seconds, grown = time.monotonic() - started, peak_mb() - before
    count = "select count(*) from resource where current and resource <> 'Patient/before'"
    (found,) = store.rows(count, {})[0]
    store.close()
    return {"reasons": reasons[:50], "resources": found, "seconds": seconds, "grown_mb": grown}


def in_a_child(path: Path, home: Path) -> dict[str, object]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST_S)
        os.close(read)
        with os.fdopen(write, "w") as out:
            json.dump(decide(path, home), out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else {"died": status}


def main() -> None:
    folder, *names = (Path(word) for word in sys.argv[1:])
    for number, path in enumerate(names):
        home = folder / f"home-{number}"
        home.mkdir()
        found = in_a_child(path, home)
        sys.stdout.write(json.dumps({"file": path.name, **found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
