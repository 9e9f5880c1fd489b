"""What a page shows of several results at once: panels, the cumulative table, and pairs."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact, ReferenceRange
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class ChartPanel:
    """A panel as one chart has it: the kinds of result that are there, and the names of those not.

    `code_keys` are in the panel's order, one concept's codes by how many results they have.
    `first` holds the commonest code of each concept: what fits on a picture.
    """

    key: str
    title: str
    name: str
    code_keys: tuple[str, ...]
    first: tuple[str, ...]
    missing: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What of a chart's results the cumulative table is to hold.

    `panel` is the key of one (None: all), `words` are looked for in the names of tests, `page` 0
    is the newest columns; vital signs and other observations are many and come only when asked for.
    """

    panel: str | None = None
    words: str = ""
    with_vitals: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class CumulativeCell:
    """The results of one test at one time: nearly always one; `column` counts from the newest."""

    column: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class CumulativeRow:
    """One test in one unit. `range` is that of the newest result, `range_varies` if others differ.

    `points` are the numbers of the whole row in time order, for the small curve; `count` is how
    many results the row has in the whole chart.
    """

    group: str
    name: str
    unit: str | None
    range: ReferenceRange | None
    range_varies: bool
    cells: tuple[CumulativeCell, ...]
    points: tuple[float, ...]
    count: int


@dataclass(frozen=True, slots=True)
class CumulativeTable:
    """Tests down, times across, the newest first: one page of columns.

    A column is a collection time; None is for results without a date, which stand last.
    `first_column` counts the columns left out before this page, of `column_count` in all.
    `elsewhere` counts tests that have results, but none on this page.
    """

    rows: tuple[CumulativeRow, ...]
    columns: tuple[Moment | None, ...]
    first_column: int
    column_count: int
    elsewhere: int
    result_count: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two results that belong together; `minutes` is how far apart they were taken."""

    x: Fact
    y: Fact
    minutes: float
    by: str


@dataclass(frozen=True, slots=True)
class PairedResults:
    """Pairs in time order, and how many results of each were left out of them, and why.

    `not_numbers` counts results without a plain number (words, `<0.5`), `other_unit` those in
    another unit than most, `undated` those without a time, `alone` those without a partner within
    the window.
    """

    pairs: tuple[Pair, ...]
    x_unit: str | None
    y_unit: str | None
    x_count: int
    y_count: int
    not_numbers: int
    other_unit: int
    undated: int
    alone: int
    window_minutes: int
