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
NAME_LETTERS = 30
COUNTED_ROW = 1.5
WIDE_PX, NARROW_PX, LETTER_PX, FEWEST_LETTERS = 760, 380, 6.2, 4  # as on a screen of 1024 px
BAR_HEIGHTS = {"medication": 0.34, "encounter": 0.9}
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
        if view.in_chart and not view.dated + view.undated:
            continue  # nothing of it fits the search, which is said above the picture
        lines.append(y)
        notes.append(_heading(view, y, colours))
        if not on_heading(view):
            y += HEAD_PX / ROW_PX
        for number, row in enumerate(view.rows):
            if not on_heading(view):
                notes.append(_row_name(row, y + 0.5, colours))
            placed = [
                (y + 0.5, mark_key(view, number, at), mark) for at, mark in enumerate(row.marks)
            ]
            data += _traces(placed, colours, shown.as_of_clock)
            data += _ring(placed, colours, chosen)
            if view.lane == "encounter":
                data += _names_on_bars(placed, span(shown), colours, is_narrow=chosen is not None)
            if view.lane == "result":
                data += _counts(placed, colours, is_narrow=chosen is not None)
            y += COUNTED_ROW if view.lane == "result" else 1
    return {"data": data, "layout": _layout(shown, colours, y, notes, lines)}


def on_heading(view: LaneView) -> bool:
    """Whether the lane is one line: all of its names share it."""
    return len(view.rows) == 1 and view.rows[0].is_rest


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
        "plot_bgcolor": colours.paper,
        "paper_bgcolor": colours.paper,
        "font": {"color": colours.ink, "size": 12, "family": FONT},
        "hoverlabel": {"align": "left"},
        "shapes": [*edges, as_of],
        "annotations": notes,
        "xaxis": {"type": "date", "side": "top", "range": [_iso(first), _iso(last)],
                  "gridcolor": colours.grid, "ticks": "outside",
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
    return f"{view.shown} of {found}"


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
        "width": BAR_HEIGHTS.get(lane, 0.58),
        "base": [_iso(mark.start) for _, _, mark in placed],
        "x": [(mark.end - mark.start).total_seconds() * 1000 for _, _, mark in placed],
        "y": [y for y, _, _ in placed],
        "customdata": [key for _, key, _ in placed],
        "hovertext": [hover(mark) for _, _, mark in placed],
        "hoverinfo": "text",
        "marker": {
            "color": colour_of(lane, colours),
            "opacity": 1,
            "line": {"width": 0.5, "color": colours.paper},
            "pattern": {"shape": ["/" if mark.events[0].word else "" for _, _, mark in placed]},
        },
        "selected": FADE_NOTHING,
        "unselected": FADE_NOTHING,
    }  # fmt: skip


def _names_on_bars(
    placed: Sequence[Placed],
    edges: tuple[datetime, datetime],
    colours: Palette,
    *,
    is_narrow: bool,
) -> list[dict[str, Any]]:
    """The names of stays, each as far as its own bar reaches; a short bar has none."""
    most = (NARROW_PX if is_narrow else WIDE_PX) / LETTER_PX
    named = []
    for y, key, mark in placed:
        letters = int((mark.end - mark.start) / (edges[1] - edges[0]) * most) - 3
        if has_length(mark) and letters >= FEWEST_LETTERS:
            named.append((y, key, mark, shortened(mark.events[0].title, letters)))
    if not named:
        return []
    return [{
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "textposition": "middle right",
        "x": [_iso(mark.start) for _, _, mark, _ in named], "y": [y for y, _, _, _ in named],
        "text": [f" {escape(name)}" for _, _, _, name in named],
        "customdata": [key for _, key, _, _ in named],
        "textfont": {"size": 11, "color": colours.paper},
        "selected": {"textfont": {"color": colours.paper}},
        "unselected": {"textfont": {"color": colours.paper}},
    }]  # fmt: skip


def _signs(placed: Sequence[Placed], colours: Palette) -> dict[str, Any]:
    marks = [mark for _, _, mark in placed]
    inks = [ink(mark, colours) for mark in marks]
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "text", "cliponaxis": False,
        "x": [_iso(mark.start) for mark in marks],
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


def _counts(placed: Sequence[Placed], colours: Palette, is_narrow: bool) -> list[dict[str, Any]]:
    """Under each stretch of results how many are abnormal, of how many where there is room."""
    several = [item for item in placed if item[2].is_bucket]
    if not several:
        return []
    return [{
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False,
        "x": [_iso(mark.start) for _, _, mark in several],
        "y": [y + 0.62 for y, _, _ in several],
        "text": [count_text(mark, is_narrow) for _, _, mark in several],
        "textfont": {"size": 9, "color": colours.quiet},
        "customdata": [key for _, key, _ in several],
        "selected": {"textfont": {"color": colours.quiet}},
        "unselected": {"textfont": {"color": colours.quiet}},
    }]  # fmt: skip


def count_text(mark: Mark, is_narrow: bool) -> str:
    """`3/12`: abnormal of all; only the abnormal ones where the picture is narrow."""
    if is_narrow:
        return str(mark.abnormal) if mark.abnormal else ""
    return f"{mark.abnormal}/{len(mark.events)}"


def _ring(placed: Sequence[Placed], colours: Palette, chosen: str | None) -> list[dict[str, Any]]:
    ringed = [
        (y, key, mark) for y, key, mark in placed
        if chosen and any(event.fact.resource == chosen for event in mark.events)
    ]  # fmt: skip
    if not ringed:
        return []
    return [{
        "type": "scatter", "mode": "markers", "hoverinfo": "skip", "cliponaxis": False,
        "x": [_iso(mark.start) for _, _, mark in ringed], "y": [y for y, _, _ in ringed],
        "customdata": [key for _, key, _ in ringed],
        "marker": {"symbol": "circle-open", "size": 18, "color": colours.ring,
                   "line": {"width": 2.5}},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }]  # fmt: skip


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
    return event.word is not None and event.word.isupper() and event.word != ON_HOLD.upper()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
