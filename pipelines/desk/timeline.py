"""The timeline of a chart: what is drawn, over which time, and the table of the same events.

Looking reads and never writes, but for the opening of the chart, which is logged. The shown time
ends at the chart's as-of and is counted on the record's own clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.charts import encounters, event_marks
from pipelines.charts.events import clock, events
from pipelines.desk.access import open_chart
from pipelines.records.timeline import LANES, Event, Timeline, TimelineChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.desk.house import House
    from pipelines.records.chart import Chart, Reader

SHORTEST = timedelta(minutes=30)
LATELY = timedelta(days=7)  # a stay that ended no longer ago is what a first look shows

Window = tuple[datetime, datetime]


def timeline(house: House, reader: Reader, patient_id: str, choice: TimelineChoice) -> Timeline:
    """The lanes that were asked for, over the time that was asked for; empty for an empty chart.

    NotFound when the store has no such patient.
    """
    return of_chart(open_chart(house, reader, patient_id, "look"), choice)


def of_chart(chart: Chart, choice: TimelineChoice) -> Timeline:
    """The same for a chart that is open already."""
    every = events(chart)
    allowed = [e for e in every if choice.with_never_facts or not e.is_never_a_fact]
    as_of = clock(chart.as_of) or chart.as_of.instant
    stay = _last_stay(chart, as_of)
    window = shown_time(choice, allowed, as_of, stay)
    around = event_marks.Stretch(*(window or (as_of, as_of)), as_of)
    words = choice.text.casefold().split()
    views, listed, undated = [], [], []
    for lane in (lane for lane in LANES if lane in choice.lanes):
        mine = [event for event in allowed if event.lane == lane]
        fitting = [event for event in mine if fits(event, words, choice.abnormal_only)]
        alone = len(choice.lanes) == 1
        views.append(event_marks.lane_view(lane, mine, fitting, around, alone))
        listed += [event for event in fitting if event_marks.reaches(event, around)]
        undated += [event for event in fitting if event.clock is None]
    listed.sort(key=lambda event: event.clock or as_of, reverse=True)
    return Timeline(
        lanes=tuple(views),
        listed=tuple(listed),
        undated=tuple(undated),
        shown_from=window[0] if window else None,
        shown_to=window[1] if window else None,
        as_of=chart.as_of,
        as_of_clock=as_of,
        has_stay=stay is not None,
        is_in_stay=stay is not None and as_of - stay[1] <= LATELY,
        never_facts=sum(event.is_never_a_fact for event in every),
        in_chart=sum(not event.is_never_a_fact for event in every),
    )


def fits(event: Event, words: Sequence[str], abnormal_only: bool) -> bool:
    """Whether every searched word (in lower case) stands in the title, row or remark of an event.

    With `abnormal_only`, results without a flag do not fit; other lanes are not touched.
    """
    if abnormal_only and event.lane == "result" and event.flag is None:
        return False
    if not words:
        return True
    said = f"{event.title}\n{event.group}\n{event.word or ''}".casefold()
    return all(word in said for word in words)


def shown_time(
    choice: TimelineChoice, found: Sequence[Event], as_of: datetime, stay: Window | None
) -> Window | None:
    """The clock times between which events are shown; None where nothing has a date."""
    dated = [event.clock for event in found if event.clock is not None]
    if not dated:
        return None
    if choice.between is not None:
        begun, ended = sorted(choice.between)
    elif choice.span == "stay" and stay is not None:
        begun, ended = stay
    elif choice.span.isdigit():
        begun, ended = as_of - timedelta(hours=int(choice.span)), as_of
    else:
        begun, ended = min(dated), as_of
    begun, ended = min(begun, as_of), min(ended, as_of)
    return (begun, ended) if ended - begun >= SHORTEST else (ended - SHORTEST, ended)


def _last_stay(chart: Chart, as_of: datetime) -> Window | None:
    """From admission to discharge (or the as-of) of the latest stay that is not part of one."""
    last = encounters.last_stay(encounters.encounters(chart))
    if last is None:
        return None
    return clock(last.start) or as_of, clock(last.end) or as_of
