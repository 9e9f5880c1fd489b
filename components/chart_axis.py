"""The canvas of a trend: one time axis, panels stacked over it, each with its own y axis.

Times are drawn on the clock of the ward, as written, never on this machine's. The time axis can
be zoomed by dragging sideways; a value axis cannot, so that no point leaves a panel unseen. What
was zoomed stays as long as `revision` does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from components import palette
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.trends import Axis
from pipelines.records.views import Trend

FONT = '"Source Sans", sans-serif'
PADDING = 0.25
MARGIN = 0.02
TICKS = 6
KEEP_VISIBLE = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
"""A press on one point fades no other."""


def words_stay(colour: str, size: int) -> dict[str, Any]:
    """Letters of a trace in one colour, whatever else is pressed."""
    font = {"textfont": {"size": size, "color": colour}}
    kept = {name: {**KEEP_VISIBLE[name], "textfont": {"color": colour}} for name in KEEP_VISIBLE}
    return {**font, **kept}


class Canvas:
    """The figure being put together: traces, layout, and the next free y axis."""

    def __init__(self, height: int, axis_px: int, span: tuple[str, str], revision: str) -> None:
        self.height = height
        self.span = span
        self.colours = palette.now()
        self.axes = 0
        self.data: list[dict[str, Any]] = []
        paper = self.colours.paper
        self.layout: dict[str, Any] = {
            "height": height,
            "margin": {"l": 62, "r": 16, "t": 0, "b": 0},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": "zoom",
            "uirevision": revision,
            "plot_bgcolor": paper,
            "paper_bgcolor": paper,
            "font": {"color": self.colours.ink, "size": 12, "family": FONT},
            "hoverlabel": {"bgcolor": self.colours.surface, "bordercolor": self.colours.line,
                           "font": {"color": self.colours.ink, "family": FONT}},
            "shapes": [],
            "annotations": [],
            "xaxis": self._time_axis(1 - axis_px / height),
        }  # fmt: skip

    def new_axis(self, span: tuple[int, int], axis: dict[str, Any]) -> str:
        """A y axis over these pixels from the top; returns its name for traces."""
        self.axes += 1
        number = "" if self.axes == 1 else str(self.axes)
        bottom = 1 - span[1] / self.height
        self.layout[f"yaxis{number}"] = {"domain": [bottom, 1 - span[0] / self.height],
                                         "fixedrange": True, "zeroline": False, **axis}  # fmt: skip
        return f"y{number}"

    def title(self, span: tuple[int, int], text: str) -> None:
        """A heading above a panel, at its left edge; `text` is markup, escaped by the caller."""
        self.note(
            {"text": text, "xref": "paper", "x": 0, "xanchor": "left",
             "yref": "paper", "y": 1 - span[0] / self.height, "yanchor": "bottom",
             "font": {"size": 13, "color": self.colours.ink}}
        )  # fmt: skip

    def note(self, annotation: dict[str, Any]) -> None:
        """One annotation without an arrow."""
        self.layout["annotations"].append({"showarrow": False, **annotation})

    def quiet(self, text: str) -> str:
        """Markup of a word that stands back."""
        return f"<span style='color:{self.colours.quiet}'>{text}</span>"

    def _time_axis(self, position: float) -> dict[str, Any]:
        quiet, grid = self.colours.quiet, self.colours.grid
        return {"type": "date", "anchor": "free", "position": position, "range": list(self.span),
                "gridcolor": grid, "ticks": "outside", "tickcolor": grid,
                "tickfont": {"size": 11, "color": quiet}}  # fmt: skip


def value_axis(canvas: Canvas, facts: Sequence[Fact], axis: Axis | None) -> dict[str, Any]:
    """The y axis of a panel: its range, and whole steps where a score has a scale."""
    low, high = value_span(facts, axis)
    unit = next((fact.unit for fact in facts if fact.unit), "")
    colours = canvas.colours
    made: dict[str, Any] = {
        "range": [low, high], "nticks": TICKS, "gridcolor": colours.grid,
        "title": {"text": unit, "standoff": 4, "font": {"size": 11, "color": colours.quiet}},
        "tickfont": {"size": 11, "color": colours.quiet},
    }  # fmt: skip
    if axis is not None and axis.low is not None and axis.high is not None:
        made |= {"tick0": axis.low, "dtick": math.ceil((axis.high - axis.low) / TICKS)}
    return made


def value_span(facts: Sequence[Fact], axis: Axis | None = None) -> tuple[float, float]:
    """The y range: every point and the whole band, and a quarter more on both sides."""
    values = [fact.value for fact in facts if fact.value is not None]
    given = [fact.reference_range for fact in facts if fact.reference_range is not None]
    values += [edge for item in given for edge in (item.low, item.high) if edge is not None]
    ends = () if axis is None else (axis.low, axis.high)
    values += [end for end in ends if end is not None]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    pad = (high - low) * PADDING or max(abs(high) * PADDING, 1.0)
    if axis is not None and axis.low == low:
        return low - pad * (0.5 if axis.high is not None else 0.1), high + pad
    return low - pad, high + pad


def time_span(trend: Trend) -> tuple[str, str]:
    """Both ends of the time axis: the window, or what was found where there is no window."""
    found = (*trend.facts, *trend.doses, *trend.erroneous)
    dated = [axis_time(fact) for fact in found if fact.when is not None]
    window = [clock(end) for end in (trend.window_from, trend.window_to) if end is not None]
    reach = sorted([*dated, *window])
    return padded(reach[0], reach[-1]) if reach else ("", "")


def padded(start: str, end: str) -> tuple[str, str]:
    """The window with a little room at both ends, so that no mark is cut by the frame."""
    first, last = parsed(start), parsed(end)
    room = max((last - first) * MARGIN, timedelta(minutes=30))
    return _shifted(first, -room).isoformat(), _shifted(last, room).isoformat()


def spaced(places: Sequence[str], span: tuple[str, str], share: float) -> list[bool]:
    """Which of these times in order have room for words: `share` of the axis to the one before."""
    room = (parsed(span[1]) - parsed(span[0])) * share if places else timedelta(0)
    free: datetime | None = None
    found = []
    for place in places:
        at = parsed(place)
        found.append(free is None or at >= free)
        if found[-1]:
            free = _shifted(at, room)
    return found


def between(start: str, end: str, parts: int) -> list[str]:
    """`parts` + 1 times from start to end, so that the middle of a bar can be pressed too."""
    first, last = parsed(start), parsed(end)
    step = (last - first) / parts
    return [start, *((first + step * n).isoformat() for n in range(1, parts)), end]


def axis_time(fact: Fact) -> str:
    """When, as written and without its zone: the clock of the ward, not of this machine."""
    return clock(fact.when)


def clock(moment: Moment | None) -> str:
    """A moment as written, without its zone; empty for none."""
    return moment.written[:19] if moment is not None else ""


def parsed(written: str) -> datetime:
    """A time as written (a year or a month too) as a plain clock time."""
    whole = written + "0000-01-01"[len(written) :] if len(written) < 10 else written
    return datetime.fromisoformat(whole.rstrip("Z")[:19])


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at
