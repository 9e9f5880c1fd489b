"""The worklist: every patient of this home; one opens the briefing, a first question the chart."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import answering
from components.first_questions import choose_question
from components.place import enter, here
from components.safe_text import heading
from components.worklist_table import choose_patient
from pipelines.desk import ask, look, visits

place = here()
heading("Worklist")
rows = look.patients(place.house, place.reader)
asked = choose_question(look.first_questions(rows))
chosen = choose_patient(rows, clinical=True)
if asked is not None:
    visit = visits.open_visit(place.house, place.session, place.reader, asked.patient_id)
    enter(visit)
    request = ask.AskRequest(visit.patient, asked.question, visit.thread)
    answering.remember(visit.thread, ask.start(place.house, place.reader, request))
    st.switch_page(Path(__file__).with_name("ask.py"))
if chosen is not None:
    enter(visits.open_visit(place.house, place.session, place.reader, chosen))
    st.switch_page(Path(__file__).with_name("briefing.py"))
