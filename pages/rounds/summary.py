"""The chart summary: the whole chart by problem, made without a click, each line cited."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import chart_summary_view, hand_out_view, narrative_view
from components.opened import opened
from components.place import here
from pipelines.desk import brief, hand_out, look

PAGE, KEPT = "summary", "of:chart_summary_made"
AT_ONCE_S = 0.1

place = here()
# A press of a source redraws what was made and logged; a chart loaded anew is told anew.
made_of = place.banner and (place.banner.as_of, place.banner.loaded_at, place.banner.incomplete)
kept = st.session_state.get(KEPT)
if kept is None or kept[0] != made_of:
    if kept is not None:
        kept[1].job.stop()
    hand_out_view.forget_copied(PAGE)
    request = brief.BriefRequest(hours=None, engine="auto")
    kept = (made_of, brief.open_briefing(place.house, place.reader, place.patient_id, request))
    kept[1].job.wait(AT_ONCE_S)
    st.session_state[KEPT] = kept
summary, job = kept[1].whole, kept[1].job
head, choose = st.columns([3, 2], vertical_alignment="center")
head.html(chart_summary_view.heading(summary))
given = (place.house, place.reader, summary, hand_out.SUMMARY)
with choose.container(horizontal=True, horizontal_alignment="right"):
    hand_out_view.draw_hand_out(
        PAGE,
        f"summary-{summary.log_id[:8]}.html",
        partial(hand_out.printed, *given),
        partial(hand_out.copied, *given),
    )
hand_out_view.draw_copied(PAGE)
if not job.done:
    narrative_view.watch(job)
current = opened(PAGE)
source = current and look.source(place.house, place.reader, place.patient_id, current.citation)
chart_summary_view.draw(PAGE, summary, current, source)
