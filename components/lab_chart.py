"""Results over medication bars on one time axis, as a plain dict that Plotly draws.

From the top: stays and procedures, a panel for each analyte and unit (then for each drug whose
doses were chosen), the time axis, the medications. Every point carries the key of its record.
Bands are `layout.shapes`: Plotly's own helper draws none before a first trace exists. What the
signs mean stands below the picture (`LEGEND`), and the same data as a table below that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import medication_bars
from components.chart_axis import Canvas, time_span
from components.chart_marks import add_strip, strip
from components.chart_points import Panel, trend_panels
from components.lab_panels import add_panel
from pipelines.records.views import Trend

PANEL_PX, GAP_PX, BAR_PX, TOP_PX, AXIS_PX = 116, 34, 26, 24, 40
MARKS = "▸ start · ■ stop · ▷ goes on · ⇢ other dose ordered · | given · ✕ not given"
LEGEND = (
    "Drag sideways to zoom in, double-click to see the whole range again; press a mark to open its"
    " source. ▲▼ out of range · open: a bound (<, >) · open with a dot: not final · □ amended or"
    " corrected · grey ✕ entered in error · ⇧⇩ larger than expected variation (reference change"
    " value, not a judgement) · dashed band: site policy, the record has no range."
)

Figure = dict[str, Any]


def figure(
    trend: Trend,
    order: Sequence[str],
    shown_bars: Sequence[medication_bars.Row],
    chosen: str | None,
    revision: str = "",
) -> Figure:
    """The whole picture, panels in `order`; `chosen` is the key of the point that is ringed.

    What a reader zoomed to stays as long as `revision` is the same. No numbers, no picture.
    """
    drawn = sorted(trend_panels(trend), key=lambda panel: _rank(panel, order))
    if not drawn:  # words have no place on an axis
        return {"data": [], "layout": {}}
    marks = strip(trend)
    first_px = marks.height_px + TOP_PX
    # The time axis stands between the results and the medications, near to both.
    results_end = first_px + len(drawn) * (PANEL_PX + GAP_PX) - GAP_PX
    bars_px = GAP_PX + len(shown_bars) * BAR_PX if shown_bars else 0
    height = results_end + AXIS_PX + bars_px
    made = Canvas(height, results_end, time_span(trend), revision)
    if marks.rows:
        add_strip(made, marks, 0)
    entries = {item.fact.resource: item for item in trend.medications}
    for index, panel in enumerate(drawn):
        top = first_px + index * (PANEL_PX + GAP_PX)
        add_panel(made, panel, (top, top + PANEL_PX), chosen, entries)
    if shown_bars:
        top = results_end + AXIS_PX + GAP_PX
        _add_bars(made, shown_bars, (top, top + len(shown_bars) * BAR_PX))
    return {"data": made.data, "layout": made.layout}


def preload() -> None:
    """Let the browser fetch the drawing library while a page without a chart is being read."""
    with st.container(key="cr-preload"):
        point = {"type": "scatter", "x": [0], "y": [0]}  # Plotly refuses a picture of nothing
        st.plotly_chart({"data": [point], "layout": {"height": 10}}, key="preload", theme=None)


def _add_bars(made: Canvas, rows: Sequence[medication_bars.Row], span: tuple[int, int]) -> None:
    axis = made.new_axis(span, {"range": [len(rows) - 0.4, -0.75], "showticklabels": False,
                                "showgrid": False})  # fmt: skip
    made.title(span, f"<b>Medications</b>  {made.quiet(MARKS)}")
    for number, row in enumerate(rows):
        made.data.extend(medication_bars.traces(row, number, axis, made.colours))
        made.note(medication_bars.name_label(row, number, axis, made.colours))
        for label in (
            *medication_bars.hold_labels(row, number, axis, made.colours),
            *medication_bars.change_labels(row, number, axis, made.span, made.colours),
        ):
            made.note(label)


def _rank(panel: Panel, order: Sequence[str]) -> int:
    return order.index(panel.code_key) if panel.code_key in order else len(order)
