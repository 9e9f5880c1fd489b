"""What can be exported of this chart: the conversation, one of its answers, or a briefing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import times
from components.safe_text import shortened
from pipelines.records.ledger import LogEntry

KINDS = {"This conversation": "thread", "An answer": "answer", "A briefing": "briefing"}


def choose_export(entries: Sequence[LogEntry], thread: str) -> tuple[str, str] | None:
    """Kind and id of what is to be previewed, when the button was pressed."""
    what, which, go = st.columns([3, 6, 2], vertical_alignment="bottom")
    named = what.segmented_control(
        "What", list(KINDS), default="This conversation", required=True, key="export:kind"
    )
    kind = KINDS[named or "This conversation"]
    offered = choices(entries, kind, thread)
    ident = which.selectbox(
        "Which",
        list(offered),
        format_func=lambda key: offered.get(key, ""),
        placeholder="nothing to export yet; ask or open a briefing first",
        key=f"export:which:{kind}",
    )
    pressed = go.button("Preview", type="primary", disabled=ident is None, width="stretch")
    return (kind, ident) if pressed and ident is not None else None


def choices(entries: Sequence[LogEntry], kind: str, thread: str) -> dict[str, str]:
    """Ids with the words to choose them by, newest first."""
    if kind == "thread":
        mine = [entry for entry in entries if entry.action == "answer" and entry.thread == thread]
        return (
            {thread: f"{len(mine)} answer{'' if len(mine) == 1 else 's'} of this conversation"}
            if mine
            else {}
        )
    return {
        entry.entry_id: f"{times.written_clock(entry.time)} UTC · {_what(entry)}"
        for entry in entries
        if entry.action == kind
    }


def _what(entry: LogEntry) -> str:
    if entry.action == "briefing":
        if entry.payload.get("since"):
            return "since the last look"
        hours = entry.payload.get("hours", "?")
        return "chart summary" if hours == "all" else f"last {hours} h"
    return shortened(str(entry.payload.get("question", "")), 80)
