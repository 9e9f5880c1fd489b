"""Conversions of a series of results, each stated: the arithmetic and where its factor is from.

`units.convert` alone decides what may be converted; here its answer is put into words. What it
has no factor for is named as not converted, with the reason, and stays in its own unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.terms import site, units
from pipelines.terms.concepts import load
from pipelines.terms.limits import DIMENSIONLESS, MONOVALENT

GENERAL_SOURCE = "definition of the units"
HBA1C_SOURCE = "NGSP master equation"
CHARGE_SOURCE = "ion of one charge"
NO_FACTOR = "no factor is known for this analyte"


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one unit to another: `to = from * scale + offset`, in words, with the source."""

    unit: str
    to_unit: str
    scale: float
    offset: float
    source: str

    @property
    def said(self) -> str:
        """The unit, times the factor, plus or minus the shift, is the other unit (source)."""
        shift = f" {'+' if self.offset > 0 else '-'} {abs(self.offset):.6g}" if self.offset else ""
        return f"{self.unit} \u00d7 {self.scale:.6g}{shift} = {self.to_unit} ({self.source})"

    def apply(self, value: float) -> float:
        """The value in the other unit, to 12 digits that count (no `0.30000000000000004`)."""
        return float(f"{value * self.scale + self.offset:.12g}")


def conversion(unit: str | None, to_unit: str, concept: str | None) -> Conversion | None:
    """How a result of this concept is converted, or None: it may not be."""
    if not unit:
        return None
    if _is_charge(unit, to_unit, concept):
        return Conversion(unit, to_unit, 1.0, 0.0, CHARGE_SOURCE)
    offset = units.convert(0.0, unit, to_unit, concept)
    one = units.convert(1.0, unit, to_unit, concept)
    if offset is None or one is None:
        return None
    return Conversion(unit, to_unit, one - offset, offset, _source(unit, to_unit, concept))


def why_not(unit: str | None) -> str:
    """Why results in this unit stay as they are."""
    return NO_FACTOR if unit else "these results carry no unit"


def targets(unit: str | None, concept: str | None) -> tuple[str, ...]:
    """The other units that a result of this unit can be shown in, by the house's spelling."""
    if not unit:
        return ()
    # What the table lists is what laboratories write; mg/L of a creatinine is arithmetic alone.
    wanted = [u for row in _rows(concept) for u in row[:2]] or [*units.general_targets(unit)]
    if concept == "hba1c":
        wanted.append("mmol/mol")
    if concept in MONOVALENT:
        wanted += ["mmol/L", "meq/L"]
    possible = dict.fromkeys(
        target
        for target in wanted
        if target not in DIMENSIONLESS
        and not units.same(target, unit)
        and conversion(unit, target, concept) is not None
    )
    return tuple(possible)


def _is_charge(unit: str, to_unit: str, concept: str | None) -> bool:
    pair = {(units.canonical(one) or "").lower() for one in (unit, to_unit)}
    return concept in MONOVALENT and pair == {"meq/l", "mmol/l"}


def _source(unit: str, to_unit: str, concept: str | None) -> str:
    if concept == "hba1c":
        return HBA1C_SOURCE
    if any(units.same(to_unit, target) for target in units.general_targets(unit)):
        return GENERAL_SOURCE
    for first, second, loinc, mass in _rows(concept):
        if {units.canonical(first), units.canonical(second)} == {
            units.canonical(unit),
            units.canonical(to_unit),
        }:
            molar = f", {mass} g/mol" if mass else ""
            return f"labs.csv, LOINC {loinc}{molar}"
    return "same unit, other spelling"


@site.remembered(200)
def _rows(concept: str | None) -> tuple[tuple[str, str, str, str], ...]:
    """Unit, SI unit, LOINC and molar mass of each row of `labs.csv` for this concept."""
    known = load().by_key.get(concept or "")
    if known is None:
        return ()
    return tuple(
        (row["unit"], row["si_unit"], row["loinc"], row["molar_mass_g_mol"])
        for row in site.rows(units.LABS)
        if row["loinc"] in known.loinc
    )
