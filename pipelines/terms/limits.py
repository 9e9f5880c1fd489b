"""Out of range or critical where the record itself does not say: site policy, and named as such.

A result's own interpretation and reference range always decide first (`charts.flags`). Only a
result without either is held against `vital_limits.toml` or `terms/labs.csv`, in the very unit
the table names, and for adults only. The one thing added to a result that has its range is that
it is critical by the site's limits. What no table knows stays "no range", never "normal".

A site may lay its own over both tables (`terms.site`). What it changes of a published band is then
called site policy, no longer by the publication's name; limits that cross are refused.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.records.facts import Fact, ReferenceRange
from pipelines.terms import site, units
from pipelines.terms.concepts import LOINC, concept_of, load

VITALS = Path(__file__).with_name("vital_limits.toml")
SITE_POLICY = "site policy"
RECORDED = ("interpretation", "range")
ADULT_VITALS_YEARS, ADULT_LABS_YEARS = 16, 18
# mEq/L equals mmol/L for ions of one charge only.
DIMENSIONLESS = frozenset({"{INR}", "[pH]", "1", "{ratio}"})
MONOVALENT = frozenset({"sodium", "potassium", "chloride", "bicarbonate"})


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of a table; `rank` is its place in the table."""

    unit: str
    low: float | None
    high: float | None
    critical_low: float | None
    critical_high: float | None
    source: str
    rank: int

    def __post_init__(self) -> None:
        """ValueError where the limits cross: a slip of the pen would call good results critical."""
        ends = (self.critical_low, self.low, self.high, self.critical_high)
        told = [end for end in ends if end is not None]
        if told != sorted(told):
            raise ValueError


def judged(fact: Fact, age_years: int | None) -> Fact:
    """The fact with the flag and range that apply, and where they come from."""
    limit = _limit(fact, age_years)
    if limit is None or fact.value is None or fact.comparator:
        return fact
    critical = _critical(fact.value, limit)
    if fact.flag_source is not None or _has_range(fact):
        if critical and fact.flag in ("H", "L") and critical[0] == fact.flag and fact.kind == "lab":
            return replace(fact, flag=critical, flag_source=f"{fact.flag_source}, {SITE_POLICY}")
        return fact
    flag = critical or _outside(fact.value, limit)
    shown = ReferenceRange(limit.low, limit.high)
    return replace(fact, flag=flag, flag_source=limit.source, reference_range=shown)


def sorted_out(fact: Fact) -> Fact:
    """The fact as the lab result or vital sign it is, where its record names no category."""
    if fact.kind != "observation":
        return fact
    known = load().by_key.get(fact.concept or "")
    if known is not None and known.kind in ("lab", "vital"):
        return replace(fact, kind=known.kind)
    has_range = fact.value is not None and fact.reference_range is not None
    return replace(fact, kind="lab") if has_range else fact


def quiet(code_key: str, concept: str | None) -> tuple[float, float] | None:
    """The least and the most value of this kind that no limit marks, whatever its unit.

    None where no table knows the kind. A quick look before `judged`, which alone decides: no value
    from the least to the most, both included, is ever marked.
    """
    found = [
        limit
        for key in (code_key, concept or "")
        for table in (_vitals(), _labs())
        for limit in table.get(key, ())
    ]
    if not found:
        return None
    return max(map(_least, found)), min(map(_most, found))


def _least(limit: Limit) -> float:
    """A critical limit marks the value itself, another limit only what lies beyond it."""
    critical = limit.critical_low
    above = -math.inf if critical is None else math.nextafter(critical, math.inf)
    return above if limit.low is None else max(limit.low, above)


def _most(limit: Limit) -> float:
    critical = limit.critical_high
    below = math.inf if critical is None else math.nextafter(critical, -math.inf)
    return below if limit.high is None else min(limit.high, below)


def is_recorded(fact: Fact) -> bool:
    """Whether the flag is the record's own, not a table's."""
    return fact.flag_source in RECORDED


