"""Reference change value: whether two results differ by more than expected variation.

Promises: a step is named only between two results of one analyte, specimen and unit, no more
than the table's days apart, for an analyte whose variation stands in `labs.csv`. Refuses: bounds
(`<0.01`), values of zero or less, a unit the table's percentages do not hold for (an HbA1c in
mmol/mol has an offset), results of one moment. "Larger than expected variation" is all that may
be said: it is no judgement of normal or abnormal, and among many results some will pass by chance.
Rules and their sources stand in `rcv.toml`; a laboratory lays its own figures over both tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipelines.records.facts import Fact
from pipelines.records.trends import LargerChange
from pipelines.terms import site, units
from pipelines.terms.concepts import LOINC, concept_of
from pipelines.terms.limits import DIMENSIONLESS, unit_of

TABLE = Path(__file__).with_name("rcv.toml")


@dataclass(frozen=True, slots=True)
class Variation:
    """The percentages of one analyte, and the units they hold for."""

    units: tuple[str, ...]
    cvi_percent: float
    cva_percent: float


def symmetric_percent(cvi_percent: float, cva_percent: float) -> float:
    """RCV in percent of the earlier value, the same up and down (Harris and Yasaka 1983)."""
    return math.sqrt(2) * _rules()["z"] * math.hypot(cvi_percent, cva_percent)


def log_percent(cvi_percent: float, cva_percent: float) -> tuple[float, float]:
    """RCV of a skewed analyte in percent: the rise, and the fall as a negative number."""
    spread = math.log(1 + (cvi_percent / 100) ** 2 + (cva_percent / 100) ** 2)
    reach = _rules()["z"] * math.sqrt(2 * spread)
    return 100 * (math.exp(reach) - 1), 100 * (math.exp(-reach) - 1)


def limits_percent(variation: Variation) -> tuple[float, float]:
    """The rise and the fall (negative), in percent, beyond which a change is larger."""
    if variation.cvi_percent >= _rules()["log_form_from_cvi_pct"]:
        return log_percent(variation.cvi_percent, variation.cva_percent)
    both = symmetric_percent(variation.cvi_percent, variation.cva_percent)
    return both, -both


def larger_changes(
    facts: Iterable[Fact], specimens: Mapping[str, str] | None = None
) -> tuple[LargerChange, ...]:
    """Every larger step among results in time order, each against the one before it.

    `specimens` names the kind of a specimen by its resource; results of two kinds, or of one
    whose kind is not known and another's, are never compared.
    """
    before: dict[tuple[str, str, str], Fact] = {}
    found = []
    for fact in facts:
        variation = _variation_of(fact)
        if variation is None or fact.value is None or fact.when is None or fact.comparator:
            continue
        kind = (specimens or {}).get(fact.specimen or "", fact.specimen or "")
        series = (fact.code_key or "", unit_of(fact), kind)
        earlier = before.get(series)
        change = None if earlier is None else _step(earlier, fact, variation)
        if change is not None:
            found.append(change)
        if earlier is None or earlier.when is None or earlier.when.instant < fact.when.instant:
            before[series] = fact
    return tuple(found)


def _step(earlier: Fact, fact: Fact, variation: Variation) -> LargerChange | None:
    if earlier.value is None or fact.value is None or earlier.when is None or fact.when is None:
        return None
    gap = fact.when.instant - earlier.when.instant
    if not timedelta(0) < gap <= timedelta(days=_rules()["longest_gap_days"]):
        return None
    if earlier.value <= 0 or fact.value <= 0:
        return None
    change = 100 * (fact.value - earlier.value) / earlier.value
    up, down = limits_percent(variation)
    if down <= change <= up:
        return None
    written = earlier.value_text or f"{earlier.value:g}"
    return LargerChange(
        resource=fact.resource,
        part=fact.part,
        is_rise=change > 0,
        change_percent=change,
        up_percent=up,
        down_percent=down,
        earlier_resource=earlier.resource,
        earlier_value=written,
        earlier_when=earlier.when,
    )


def _variation_of(fact: Fact) -> Variation | None:
    table = _variations()
    found = table.get(fact.code_key or "") or table.get(fact.concept or "")
    return found if found is not None and unit_of(fact) in found.units else None


def _unit(written: str) -> str:
    unit = units.canonical(written) or ""
    return "" if unit in DIMENSIONLESS else unit


@site.remembered()
def _variations() -> Mapping[str, Variation]:
    """By LOINC code key and by concept, the first row of each."""
    table: dict[str, Variation] = {}
    with site.shaped(units.LABS.name):
        for row in site.rows(units.LABS):
            if not row["cvi_pct"] or not row["cva_pct_default"]:
                continue
            # A formula with an offset changes percentages; a factor does not.
            is_factor = not row["factor_to_si"].startswith("IFCC")
            known = [row["unit"], *([row["si_unit"]] if is_factor else [])]
            variation = Variation(
                tuple(_unit(unit) for unit in known),
                float(row["cvi_pct"]),
                float(row["cva_pct_default"]),
            )
            key = f"{LOINC}|{row['loinc']}"
            table[key] = variation
            concept = concept_of(((LOINC, row["loinc"]),), None)
            if concept is not None:
                table.setdefault(concept, variation)
    return table


@site.remembered()
def _rules() -> dict[str, float]:
    found: dict[str, float] = site.table(TABLE)
    with site.shaped(TABLE.name):
        if any(not value > 0 for value in found.values()):
            raise ValueError
    return found
