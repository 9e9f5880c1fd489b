"""Which results belong to oxygen, fluids, weight and bedside scores; read from `bedside.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.records.facts import Fact
from pipelines.terms import site, units

RULES = Path(__file__).with_name("bedside.toml")


def is_flow(fact: Fact) -> bool:
    """Whether it is the flow of oxygen that the patient breathes."""
    return fact.concept in rules()["oxygen"]["flow"]


def is_saturation(fact: Fact) -> bool:
    """Whether it is an oxygen saturation."""
    return fact.concept in rules()["oxygen"]["saturation"]


def is_oxygen(fact: Fact) -> bool:
    """Whether it belongs to the line on oxygen: flow, fraction or device."""
    rule = rules()["oxygen"]
    named = fact.display.strip().lower() in rule["device"]
    return is_flow(fact) or fact.concept in rule["fraction"] or named


def is_fever(fact: Fact) -> bool:
    """Whether it is a temperature that counts as fever; in another unit nothing is said."""
    rule = rules()["fever"]
    limit = rule["above"].get(units.canonical(fact.unit) or "")
    if fact.concept not in rule["concepts"] or fact.value is None or limit is None:
        return False
    return bool(fact.value > limit)


def is_weight(fact: Fact) -> bool:
    """Whether it is a body weight."""
    return fact.concept in rules()["weight"]["concepts"]


def is_score(fact: Fact) -> bool:
    """Whether it is a bedside score that is followed like a vital sign."""
    return fact.concept in rules()["scores"]["concepts"]


def without_parts(facts: Sequence[Fact]) -> list[Fact]:
    """The results without the parts of a score whose total is among them."""
    rule = rules()["scores"]
    has_total = any(fact.concept == rule["total"] for fact in facts)
    return [f for f in facts if not (has_total and f.concept in rule["parts"])]


def is_total(fact: Fact) -> bool:
    """Whether it is the intake, output or balance of 24 hours."""
    return fact.code_key in rules()["fluids"]["totals"]


def is_fluid(fact: Fact) -> bool:
    """Whether it is intake or output of any span."""
    rule = rules()["fluids"]
    if is_total(fact) or fact.code_key in rule["codes"]:
        return True
    words = fact.display.lower().replace(",", " ").split()
    local = fact.kind == "observation" and fact.unit in rule["units"]
    return local and any(word in words for word in rule["words"])


def is_elsewhere(fact: Fact) -> bool:
    """Whether a vital sign stands in another section than the vital signs."""
    left_out = fact.concept in rules()["weight"]["left_out"]
    return left_out or is_weight(fact) or is_fluid(fact) or is_oxygen(fact)


@site.remembered()
def rules() -> dict[str, Any]:
    """The tables of `bedside.toml`."""
    return site.table(RULES)
