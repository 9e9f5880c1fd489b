"""Which points of a series are drawn, and in which panels: pure selection, nothing is changed.

At most `limit` points a panel: the lowest and highest of each stretch of time, the first and
the last, and **every** abnormal point, so that thinning never hides what matters. Results of
two units never share a panel; text results have no place on an axis and stay in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.records.facts import Fact, ReferenceRange

POINTS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Panel:
    """One subplot: one analyte in one unit, in time order."""

    code_key: str
    display: str
    unit: str | None
    facts: tuple[Fact, ...]
    left_out: int = 0

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.display} ({self.unit})" if self.unit else self.display


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in which results carried the same reference range."""

    start: str | None
    end: str | None
    range: ReferenceRange


def panels(facts: Sequence[Fact], limit: int = POINTS_SHOWN) -> tuple[Panel, ...]:
    """A panel for each analyte and unit, in the order in which they first occur."""
    grouped: dict[tuple[str, str | None], list[Fact]] = {}
    for fact in facts:
        if fact.value is not None and fact.when is not None:
            grouped.setdefault((fact.code_key or fact.display, fact.unit), []).append(fact)
    made = []
    for (code_key, unit), group in grouped.items():
        shown = thinned(group, limit)
        made.append(Panel(code_key, group[-1].display, unit, shown, len(group) - len(shown)))
    return tuple(made)


def thinned(facts: Sequence[Fact], limit: int) -> tuple[Fact, ...]:
    """At most `limit` points, more only where more are abnormal."""
    if len(facts) <= limit:
        return tuple(facts)
    keep = {0, len(facts) - 1}
    keep.update(index for index, fact in enumerate(facts) if fact.flag)
    buckets = max((limit - len(keep)) // 2, 0)
    for number in range(buckets):
        start, end = number * len(facts) // buckets, (number + 1) * len(facts) // buckets
        if start < end:
            stretch = range(start, end)
            keep.add(min(stretch, key=lambda index: facts[index].value or 0.0))
            keep.add(max(stretch, key=lambda index: facts[index].value or 0.0))
    return tuple(facts[index] for index in sorted(keep))


def bands(facts: Sequence[Fact]) -> tuple[Band, ...]:
    """The reference ranges as the results carry them, stepping where they change.

    The first reaches back and the last forward to the edge of the picture (None).
    """
    steps: list[tuple[str, ReferenceRange | None]] = []
    for fact in facts:
        given = fact.reference_range
        usable = given if given and (given.low is not None or given.high is not None) else None
        if fact.when is None or (steps and _same(steps[-1][1], usable)):
            continue
        steps.append((axis_time(fact), usable))
    made = []
    for index, (start, given) in enumerate(steps):
        if given is not None:
            end = steps[index + 1][0] if index + 1 < len(steps) else None
            made.append(Band(start if index else None, end, given))
    return tuple(made)


def lettered(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Points that carry their letter in the picture: critical ones, the last, the worst."""
    flagged = [fact for fact in facts if fact.flag]
    if not flagged:
        return ()
    chosen = {id(fact): fact for fact in flagged if fact.flag in ("HH", "LL", "AA")}
    if facts[-1].flag:
        chosen[id(facts[-1])] = facts[-1]
    for sides, worst in ((("H", "HH"), max), (("L", "LL"), min)):
        side = [fact for fact in flagged if fact.flag in sides and fact.value is not None]
        if side:
            found = worst(side, key=lambda fact: fact.value or 0.0)
            chosen[id(found)] = found
    return tuple(chosen.values())


def axis_time(fact: Fact) -> str:
    """When, as written and without its zone: the clock of the ward, not of this machine."""
    return fact.when.written[:19] if fact.when is not None else ""


def fact_key(fact: Fact) -> str:
    """What a click on a point brings back."""
    return f"{fact.resource}#{fact.part}"


def _same(one: ReferenceRange | None, other: ReferenceRange | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.low, one.high) == (other.low, other.high)
