"""The worklist: every patient of this home; choosing one opens the briefing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.place import enter, here
from components.safe_text import heading
from components.worklist_table import choose_patient
from pipelines.desk import look, visits

place = here()
heading("Worklist")
chosen = choose_patient(look.patients(place.house, place.reader), clinical=True)
if chosen is not None:
    enter(visits.open_visit(place.house, place.session, place.reader, chosen))
    st.switch_page(Path(__file__).with_name("briefing.py"))
