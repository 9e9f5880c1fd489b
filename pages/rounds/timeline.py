"""Timeline: all that happened, in lanes, from decades to hours; each sign opens its source."""

from __future__ import annotations

import streamlit as st

from components import palette, timeline_chart, timeline_controls
from components.opened import open_source, opened
from components.place import here
from components.source_view import draw_source
from components.timeline_lanes import citation_of_event
from components.timeline_table import draw_tables
from pipelines.desk import look
from pipelines.desk.timeline import timeline
from pipelines.records.timeline import Timeline

PAGE = "timeline"
EMPTY = "Not in this chart: it holds no encounter, problem, procedure, note, result, medication or "

place = here()
patient_id = place.patient_id


def draw_chart(shown: Timeline, chosen: str | None) -> None:
    """The picture; a pressed sign opens what it stands for, a drawn stretch is zoomed to."""
    draws, marks = timeline_controls.draws_to_zoom(), timeline_chart.keyed(shown)
    key = f"timeline:chart:{timeline_controls.drawn()}:{draws}"

    def pressed() -> None:
        picked = st.session_state[key]["selection"]
        if timeline_controls.dragged(picked.get("box", ())):
            return
        points = picked["points"]
        mark = marks.get(str(points[0].get("customdata", ""))) if points else None
        if mark is not None:
            cited = tuple(citation_of_event(event) for event in mark.events)
            open_source(PAGE, "mark", cited, 0)

    made = timeline_chart.figure(shown, palette.now(), chosen)
    made["layout"]["dragmode"] = "select" if draws else "zoom"
    st.plotly_chart(
        made,
        key=key,
        theme=None,
        on_select=pressed,
        selection_mode="box" if draws else "points",
        config={"displayModeBar": False, "scrollZoom": False},
        alt="What happened over time, in lanes; the same data stand in the table below",
    )


choice = timeline_controls.choose(place.visit_id)
shown = timeline(place.house, place.reader, patient_id, choice)
timeline_controls.settle_first_range(shown)
current = opened(PAGE)
timeline_controls.draw_found(shown, choice)
timeline_controls.draw_never_said(shown, choice)
if not shown.in_chart and not shown.never_facts:
    st.info(EMPTY + "immunization.")
    st.stop()
if not choice.lanes:
    st.info("Choose a kind above.")
    st.stop()
if choice.span == "stay" and not shown.has_stay:
    st.info("This chart has no hospital stay; all of it is shown.")
left, right = st.columns([3, 2], gap="medium") if current else (st.container(), None)
with left:
    timeline_controls.draw_steps(shown)
    if not any(view.rows for view in shown.lanes):
        st.info("Nothing with a date fits in this time; choose a longer range or other words.")
    else:
        draw_chart(shown, current.citation.resource if current else None)
if current is not None and right is not None:
    with right, st.container(key="beside"):
        view = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, view, current)
draw_tables(PAGE, shown)
