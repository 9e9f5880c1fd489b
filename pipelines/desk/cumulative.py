"""Many results of one chart at once: its panels, the cumulative table, and two against each other.

The table is what a laboratory prints: a row a test in one unit (a result in another unit is
another row, never converted), a column a collection time. It is cut to pages of columns, and each
cut is told. Pairs are results of the same specimen, or of the same time, or the nearest within a
window, each result in one pair at most: the closest pairs are made first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.charts import labs
from pipelines.desk.access import open_chart
from pipelines.records.panels import (
    ChartPanel,
    CumulativeCell,
    CumulativeRow,
    CumulativeTable,
    Pair,
    PairedResults,
    TableRequest,
)
from pipelines.terms.panels import Panel
from pipelines.terms.panels import panels as all_panels
from pipelines.terms.units import canonical

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.facts import Fact, ResultKind
    from pipelines.records.moments import Moment

COLUMNS_SHOWN = 12
CURVE_POINTS = 60
OTHERS, VITALS = "Other results", "Vital signs and observations"
WINDOW_MINUTES = 30
Place = tuple[str, str, str | None]


def panels(kinds: Sequence[ResultKind]) -> tuple[ChartPanel, ...]:
    """Every panel with what of it this chart has results of, and what not."""
    return tuple(_chart_panel(panel, kinds) for panel in all_panels())


def table(house: House, reader: Reader, patient_id: str, request: TableRequest) -> CumulativeTable:
    """One page of the cumulative table, newest columns first."""
    chart = open_chart(house, reader, patient_id, "look")
    groups = _groups()
    found = [fact for fact in labs.results(chart) if _is_wanted(fact, request, groups)]
    moments = sorted({f.when.instant for f in found if f.when is not None}, reverse=True)
    columns: list[datetime | None] = list(moments)
    if any(fact.when is None for fact in found):
        columns.append(None)
    first = min(max(request.page, 0) * COLUMNS_SHOWN, max(len(columns) - 1, 0))
    first -= first % COLUMNS_SHOWN
    shown = columns[first : first + COLUMNS_SHOWN]
    written = {f.when.instant: f.when for f in reversed(found) if f.when is not None}
    rows = [_row(place, facts, shown, groups) for place, facts in _by_place(found).items()]
    here = sorted((row for row in rows if row.cells), key=lambda row: _order(row, groups))
    heads: tuple[Moment | None, ...] = tuple(written[at] if at else None for at in shown)
    return CumulativeTable(
        tuple(here), heads, first, len(columns), len(rows) - len(here), len(found)
    )


def pairs(
    house: House,
    reader: Reader,
    patient_id: str,
    keys: tuple[str, str],
    window_minutes: int = WINDOW_MINUTES,
) -> PairedResults:
    """Two kinds of result of one chart, paired; `window_minutes` is the widest gap of a pair."""
    chart = open_chart(house, reader, patient_id, "look")
    x, y = (labs.results(chart, (key,)) for key in keys)
    return paired(x, y, window_minutes)


def paired(x: Sequence[Fact], y: Sequence[Fact], window_minutes: int) -> PairedResults:
    """Pair two series: same specimen or time first, then the nearest within the window."""
    x_unit, y_unit = _main_unit(x), _main_unit(y)
    xs, ys = _usable(x, x_unit), _usable(y, y_unit)
    near = sorted(_near(xs, ys, window_minutes))
    taken_x: set[int] = set()
    taken_y: set[int] = set()
    made = []
    for _, gap, i, j in near:
        if i in taken_x or j in taken_y:
            continue
        taken_x.add(i)
        taken_y.add(j)
        by = "same specimen" if _same_specimen(xs[i], ys[j]) else "same time" if not gap else "near"
        made.append(Pair(xs[i], ys[j], gap, by))
    numbers = [f for f in (*x, *y) if _is_number(f)]
    in_unit = [f for f in x if _is_number(f) and canonical(f.unit) == x_unit]
    in_unit += [f for f in y if _is_number(f) and canonical(f.unit) == y_unit]
    return PairedResults(
        pairs=tuple(sorted(made, key=lambda pair: (_instant(pair.x), pair.x.resource))),
        x_unit=_spelt(xs), y_unit=_spelt(ys), x_count=len(x), y_count=len(y),
        not_numbers=len(x) + len(y) - len(numbers), other_unit=len(numbers) - len(in_unit),
        undated=len(in_unit) - len(xs) - len(ys),
        alone=len(xs) + len(ys) - 2 * len(made), window_minutes=window_minutes,
    )  # fmt: skip


def _chart_panel(panel: Panel, kinds: Sequence[ResultKind]) -> ChartPanel:
    ordered = sorted(kinds, key=lambda kind: -kind.numeric_count)
    keys: list[str] = []
    first: list[str] = []
    missing: list[str] = []
    for member, title in panel.titles().items():
        own = [k.code_key for k in ordered if member == k.concept or _is_loinc(k.code_key, member)]
        keys += [key for key in own if key not in keys]
        first += own[:1]
        missing += [] if own else [title]
    return ChartPanel(
        panel.key, panel.title, panel.name, tuple(keys), tuple(first), tuple(missing), panel.source
    )


def _is_loinc(code_key: str, code: str) -> bool:
    return code_key == f"http://loinc.org|{code}"


def _groups() -> dict[str, tuple[int, str]]:
    """The first panel of each concept, with its place in the table of panels."""
    found: dict[str, tuple[int, str]] = {}
    for number, panel in enumerate(all_panels()):
        for place, member in enumerate((*panel.concepts, *panel.loinc)):
            found.setdefault(member, (100 * number + place, panel.name))
    return found


def _is_wanted(fact: Fact, request: TableRequest, groups: Collection[str]) -> bool:
    if fact.kind == "vital" and not request.with_vitals and not request.words:
        return False
    if request.panel is not None:
        panel = next((p for p in all_panels() if p.key == request.panel), None)
        members = (*panel.concepts, *panel.loinc) if panel else ()
        loinc = (fact.code_key or "").rpartition("|")[2]
        if fact.concept not in members and loinc not in (panel.loinc if panel else ()):
            return False
    elif fact.kind == "observation" and not (
        request.with_vitals or request.words or fact.concept in groups
    ):
        return False
    said = f"{fact.display} {(fact.concept or '').replace('_', ' ')}".lower()
    return all(word in said for word in request.words.lower().split())


def _by_place(facts: Sequence[Fact]) -> dict[Place, list[Fact]]:
    found: dict[Place, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[(fact.code_key or "", fact.display, canonical(fact.unit))].append(fact)
    return found


def _row(
    place: Place,
    facts: Sequence[Fact],
    shown: Sequence[datetime | None],
    groups: dict[str, tuple[int, str]],
) -> CumulativeRow:
    """One test in one unit; `facts` are in time order."""
    newest = facts[-1]
    ranges = {fact.reference_range for fact in facts}
    at: dict[datetime | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        at[fact.when.instant if fact.when is not None else None].append(fact)
    cells = tuple(
        CumulativeCell(number, tuple(at[moment]))
        for number, moment in enumerate(shown) if moment in at
    )  # fmt: skip
    numbers = [f.value for f in facts if f.value is not None and not f.comparator and f.when]
    other = OTHERS if newest.kind == "lab" else VITALS
    return CumulativeRow(
        group=groups.get(newest.concept or "", (0, other))[1],
        name=place[1],
        unit=newest.unit,
        range=newest.reference_range,
        range_varies=len(ranges) > 1,
        cells=cells,
        points=tuple(numbers[-CURVE_POINTS:]),
        count=len(facts),
    )


def _order(row: CumulativeRow, groups: dict[str, tuple[int, str]]) -> tuple[int, int, str]:
    """Panels in their order, the tests of a panel in its order, then the others by name."""
    concept = row.cells[0].facts[0].concept or ""
    place = groups.get(concept)
    last = 2 if row.group == VITALS else 1
    return (0, place[0], row.name) if place else (last, 0, row.name.lower())


def _is_number(fact: Fact) -> bool:
    return fact.value is not None and not fact.comparator


def _main_unit(facts: Sequence[Fact]) -> str | None:
    units = Counter(canonical(fact.unit) for fact in facts if _is_number(fact))
    return units.most_common(1)[0][0] if units else None


def _usable(facts: Sequence[Fact], unit: str | None) -> list[Fact]:
    """The dated numbers in this unit, in time order."""
    mine = [f for f in facts if _is_number(f) and canonical(f.unit) == unit and f.when is not None]
    return sorted(mine, key=_instant)


def _spelt(facts: Sequence[Fact]) -> str | None:
    return facts[-1].unit if facts else None


def _same_specimen(one: Fact, other: Fact) -> bool:
    """Whether both name one Specimen resource; "blood" in words is no specimen of its own."""
    return (one.specimen or "").startswith("Specimen/") and one.specimen == other.specimen


def _instant(fact: Fact) -> float:
    return fact.when.instant.timestamp() if fact.when is not None else 0.0


def _gap(one: Fact, other: Fact) -> float:
    """Minutes between two results."""
    return abs(_instant(one) - _instant(other)) / 60


def _near(
    xs: Sequence[Fact], ys: Sequence[Fact], minutes: int
) -> Iterator[tuple[bool, float, int, int]]:
    """What may be paired, by place in both series; `ys` is in time order."""
    times = [_instant(fact) for fact in ys]
    drawn: dict[str | None, list[int]] = defaultdict(list)
    for number, fact in enumerate(ys):
        drawn[fact.specimen].append(number)
    for i, one in enumerate(xs):
        low = bisect_left(times, _instant(one) - 60 * minutes)
        high = bisect_right(times, _instant(one) + 60 * minutes)
        same = [j for j in drawn.get(one.specimen, ()) if _same_specimen(one, ys[j])]
        for j in {*range(low, high), *same}:
            yield j not in same, _gap(one, ys[j]), i, j
