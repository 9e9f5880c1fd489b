"""The two who speak in a conversation: the reader who asks, and the chart that answers."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.safe_text import paragraph

ASKED_BY = ":material/person:"
ANSWERED_BY = ":material/description:"


def draw_question(question: str) -> None:
    """What was asked, as it was typed."""
    with st.chat_message("user", avatar=ASKED_BY):
        paragraph(question)


def answering() -> DeltaGenerator:
    """Where an answer stands, under its question."""
    return st.chat_message("assistant", avatar=ANSWERED_BY)
