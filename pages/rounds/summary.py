"""The chart summary: the whole chart by problem, made without a click, each line cited."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import chart_summary_view, hand_out_view, narrative_view
from components.made_once import made_once
from components.opened import opened
from components.place import here
from pipelines.desk import brief, hand_out, look

PAGE = "summary"

place = here()
made_of = place.banner and (place.banner.as_of, place.banner.loaded_at, place.banner.incomplete)
request = brief.BriefRequest(hours=None, engine="auto")
begin = partial(brief.open_briefing, place.house, place.reader, place.patient_id, request)
made = made_once(PAGE, made_of, begin)
summary, job = made.whole, made.job
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
