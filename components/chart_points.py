"""Which points of a series are drawn, and in which panels: pure selection, nothing is changed.

At most `limit` points a panel: the lowest and highest of each stretch of time, the first and
the last, and **every** abnormal, not final or amended point, so that thinning never hides what
matters (larger steps too, as far as they fit). Results of two units never share a panel unless
one was converted at the reader's wish; text results have no place on an axis and stay in the
table. What was entered in error is kept apart from the points of its panel: it is never joined,
counted or judged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from components.chart_axis import axis_time
from components.flags import is_policy
from pipelines.records.facts import Fact, ReferenceRange
from pipelines.records.trends import Axis, LargerChange, ShownAs
from pipelines.records.views import Trend

__all__ = [
    "axis_time",
    "bands",
    "fact_key",
    "lettered",
    "panels",
    "thinned",
    "trend_panels",
    "unit_words",
]

POINTS_SHOWN = 1000

PanelKey = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """One subplot: one analyte in one unit, in time order, as drawn.

    `recorded` are the results whose drawn number is not the record's, by key; `notes` are the
    words on units; `changes` the larger steps by key.
    """

    code_key: str
    display: str
    unit: str | None
    facts: tuple[Fact, ...]
    left_out: int = 0
    erroneous: tuple[Fact, ...] = ()
    recorded: Mapping[str, Fact] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    changes: Mapping[str, LargerChange] = field(default_factory=dict)
    axis: Axis | None = None

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.display} ({self.unit})" if self.unit else self.display


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in which results had the same range; `is_policy`: a site's, not theirs."""

    start: str | None
    end: str | None
    range: ReferenceRange
    is_policy: bool = False


def trend_panels(trend: Trend, limit: int = POINTS_SHOWN) -> tuple[Panel, ...]:
    """Every panel of a trend: results first, then doses, each with all that is marked on it."""
    shown = {f"{one.resource}#{one.part}": one for one in trend.shown}
    changes = {f"{one.resource}#{one.part}": one for one in trend.changes}
    axes = {axis.code_key: axis for axis in trend.axes}
    drawn = [_as_drawn(fact, shown) for fact in (*trend.facts, *trend.doses)]
    wrong = _grouped(_as_drawn(fact, shown) for fact in trend.erroneous)
    recorded = {fact_key(fact): fact for fact in trend.facts if fact_key(fact) in shown}
    made = list(panels(drawn, limit, changes))
    known = {(panel.code_key, panel.unit) for panel in made}
    made += [Panel(key, group[0].display, unit, ()) for (key, unit), group in wrong.items()
             if (key, unit) not in known]  # fmt: skip
    return tuple(
        replace(
            panel,
            erroneous=tuple(wrong.get((panel.code_key, panel.unit), ())),
            recorded=recorded,
            notes=_notes(trend, panel),
            changes=changes,
            axis=axes.get(panel.code_key),
        )
        for panel in made
    )


def panels(
    facts: Sequence[Fact], limit: int = POINTS_SHOWN, marked: Collection[str] = ()
) -> tuple[Panel, ...]:
    """A panel for each analyte and unit, in the order in which they first occur."""
    made = []
    for (code_key, unit), group in _grouped(facts).items():
        shown = thinned(group, limit, marked)
        made.append(Panel(code_key, group[-1].display, unit, shown, len(group) - len(shown)))
    return tuple(made)


def thinned(facts: Sequence[Fact], limit: int, marked: Collection[str] = ()) -> tuple[Fact, ...]:
    """At most `limit` points, more only where more must be seen (see the module)."""
    if len(facts) <= limit:
        return tuple(facts)
    keep = {0, len(facts) - 1}
    keep.update(
        index
        for index, fact in enumerate(facts)
        if fact.flag or fact.status_word or not fact.is_final
    )
    steps = {n for n, fact in enumerate(facts) if fact_key(fact) in marked} if marked else set()
    if len(keep | steps) <= limit:  # larger steps are no findings; the table has them all
        keep |= steps
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
    steps: list[tuple[str, ReferenceRange | None, bool]] = []
    for fact in facts:
        given = fact.reference_range
        usable = given if given and (given.low is not None or given.high is not None) else None
        policy = is_policy(fact)
        if fact.when is None or (
            steps and _same(steps[-1][1], usable) and (usable is None or steps[-1][2] == policy)
        ):
            continue
        steps.append((axis_time(fact), usable, policy))
    made = []
    for index, (start, given, policy) in enumerate(steps):
        if given is not None:
            end = steps[index + 1][0] if index + 1 < len(steps) else None
            made.append(Band(start if index else None, end, given, policy))
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


def fact_key(fact: Fact) -> str:
    """What a click on a point brings back."""
    return f"{fact.resource}#{fact.part}"


def _grouped(facts: Sequence[Fact] | map[Fact]) -> dict[PanelKey, list[Fact]]:
    grouped: dict[PanelKey, list[Fact]] = {}
    for fact in facts:
        if fact.value is not None and fact.when is not None:
            grouped.setdefault((fact.code_key or fact.display, fact.unit), []).append(fact)
    return grouped


def _as_drawn(fact: Fact, shown: Mapping[str, ShownAs]) -> Fact:
    one = shown.get(fact_key(fact))
    if one is None:
        return fact
    written = fact.value_text if one.value == fact.value else f"{one.value:.6g}"
    return replace(
        fact,
        value=one.value,
        value_text=written,
        unit=one.unit,
        reference_range=one.reference_range,
    )


def _notes(trend: Trend, panel: Panel) -> tuple[str, ...]:
    """In short what is said of units above the picture: converted from which, or not at all."""
    return tuple(
        f"converted from {note.unit}" if note.is_converted else "not converted"
        for note in trend.unit_notes
        if note.code_key == panel.code_key
        and (note.to_unit if note.is_converted else note.unit) == panel.unit
    )


def unit_words(trend: Trend) -> tuple[str, ...]:
    """A sentence for each unit that was or could not be converted, with factor and source."""
    names = {fact.code_key: fact.display for fact in (*trend.erroneous, *trend.facts)}
    return tuple(
        f"{names.get(note.code_key, note.code_key)} in {note.unit or 'no unit'}: {note.said}"
        for note in trend.unit_notes
    )


def _same(one: ReferenceRange | None, other: ReferenceRange | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.low, one.high) == (other.low, other.high)
