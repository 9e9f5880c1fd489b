"""From events to what a picture can hold: rows of a lane, and at most a thousand marks a lane.

A row that has more than its share shows one mark a stretch of time, which says how many events
it stands for and how many of them are abnormal; every event is in exactly one mark, so that none
is dropped. Names that find no row of their own share the last one, and are counted. A dose that
was not given never shares a mark with one that was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pipelines.charts.flags import severity
from pipelines.records.timeline import Event, Lane, LaneRow, LaneView, Mark

MOST_MARKS = 1000
MOST_OF_A_ROW = 240
MOST_OF_RESULTS = 120  # each sign carries its count: they need room
ROWS_AMONG_OTHERS: dict[Lane, int] = {
    "encounter": 3, "problem": 8, "procedure": 1, "note": 5, "result": 3, "medication": 8,
    "immunization": 1,
}  # fmt: skip
ROWS_ALONE = 30
IN_THIS_ORDER = {
    "Stays and visits": 0, "Part of a stay": 1, "ICU, part of a stay": 2,
    "Labs": 0, "Vital signs": 1, "Other observations": 2, "Social findings": 9,
}  # fmt: skip
ANYWHERE = 5  # names without a place of their own
NAMES: dict[Lane, str] = {
    "encounter": "Encounters", "problem": "Problems", "procedure": "Procedures", "note": "Notes",
    "result": "Results", "medication": "Medications", "immunization": "Immunizations",
}  # fmt: skip
NEVER_A_FACT = "Refuted, in error, cancelled"
CRITICAL = 2  # letters of a critical flag: HH, LL, AA
SHORTEST_SPAN = 200  # a span shorter than this part of the shown time is drawn as a point


class Stretch(NamedTuple):
    """The shown time, in clock times, and the chart's as-of, to which goes what goes on."""

    begun: datetime
    ended: datetime
    as_of: datetime


def reaches(event: Event, around: Stretch) -> bool:
    """Whether an event lies in a stretch of time, or goes on into it; ends are inclusive."""
    if event.clock is None:
        return False
    return event.clock <= around.ended and last_clock(event, around.as_of) >= around.begun


def last_clock(event: Event, as_of: datetime) -> datetime:
    """The end of an event: as recorded, the as-of where it goes on, else its beginning."""
    begun = event.clock or datetime.min
    ended = as_of if event.goes_on else event.clock_end or begun
    return max(begun, ended)


def lane_view(
    lane: Lane,
    events: Sequence[Event],
    matching: Sequence[Event],
    around: Stretch,
    is_alone: bool,
) -> LaneView:
    """One lane of `events` as drawn; `matching` are those of them that fit the search."""
    dated = [event for event in matching if event.clock is not None]
    shown = [event for event in dated if reaches(event, around)]
    most = ROWS_ALONE if is_alone else ROWS_AMONG_OTHERS[lane]
    named, rest, names_in_rest = _rows(lane, shown, most)
    most = MOST_OF_RESULTS if lane == "result" else MOST_OF_A_ROW
    share = min(most, MOST_MARKS // max(len(named) + bool(rest), 1))
    rows = [LaneRow(name, marks(group, around, share)) for name, group in named]
    if rest:
        rows.append(LaneRow(rest[0], marks(rest[1], around, share), is_rest=True))
    return LaneView(
        lane, tuple(rows), len(shown), len(dated), len(matching) - len(dated), len(events),
        names_in_rest,
    )  # fmt: skip


def marks(events: Iterable[Event], around: Stretch, most: int) -> tuple[Mark, ...]:
    """At most `most` marks (three at least) that together hold every event, in time order."""
    third = max(most // 3, 1)
    length, as_of = around.ended - around.begun, around.as_of
    spans, points, denied = [], [], []
    for event in events:
        if is_denied(event):
            denied.append(event)
        elif event.shape == "span" and _length(event, as_of) * SHORTEST_SPAN > length:
            spans.append(event)
        else:
            points.append(event)
    spans.sort(key=lambda event: _length(event, as_of), reverse=True)
    points += spans[third:]
    made = [_mark((event,), around) for event in spans[:third]]
    for group in (points, denied):
        made += [_mark(bucket, around) for bucket in _buckets(group, around, third)]
    return tuple(sorted(made, key=lambda mark: (mark.start, mark.end)))


def is_denied(event: Event) -> bool:
    """Whether its word says that it did not happen, or is no fact (NOT GIVEN, REFUTED …)."""
    return event.word is not None and event.word.isupper()


def _length(event: Event, as_of: datetime) -> timedelta:
    return last_clock(event, as_of) - (event.clock or as_of)


def _buckets(events: list[Event], around: Stretch, most: int) -> list[tuple[Event, ...]]:
    """At most `most` groups of neighbours, worst first in each; one alone where they are few.

    The first of a group is at least the `most`-th part of the shown time later than the first of
    the one before. Results always share a mark where they lie nearer than that.
    """
    if len(events) <= most and all(event.lane != "result" for event in events):
        return [(event,) for event in events]
    reach = (around.ended - around.begun) / (most - 1) if most > 1 else timedelta.max
    found: list[list[Event]] = []
    since = datetime.min
    for event in sorted(events, key=lambda one: one.clock or datetime.min):
        at = max(event.clock or around.begun, around.begun)
        if not found or at - since >= reach:
            found.append([])
            since = at
        found[-1].append(event)
    return [tuple(sorted(group, key=lambda one: severity(one.flag))) for group in found]


def _mark(events: tuple[Event, ...], around: Stretch) -> Mark:
    begun = min(event.clock for event in events if event.clock is not None)
    ended = max(last_clock(event, around.as_of) for event in events)
    flags = [event.flag for event in events if event.flag]
    return Mark(
        events,
        min(max(begun, around.begun), around.ended),
        max(min(ended, around.ended), around.begun),
        len(flags),
        sum(len(flag) == CRITICAL for flag in flags),
    )


def _rows(
    lane: Lane, events: Sequence[Event], most: int
) -> tuple[list[tuple[str, list[Event]]], tuple[str, list[Event]] | None, int]:
    """Events by row; the last row for names without one of their own, and how many those are."""
    groups: dict[str, list[Event]] = {}
    never = [event for event in events if event.is_never_a_fact]
    for event in events:
        if not event.is_never_a_fact:
            groups.setdefault(event.group, []).append(event)
    ranked = sorted(groups.items(), key=lambda item: _rank(*item))
    rest = None
    left = ranked[most - 1 :] if len(ranked) > most else []
    named = ranked[: len(ranked) - len(left)]
    if left:
        name = f"{len(left)} others" if named else NAMES[lane]
        rest = (name, [event for _, group in left for event in group])
    if never:
        named.append((NEVER_A_FACT, never))
    return named, rest, len(left)


def _rank(name: str, events: Sequence[Event]) -> tuple[int, bool, float, str]:
    """What goes on comes first, then what was last; results and stays in their own order."""
    last = max(event.clock for event in events if event.clock is not None)
    goes_on = any(event.goes_on for event in events)
    since = -(last - datetime.min).total_seconds()
    return IN_THIS_ORDER.get(name, ANYWHERE), not goes_on, since, name
