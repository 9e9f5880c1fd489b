"""Trends: chosen results over medications on one time axis, their source, and their data."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import lab_chart, medication_bars, zoom
from components.chart_points import fact_key, unit_words
from components.opened import citation_of, open_source, opened
from components.panel_choice import choose_panel
from components.place import here
from components.safe_text import heading, paragraph
from components.source_view import draw_source
from components.trend_controls import EMPTY, choose_medications, choose_results
from components.trend_table import draw_table
from components.view_choice import PICTURE, Reads, choose_view, draw_other
from pipelines.desk import cumulative, look
from pipelines.records.views import Trend

PAGE, CHART = "trends", "trend:chart"

place = here()
patient_id = place.patient_id


def draw_chart(trend: Trend, bars: tuple[medication_bars.Row, ...], chosen: str | None) -> None:
    """The picture; a pressed point opens the record it stands for."""
    every = (*trend.facts, *trend.doses, *trend.erroneous)
    citations = {fact_key(fact): citation_of(fact) for fact in every}
    marks = (*trend.medications, *trend.stays, *trend.procedures)
    # A dose that is drawn as a number keeps the citation of that number.
    citations = {f"{m.fact.resource}#0": citation_of(m.fact) for m in marks} | citations

    def pressed() -> None:
        points = st.session_state[CHART]["selection"]["points"]
        key = str(points[0].get("customdata", "")) if points else ""
        if key in citations:
            open_source(PAGE, CHART, (citations[key],), 0)

    revision = f"{place.visit_id}:{choice.window}"
    made = lab_chart.figure(trend, (*choice.code_keys, *choice.doses), bars, chosen, revision)
    if not made["data"]:
        st.info("The chosen results are words, not numbers; they stand in the table below.")
        return
    for said in unit_words(trend):
        paragraph(said, "cr-quiet")
    looked_at = zoom.zoomed(revision)
    with st.container(key=zoom.CHART_BOX):
        st.plotly_chart(
            zoom.at_zoom(made, looked_at),
            key=CHART,
            theme=None,
            on_select=pressed,
            selection_mode="points",
            config={"displayModeBar": False, "doubleClick": "reset"},
            alt="Results over time; the same data stand in the table below",
        )
    paragraph(lab_chart.LEGEND, "cr-quiet")


offers = look.trend_offers(place.house, place.reader, patient_id)
if not (offers.kinds or offers.doses):
    st.info(EMPTY)
    st.stop()
panels = cumulative.panels(offers.kinds)
view = choose_view(place.visit_id)
if view != PICTURE:
    who = (place.house, place.reader, patient_id)
    table, pairs = partial(cumulative.table, *who), partial(cumulative.pairs, *who)
    reads = Reads(offers.kinds, panels, table, pairs, partial(look.source, *who))
    draw_other(PAGE, view, place.visit_id, reads)
    st.stop()
choose_panel(panels, place.visit_id)
choice, slot = choose_results(offers, place.visit_id)
trend = look.trend(place.house, place.reader, patient_id, choice)
found = (*trend.facts, *trend.doses, *trend.erroneous)
bars = choose_medications(trend, slot, place.visit_id)
current = opened(PAGE)
left, right = st.columns([3, 2], gap="medium") if current else (st.container(), None)
with left:
    if not (choice.code_keys or choice.doses):
        st.info("Choose a lab or a vital sign above.")
    elif not found:
        st.info("None of the chosen results lies in this range; choose a longer one.")
    else:
        chosen = next(
            (fact_key(f) for f in found if current and f.resource == current.citation.resource
             and f.path == current.citation.path),
            None,
        )  # fmt: skip
        draw_chart(trend, bars, chosen)
if current is not None and right is not None:
    with right, st.container(key="beside"):
        source = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, source, current)
if found:
    heading("The same data")
    draw_table(PAGE, trend, bars, place.visit_id)
