"""The log: what was asked, answered, exported and loaded, and whether anything was changed."""

from __future__ import annotations

import streamlit as st

from components.log_view import ACTIONS, draw_check, draw_entries, draw_entry
from components.place import here
from components.safe_text import heading, paragraph
from pipelines.desk import log

LISTED = 500

place = here()
patient_id = place.visit.patient if place.visit is not None else None

head, of_whom, what, check = st.columns([4, 3, 4, 2], vertical_alignment="bottom")
with head:
    heading("Log")
whose = "All"
if patient_id is not None:
    both = ["This patient", "All"]
    whose = of_whom.segmented_control(
        "Entries of", both, default=both[0], required=True, key="log:whose"
    )
wanted = what.multiselect("Actions", ACTIONS, placeholder="all actions", key="log:actions")
if check.button("Verify the chain", type="primary", width="stretch"):
    draw_check(log.verify(place.house))

only = patient_id if whose == "This patient" else None
entries = log.entries(place.house, patient=only, limit=LISTED)
listed = [entry for entry in entries if not wanted or entry.action in wanted]
chosen = draw_entries(listed, patient_id)
paragraph(
    f"The newest {len(listed)} entries. Entries are only ever added; each one's hash covers the"
    " one before it.",
    "cr-quiet",
)
typed = st.text_input(
    "Show the entry with this id", placeholder="an id, or its first eight letters", key="log:id"
).strip()
begun = [entry.entry_id for entry in entries if typed and entry.entry_id.startswith(typed)]
if entry_id := chosen or (begun[0] if len(begun) == 1 else typed):
    draw_entry(log.show(place.house, entry_id), patient_id)
