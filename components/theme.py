"""The look of every page: the palette and the style sheets, the same for screen and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import streamlit as st

from components import palette

ROWS_WITHOUT_SCROLLING = 10
STYLE_SHEETS = Path(__file__).with_name("styles")


def apply() -> None:
    """Put the palette and the style sheets on the page."""
    st.html(f"<style>{palette.variables()}\n{_sheets()}</style>")


def table_height(rows: int, most_px: int) -> Literal["auto"] | int:
    """The height of a table: as tall as its rows, and no taller than `most_px`."""
    return "auto" if rows <= ROWS_WITHOUT_SCROLLING else min(32 * rows + 36, most_px)


def say_row_keys(opens: str = "its source") -> None:
    """How a row of a table is opened: the keys of the grid are its own and nobody guesses them."""
    st.html(f'<div class="cr-quiet">The box of a row, or Shift + Space on it, opens {opens}.</div>')


def without_empty(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str]
) -> list[dict[str, str]]:
    """The rows without those of `columns` that say nothing in any row: room for the others."""
    empty = {name for name in columns if not any(row.get(name) for row in rows)}
    return [{name: said for name, said in row.items() if name not in empty} for row in rows]


@lru_cache(maxsize=1)
def _sheets() -> str:
    """Every sheet in the order of its name: what is narrow or printed comes last."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(STYLE_SHEETS.glob("*.css"))
    )
