"""Trends: chosen results over medications on one time axis, their source, and their data."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import lab_chart
from components.chart_points import fact_key
from components.opened import citation_of, open_source, opened
from components.panel_choice import choose_panel
from components.place import here
from components.results_table import draw_results
from components.safe_text import heading
from components.source_view import draw_source
from components.trend_controls import choose_medications, choose_results
from components.view_choice import PICTURE, Reads, choose_view, draw_other
from pipelines.desk import cumulative, look
from pipelines.records.views import Trend

PAGE, CHART = "trends", "trend:chart"

place = here()
patient_id = place.patient_id


def draw_chart(trend: Trend, chosen: str | None) -> None:
    """The picture; a pressed point opens the record it stands for."""
    citations = {fact_key(fact): citation_of(fact) for fact in trend.facts}
    citations |= {f"{item.fact.resource}#0": citation_of(item.fact) for item in trend.medications}

    def pressed() -> None:
        points = st.session_state[CHART]["selection"]["points"]
        key = str(points[0].get("customdata", "")) if points else ""
        if key in citations:
            open_source(PAGE, CHART, (citations[key],), 0)

    rows = choose_medications(trend, choice.medications)
    made = lab_chart.figure(trend, choice.code_keys, rows, chosen)
    if not made["data"]:
        st.info("The chosen results are words, not numbers; they stand in the table below.")
        return
    st.plotly_chart(
        made,
        key=CHART,
        theme=None,
        on_select=pressed,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Results over time; the same data stand in the table below",
    )


kinds = look.result_kinds(place.house, place.reader, patient_id)
panels = cumulative.panels(kinds)
view = choose_view(place.visit_id)
if view != PICTURE:
    who = (place.house, place.reader, patient_id)
    table, pairs = partial(cumulative.table, *who), partial(cumulative.pairs, *who)
    reads = Reads(kinds, panels, table, pairs, partial(look.source, *who))
    draw_other(PAGE, view, place.visit_id, reads)
    st.stop()
choose_panel(panels, place.visit_id)
choice = choose_results(kinds, place.visit_id)
trend = look.trend(place.house, place.reader, patient_id, choice.code_keys, choice.hours)
current = opened(PAGE)
left, right = st.columns([3, 2], gap="medium") if current else (st.container(), None)
with left:
    if not choice.code_keys:
        st.info("Choose a lab or a vital sign above.")
    elif not trend.facts:
        st.info("None of the chosen results lies in this range; choose a longer one.")
    else:
        chosen = next(
            (fact_key(f) for f in trend.facts if current and f.resource == current.citation.resource
             and f.path == current.citation.path),
            None,
        )  # fmt: skip
        draw_chart(trend, chosen)
if current is not None and right is not None:
    with right, st.container(key="beside"):
        view = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, view, current)
if trend.facts and trend.window_to is not None:
    heading("The same data")
    draw_results(PAGE, trend.facts, trend.window_to)
