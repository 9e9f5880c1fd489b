"""Results over medication bars on one time axis, as a plain dict that Plotly draws.

One panel an analyte and unit, the record's own range as a stepped band, triangles for what is
out of range, an open mark for `<0.5` and, with a dot, for what is preliminary, the unit on the
axis. Every point carries the key of its record. Bands are `layout.shapes`: Plotly's own helper
draws none before a first trace exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import flags, medication_bars
from components.chart_points import (
    Panel,
    axis_time,
    bands,
    fact_key,
    lettered,
    panels,
)
from components.safe_text import escape
from pipelines.records.facts import Fact
from pipelines.records.views import Trend

INK, QUIET, GRID = "#1A1F26", "#5A6472", "#E6EAEE"
BLUE, HIGH, LOW, BAND, RING = "#0B5CAD", "#8A1C00", "#1F3A93", "rgba(46,125,50,0.12)", "#B36B00"
PANEL_PX, GAP_PX, BAR_PX, TOP_PX, AXIS_PX = 116, 34, 26, 24, 40
PADDING = 0.25
FONT = '"Source Sans", sans-serif'
COLOURS = {"H": HIGH, "HH": HIGH, "L": LOW, "LL": LOW, "A": "#5B2A86", "AA": "#5B2A86"}
SHAPES = {"H": "triangle-up", "HH": "triangle-up", "L": "triangle-down", "LL": "triangle-down",
          "A": "diamond", "AA": "diamond"}  # fmt: skip
SIZES = (6, 9, 11)  # of a point without a flag, with one, with a critical one (two letters)
FADE_NOTHING = {"marker": {"opacity": 1}}

Figure = dict[str, Any]


def figure(
    trend: Trend,
    order: Sequence[str],
    shown_bars: Sequence[medication_bars.Row],
    chosen: str | None,
) -> Figure:
    """The whole picture, panels in `order`; `chosen` is the key of the point that is ringed."""
    drawn = sorted(panels(trend.facts), key=lambda panel: _rank(panel, order))
    # The time axis stands between the results and the medications, near to both.
    results_end = TOP_PX + len(drawn) * (PANEL_PX + GAP_PX) - GAP_PX
    bars_px = GAP_PX + len(shown_bars) * BAR_PX if shown_bars else 0
    made = Canvas(results_end + AXIS_PX + bars_px, results_end, time_span(trend))
    for index, panel in enumerate(drawn):
        top = TOP_PX + index * (PANEL_PX + GAP_PX)
        _add_panel(made, panel, (top, top + PANEL_PX), chosen)
    if shown_bars:
        top = results_end + AXIS_PX + GAP_PX
        _add_bars(made, shown_bars, (top, top + len(shown_bars) * BAR_PX))
    return {"data": made.data, "layout": made.layout}


def preload() -> None:
    """Let the browser fetch the drawing library while a page without a chart is being read."""
    with st.container(key="cr-preload"):
        point = {"type": "scatter", "x": [0], "y": [0]}  # Plotly refuses a picture of nothing
        st.plotly_chart({"data": [point], "layout": {"height": 10}}, key="preload", theme=None)


class Canvas:
    """The figure being put together: traces, layout, and the next free y axis."""

    def __init__(self, height: int, axis_px: int, span: tuple[str, str]) -> None:
        self.height = height
        self.span = span
        self.axes = 0
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {
            "height": height,
            "margin": {"l": 62, "r": 16, "t": 0, "b": 0},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "plot_bgcolor": "#FFFFFF",
            "paper_bgcolor": "#FFFFFF",
            "font": {"color": INK, "size": 12, "family": FONT},
            "shapes": [],
            "annotations": [],
            "xaxis": _time_axis(span, 1 - axis_px / height),
        }

    def new_axis(self, span: tuple[int, int], axis: dict[str, Any]) -> str:
        """A y axis over these pixels from the top; returns its name for traces."""
        self.axes += 1
        number = "" if self.axes == 1 else str(self.axes)
        bottom = 1 - span[1] / self.height
        self.layout[f"yaxis{number}"] = {"domain": [bottom, 1 - span[0] / self.height],
                                         "fixedrange": True, "zeroline": False, **axis}  # fmt: skip
        return f"y{number}"

    def title(self, span: tuple[int, int], text: str) -> None:
        """A heading above a panel, at its left edge."""
        self.layout["annotations"].append(
            {"text": text, "xref": "paper", "x": 0, "xanchor": "left", "showarrow": False,
             "yref": "paper", "y": 1 - span[0] / self.height, "yanchor": "bottom",
             "font": {"size": 13, "color": INK}}
        )  # fmt: skip


def _add_panel(made: Canvas, panel: Panel, span: tuple[int, int], chosen: str | None) -> None:
    low, high = value_span(panel.facts)
    axis = made.new_axis(span, {"range": [low, high], "nticks": 6, "gridcolor": GRID,
                                "title": {"text": escape(panel.unit or ""), "standoff": 4,
                                          "font": {"size": 11, "color": QUIET}},
                                "tickfont": {"size": 11, "color": QUIET}})  # fmt: skip
    made.title(span, f"<b>{escape(panel.display)}</b>  {_ranges(panel)}{_thinned(panel)}")
    for band in bands(panel.facts):
        made.layout["shapes"].append(
            {"type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": BAND,
             "xref": "x", "yref": axis,
             "x0": band.start or made.span[0],
             "x1": band.end or made.span[1],
             "y0": low if band.range.low is None else band.range.low,
             "y1": high if band.range.high is None else band.range.high}
        )  # fmt: skip
    made.data.append(_points(panel.facts, axis))
    for fact in lettered(panel.facts):
        is_low = fact.flag in ("L", "LL")
        made.layout["annotations"].append(
            {"text": f"<b>{fact.flag}</b>", "x": axis_time(fact), "y": fact.value, "xref": "x",
             "yref": axis, "showarrow": False, "yshift": -14 if is_low else 14,
             "font": {"size": 12, "color": COLOURS.get(fact.flag or "", INK)}}
        )  # fmt: skip
    ringed = [fact for fact in panel.facts if fact_key(fact) == chosen]
    if ringed:
        made.data.append(_ring(ringed, axis))


def _points(facts: Sequence[Fact], axis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [axis_time(fact) for fact in facts],
        "y": [fact.value for fact in facts],
        "yaxis": axis,
        "customdata": [fact_key(fact) for fact in facts],
        "hovertext": [_hover(fact) for fact in facts],
        "hoverinfo": "text",
        "line": {"color": BLUE, "width": 1.4},
        "marker": {
            "opacity": 1,
            "symbol": [symbol(fact) for fact in facts],
            "color": [COLOURS.get(fact.flag or "", BLUE) for fact in facts],
            "size": [
                11 if fact.flag in ("HH", "LL", "AA") else 9 if fact.flag else 6 for fact in facts
            ],
            "line": {"width": 1.4, "color": [COLOURS.get(f.flag or "", BLUE) for f in facts]},
        },
        "selected": FADE_NOTHING,
        "unselected": FADE_NOTHING,
    }


def _ring(facts: Sequence[Fact], axis: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip", "yaxis": axis,
        "x": [axis_time(fact) for fact in facts], "y": [fact.value for fact in facts],
        "marker": {"symbol": "circle-open", "size": 19, "color": RING, "line": {"width": 2.5}},
        "selected": FADE_NOTHING, "unselected": FADE_NOTHING,
    }  # fmt: skip


def _add_bars(made: Canvas, rows: Sequence[medication_bars.Row], span: tuple[int, int]) -> None:
    axis = made.new_axis(span, {"range": [len(rows) - 0.4, -0.75], "showticklabels": False,
                                "showgrid": False})  # fmt: skip
    made.title(
        span,
        f"<b>Medications</b>  <span style='color:{QUIET}'>▸ start · ■ stop · ▷ goes on · | given"
        " · ✕ not given</span>",
    )
    for number, row in enumerate(rows):
        made.data.extend(medication_bars.traces(row, number, axis))
        made.layout["annotations"].append(medication_bars.name_label(row, number, axis))
        made.layout["annotations"].extend(medication_bars.hold_labels(row, number, axis))


def symbol(fact: Fact) -> str:
    """Triangle for high and low, open for a bound, open with a dot for a result not final yet."""
    shape = SHAPES.get(fact.flag or "", "circle")
    if not fact.is_final:
        return f"{shape}-open-dot"
    return f"{shape}-open" if fact.comparator else shape


def value_span(facts: Sequence[Fact]) -> tuple[float, float]:
    """The y range: every point and the whole band, and a quarter more on both sides."""
    values = [fact.value for fact in facts if fact.value is not None]
    given = [fact.reference_range for fact in facts if fact.reference_range is not None]
    values += [edge for item in given for edge in (item.low, item.high) if edge is not None]
    low, high = min(values), max(values)
    pad = (high - low) * PADDING or max(abs(high) * PADDING, 1.0)
    return low - pad, high + pad


def time_span(trend: Trend) -> tuple[str, str]:
    """Both ends of the time axis: the window, or what was found where there is no window."""
    dated = [axis_time(fact) for fact in trend.facts if fact.when is not None]
    window = [end.written[:19] for end in (trend.window_from, trend.window_to) if end is not None]
    reach = sorted([*dated, *window])
    return medication_bars.padded(reach[0], reach[-1]) if reach else ("", "")


def _time_axis(span: tuple[str, str], position: float) -> dict[str, Any]:
    return {"type": "date", "anchor": "free", "position": position, "range": list(span),
            "fixedrange": True, "gridcolor": GRID, "ticks": "outside", "tickcolor": GRID,
            "tickfont": {"size": 11, "color": QUIET}}  # fmt: skip


def _rank(panel: Panel, order: Sequence[str]) -> int:
    return order.index(panel.code_key) if panel.code_key in order else len(order)


def _ranges(panel: Panel) -> str:
    last = panel.facts[-1].reference_range
    said = flags.range_text(last)
    said = said if said == flags.NO_RANGE else f"ref {said}"
    return f"<span style='color:{QUIET}'>{escape(said)}</span>"


def _thinned(panel: Panel) -> str:
    if not panel.left_out:
        return ""
    return f"<span style='color:{QUIET}'> · {panel.left_out} normal points not drawn</span>"


def _hover(fact: Fact) -> str:
    when = fact.when.clock if fact.when is not None else "no date"
    status = f"<br>{escape(fact.status_word)}" if fact.status_word else ""
    sign = f" {flags.sign(fact.flag)}" if fact.flag else ""
    value = f"<b>{escape(flags.value_with_unit(fact))}</b>{sign}"
    return f"{value}<br>{when}{status}<br>{escape(fact.resource)}"
