"""How long a question over many charts takes, beside asking each chart by itself.

`icu` loads `../shared/eval/mimic_demo/bundles` (100 patients); `made` loads made-up patients, 1,000
unless told otherwise. Each question is asked once to warm up and then timed with its ledger entry
(openings are logged by the first). One by one is `desk.ask` of each patient, as a script would do
it, on the first 100 charts, scaled up to all: its two ledger commits an answer are part of it.

    .venv/bin/python -m tests.benchmarks.cohort_speed icu | made [COUNT]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.desk import ask, cohort, look
from pipelines.desk.access import system_reader
from tests.benchmarks import made_patients
from tests.benchmarks.answer_speed import MIMIC, loaded

if TYPE_CHECKING:
    from pipelines.desk.house import House

MADE, ONE_BY_ONE = 1000, 100
QUESTIONS = (
    ("which of these have potassium > 5.5 now", "What is the latest potassium?"),
    ("latest creatinine of everyone", "What is the latest creatinine?"),
    ("which of these ever had a glucose > 180", "Did the patient ever have a glucose > 180?"),
    ("who is on warfarin", "Is the patient on warfarin?"),
)


def main(arguments: Sequence[str]) -> None:
    """Time the part that is named."""
    part = arguments[0] if arguments else "icu"
    if part == "icu":
        with loaded([MIMIC / "bundles"]) as house:
            timed(house)
        return
    with tempfile.TemporaryDirectory() as folder:
        made_patients.write(Path(folder), int(arguments[1]) if len(arguments) > 1 else MADE)
        with loaded([Path(folder)]) as house:
            timed(house)


def timed(house: House) -> None:
    """Seconds of each question over all charts, and of asking one by one."""
    reader = system_reader()
    names = [row.patient.patient_id for row in look.patients(house, reader)]
    print(f"{len(names)} patients; seconds over all, log entry included")
    for many, one in QUESTIONS:
        started = time.perf_counter()
        first = cohort.cohort(house, reader, many)
        cold = time.perf_counter() - started
        answer = cohort.cohort(house, reader, many)
        asked = names[:ONE_BY_ONE]
        ask.ask(house, reader, ask.AskRequest(asked[0], one, engine="embedded"))
        started = time.perf_counter()
        for patient in asked:
            ask.ask(house, reader, ask.AskRequest(patient, one, engine="embedded"))
        alone = (time.perf_counter() - started) * len(names) / len(asked)
        counts = ", ".join(f"{answer.count(s)} {s}" for s in ("yes", "value", "no", "not_said"))
        print(
            f"{many:42} first {cold:6.2f}  again {answer.seconds:6.2f}  one by one {alone:7.2f}"
            f"  ratio {alone / max(first.seconds, 1e-9):5.1f}   {counts}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
