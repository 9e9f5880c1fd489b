"""Units: which spellings mean the same, and the few conversions that may be trusted.

Spellings are settled by a table first (`units.toml`), because general unit libraries misread
laboratory ones (`K/uL` as kelvin). A number is converted only where the factor is known for
that very analyte (`labs.csv`, by LOINC) or is the same for all (°F, lb, in); everything else
is refused with `None`, never guessed. HbA1c has a formula, not a factor. Nothing is rounded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pipelines.terms import site
from pipelines.terms.concepts import load

LABS = Path(__file__).with_name("labs.csv")
SPELLINGS = Path(__file__).with_name("units.toml")
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=4096)
def canonical(unit: str | None) -> str | None:
    """The one spelling that stands for all of a unit's; an unknown unit only loses its spaces."""
    if unit is None:
        return None
    bare = _SPACE.sub("", unit).replace("\u00b5", "u").replace("\u03bc", "u")
    return _spellings().get(bare.lower(), bare) or None


def same(first: str | None, second: str | None) -> bool:
    """Whether two units are known to mean the same; a missing one is the same as none."""
    one, other = canonical(first), canonical(second)
    return (one or "").lower() == (other or "").lower()


def convert(value: float, unit: str, to_unit: str, concept: str | None = None) -> float | None:
    """`value` in another unit of the same analyte, or None where no factor is known."""
    source, target = canonical(unit), canonical(to_unit)
    if same(source, target):
        return value
    general = _GENERAL.get((source or "", target or ""))
    if general is not None:
        scale, offset = general
        return value * scale + offset
    for conventional, si, factor in _factors(concept):
        if same(source, conventional) and same(target, si):
            return value * factor
        if same(source, si) and same(target, conventional):
            return value / factor
    if concept == "hba1c":
        return _hba1c(value, source, target)
    return None


def general_targets(unit: str | None) -> tuple[str, ...]:
    """The units that any value in `unit` can be converted to, whatever was measured."""
    source = canonical(unit) or ""
    return tuple(target for start, target in _GENERAL if start == source)


def _hba1c(value: float, source: str | None, target: str | None) -> float | None:
    """NGSP percent and IFCC mmol/mol: 10.93 x - 23.5."""
    if (source, target) == ("%", "mmol/mol"):
        return 10.93 * value - 23.5
    if (source, target) == ("mmol/mol", "%"):
        return (value + 23.5) / 10.93
    return None


# Scale and offset between units that mean the same for everything measured in them.
_GENERAL: Mapping[tuple[str, str], tuple[float, float]] = {
    ("[degF]", "Cel"): (5 / 9, -160 / 9),
    ("Cel", "[degF]"): (9 / 5, 32.0),
    ("[lb_av]", "kg"): (0.45359237, 0.0),
    ("kg", "[lb_av]"): (1 / 0.45359237, 0.0),
    ("g", "kg"): (0.001, 0.0),
    ("[in_i]", "cm"): (2.54, 0.0),
    ("cm", "[in_i]"): (1 / 2.54, 0.0),
    ("m", "cm"): (100.0, 0.0),
    ("g/dL", "g/L"): (10.0, 0.0),
    ("g/L", "g/dL"): (0.1, 0.0),
    ("ng/mL", "ng/L"): (1000.0, 0.0),
    ("ng/L", "ng/mL"): (0.001, 0.0),
    ("mg/L", "mg/dL"): (0.1, 0.0),
    ("mg/dL", "mg/L"): (10.0, 0.0),
}


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    table = tomllib.loads(SPELLINGS.read_text(encoding="utf-8"))["spellings"]
    known = {unit.lower(): unit for unit in table}
    for unit, others in table.items():
        known.update((other.lower(), unit) for other in others)
    return known


@site.remembered()
def _labs() -> tuple[dict[str, str], ...]:
    return site.rows(LABS)


def _factors(concept: str | None) -> tuple[tuple[str, str, float], ...]:
    known = load().by_key.get(concept or "")
    if known is None:
        return ()
    found = []
    for row in _labs():
        factor = row["factor_to_si"]
        if row["loinc"] in known.loinc and factor and not factor.startswith("IFCC"):
            found.append((row["unit"], row["si_unit"], float(factor)))
    return tuple(found)
