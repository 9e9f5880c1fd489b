"""What a result says beside its value: its ranges, its method and specimen, and its versions."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class StatedRange:
    """One reference range as stated. `is_applied`: the result's flag is read from this one."""

    number: int
    low: float | None
    high: float | None
    unit: str | None
    kind: str | None
    applies_to: tuple[str, ...]
    age_low: float | None
    age_high: float | None
    age_unit: str | None
    text: str | None
    is_applied: bool
    path: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class ResultDetail:
    """Everything beside the value of a result or of one of its components (`part`).

    `interpretations` and `categories` are empty where the fact itself carries the only one;
    `ranges` where it carries all that the only range says.
    """

    part: int
    categories: tuple[str, ...]
    interpretations: tuple[str, ...]
    absent_reason: str | None
    value_low: float | None
    value_high: float | None
    numerator: float | None
    denominator: float | None
    method: str | None
    body_site: str | None
    device: str | None
    based_on: tuple[str, ...]
    part_of: tuple[str, ...]
    focus: tuple[str, ...]
    derived_from: tuple[str, ...]
    has_member: tuple[str, ...]
    effective_end: Moment | None
    timing: str | None
    note: str | None
    ranges: tuple[StatedRange, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplacedResult:
    """A preliminary result, and the final one (`replaced_by`) that stands in its place."""

    fact: Fact
    replaced_by: str


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """What a result, or one component of it (`part`), said in a version before the current one.

    `when` is when it was taken, `updated` when that version was written, by its own word. The
    `quote` stands at `path` in that version, not in the current one: it cannot be cited.
    """

    version: int
    part: int
    display: str | None
    status: str | None
    value: float | None
    value_text: str | None
    comparator: str | None
    unit: str | None
    when: Moment | None
    issued: Moment | None
    updated: Moment | None
    path: str
    quote: str | None
