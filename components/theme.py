"""The look of every page: one style sheet, the same for screen and print."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STYLE_SHEET = Path(__file__).with_name("theme.css")


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(STYLE_SHEET)
