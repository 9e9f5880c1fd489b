"""Cohort: one question over every patient or a saved list, the counts first, then a row each."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.cohort_view import (
    KEPT,
    choose_list,
    choose_question,
    draw_cohort,
    draw_owner,
)
from components.opened import close, opened
from components.place import enter, here
from components.safe_text import heading
from components.source_view import draw_source
from pipelines.desk import cohort, lists, look, visits
from pipelines.records.cohort import CohortAnswer

PAGE = "cohort"

place = here()
heading("Cohort")
named = choose_list([one.name for one in lists.lists(place.house, place.reader)])
question = choose_question()
if question is not None:
    close(PAGE)
    with st.spinner("Asking every chart …"):
        asked = lists.patients_of(place.house, place.reader, named) if named else None
        st.session_state[KEPT] = cohort.cohort(place.house, place.reader, question, asked)
kept = st.session_state.get(KEPT)
current = opened(PAGE)
left, right = st.columns([3, 2], gap="medium") if current else (st.container(), None)
chosen = None
if isinstance(kept, CohortAnswer):
    with left:
        chosen = draw_cohort(PAGE, kept, current)
    owner = kept.patient_of(current.citation) if current is not None else None
    if current is not None and right is not None and owner is not None:
        with right, st.container(key="beside"):
            draw_owner(kept, current.citation, place.visit.patient if place.visit else None)
            view = look.source(place.house, place.reader, owner, current.citation)
            draw_source(PAGE, view, current)
if chosen is not None:
    enter(visits.open_visit(place.house, place.session, place.reader, chosen))
    st.switch_page(Path(__file__).with_name("briefing.py"))
