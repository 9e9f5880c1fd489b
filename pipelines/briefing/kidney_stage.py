"""A listed stage of chronic kidney disease beside the latest eGFR, where the two differ.

A problem list is seldom updated, and a dose is then chosen by a stage of years ago. The line
keeps the record's own words and adds the result that does not fit; it never restages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.records.facts import Condition, Fact

RULES = Path(__file__).with_name("kidney_stages.toml")
_STAGE = re.compile(r"\bstage\s*([1-5][ab]?)\b")


def other_stage(condition: Condition, results: Sequence[Fact]) -> tuple[Line, ...]:
    """That the latest eGFR of `results` (in time order) lies outside of the listed stage."""
    name = condition.fact.display.lower()
    found = _STAGE.search(name)
    band = _rules()["stage"].get(found[1]) if found else None
    if band is None or not any(word in name for word in _rules()["names"]):
        return ()
    measured = [fact for fact in results if _is_egfr(fact)]
    if not measured or _is_within(measured[-1].value or 0.0, band):
        return ()
    latest = measured[-1]
    value = f"{wording.numbers([latest])[0]}{wording.unit(latest)}"
    text = f"the latest eGFR, {value} ({wording.clock(latest.when)}), differs from that stage"
    return (Line(text, (latest,)),)


def _is_egfr(fact: Fact) -> bool:
    known = fact.concept == _rules()["concept"] and fact.unit in _rules()["units"]
    return known and fact.value is not None and not fact.comparator


def _is_within(egfr: float, band: dict[str, float]) -> bool:
    return band.get("low", 0.0) <= egfr < band.get("high", float("inf"))


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
