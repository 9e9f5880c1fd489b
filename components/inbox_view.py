"""The watched inbox, and what was loaded but belongs to no patient who is here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.safe_text import label, markup, paragraph
from components.theme import table_height
from pipelines.records.loads import InboxView, OrphanGroup

WAITING_LISTED = 8
ORPHANS_LISTED = 200
TABLE_PX = 320


def draw_inbox(inbox: InboxView) -> None:
    """Where files can be put, what waits there, and what stands in the way."""
    said = (
        "Files and folders put here are loaded once they have stopped growing."
        if inbox.watched
        else "This folder is not being watched; the app watches it once it has opened the store."
    )
    st.html(
        markup(
            '<div class="cr-section">Inbox</div><code class="cr-path">{path}</code>'
            '<div class="cr-quiet">{said} What was loaded moves to done/, what was refused to'
            " refused/ with a report beside it.</div>",
            path=inbox.path,
            said=said,
        )
    )
    if inbox.problem:
        st.error(label(inbox.problem))
    if inbox.loading is not None:
        words = f": {inbox.progress.words}" if inbox.progress else " …"
        paragraph(f"Loading {inbox.loading}{words}")
    if not inbox.waiting:
        paragraph("Nothing is waiting in it.", "cr-empty")
        return
    items = "".join(
        markup("<li>{name} · {mb} MB · {state}</li>", name=item.name, mb=f"{item.mb:,.1f}",
               state=item.state)
        for item in inbox.waiting[:WAITING_LISTED]
    )  # fmt: skip
    more = len(inbox.waiting) - WAITING_LISTED
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    st.html(f'<ul class="cr-waiting">{items}{rest}</ul>')


def draw_orphans(groups: Sequence[OrphanGroup]) -> None:
    """One row a link that leads to no patient here."""
    total = sum(group.resources for group in groups)
    paragraph(
        f"{total:,} resources name a patient who is not loaded. They are kept and join the chart"
        " once its Patient comes in; until then no page and no answer shows them.",
        "cr-quiet",
    )
    shown = groups[:ORPHANS_LISTED]
    st.dataframe(
        [
            {
                "Names": group.link,
                "Resources": group.resources,
                "Types": ", ".join(f"{n:,} {kind}" for kind, n in group.by_type.items()),
                "File": (group.file or "").rpartition("/")[2],
                "Loaded (UTC)": (group.loaded_at or "")[:19].replace("T", " "),
            }
            for group in shown
        ],
        hide_index=True,
        height=table_height(len(shown), TABLE_PX),
        column_config={"Types": st.column_config.TextColumn(width="large")},
        alt="What belongs to no patient here",
    )
    if len(groups) > len(shown):
        paragraph(f"The {len(shown):,} largest of {len(groups):,} groups.", "cr-quiet")
