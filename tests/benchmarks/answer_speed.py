"""How long an embedded answer takes on ICU charts, ledger commits included: p95 against 100 ms.

Loads `../shared/eval/mimic_demo/bundles` once, asks every N-th question of its key through
`desk.ask`, each of its own patient, after one warming question, and prints the percentiles beside
the limit, with the share that the ledger's commits took.

    .venv/bin/python -m tests.benchmarks.answer_speed [N]
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pipelines.desk import ask, load, look
from pipelines.desk.access import system_reader
from pipelines.desk.house import House, open_house
from pipelines.settings import Settings

MIMIC = Path(__file__).parents[3] / "shared" / "eval" / "mimic_demo"
LIMIT_MS = 100.0


def main(every: int) -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read(
            Path(folder) / "home", {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}
        )
        house = open_house(settings, writing=True)
        load.load(house, system_reader(), [MIMIC / "bundles"])
        questions = [json.loads(line) for line in (MIMIC / "qa.jsonl").read_text().splitlines()]
        answered(house, questions[0])
        timed = sorted(answered(house, item) for item in questions[::every])
        commit = commit_ms(house)
        house.close()
    p95 = timed[round(0.95 * (len(timed) - 1))]
    print(f"embedded answers on 100 ICU patients, {len(timed)} questions, {platform.machine()}")
    print(f"p50 {statistics.median(timed):6.1f} ms")
    print(f"p95 {p95:6.1f} ms   limit {LIMIT_MS:.0f} ms   ratio {p95 / LIMIT_MS:.2f}")
    print(f"two ledger commits of each answer: {2 * commit:.1f} ms")


def answered(house: House, item: dict[str, str]) -> float:
    """Milliseconds of one answer."""
    patient_id = look.find_patient(house, item["patient"])
    started = time.perf_counter()
    ask.ask(house, system_reader(), ask.AskRequest(patient_id, item["question"], engine="embedded"))
    return (time.perf_counter() - started) * 1000


def commit_ms(house: House) -> float:
    """Median milliseconds of a ledger commit on this disk."""
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        house.ledger.append(reader=system_reader(), patient=None, action="measure", payload={})
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
