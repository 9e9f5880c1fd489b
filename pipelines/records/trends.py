"""What stands beside the results of a trend: other units, larger changes, axes, and the choices.

A result itself is never rewritten: what a picture shows otherwise than the record says is a
value of its own here, with the words that say how it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipelines.records.facts import Encounter, Fact, ReferenceRange, ResultKind
from pipelines.records.moments import Moment

WindowName = Literal["24 h", "48 h", "7 d", "stay", "1 y", "all"]
WINDOW_HOURS: Mapping[str, int] = {"24 h": 24, "48 h": 48, "7 d": 168, "1 y": 24 * 365}


@dataclass(frozen=True, slots=True)
class ShownAs:
    """One result as it is drawn where that differs from the record: value and range in `unit`."""

    resource: str
    part: int
    value: float
    unit: str | None
    reference_range: ReferenceRange | None


@dataclass(frozen=True, slots=True)
class UnitNote:
    """What was done with the unit of a series: converted (`said` how), or not, and why not."""

    code_key: str
    unit: str | None
    to_unit: str
    is_converted: bool
    said: str


@dataclass(frozen=True, slots=True)
class LargerChange:
    """A step from the result before that is larger than expected variation.

    `change_percent` is of the earlier value; `up_percent` and `down_percent` (negative) are the
    reference change value that it passes. It says nothing of abnormal or normal.
    """

    resource: str
    part: int
    is_rise: bool
    change_percent: float
    up_percent: float
    down_percent: float
    earlier_resource: str
    earlier_value: str
    earlier_when: Moment


@dataclass(frozen=True, slots=True)
class Axis:
    """How a series is drawn: whole scores on their own scale, volumes and doses from zero.

    `form` is `line` (points joined), `points` (one amount each, not joined) or `steps` (a rate
    that holds until the next).
    """

    code_key: str
    low: float | None = None
    high: float | None = None
    form: Literal["line", "points", "steps"] = "line"


@dataclass(frozen=True, slots=True)
class DoseKind:
    """A drug with given doses or rates in numbers, of one unit."""

    code_key: str
    display: str
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class TrendOffers:
    """What of this chart can be drawn; `units` are the other units of a kind, by its code key."""

    kinds: tuple[ResultKind, ...]
    doses: tuple[DoseKind, ...]
    stay: Encounter | None
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrendChoice:
    """What a reader chose: results and doses by key, the window, and units by code key."""

    code_keys: tuple[str, ...]
    window: WindowName = "all"
    doses: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def part_key(fact: Fact) -> tuple[str, int]:
    """What names a result within a chart: its resource and the component."""
    return fact.resource, fact.part
