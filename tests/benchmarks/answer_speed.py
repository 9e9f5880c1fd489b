"""How long an embedded answer takes, both ledger commits included; what it costs to have many.

`icu` loads `../shared/eval/mimic_demo/bundles` and asks every N-th question of its key, each of
its own patient: p95 against 60 ms, with the share of the commits. `many` loads 100 and 5,000
made-up patients with scattered ids and asks the same questions of patients drawn from each: p95
of the second against 1.3 times the first. `first` starts a fresh interpreter on the ICU charts,
warms up in a thread as the app does, and asks at once: against 2 s.

    .venv/bin/python -m tests.benchmarks.answer_speed icu [N] | many [COUNT] | first
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.desk import ask, load, look
from pipelines.desk.access import system_reader
from pipelines.desk.house import open_house
from pipelines.settings import Settings
from tests.benchmarks import made_patients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.desk.house import House

MIMIC = Path(__file__).parents[3] / "shared" / "eval" / "mimic_demo"
LIMIT_MS, LIMIT_GROWTH, LIMIT_FIRST_S = 60.0, 1.3, 2.0
NOWHERE = {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}
MANY, FEW, ASKED = 5000, 100, 300
SCATTER = 2_654_435_761  # an odd factor makes other numbers of 32 bits of following ones
QUESTIONS = (
    "What is the latest potassium?", "What was the highest creatinine?", "hemoglobin trend",
    "When was the glucose first above 120?", "average heart rate in the last visit",
    "What medications is the patient on?", "Is the patient on warfarin?", "problem list",
    "How many hospital visits were there?", "What changed in sodium since the first value?",
    "any allergies?", "What does the latest note say about follow-up?",
)  # fmt: skip
FIRST = """
import sys, threading, time
started = time.perf_counter()
from pipelines.desk import ask, look, this_process
from pipelines.desk.access import system_reader
threading.Thread(target=this_process.warm_up, daemon=True).start()
house = this_process.house()
patient = look.find_patient(house, sys.argv[1])
asked = time.perf_counter()
answer = ask.ask(house, system_reader(), ask.AskRequest(patient, sys.argv[2], engine="embedded"))
print(answer.status, time.perf_counter() - asked, time.perf_counter() - started)
"""


def main(arguments: Sequence[str]) -> None:
    """Run the part that is named and print its figures beside their limits."""
    part = arguments[0] if arguments else "icu"
    number = int(arguments[1]) if len(arguments) > 1 else None
    {"icu": icu, "many": many, "first": first}[part](number)


def icu(every: int | None) -> None:
    """100 ICU patients, the questions of their key."""
    with loaded([MIMIC / "bundles"]) as house:
        key = [json.loads(line) for line in (MIMIC / "qa.jsonl").read_text().splitlines()]
        items = [(item["patient"], item["question"]) for item in key]
        timed = asked(house, items[:: every or 2])
        commit = commit_ms(house)
    p95 = percentile(timed, 0.95)
    print(f"embedded answers on 100 ICU patients, {len(timed)} questions, {platform.machine()}")
    print(f"p50 {statistics.median(timed):6.1f} ms")
    print(f"p95 {p95:6.1f} ms   limit {LIMIT_MS:.0f} ms   ratio {p95 / LIMIT_MS:.2f}")
    share = 2 * commit / statistics.median(timed)
    print(f"two ledger commits of each answer: {2 * commit:.1f} ms, {100 * share:.0f} % of the p50")


def many(count: int | None) -> None:
    """The same questions with 100 and with 5,000 made-up patients in the store."""
    p95 = {}
    for size in (FEW, count or MANY):
        numbers = [number * SCATTER % 2**32 for number in range(size)]
        with tempfile.TemporaryDirectory() as folder:
            for number in numbers:
                bundle = json.dumps(made_patients.bundle(number))
                (Path(folder) / f"{number}.json").write_text(bundle)
            with loaded([Path(folder)]) as house:
                names = [row.patient.patient_id for row in look.patients(house, system_reader())]
                pick = random.Random(5)
                items = [(pick.choice(names), QUESTIONS[n % len(QUESTIONS)]) for n in range(ASKED)]
                timed = asked(house, items)
        p95[size] = percentile(timed, 0.95)
        print(f"{size:6} patients: p50 {statistics.median(timed):6.1f} ms, p95 {p95[size]:6.1f} ms")
    growth = p95[count or MANY] / p95[FEW]
    print(f"growth of the p95 {growth:.2f}   limit {LIMIT_GROWTH}")


def first(_number: int | None) -> None:
    """The first answer of a fresh process that still warms up."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with loaded([MIMIC / "bundles"], home):
            pass
        item = json.loads((MIMIC / "qa.jsonl").read_text().splitlines()[200])
        command = [sys.executable, "-c", FIRST, item["patient"], item["question"]]
        ended = subprocess.run(
            command, check=True, capture_output=True, text=True,
            env={**NOWHERE, "CHARTROOM_HOME": str(home)}, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    status, answer_s, whole_s = ended.stdout.split()
    print(
        f"first question of a fresh process ({status}): {float(answer_s):.2f} s after it was asked,"
    )
    print(f"{float(whole_s):.2f} s after the process began   limit {LIMIT_FIRST_S:.0f} s")


@contextmanager
def loaded(files: list[Path], home: Path | None = None) -> Iterator[House]:
    """A house with these files in it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read(home or Path(folder) / "home", {**NOWHERE})
        house = open_house(settings, writing=True)
        load.load(house, system_reader(), files)
        try:
            yield house
        finally:
            house.close()


def asked(house: House, items: Sequence[tuple[str, str]]) -> list[float]:
    """Milliseconds of each answer, after one that warms up."""
    times = []
    for patient, question in (items[0], *items):
        request = ask.AskRequest(look.find_patient(house, patient), question, engine="embedded")
        started = time.perf_counter()
        ask.ask(house, system_reader(), request)
        times.append((time.perf_counter() - started) * 1000)
    return times[1:]


def commit_ms(house: House) -> float:
    """Median milliseconds of a ledger commit on this disk."""
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        house.ledger.append(reader=system_reader(), patient=None, action="measure", payload={})
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the answers kept to."""
    return sorted(times)[round(share * (len(times) - 1))]


if __name__ == "__main__":
    main(sys.argv[1:])
