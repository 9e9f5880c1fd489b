"""Rates of infusions, as a record states them: an amount per time."""

from __future__ import annotations

from pipelines.records.facts import Medication

PER_TIME = ("/h", "/hr", "/hour", "/min", "/minute")


def is_rate(dose: Medication) -> bool:
    """Whether an administration tells an amount per time."""
    return dose.form == "administration" and rate_of(dose) is not None


def rate_of(dose: Medication) -> tuple[float, str] | None:
    """The rate and its unit as recorded, else None."""
    for dosage in dose.dosages:
        if dosage.rate_value is not None and dosage.rate_unit:
            return dosage.rate_value, dosage.rate_unit
    unit = (dose.dose_unit or "").lower()
    if dose.dose_value is not None and unit.endswith(PER_TIME):
        return dose.dose_value, dose.dose_unit or ""
    return None
