"""Notes: all notes of the chart by type, author and date; one is read, its changes marked."""

from __future__ import annotations

import streamlit as st

from components import notes_view
from components.place import here
from pipelines.desk.notes import read_notes

PAGE, KNOWN = "notes", "of:notes:known"

place = here()
patient_id = place.patient_id
kinds, authors = st.session_state.get(KNOWN, ((), ()))
choice = notes_view.choose(place.visit_id, kinds, authors)
shelf = read_notes(place.house, place.reader, patient_id, choice)
if (shelf.kinds, shelf.authors) != (kinds, authors):
    # The choices of the filters come from the notes themselves: draw them once they are known.
    st.session_state[KNOWN] = (shelf.kinds, shelf.authors)
    st.rerun()
if not shelf.in_chart:
    st.info("Not in this chart: it holds no note that could be read.")
    notes_view.draw_unread(shelf)
    st.stop()
left, right = st.columns([2, 3], gap="medium")
with left:
    notes_view.draw_list(PAGE, shelf, choice.words)
    notes_view.draw_unread(shelf)
with right, st.container(key="beside-note"):
    if shelf.is_left_out and shelf.opened is not None:
        st.html('<div class="cr-quiet">The note read before does not fit; this one does.</div>')
    if shelf.opened is None:
        st.info("No note fits; choose other types, authors, dates or words.")
    else:
        notes_view.draw_note(PAGE, shelf.opened, shelf.as_of)
