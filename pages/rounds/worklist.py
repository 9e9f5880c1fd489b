"""The worklist: all patients or one of the reader's lists; one opens the briefing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import answering
from components.first_questions import choose_question
from components.list_editor import about, edit_lists
from components.place import Place, enter, here
from components.safe_text import heading, paragraph
from components.score_view import explain
from components.ward_table import FORM, choose_in_ward
from pipelines.desk import ask, lists, look, visits, worklist
from pipelines.records.lists import ListEdit
from pipelines.records.ward import Worklist

CHOSEN = "list:chosen"  # the list that is shown: the selector's own key
NEXT = "list:next"  # the list to show after a change


def edited(place: Place, found: Worklist, edit: ListEdit) -> None:
    """Do what the form asks, close it, and show the list that it leaves."""
    st.session_state[NEXT] = lists.change(place.house, place.reader, edit, found.chosen) or ""
    st.session_state[FORM] = False


place = here()
heading("Worklist")
if NEXT in st.session_state:
    st.session_state[CHOSEN] = st.session_state.pop(NEXT)
found = worklist.worklist(place.house, place.reader, st.session_state.get(CHOSEN))
if found.chosen is None and st.session_state.get(CHOSEN):
    st.session_state[CHOSEN] = ""  # the list was deleted meanwhile, perhaps in another tab
asked = choose_question(look.first_questions([row.base for row in found.rows]))
if found.chosen is not None:
    paragraph(about(found.chosen), "cr-quiet")
pressed = choose_in_ward(found, CHOSEN)
if pressed.form is not None:
    with pressed.form:
        edit_lists(found, lambda edit: edited(place, found, edit))
if pressed.explained is not None:
    explain(next(row for row in found.rows if row.patient_id == pressed.explained))
if asked is not None:
    visit = visits.open_visit(place.house, place.session, place.reader, asked.patient_id)
    enter(visit)
    request = ask.AskRequest(visit.patient, asked.question, visit.thread)
    answering.remember(visit.thread, ask.start(place.house, place.reader, request))
    st.switch_page(Path(__file__).with_name("ask.py"))
if pressed.opened is not None:
    enter(visits.open_visit(place.house, place.session, place.reader, pressed.opened))
    st.switch_page(Path(__file__).with_name("briefing.py"))
