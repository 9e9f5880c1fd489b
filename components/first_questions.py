"""Questions to begin with, on the first page: one press opens a chart and asks it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.safe_text import label
from pipelines.records.views import FirstQuestion


def choose_question(questions: Sequence[FirstQuestion]) -> FirstQuestion | None:
    """Draw them in one row; the one that was pressed, or None. Nothing is drawn of none."""
    if not questions:
        return None
    pressed = None
    with st.container(horizontal=True, gap="small", key="first-questions"):
        for one in questions:
            text = label(f"{one.name}: {one.question}")
            if st.button(text, key=f"first:{one.patient_id}", type="secondary"):
                pressed = one
    return pressed
