"""The cumulative table: tests down, times across, the newest first; a press opens the source.

It is an HTML table in a component of its own, not a canvas: a screen reader reads its row and
column heads, every result is a button that Tab and the arrow keys reach, and paper shows all of
it. Values are set as text, never as markup. Below it a plain pair of choices opens the same
sources where scripts cannot be pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import flags, times
from components.cumulative_grid import grid
from components.opened import citation_of, open_source
from components.safe_text import markup, visible
from pipelines.records.answers import Citation
from pipelines.records.facts import Fact
from pipelines.records.panels import ChartPanel, CumulativeRow, CumulativeTable, TableRequest

ALL = "All"
LINE_PX, HEAD_PX = 28, 44  # of the grid, see cumulative_grid
COLUMNS_SHOWN = 12  # as many as a page of the table has (pipelines.desk.cumulative)


def choose_table(panels: Sequence[ChartPanel], scope: str) -> TableRequest:
    """The controls: which panel, a search over names, vital signs, and the page of columns."""
    what, words, vitals = _places()
    titles = {panel.title: panel for panel in panels}
    kept = f"table:page:{scope}"

    def from_start() -> None:
        st.session_state[kept] = 0

    panel = what.pills(
        "Panel", [ALL, *(title for title, p in titles.items() if p.code_keys)], default=ALL,
        required=True, key=f"table:panel:{scope}", persist_state="session", on_change=from_start,
    )  # fmt: skip
    said = words.text_input(
        "Search tests", key=f"table:words:{scope}", placeholder="a part of a name",
        on_change=from_start,
    )  # fmt: skip
    shown = vitals.toggle("Vital signs too", key=f"table:vitals:{scope}", on_change=from_start)
    chosen = titles.get(str(panel))
    if chosen is not None and chosen.missing:
        st.html(
            markup(
                '<div class="cr-quiet" role="status">{title}: no {missing} in this chart.</div>',
                title=chosen.title, missing=", no ".join(chosen.missing),
            )
        )  # fmt: skip
    page = int(st.session_state.get(kept, 0))
    return TableRequest(chosen.key if chosen else None, str(said or ""), bool(shown), page)


def _places() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Panels in a line of their own, which may break; search and vital signs below it."""
    panels = st.container()
    words, vitals = st.columns([3, 2], vertical_alignment="bottom")
    return panels, words, vitals


def draw_table(page: str, table: CumulativeTable, scope: str, current: Citation | None) -> None:
    """The table with its pages, its twin choices, and what is not on this page."""
    if not table.rows:
        st.info("No result fits: choose another panel or clear the search.")
        return
    _pages(table, scope)
    facts = [fact for row in table.rows for cell in row.cells for fact in cell.facts]
    citations = tuple(citation_of(fact) for fact in facts)
    key = f"cumulative:{page}"

    def pressed() -> None:
        number = st.session_state[key].cell
        if isinstance(number, int) and 0 <= number < len(citations):
            open_source(page, key, citations, number)

    _keep_room(page, len(table.rows) + len({row.group for row in table.rows}))
    grid()(data=as_data(table, current), key=key, on_cell_change=pressed)
    _twins(page, key, facts, citations)


def _keep_room(page: str, lines: int) -> None:
    """Room for the grid before the browser has fetched what draws it: nothing below jumps."""
    room = f"min(68vh, {lines * LINE_PX + HEAD_PX}px)"
    st.html(f"<style>.st-key-cumulative-{page} {{ min-height: {room}; }}</style>")


