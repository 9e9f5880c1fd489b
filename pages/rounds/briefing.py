"""The pre-round briefing: made without a click, each line with the source it stands on."""

from __future__ import annotations

import streamlit as st

from components import briefing_view, chart_summary_view, lab_chart
from components.opened import opened
from components.place import here
from components.result_cards import draw_cards
from components.source_view import draw_source
from pipelines.desk import brief, cards, chart_summary, look

PAGE, KEPT = "briefing", "of:briefing_made"
WINDOWS = {"24 h": 24, "48 h": 48, "72 h": 72}
SUMMARY, SUMMARY_KEPT = "Chart summary", "of:chart_summary_made"

place = here()
patient_id = place.patient_id
head, choose = st.columns([3, 2], vertical_alignment="center")
choose = choose.container(horizontal=True, horizontal_alignment="right")
window = choose.segmented_control(
    "Window", [*WINDOWS, SUMMARY], default="24 h", required=True, label_visibility="collapsed",
    key="briefing:window", persist_state="session",
)  # fmt: skip
if window == SUMMARY:
    drawn_of = place.banner and (place.banner.as_of, place.banner.loaded_at)
    made = st.session_state.get(SUMMARY_KEPT)
    if made is None or made[0] != drawn_of:
        summary = chart_summary.chart_summary(place.house, place.reader, patient_id)
        made = (drawn_of, summary)
        st.session_state[SUMMARY_KEPT] = made
    chosen = opened(PAGE)
    source = chosen and look.source(place.house, place.reader, patient_id, chosen.citation)
    head.html(chart_summary_view.heading(made[1]))
    chart_summary_view.draw(PAGE, made[1], chosen, source)
    st.stop()
hours = WINDOWS[window or "24 h"]
# A press of a source redraws what was made and logged; another window makes and logs anew.
as_of = place.banner.as_of if place.banner else None
shown_of = place.banner
made_of = (hours, as_of, shown_of and (shown_of.loaded_at, shown_of.incomplete))
kept = st.session_state.get(KEPT)
if kept is None or kept[0] != made_of:
    kept = (made_of, brief.brief(place.house, place.reader, patient_id, hours))
    st.session_state[KEPT] = kept
briefing = kept[1]
scope, current = briefing.log_id, opened(PAGE)
head.html(briefing_view.heading(briefing, hours))
if as_of is not None:
    draw_cards(PAGE, cards.result_cards(place.house, place.reader, patient_id, hours), as_of)
briefing_view.draw_summary(PAGE, scope, briefing, current)
left_sections, right_sections = briefing_view.parted(briefing)
left, right = st.columns([3, 2], gap="medium")
with left:
    briefing_view.draw_sections(PAGE, scope, left_sections, current)
with right:
    if current is not None:
        view = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, view, current)
    briefing_view.draw_sections(PAGE, scope, right_sections, current)
st.html(briefing_view.footing(briefing))
briefing_view.draw_all_sources(PAGE, scope, briefing)
lab_chart.preload()