def rank(fact: Fact) -> int:
    """The place of a vital sign among the others."""
    limits = _vitals().get(fact.concept or fact.code_key or "")
    return limits[0].rank if limits else len(_vitals())


def _limit(fact: Fact, age_years: int | None) -> Limit | None:
    if age_years is None:
        return None
    if fact.kind == "vital":
        table, adult = _vitals(), ADULT_VITALS_YEARS
    else:
        table, adult = _labs(), ADULT_LABS_YEARS
    if age_years < adult:
        return None
    rows = table.get(fact.code_key or "") or table.get(fact.concept or "") or ()
    unit = unit_of(fact)
    return next((limit for limit in rows if unit == limit.unit), None)


def unit_of(fact: Fact) -> str:
    """One spelling of the unit of a result; mEq/L of a monovalent ion is mmol/L."""
    unit = _known_unit(fact.unit)
    return "mmol/L" if unit.lower() == "meq/l" and fact.concept in MONOVALENT else unit


@lru_cache(maxsize=1_000)
def _known_unit(written: str | None) -> str:
    """One spelling of a unit; INR and pH have none, however that is written."""
    unit = units.canonical(written) or ""
    return "" if unit in DIMENSIONLESS else unit


def _has_range(fact: Fact) -> bool:
    return fact.reference_range is not None


def _critical(value: float, limit: Limit) -> str | None:
    if limit.critical_low is not None and value <= limit.critical_low:
        return "LL"
    if limit.critical_high is not None and value >= limit.critical_high:
        return "HH"
    return None


def _outside(value: float, limit: Limit) -> str | None:
    if limit.low is not None and value < limit.low:
        return "L"
    return "H" if limit.high is not None and value > limit.high else None


def _keys(loinc: str) -> frozenset[str]:
    concept = concept_of(((LOINC, loinc),), None)
    return frozenset({f"{LOINC}|{loinc}"} | ({concept} if concept else set()))


@site.remembered()
def _vitals() -> Mapping[str, tuple[Limit, ...]]:
    table: dict[str, tuple[Limit, ...]] = {}
    published = tomllib.loads(VITALS.read_text(encoding="utf-8"))["vital"]
    with site.shaped(VITALS.name):
        for number, (name, entry) in enumerate(site.table(VITALS)["vital"].items()):
            before = published.get(name, entry)
            limit = _of_vital(entry, number)
            if entry != before and entry["source"] == before["source"]:
                limit = replace(limit, source=SITE_POLICY)
            for key in frozenset[str]().union(*(_keys(loinc) for loinc in entry["loinc"])):
                table[key] = (*table.get(key, ()), limit)
    return table


def _of_vital(entry: Mapping[str, Any], number: int) -> Limit:
    ends = {
        end: None if end not in entry else float(entry[end])
        for end in ("low", "high", "critical_low", "critical_high")
    }
    return Limit(unit=_known_unit(entry["unit"]), source=str(entry["source"]), rank=number, **ends)


@site.remembered()
def _labs() -> Mapping[str, tuple[Limit, ...]]:
    table: dict[str, tuple[Limit, ...]] = {}
    with site.shaped(units.LABS.name):
        for number, row in enumerate(site.rows(units.LABS)):
            limit = _of_lab(row, number)
            for key in _keys(row["loinc"]):
                table.setdefault(key, (limit,))
    return table


def _of_lab(row: Mapping[str, str], number: int) -> Limit:
    return Limit(
        unit=_known_unit(row["unit"]),
        # A low creatinine or ALT is no finding: the table says which way is bad.
        low=_number(row["ref_low"]) if row["direction_bad"] != "up" else None,
        high=_number(row["ref_high"]) if row["direction_bad"] != "down" else None,
        critical_low=_number(row["critical_low"]),
        critical_high=_number(row["critical_high"]),
        source=SITE_POLICY,
        rank=number,
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