def as_data(table: CumulativeTable, current: Citation | None) -> dict[str, Any]:
    """The table as plain values for the component; each result carries its number."""
    numbers = iter(range(sum(len(c.facts) for row in table.rows for c in row.cells)))
    rows = []
    for row in table.rows:
        cells: list[list[dict[str, Any]]] = [[] for _ in table.columns]
        for cell in row.cells:
            cells[cell.column] = [_item(fact, next(numbers), current) for fact in cell.facts]
        rows.append(
            {
                "group": visible(row.group),
                "name": visible(row.name),
                "unit": visible(row.unit or ""),
                "range": visible(range_of(row)),
                "points": _points(row),
                "cells": cells,
            }
        )
    columns = [
        {"day": at.day, "time": at.clock[11:] or "no time"}
        if at
        else {"day": "no date", "time": ""}
        for at in table.columns
    ]
    return {"rows": rows, "columns": columns, "alt": alt(table)}


def cell_text(fact: Fact) -> str:
    """`5.9 ▲ H`, `<0.5`, `140 (preliminary)`: as written, with flag and status."""
    parts = (flags.value_text(fact), flags.sign(fact.flag), flags.status_note(fact).strip())
    return " ".join(part for part in parts if part)


def range_of(row: CumulativeRow) -> str:
    """The newest result's own range, and that others have another one."""
    said = flags.range_text(row.range)
    said = "no range" if said == flags.NO_RANGE else said
    return f"{said} *" if row.range_varies else said


def alt(table: CumulativeTable) -> str:
    """What the table is, in words."""
    return (
        f"Cumulative results, {len(table.rows)} tests by {len(table.columns)} times, newest first;"
        " each result is a button that opens its source"
    )


def _item(fact: Fact, number: int, current: Citation | None) -> dict[str, Any]:
    is_open = current is not None and (fact.resource, fact.path) == (current.resource, current.path)
    text = visible(cell_text(fact))
    return {
        "text": text,
        "said": visible(f"{fact.display} {text} {fact.unit or ''}, {times.clock(fact.when)}"),
        "tone": flags.tone(fact.flag),
        "number": number,
        "open": is_open,
    }


def _points(row: CumulativeRow) -> dict[str, Any] | None:
    if len(row.points) < 2:
        return None
    said = f"{len(row.points)} numbers, {min(row.points):g} to {max(row.points):g}"
    return {"at": list(row.points), "said": said}


def _pages(table: CumulativeTable, scope: str) -> None:
    """Which times are shown of how many, and the buttons to the others."""
    last = table.first_column + len(table.columns)
    kept = f"table:page:{scope}"

    def turn(to: int) -> None:
        st.session_state[kept] = max(to, 0)

    said = f"Times {table.first_column + 1} to {last} of {table.column_count}, newest first"
    if table.elsewhere:
        said += f"; {table.elsewhere} tests have results only at other times"
    said += f"; {table.result_count} results in all"
    if any(row.range_varies for row in table.rows):
        said += ". * earlier results carry another range"
    with st.container(horizontal=True, vertical_alignment="center", key="table-pages"):
        st.html(markup('<span class="cr-quiet" role="status">{said}.</span>', said=said))
        if table.column_count <= COLUMNS_SHOWN:
            return
        oldest = (table.column_count - 1) // COLUMNS_SHOWN
        here = table.first_column // COLUMNS_SHOWN
        for name, to in (("Newest", 0), ("Newer", here - 1), ("Earlier", here + 1),
                         ("Oldest", oldest)):  # fmt: skip
            useless = to == here or not 0 <= to <= oldest
            st.button(
                name, disabled=useless, on_click=turn, args=(to,), key=f"table:{name.lower()}"
            )


def _twins(page: str, key: str, facts: list[Fact], citations: tuple[Citation, ...]) -> None:
    """The same sources by a plain choice and a button, for whom the table cannot be pressed."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="table-twins"):
        number = st.selectbox(
            "Open a result's source",
            range(len(facts)),
            index=None,
            format_func=lambda n: visible(
                f"{facts[n].display} {cell_text(facts[n])} · {times.clock(facts[n].when)}"
            ),
            placeholder="test, value, time",
            width=420,
            key=f"twin:{key}",
        )
        if st.button("Open source", key=f"twin-open:{key}", disabled=number is None):
            open_source(page, key, citations, int(number or 0))
            st.rerun()
