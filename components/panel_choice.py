"""One press chooses a panel: the results of it that this chart has, and which it has not."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.safe_text import markup
from components.trend_controls import PANELS_AT_MOST
from pipelines.records.panels import ChartPanel

CHOSEN = "of:trend:panel"
"""The panel last pressed in this tab; forgotten with the patient."""


def choose_panel(panels: Sequence[ChartPanel], scope: str) -> None:
    """The row of panels; a press fills the choice of results of the visit `scope`."""

    def pressed(panel: ChartPanel) -> None:
        st.session_state[f"trend:keys:{scope}"] = list(panel.first[:PANELS_AT_MOST])
        st.session_state[CHOSEN] = panel.key

    with st.container(horizontal=True, key="panels", vertical_alignment="center"):
        st.html('<span class="cr-quiet">Panels</span>')
        for panel in panels:
            st.button(
                panel.title,
                key=f"panel:{panel.key}",
                help=f"{panel.name}. {panel.source}",
                disabled=not panel.first,
                on_click=pressed,
                args=(panel,),
            )
    told = next((p for p in panels if p.key == st.session_state.get(CHOSEN)), None)
    if told is not None and set(st.session_state.get(f"trend:keys:{scope}", ())) & set(told.first):
        st.html(said(told))


def said(panel: ChartPanel) -> str:
    """What of a panel this chart has, and what not: `CBC: no MCV in this chart`."""
    parts = [f"{min(len(panel.first), PANELS_AT_MOST)} drawn"]
    more = len(panel.first) - PANELS_AT_MOST
    if more > 0:
        parts.append(f"{more} more in the table, a picture has room for {PANELS_AT_MOST}")
    codes = len(panel.code_keys) - len(panel.first)
    if codes > 0:
        parts.append(f"{codes} filed under a further code, in the list below")
    if panel.missing:
        parts.append(f"no {', no '.join(panel.missing)} in this chart")
    return markup(
        '<div class="cr-quiet" role="status">{title}: {said}.</div>',
        title=panel.title, said="; ".join(parts),
    )  # fmt: skip
