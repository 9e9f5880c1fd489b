"""Exports: choose, see what would leave, then make the file; refused if anything is left over."""

from __future__ import annotations

import streamlit as st

from components.export_choice import choose_export
from components.place import here
from components.redaction_review import draw_review
from components.safe_text import heading, label, paragraph
from pipelines.desk import export
from pipelines.errors import RedactionRefused

SHOWN, MADE = "of:export_shown", "of:export_made"

place = here()
heading("Exports")
chosen = choose_export(export.exportable(place.house, place.patient_id), place.thread)
if chosen is not None:
    st.session_state.pop(MADE, None)
    st.session_state.pop(SHOWN, None)
    request = export.ExportRequest(*chosen)
    try:
        st.session_state[SHOWN] = export.preview(place.house, place.reader, request)
    except RedactionRefused as error:
        st.error(label(f"✕ REFUSED: {error.user_message}"))

shown = st.session_state.get(SHOWN)
if shown is not None:
    paragraph(
        "Redaction is an aid, not a determination (45 CFR 164.514(b)). Read what leaves.", "cr-warn"
    )
    draw_review(shown)
    if st.session_state.get(MADE) is None and st.button("Log this export and make the file"):
        try:
            st.session_state[MADE] = export.release(place.house, place.reader, shown)
        except RedactionRefused as error:
            st.error(label(f"✕ REFUSED: {error.user_message}"))
    if (made := st.session_state.get(MADE)) is not None:
        released, content = made
        st.download_button(
            "Download", content, released.file_name, "text/markdown", type="primary",
            on_click="ignore",
        )  # fmt: skip
        paragraph(
            f"Logged as {(released.log_id or '')[:8]}; re-scanned, nothing was left.", "cr-ok"
        )
