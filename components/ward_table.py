"""The worklist as a table that keyboard and mouse can use alike, fifty patients a page.

Arrow keys move from row to row, Enter opens the briefing, S shows what the scores rest on; a click
does the same. Every word reaches the browser as data and is set by `textContent`. The row comes
back as the patient's id, and counts only if that patient is on the list that was drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.safe_text import markup
from components.ward_cells import FILTERS, SORTS, cells, fits
from components.worklist_table import named
from pipelines.records.ward import WardRow, Worklist

PAGE_ROWS = 50
FORM = "lists:open"  # whether the form of lists is open
ALL, ALL_ID = "All patients", ""
CAUTION = (
    "NEWS2 and KDIGO are screening scores, not diagnoses; press one to see its inputs · "
    "↑ ↓ move, Enter opens the briefing, S shows the scores"
)
FOLDER = Path(__file__).with_name("ward_table_files")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was pressed: a patient to open, or one whose scores to explain.

    `form` is the place for the form of lists while the reader has it open.
    """

    opened: str | None = None
    explained: str | None = None
    form: DeltaGenerator | None = None


def choose_in_ward(found: Worklist, list_key: str) -> Choice:
    """Draw all of it; what was pressed. The chosen list's id is in the session under `list_key`."""
    shown, picked = _controls(found, list_key)
    form = st.container(border=True, key="lists-form") if st.session_state.get(FORM) else None
    told = f"{len(shown)} of {len(found.rows)} patients"
    if found.missing:
        told += f" · {found.missing} on this list are not in this home"
    st.html(markup('<div class="cr-quiet">{told} · {caution}</div>', told=told, caution=CAUTION))
    if not shown:
        st.info("No patient fits this search." if found.rows else _empty(found))
        return Choice(picked, form=form)
    here = _page(shown)
    pressed = _table()(
        data={"columns": list(cells(here[0])), "rows": [_row(row) for row in here]},
        key="ward",
        on_open_change=lambda: None,
        on_scores_change=lambda: None,
    )
    on_page = {row.patient_id for row in here}
    opened = pressed.open if pressed.open in on_page else picked
    return Choice(opened, pressed.scores if pressed.scores in on_page else None, form)


def _controls(found: Worklist, list_key: str) -> tuple[list[WardRow], str | None]:
    listed, edit, search, sort, choose = st.columns(
        [2.6, 0.9, 2.6, 2, 2.8], vertical_alignment="bottom"
    )
    with listed:
        _choose_list(found, list_key)
    edit.button("Lists …", key="lists", width="stretch", on_click=_turn_form)
    typed = search.text_input("Search", placeholder="name, number, location, note", key="search")
    order = sort.selectbox("Sort by", list(SORTS), key="sort:True", persist_state="session")
    wanted = st.pills(
        "Show only", list(FILTERS), selection_mode="multi", key="filters",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    words = typed.lower().replace(",", " ").split()
    shown = sorted((row for row in found.rows if fits(row, words, list(wanted))), key=SORTS[order])
    by_id = {row.patient_id: row for row in shown}
    picked = choose.selectbox(
        "Open chart",
        list(by_id),
        index=None,
        format_func=lambda key: named(by_id[key].base) if key in by_id else "",
        placeholder="choose by name",
        key="pick:True",
    )
    return shown, picked


def _turn_form() -> None:
    st.session_state[FORM] = not st.session_state.get(FORM, False)


def _choose_list(found: Worklist, key: str) -> None:
    names = {one.list_id: one.name for one in found.lists}
    st.selectbox(
        "List",
        [ALL_ID, *names],
        format_func=lambda list_id: names.get(list_id, ALL),
        key=key,
        persist_state="session",
    )


def _page(shown: Sequence[WardRow]) -> Sequence[WardRow]:
    """The rows of the page that was turned to; one page has no pages to turn."""
    count = -(-len(shown) // PAGE_ROWS)
    number = st.pagination(count, key=f"pages:{count}") if count > 1 else 1
    return shown[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]


def _empty(found: Worklist) -> str:
    if found.chosen is None:
        return "No patient is loaded yet. Load FHIR files on the Imports page."
    if found.chosen.kind == "hand":
        return "This list is empty. Put patients on it under “Lists”."
    return "No patient fits this list now."


def _row(row: WardRow) -> dict[str, object]:
    return {"id": row.patient_id, "cells": list(cells(row).values())}


@lru_cache(maxsize=1)
def _table() -> Callable[..., Any]:
    return st.components.v2.component(
        "chartroom_ward",
        html='<div class="ward"></div>\n',
        css=(FOLDER / "table.css").read_text(encoding="utf-8"),
        js=(FOLDER / "table.js").read_text(encoding="utf-8"),
    )
