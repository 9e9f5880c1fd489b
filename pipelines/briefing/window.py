"""The window of a briefing: the hours before the chart's as-of, never before the wall clock.

Its ends are written as the as-of is written: with the chart's own offset, or as dates where the
chart knows no time of day. No hours means the whole chart.

A window since the last look begins where the chart ended for that look, and holds besides what
came into the store after it with an earlier date: `arrived` names those resources.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.charts import arrivals, timeline
from pipelines.records.chart import Chart
from pipelines.records.handover import Look
from pipelines.records.moments import DAY_LENGTH, Moment

JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (naive UTC; None = the chart's beginning) to the as-of, both included."""

    start: datetime | None
    end: Moment
    start_written: str
    arrived: frozenset[str] = frozenset()

    def holds(self, moment: Moment | None) -> bool:
        """Whether something of this time belongs to the window."""
        if moment is None or moment.instant > self.end.instant:
            return False
        if self.start is None or moment.instant >= self.start:
            return True
        # A date without a time is held against days: it may lie in the window's first one.
        is_day = not moment.has_time and len(moment.day) == DAY_LENGTH and self.end.has_time
        return is_day and moment.day >= self.start_written[:DAY_LENGTH]

    def knows(self, moment: Moment | None) -> bool:
        """Whether what came at this time was there at the window's end; undated things were."""
        return moment is None or moment.instant <= self.end.instant


def window_of(chart: Chart, hours: int | None) -> Window:
    """The last `hours` hours of the chart; the whole chart where they reach before its start."""
    end = chart.as_of
    first, _last = timeline.extent(chart)
    beginning = Window(None, end, first.written if first else end.written)
    if hours is None:
        return beginning
    try:
        length = timedelta(hours=hours)
        return Window(end.instant - length, end, _written(end, length))
    except OverflowError:
        return beginning


def window_since(chart: Chart, look: Look) -> Window:
    """What is new since this look: dated after its end, or loaded after it with an earlier date."""
    end = chart.as_of
    start = look.as_of.instant + JUST_AFTER
    return Window(start, end, look.as_of.written, arrivals.arrived_since(chart, look))


def _written(end: Moment, length: timedelta) -> str:
    if not end.has_time:
        start = end.instant - length
        return start.date().isoformat() if start.time() == end.instant.time() else start.isoformat()
    return (datetime.fromisoformat(end.written) - length).isoformat()
