"""Imports: FHIR files in, a report of what came in and what was refused, by name and reason."""

from __future__ import annotations

import streamlit as st

from components.load_view import draw_loads, draw_refused, draw_report
from components.place import here
from components.safe_text import heading, paragraph
from pipelines.desk import load, log

REPORT = "import_report"
RECENT = 20

place = here()
heading("Imports")
given = st.file_uploader(
    "FHIR R4 files: Bundles, single resources or NDJSON, each also .gz",
    type=["json", "ndjson", "gz"],
    accept_multiple_files=True,
)
if st.button("Load", type="primary", disabled=not given):
    uploads = [(item.name, item.getvalue()) for item in given]
    with st.spinner("Reading and checking every entry …"):
        st.session_state[REPORT] = load.load_uploads(place.house, place.reader, uploads)
    st.rerun()  # the banner of an open chart shows at once what came in or was refused
if (report := st.session_state.get(REPORT)) is not None:
    draw_report(report)

heading("Recent loads")
loads = [entry for entry in log.entries(place.house) if entry.action == "load"][-RECENT:]
if loads:
    draw_loads(loads)
else:
    paragraph("Nothing was loaded in this home yet.", "cr-empty")

heading("Refused and not loaded since")
refused = load.refused(place.house)
if refused:
    draw_refused(refused)
else:
    paragraph("None: everything that was given is in.", "cr-empty")
