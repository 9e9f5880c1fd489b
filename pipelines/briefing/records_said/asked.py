"""By which short names the house calls a question that patients are asked (`sdoh.csv`)."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

QUESTIONS = Path(__file__).parent.parent / "sdoh.csv"
LOINC = "http://loinc.org|"


def labels(code_key: str | None) -> tuple[str, ...]:
    """Question and domain of a LOINC code, none where the table does not have it."""
    return _labels().get((code_key or "").removeprefix(LOINC), ())


@lru_cache(maxsize=1)
def _labels() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(QUESTIONS.read_text(encoding="utf-8").splitlines()):
        found.setdefault(row["loinc"], []).extend([row["domain"], row["question"]])
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}
