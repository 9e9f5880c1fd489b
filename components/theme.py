"""The look of every page: one style sheet, the same for screen and print."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

ROWS_WITHOUT_SCROLLING = 10
STYLE_SHEET = Path(__file__).with_name("theme.css")


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(STYLE_SHEET)


def table_height(rows: int, most_px: int) -> Literal["auto"] | int:
    """The height of a table: as tall as its rows, and no taller than `most_px`."""
    return "auto" if rows <= ROWS_WITHOUT_SCROLLING else min(32 * rows + 36, most_px)
