"""The chart summary: the whole chart by problem, made without a click, each line cited."""

from __future__ import annotations

import streamlit as st

from components import chart_summary_view
from components.opened import opened
from components.place import here
from pipelines.desk import chart_summary, look

PAGE, KEPT = "summary", "of:chart_summary_made"

place = here()
# A press of a source redraws what was made and logged; a chart loaded anew is told anew.
made_of = place.banner and (place.banner.as_of, place.banner.loaded_at)
kept = st.session_state.get(KEPT)
if kept is None or kept[0] != made_of:
    made = chart_summary.chart_summary(place.house, place.reader, place.patient_id)
    kept = (made_of, made)
    st.session_state[KEPT] = kept
current = opened(PAGE)
source = current and look.source(place.house, place.reader, place.patient_id, current.citation)
st.html(chart_summary_view.heading(kept[1]))
chart_summary_view.draw(PAGE, kept[1], current, source)
