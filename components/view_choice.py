"""How the results of a chart are looked at: as a picture, as a table, or two against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.cumulative_view import choose_table, draw_table
from components.opened import opened
from components.pairs_view import draw_chosen_pair
from components.source_view import draw_source
from pipelines.records.answers import Citation
from pipelines.records.facts import ResultKind
from pipelines.records.panels import ChartPanel, CumulativeTable, PairedResults, TableRequest
from pipelines.records.views import SourceView

PICTURE, TABLE, PAIRS = "Chart", "Table", "Two against each other"


def choose_view(scope: str) -> str:
    """The view that was chosen, kept for the visit `scope`."""
    chosen = st.segmented_control(
        "View",
        [PICTURE, TABLE, PAIRS],
        default=PICTURE,
        required=True,
        label_visibility="collapsed",
        key=f"trend:view:{scope}",
        persist_state="session",
    )
    return str(chosen or PICTURE)


@dataclass(frozen=True, slots=True)
class Reads:
    """How the other two views read the chart of this visit: its results, tables, pairs, sources."""

    kinds: Sequence[ResultKind]
    panels: Sequence[ChartPanel]
    table: Callable[[TableRequest], CumulativeTable]
    pairs: Callable[[tuple[str, str], int], PairedResults]
    source: Callable[[Citation], SourceView]


def draw_other(page: str, view: str, scope: str, reads: Reads) -> None:
    """The table, or two results against each other, with an opened source beside it."""
    current = opened(page)
    left, right = st.columns([3, 2], gap="medium") if current else (st.container(), None)
    with left:
        if view == TABLE:
            table = reads.table(choose_table(reads.panels, scope))
            draw_table(page, table, scope, current.citation if current else None)
        else:
            draw_chosen_pair(page, reads.kinds, scope, reads.pairs)
    if current is not None and right is not None:
        with right, st.container(key="beside"):
            draw_source(page, reads.source(current.citation), current)
