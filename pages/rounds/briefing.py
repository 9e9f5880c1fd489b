"""The pre-round briefing: made without a click, each line with the source it stands on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import briefing_view, hand_out_view, handover_view, lab_chart, narrative_view
from components.looking import look_of
from components.made_once import made_once
from components.opened import opened
from components.place import here
from components.result_cards import draw_cards
from components.source_view import draw_no_source, draw_over
from pipelines.desk import brief, cards, hand_out, look

PAGE = "briefing"
SINCE = "Since I last looked"
WINDOWS = {"24 h": 24, "48 h": 48, "72 h": 72, SINCE: 24}
FORMS = {name: key for key, name in hand_out.FORMS.items()}

place = here()
patient_id = place.patient_id
head, choose = st.columns([2, 3], vertical_alignment="center")
choose = choose.container(horizontal=True, horizontal_alignment="right")
window = choose.segmented_control(
    "Window", list(WINDOWS), default="24 h", required=True, label_visibility="collapsed",
    key="briefing:window", persist_state="session",
)  # fmt: skip
hours = WINDOWS[window or "24 h"]
as_of = place.banner.as_of if place.banner else None
shown_of = place.banner
made_of = (window, as_of, shown_of and (shown_of.loaded_at, shown_of.incomplete))
request = brief.BriefRequest(
    hours, since_last=window == SINCE, visit=look_of(patient_id, place.visit_id), engine="auto"
)
begin = partial(brief.open_briefing, place.house, place.reader, patient_id, request)
made = made_once(PAGE, made_of, begin)
briefing, job = made.whole, made.job
scope, current = briefing.log_id, opened(PAGE)
head.html(briefing_view.heading(briefing, hours))
with choose:
    chosen = st.segmented_control(
        "Form", list(FORMS), default="Pre-round", required=True, label_visibility="collapsed",
        key="briefing:form", persist_state="session",
    )  # fmt: skip
    form = FORMS[chosen or "Pre-round"]
    given = (place.house, place.reader, briefing, form)
    hand_out_view.draw_hand_out(
        PAGE,
        f"briefing-{scope[:8]}-{form}.html",
        partial(hand_out.printed, *given),
        partial(hand_out.copied, *given),
    )
hand_out_view.draw_copied(PAGE)
is_pre_round = form == "pre-round"
if not job.done:
    narrative_view.watch(job)
elif (told := briefing.narrative) is not None:
    if is_pre_round:
        narrative_view.draw_narrative(PAGE, scope, told, current)
    narrative_view.draw_beside(told)
if is_pre_round:
    if as_of is not None:
        draw_cards(PAGE, cards.result_cards(place.house, place.reader, patient_id, hours), as_of)
    briefing_view.draw_summary(PAGE, scope, briefing, current)
left_sections, right_sections = briefing_view.parted(briefing)
left, right = st.columns([3, 2], gap="medium")
if current is not None:
    view = look.source(place.house, place.reader, patient_id, current.citation)
    with left if is_pre_round and briefing_view.is_of_right(current) else right:
        draw_over(PAGE, view, current)
with left:
    if is_pre_round:
        briefing_view.draw_sections(PAGE, scope, left_sections, current)
    else:
        handover_view.draw_form(PAGE, scope, hand_out.filled(briefing, form), current)
with right:
    if current is None and not is_pre_round:
        draw_no_source()
    if is_pre_round:
        briefing_view.draw_sections(PAGE, scope, right_sections, current)
st.html(briefing_view.footing(briefing))
briefing_view.draw_all_sources(PAGE, scope, briefing)
lab_chart.preload()
