"""Where the model and the chart's own reading give one thing different values: both, side by side.

Both agree with what they cite, so neither is struck out; the reader is shown that they differ and
can open the chart's own.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.opened import open_source
from components.prose import described
from components.safe_text import label, markup, shortened
from pipelines.records.answers import Answer, Difference


def draw(page: str, answer: Answer) -> None:
    """One box a difference, with a button that opens the chart's own result."""
    for number, item in enumerate(answer.differences):
        scope = f"{answer.log_id}:difference:{number}"
        with st.container(key=f"differ:{page}:{scope}", gap=None):
            st.html(box(item))
            if item.citations:
                # Numbered 0: its numbers are of the other answer, which is not on the page.
                cited = tuple(replace(citation, n=0) for citation in item.citations)
                st.button(
                    label(f"Open {shortened(described(cited[0]), 60)}"),
                    key=f"twin:{page}:{scope}",
                    type="tertiary",
                    on_click=open_source,
                    args=(page, scope, cited, 0),
                )


def box(item: Difference) -> str:
    """What differs, and the two sentences."""
    return markup(
        '<div class="cr-differ" role="note"><b>⚠ Two values for {what}</b>'
        "<div><span>The model says</span>{model}</div>"
        "<div><span>The chart's own result says</span>{chart}</div></div>",
        what=item.what,
        model=item.model,
        chart=item.chart,
    )
