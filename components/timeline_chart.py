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

from components.palette import Palette
from components.safe_text import escape, shortened
from components.timeline_lanes import LOOKS, colour_of
from components.timeline_signs import count_text, has_length, hover, ink, size, symbol
from pipelines.records.timeline import LaneRow, LaneView, Mark, Timeline

ROW_PX, HEAD_PX, AXIS_PX, FOOT_PX, LEFT_PX = 21, 23, 40, 10, 196
NAME_LETTERS = 30
COUNTED_ROW, LOWER = 1.8, 0.62  # lines of a row with letters and counts, and how far they stand
WIDE_PX, NARROW_PX, LETTER_PX, FEWEST_LETTERS = 760, 380, 6.2, 4  # as on a screen of 1024 px
BAR_HEIGHTS = {"medication": 0.34, "encounter": 0.9}
MARGIN = 0.015  # of the shown time, at both ends
FONT = '"Source Sans", sans-serif'
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
        height = COUNTED_ROW if view.lane == "result" else 1.0
        if not on_heading(view):
            y += HEAD_PX / ROW_PX
        for number, row in enumerate(view.rows):
            if not on_heading(view):
                notes.append(_row_name(row, y + height / 2, colours))
            placed = [
                (y + height / 2, mark_key(view, number, at), mark)
                for at, mark in enumerate(row.marks)
            ]
            data += _traces(placed, shown, colours, chosen)
            y += height
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


def _traces(
    placed: Sequence[Placed], shown: Timeline, colours: Palette, chosen: str | None
) -> list[dict[str, Any]]:
    """The bars of one row; over them its signs, the ring of the opened one, names and counts."""
    if not placed:
        return []
    bars = [item for item in placed if has_length(item[2]) and item[2].end > item[2].start]
    made = [_bars(bars, colours)] if bars else []
    made.append(_signs(placed, colours))
    ends = [i for i in bars if i[2].events[0].goes_on and i[2].end == shown.as_of_clock]
    if ends:
        made.append(_arrows(ends, colours))
    made += _ring(placed, colours, chosen)
    lane, is_narrow = placed[0][2].events[0].lane, chosen is not None
    if lane == "encounter":
        made += _names_on_bars(placed, span(shown), colours, is_narrow=is_narrow)
    if lane == "result":
        made += _counts(placed, colours, is_narrow=is_narrow)
    return made


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
    """The letter of the worst above each abnormal sign; below, how many are abnormal of how many.

    Where the picture is narrow only critical letters and abnormal counts are written.
    """
    several = [item for item in placed if item[2].is_bucket]
    made = []
    if several:
        counts = [count_text(mark, is_narrow) for _, _, mark in several]
        made.append(_words(several, counts, LOWER, colours.quiet))
    by_ink: dict[str, list[Placed]] = {}
    for item in placed:
        if item[2].critical or (item[2].abnormal and not is_narrow):
            by_ink.setdefault(ink(item[2], colours), []).append(item)
    for colour, flagged in by_ink.items():
        letters = [f"<b>{escape(mark.events[0].flag or '')}</b>" for _, _, mark in flagged]
        made.append(_words(flagged, letters, -LOWER, colour))
    return made


def _words(
    placed: Sequence[Placed], words: Sequence[str], below: float, colour: str
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False,
        "x": [_iso(mark.start) for _, _, mark in placed],
        "y": [y + below for y, _, _ in placed],
        "text": list(words),
        "textfont": {"size": 9, "color": colour},
        "customdata": [key for _, key, _ in placed],
        "selected": {"textfont": {"color": colour}},
        "unselected": {"textfont": {"color": colour}},
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
        "x": [_iso(mark.start) for _, _, mark in ringed], "y": [y for y, _, _ in ringed],
        "customdata": [key for _, key, _ in ringed],
        "marker": {"symbol": "circle-open", "size": 18, "color": colours.ring,
                   "line": {"width": 2.5}},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }]  # fmt: skip


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
