"""The events of the picture as rows that the keyboard reaches, newest first, page by page.

Pressing a row opens its source. What the chart does not date stands in a table of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import flags, times
from components.opened import open_source
from components.safe_text import heading, markup
from components.theme import say_row_keys, table_height, without_empty
from components.timeline_lanes import citation_of_event, named, until
from pipelines.records.moments import Moment
from pipelines.records.timeline import Event, Timeline

ROWS_A_PAGE = 100
MAY_BE_LEFT_OUT = ("Until", "Flag", "Visit")


def draw_tables(page: str, shown: Timeline) -> None:
    """Both tables; a pressed row opens its source on `page`."""
    heading("The same data")
    say_row_keys()
    if shown.listed:
        _table(page, "dated", shown.listed, shown.as_of)
    else:
        st.html('<div class="cr-empty">Nothing lies in this time.</div>')
    if shown.undated:
        heading(f"Without a date ({len(shown.undated)})")
        st.html(
            '<div class="cr-quiet">In the chart, but it does not say when; they stand nowhere in'
            " the picture.</div>"
        )
        _table(page, "undated", shown.undated, shown.as_of)


def _table(page: str, which: str, events: Sequence[Event], as_of: Moment) -> None:
    pages = -(-len(events) // ROWS_A_PAGE)
    number = 1
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            number = st.pagination(pages, key=f"{page}:{which}:page:{pages}")
            st.html(markup('<div class="cr-quiet">{n} rows</div>', n=f"{len(events):,}"))
    rows = events[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    key = f"{page}:{which}"

    def pressed() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(rows):
            cited = tuple(citation_of_event(event) for event in rows)
            open_source(page, key, cited, chosen[0])

    st.dataframe(
        without_empty(
            [row(event, as_of, dated=which == "dated") for event in rows], MAY_BE_LEFT_OUT
        ),
        hide_index=True,
        height=table_height(len(rows), 400),
        key=key,
        on_select=pressed,
        selection_mode="single-row",
        column_config={
            "Until": st.column_config.TextColumn(width=110),
            "What": st.column_config.TextColumn(width=210),
            "Detail": st.column_config.TextColumn(width=190),
            "Status": st.column_config.TextColumn(width=90),
        },
        alt="The events of the timeline, newest first"
        if which == "dated"
        else "Events without a date",
    )


def row(event: Event, as_of: Moment, *, dated: bool) -> dict[str, str]:
    """One event in words."""
    time = (
        {"When": times.clock(event.start), "Until": until(event),
         "Age": times.ago(event.start, as_of)}
        if dated
        else {}
    )  # fmt: skip
    return time | {
        "Kind": named(event.lane),
        "What": event.title,
        "Detail": event.detail,
        "Flag": flags.sign(event.flag),
        "Status": event.word or event.status or "",
        "Visit": event.visit or "",
        "Record": event.fact.resource,
    }
