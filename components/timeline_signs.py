"""What one mark of the timeline looks like and says: sign, size, colour, count, hover.

An abnormal result is a triangle in its colour; what was not given, not done or is no fact is a
cross; an end that is not recorded is a ring. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from components import flags
from components.palette import Palette
from components.safe_text import escape, shortened
from components.timeline_lanes import LOOKS, colour_of, counted, said, until
from pipelines.records.timeline import Event, Mark

NAMED_IN_HOVER = 6
SHAPES = {"H": "triangle-up", "L": "triangle-down", "A": "diamond"}


def has_length(mark: Mark) -> bool:
    """Whether a mark is one event that lasts and did take place."""
    first = mark.events[0]
    return not mark.is_bucket and first.shape == "span" and not _denied(first)


def count_text(mark: Mark, is_narrow: bool) -> str:
    """`3/12`: abnormal of all; only the abnormal ones where the picture is narrow."""
    if is_narrow:
        return str(mark.abnormal) if mark.abnormal else ""
    return f"{mark.abnormal}/{len(mark.events)}"


def symbol(mark: Mark) -> str:
    """The lane's sign; triangles for high and low results, a cross for what was not or is not."""
    first = mark.events[0]
    if _denied(first):
        return "x-thin-open"
    if first.lane == "result":
        shape = SHAPES.get((first.flag or "")[:1], "circle")
        return shape if first.flag or mark.is_bucket else f"{shape}-open"
    return _end_sign(mark) if has_length(mark) else LOOKS[first.lane].symbol


def _end_sign(mark: Mark) -> str:
    """The sign at the left end of a bar: begun before, end not recorded, or the lane's own."""
    first = mark.events[0]
    if first.clock is not None and first.clock < mark.start:
        return "triangle-left"
    if not first.goes_on and first.end is None:
        return "circle-open"
    return "triangle-right" if first.lane == "medication" else LOOKS[first.lane].symbol


def size(mark: Mark) -> float:
    """Pixels: a sign for several is larger, a critical result largest."""
    if mark.critical or (mark.events[0].lane == "medication" and not has_length(mark)):
        return 13
    return min(8 + len(mark.events).bit_length() * 0.6, 12) if mark.is_bucket else 9


def ink(mark: Mark, colours: Palette) -> str:
    """The lane's colour; that of the flag for an abnormal result, of a stop for a denial."""
    first = mark.events[0]
    if _denied(first):
        return colours.high
    if first.lane == "medication" and not has_length(mark):
        return colours.ink  # a dose lies on the bar of its order
    by_flag = {"H": colours.high, "L": colours.low, "A": colours.odd}
    return by_flag.get((first.flag or "")[:1], colour_of(first.lane, colours))


def hover(mark: Mark) -> str:
    """What the pointer shows: count and time of a stretch with its worst, or the one event."""
    if not mark.is_bucket:
        return _hover_of_one(mark.events[0])
    dated = sorted(mark.events, key=lambda event: event.clock or datetime.min)
    lines = [f"<b>{escape(counted(mark))}</b>", _between(dated)]
    lines += [escape(shortened(said(event), 80)) for event in mark.events[:NAMED_IN_HOVER]]
    more = len(mark.events) - NAMED_IN_HOVER
    if more > 0:
        lines.append(f"… and {more} more; press to walk through them")
    return "<br>".join(line for line in lines if line)


def _hover_of_one(event: Event) -> str:
    begun = event.start.clock if event.start is not None else "no date"
    ended = until(event)
    time = f"{begun} \u2013 {ended}" if ended else begun
    value = " ".join(part for part in (event.detail, flags.sign(event.flag)) if part)
    lines = [f"<b>{escape(event.title)}</b>", escape(value), time, escape(event.word or "")]
    status = escape(event.status or "")
    return "<br>".join(line for line in [*lines, status, escape(event.fact.resource)] if line)


def _between(events: Sequence[Event]) -> str:
    first, last = events[0].start, events[-1].start
    if first is None or last is None:
        return ""
    return first.clock if first.clock == last.clock else f"{first.clock} \u2013 {last.clock}"


def _denied(event: Event) -> bool:
    return event.word is not None and event.word.isupper()
