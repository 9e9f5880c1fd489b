"""The lanes of a chart's timeline as a plain dict that Plotly draws.

One line a row, its name at the left edge where no mark can cover it; a bar from start to end, a
sign where something happened, an arrow where it goes on, a ring where the end is not recorded, a
cross where it was not given, not done or is no fact. A sign that stands for several events says
how many, and how many are abnormal. The same events stand in the table below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from components import flags
from components.palette import Palette
from components.safe_text import escape, shortened
from components.timeline_lanes import (
    LOOKS,
    ON_HOLD,
    colour_of,
    counted,
    said,
    until,
)
from pipelines.records.timeline import Event, LaneRow, LaneView, Mark, Timeline

ROW_PX, HEAD_PX, AXIS_PX, FOOT_PX, LEFT_PX = 21, 23, 40, 10, 196
NAME_LETTERS = 27
BAR_HEIGHT = 0.58
MARGIN = 0.015  # of the shown time, at both ends
NAMED_IN_HOVER = 6
FONT = '"Source Sans", sans-serif'
SHAPES = {"H": "triangle-up", "L": "triangle-down", "A": "diamond"}
FADE_NOTHING = {"marker": {"opacity": 1}}
TICK_FORMATS = [
    {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%Y-%m-%d"},
    {"dtickrange": [86_400_000, "M1"], "value": "%Y-%m-%d"},
    {"dtickrange": ["M1", "M12"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]

Figure = dict[str, Any]
Placed = tuple[float, str, Mark]  # where on the y axis, its key, the mark


def figure(shown: Timeline, colours: Palette, chosen: str | None) -> Figure:
    """The whole picture; marks that hold the resource `chosen` are ringed."""
    y, data, notes, lines = 0.0, [], [], []
    for view in shown.lanes:
        lines.append(y)
        notes.append(_heading(view, y, colours))
        y += HEAD_PX / ROW_PX
        for number, row in enumerate(view.rows):
            notes.append(_row_name(row, y + 0.5, colours))
            placed = [(y + 0.5, mark_key(view, number, at), mark)
                      for at, mark in enumerate(row.marks)]  # fmt: skip
            data += _traces(placed, colours, shown.as_of_clock)
            data += _ring(placed, colours, chosen)
            y += 1
    return {"data": data, "layout": _layout(shown, colours, y, notes, lines)}


def mark_key(view: LaneView, row: int, at: int) -> str:
    """What a pressed sign brings back: lane, row and place."""
    return f"{view.lane}|{row}|{at}"


def keyed(shown: Timeline) -> dict[str, Mark]:
    """Every mark by its key."""
    return {
        mark_key(view, number, at): mark
        for view in shown.lanes
        for number, row in enumerate(view.rows)
        for at, mark in enumerate(row.marks)
    }


def span(shown: Timeline) -> tuple[datetime, datetime]:
    """Both ends of the time axis, a little wider than what is shown."""
    begun, ended = shown.shown_from or shown.as_of_clock, shown.shown_to or shown.as_of_clock
    room = max((ended - begun) * MARGIN, timedelta(minutes=5))
    return begun - room, ended + room


def _layout(
    shown: Timeline,
    colours: Palette,
    height: float,
    notes: list[dict[str, Any]],
    lines: Sequence[float],
) -> dict[str, Any]:
    first, last = span(shown)
    edges = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "layer": "below",
         "line": {"width": 1, "color": colours.line}}
        for y in lines
    ]  # fmt: skip
    as_of = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": _iso(shown.as_of_clock),
             "x1": _iso(shown.as_of_clock), "layer": "below",
             "line": {"width": 1.5, "color": colours.ring, "dash": "dot"}}  # fmt: skip
    return {
        "height": int(height * ROW_PX) + AXIS_PX + FOOT_PX,
        "margin": {"l": LEFT_PX, "r": 14, "t": AXIS_PX, "b": FOOT_PX},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "select",
        "selectdirection": "h",
        "barmode": "overlay",
        "uirevision": f"{_iso(first)}/{_iso(last)}",
        "uniformtext": {"minsize": 10, "mode": "hide"},
        "plot_bgcolor": colours.paper,
        "paper_bgcolor": colours.paper,
        "font": {"color": colours.ink, "size": 12, "family": FONT},
        "hoverlabel": {"align": "left"},
        "shapes": [*edges, as_of],
        "annotations": notes,
        "xaxis": {"type": "date", "side": "top", "range": [_iso(first), _iso(last)],
                  "fixedrange": True, "gridcolor": colours.grid, "ticks": "outside",
                  "tickcolor": colours.grid, "nticks": 9, "tickformatstops": TICK_FORMATS,
                  "tickfont": {"size": 11, "color": colours.quiet}},
        "yaxis": {"range": [height, 0], "fixedrange": True, "showgrid": False, "zeroline": False,
                  "showticklabels": False},
    }  # fmt: skip


def _heading(view: LaneView, y: float, colours: Palette) -> dict[str, Any]:
    look = LOOKS[view.lane]
    count = f"<span style='color:{colours.quiet}'>{escape(_how_many(view))}</span>"
    sign = f"<span style='color:{colour_of(view.lane, colours)}'>{look.sign}</span>"
    return _at_left(f"{sign} <b>{look.name}</b>  {count}", y + HEAD_PX / ROW_PX / 2, 0)


def _how_many(view: LaneView) -> str:
    found = view.dated + view.undated
    if not view.in_chart:
        return "none in this chart"
    if not found:
        return "none fits the search"
    if not view.shown:
        return f"none in this time; {found} in the chart"
    rest = f"; {view.rest} names share the last line" if view.rest > 1 and view.rows[1:] else ""
    return f"{view.shown} in this time of {found}{rest}"


def _row_name(row: LaneRow, y: float, colours: Palette) -> dict[str, Any]:
    name = shortened(row.name, NAME_LETTERS)
    made = _at_left(escape(name), y, 12)
    made["font"] = {"size": 12, "color": colours.quiet if row.is_rest else colours.ink}
    if name != row.name:
        made |= {"hovertext": escape(row.name), "captureevents": False}
    return made


def _at_left(text: str, y: float, indent: int) -> dict[str, Any]:
    return {"text": text, "xref": "paper", "x": 0, "xanchor": "left", "xshift": indent - LEFT_PX,
            "y": y, "yanchor": "middle", "showarrow": False}  # fmt: skip


def _traces(placed: Sequence[Placed], colours: Palette, as_of: datetime) -> list[dict[str, Any]]:
    """The bars of one row and, over them, its signs."""
    bars = [item for item in placed if has_length(item[2]) and item[2].end > item[2].start]
    made = [_bars(bars, colours)] if bars else []
    if placed:
        made.append(_signs(placed, colours))
    ends = [item for item in bars if item[2].events[0].goes_on and item[2].end == as_of]
    if ends:
        made.append(_arrows(ends, colours))
    return made


def has_length(mark: Mark) -> bool:
    """Whether a mark is one event that lasts and did take place."""
    first = mark.events[0]
    return not mark.is_bucket and first.shape == "span" and not _denied(first)


def _bars(placed: Sequence[Placed], colours: Palette) -> dict[str, Any]:
    lane = placed[0][2].events[0].lane
    return {
        "type": "bar",
        "orientation": "h",
        "width": BAR_HEIGHT,
        "base": [_iso(mark.start) for _, _, mark in placed],
        "x": [(mark.end - mark.start).total_seconds() * 1000 for _, _, mark in placed],
        "y": [y for y, _, _ in placed],
        "customdata": [key for _, key, _ in placed],
        "hovertext": [hover(mark) for _, _, mark in placed],
        "hoverinfo": "text",
        "text": [escape(shortened(mark.events[0].title, 60)) if lane == "encounter" else ""
                 for _, _, mark in placed],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "insidetextfont": {"color": colours.paper, "size": 11},
        "marker": {
            "color": colour_of(lane, colours),
            "opacity": 1,
            "line": {"width": 0.5, "color": colours.paper},
            "pattern": {"shape": ["/" if mark.events[0].word else "" for _, _, mark in placed]},
        },
        "selected": FADE_NOTHING,
        "unselected": FADE_NOTHING,
    }  # fmt: skip


def _signs(placed: Sequence[Placed], colours: Palette) -> dict[str, Any]:
    marks = [mark for _, _, mark in placed]
    inks = [ink(mark, colours) for mark in marks]
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "text", "cliponaxis": False,
        "x": [_iso(middle(mark)) for mark in marks],
        "y": [y for y, _, _ in placed],
        "customdata": [key for _, key, _ in placed],
        "hovertext": [hover(mark) for mark in marks],
        "marker": {"opacity": 1, "symbol": [symbol(mark) for mark in marks],
                   "size": [size(mark) for mark in marks], "color": inks,
                   "line": {"width": 1.6, "color": inks}},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }  # fmt: skip


def _arrows(placed: Sequence[Placed], colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip", "cliponaxis": False,
        "x": [_iso(mark.end) for _, _, mark in placed], "y": [y for y, _, _ in placed],
        "customdata": [key for _, key, _ in placed],
        "marker": {"symbol": "triangle-right", "size": 11,
                   "color": colour_of(placed[0][2].events[0].lane, colours)},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }  # fmt: skip


def _ring(placed: Sequence[Placed], colours: Palette, chosen: str | None) -> list[dict[str, Any]]:
    ringed = [
        (y, key, mark) for y, key, mark in placed
        if chosen and any(event.fact.resource == chosen for event in mark.events)
    ]  # fmt: skip
    if not ringed:
        return []
    return [{
        "type": "scatter", "mode": "markers", "hoverinfo": "skip", "cliponaxis": False,
        "x": [_iso(middle(mark)) for _, _, mark in ringed], "y": [y for y, _, _ in ringed],
        "customdata": [key for _, key, _ in ringed],
        "marker": {"symbol": "circle-open", "size": 18, "color": colours.ring,
                   "line": {"width": 2.5}},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }]  # fmt: skip


def middle(mark: Mark) -> datetime:
    """Where the sign of a mark stands: at the beginning of one event, amid a stretch of several."""
    return mark.start + (mark.end - mark.start) / 2 if mark.is_bucket else mark.start


def symbol(mark: Mark) -> str:
    """The lane's sign; triangles for high and low results, a cross for what was not or is not."""
    first = mark.events[0]
    if _denied(first):
        return "x-thin-open"
    if first.lane == "result":
        shape = SHAPES.get((first.flag or "")[:1], "circle")
        return shape if first.flag or mark.is_bucket else f"{shape}-open"
    if first.shape == "span" and not first.goes_on and first.end is None and not mark.is_bucket:
        return "circle-open"
    if first.lane == "medication" and has_length(mark):
        return "triangle-right"
    return LOOKS[first.lane].symbol


def size(mark: Mark) -> float:
    """Pixels: a sign for several is larger, a critical result largest."""
    if mark.critical:
        return 13
    return min(8 + len(mark.events).bit_length() * 0.6, 12) if mark.is_bucket else 9


def ink(mark: Mark, colours: Palette) -> str:
    """The lane's colour; that of the flag for an abnormal result, of a stop for a denial."""
    first = mark.events[0]
    if _denied(first):
        return colours.high
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
    return event.word is not None and event.word.isupper() and event.word != ON_HOLD.upper()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
