"""What a medication says beside its row: its dosage, its supply, and whether to give."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Dosage:
    """One dosage instruction, in the record's words and numbers; nothing is computed.

    `rate_value` is in `rate_unit`; `bounds` is a length of time; `path` and `quote` cite it.
    """

    number: int
    sequence: int | None
    text: str | None
    additional: tuple[str, ...]
    patient_instruction: str | None
    is_as_needed: bool | None
    as_needed_for: str | None
    timing: str | None
    frequency: int | None
    frequency_max: int | None
    period: float | None
    period_max: float | None
    period_unit: str | None
    duration: float | None
    duration_unit: str | None
    times: int | None
    times_of_day: tuple[str, ...]
    days_of_week: tuple[str, ...]
    day_parts: tuple[str, ...]
    offset_minutes: int | None
    events: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    bounds: str | None
    site: str | None
    route: str | None
    method: str | None
    dose_value: float | None
    dose_low: float | None
    dose_high: float | None
    dose_unit: str | None
    rate: str | None
    rate_value: float | None
    rate_unit: str | None
    max_dose: str | None
    path: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class MedicationDetail:
    """What only some medication records say. `is_do_not_perform`: the order is not to give it."""

    categories: tuple[str, ...]
    status_reason: str | None
    priority: str | None
    course: str | None
    is_do_not_perform: bool | None
    is_reported: bool | None
    reason_keys: tuple[str, ...]
    reason_references: tuple[str, ...]
    based_on: tuple[str, ...]
    prior_prescription: str | None
    group_identifier: str | None
    quantity: float | None
    quantity_unit: str | None
    refills: int | None
    days_supply: float | None
    days_supply_unit: str | None
    valid_start: Moment | None
    valid_end: Moment | None
    substitution: str | None
    authored: Moment | None
    asserted: Moment | None
    prepared: Moment | None
    handed_over: Moment | None
    drug_form: str | None
    ingredients: tuple[str, ...]
    batch: str | None
    device: str | None
    part_of: tuple[str, ...]
    destination: str | None
    note: str | None
