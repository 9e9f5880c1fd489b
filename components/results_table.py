"""The data of the chart above as rows: newest first, each with its range, age and record.

Pressing a row opens its source. It shows every kind of value, text results too, which have no
place on an axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import flags, times
from components.opened import citation_of, open_source
from components.theme import table_height
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

ROWS_SHOWN = 500


def draw_results(page: str, facts: Sequence[Fact], as_of: Moment) -> None:
    """The table; a pressed row opens its source on `page`."""
    shown = tuple(reversed(facts))[:ROWS_SHOWN]
    if not shown:
        return
    key = f"results:{page}"

    def pressed() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(shown):
            open_source(page, key, tuple(citation_of(fact) for fact in shown), chosen[0])

    st.dataframe(
        [row(fact, as_of) for fact in shown],
        hide_index=True,
        height=table_height(len(shown), 400),
        key=key,
        on_select=pressed,
        selection_mode="single-row",
        column_config={"Test": st.column_config.TextColumn(width="medium")},
        alt="The results drawn above, newest first",
    )
    if len(facts) > len(shown):
        st.html(
            f'<div class="cr-quiet">The newest {len(shown)} of {len(facts)} results; choose a'
            " shorter range to see others.</div>"
        )


def row(fact: Fact, as_of: Moment) -> dict[str, str]:
    """One result in words."""
    return {
        "When": times.clock(fact.when),
        "Age": times.ago(fact.when, as_of),
        "Test": fact.display,
        "Value": flags.value_text(fact),
        "Unit": fact.unit or "",
        "Flag": flags.sign(fact.flag),
        "Range": flags.range_text(fact.reference_range),
        "Status": fact.status_word or fact.status or "",
        "Record": fact.resource,
    }
