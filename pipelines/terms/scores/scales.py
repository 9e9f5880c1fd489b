"""The whole scale of a score (GCS 3 to 15), for an axis that shows it as what it is.

Promises the ends that `scales.toml` gives for the result's LOINC code, else for its name; None
for a score it does not list, whose axis then follows the values. It judges no value.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.terms.concepts import LOINC

TABLE = Path(__file__).with_name("scales.toml")


@lru_cache(maxsize=2_000)
def scale_of(code_key: str, display: str) -> tuple[float, float] | None:
    """The least and the most of the score that this result is, or None."""
    for entry in _entries():
        if code_key in (f"{LOINC}|{loinc}" for loinc in entry["loinc"]):
            return float(entry["low"]), float(entry["high"])
    said = " ".join(re.split(r"[\s_\[\]()]+", display.lower())).strip()
    for entry in _entries():
        for name in entry["name"]:
            if said == name or ((" " in name or "-" in name) and _holds(said, name)):
                return float(entry["low"]), float(entry["high"])
    return None


def _holds(said: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said) is not None


@lru_cache(maxsize=1)
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(TABLE.read_text(encoding="utf-8"))["scale"])
