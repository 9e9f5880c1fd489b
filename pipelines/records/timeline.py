"""The timeline of a chart as values: events in lanes, the marks that stand for them, the picture.

Clock times (`clock`, `clock_end`, `shown_from`, …) are the record's own, as written and without
their zone: the clock on the wall of the ward. They place a mark; `Moment` says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

Lane = Literal[
    "encounter", "problem", "procedure", "note", "result", "medication", "immunization"
]  # fmt: skip
LANES: tuple[Lane, ...] = (
    "encounter", "problem", "procedure", "note", "result", "medication", "immunization",
)  # fmt: skip
Shape = Literal["span", "point"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or went on for a time, and the record that says so.

    `group` names its row within the lane (a drug, a kind of note); `word` is what must be said
    beside it (refuted, NOT GIVEN, on hold …). `is_never_a_fact` marks what is refuted, entered in
    error or cancelled: it is shown only where that was asked for. `goes_on` means that the record
    says so at the chart's as-of; without it and without `end`, the end is not recorded.
    `passage` are the offsets of `fact.quote` in a note's text. `clock` is None where undated.
    """

    lane: Lane
    group: str
    title: str
    detail: str
    fact: Fact
    start: Moment | None
    end: Moment | None = None
    shape: Shape = "point"
    goes_on: bool = False
    status: str | None = None
    word: str | None = None
    flag: str | None = None
    is_never_a_fact: bool = False
    is_part: bool = False
    visit: str | None = None
    passage: tuple[int, int] | None = None
    clock: datetime | None = None
    clock_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign of the picture: an event, or all those of a stretch of time (`is_bucket`).

    `start` and `end` are clock times, cut to what is shown. `events` begin with the worst.
    """

    events: tuple[Event, ...]
    start: datetime
    end: datetime
    abnormal: int = 0
    critical: int = 0

    @property
    def is_bucket(self) -> bool:
        """Whether it stands for more than one event."""
        return len(self.events) > 1


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One line of a lane: what it is called and its marks in time order."""

    name: str
    marks: tuple[Mark, ...]
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane as drawn: its rows, and how many of its events fit the filter.

    `shown` lie in the shown time, `dated` and `undated` in the whole chart; `in_chart` counts
    without the search text. `rest` is the number of names that share the last row.
    """

    lane: Lane
    rows: tuple[LaneRow, ...]
    shown: int
    dated: int
    undated: int
    in_chart: int
    rest: int = 0


@dataclass(frozen=True, slots=True)
class TimelineChoice:
    """What a reader asks of the timeline.

    `span` is `all`, `stay` or a number of hours before the as-of; `between` (clock times) stands
    before it where the reader zoomed. `text` is looked for in titles, whole or in part.
    """

    lanes: tuple[Lane, ...] = LANES
    text: str = ""
    span: str = "all"
    between: tuple[datetime, datetime] | None = None
    with_never_facts: bool = False
    abnormal_only: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture and its table: lanes, the events shown (newest first), and the undated ones.

    `has_stay` says whether there is a stay to look at, `is_in_stay` whether it goes on or ended
    lately. `never_facts` counts what is refuted or
    erroneous, shown or not. `shown_from` is None for a chart without any dated event.
    """

    lanes: tuple[LaneView, ...]
    listed: tuple[Event, ...]
    undated: tuple[Event, ...]
    shown_from: datetime | None
    shown_to: datetime | None
    as_of: Moment
    as_of_clock: datetime
    has_stay: bool
    is_in_stay: bool
    never_facts: int
    in_chart: int
