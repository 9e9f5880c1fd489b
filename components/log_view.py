"""The ledger as people read it: a list, one entry opened, and the result of a check.

What an entry says about a patient is shown only while that patient is chosen; the list names
the patient by id, the action and the time, never the question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import streamlit as st

from components import times
from components.safe_text import label, markup, paragraph, shortened
from components.theme import say_row_keys, table_height
from pipelines.records.ledger import LedgerCheck, LogEntry

ACTIONS = ("question", "sentence", "answer", "briefing", "narrative", "print", "copy", "export",
           "cohort", "open", "load", "evaluation")  # fmt: skip


def draw_entries(entries: Sequence[LogEntry], patient_id: str | None) -> str | None:
    """The list, newest first; the id of the entry whose row was pressed."""
    if not entries:
        st.info("No entry fits.")
        return None
    shown = list(reversed(entries))
    say_row_keys("the entry")
    pressed = st.dataframe(
        [row(entry, patient_id) for entry in shown],
        hide_index=True,
        height=table_height(len(shown), 420),
        on_select="rerun",
        selection_mode="single-row",
        key="log:list",
        column_config={
            "No.": st.column_config.Column(width=60),
            "What": st.column_config.Column(width=400),
        },
        alt="Entries of the log, newest first",
    )
    chosen = pressed["selection"]["rows"]
    return shown[chosen[0]].entry_id if chosen and chosen[0] < len(shown) else None


def row(entry: LogEntry, patient_id: str | None) -> dict[str, object]:
    """One entry; its words only for the patient that is chosen."""
    return {
        "No.": entry.seq,
        "Time (UTC)": entry.time[:19].replace("T", " "),
        "Reader": entry.reader,
        "Action": entry.action,
        "Patient": entry.patient or "",
        "What": summary(entry) if may_read(entry, patient_id) else "choose this patient to read it",
        "Id": entry.entry_id[:8],
        "Hash": entry.hash.removeprefix("sha256:")[:12],
    }


def may_read(entry: LogEntry, patient_id: str | None) -> bool:
    """Whether the entry's words are shown: it names no patient, or the one that is chosen.

    A question about many is about each of them: its words are for the command line's `log show`.
    """
    return entry.action != "cohort" and entry.patient in (None, patient_id)


def summary(entry: LogEntry) -> str:
    """The entry in a few words."""
    said = entry.payload
    if entry.action == "question":
        return shortened(str(said.get("question", "")), 90)
    if entry.action == "sentence":
        stated = said.get("statement")
        return shortened(str(stated.get("text", "")) if isinstance(stated, dict) else "", 90)
    if entry.action == "answer":
        return shortened(f"{said.get('status', '')}: {said.get('answer', '')}", 90)
    plain = {
        "briefing": _window(said),
        "narrative": f"by {said.get('model') or 'no model'}: {said.get('notice') or 'written'}",
        "print": f"{said.get('form', '')} of briefing {str(said.get('briefing_id', ''))[:8]}",
        "copy": f"{said.get('form', '')} of briefing {str(said.get('briefing_id', ''))[:8]}",
        "load": f"{said.get('resources', 0)} resources, {said.get('refused', 0)} refused",
        "export": f"{said.get('kind', '')} as {said.get('file', '')}",
        "evaluation": f"{said.get('key', '')} scored",
        "fetch": f"{said.get('what', '')} from {said.get('server', '')}",
        "fetched": str(said.get("failed") or f"{said.get('resources', 0)} resources"),
    }
    return shortened(plain.get(entry.action, str(said.get("reason", ""))), 90)


def _window(said: Mapping[str, object]) -> str:
    if said.get("since"):
        return "since the last look"
    hours = said.get("hours", "?")
    return "chart summary" if hours == "all" else f"last {hours} h"


def draw_entry(entry: LogEntry, patient_id: str | None) -> None:
    """One entry whole: who, when, what was cited, and its place in the chain."""
    with st.container(border=True):
        title = f"Entry {entry.seq} · {entry.action} · {times.written_clock(entry.time)} UTC"
        paragraph(title, "cr-head")
        st.html(
            markup(
                '<div class="cr-quiet">id {id} · reader {reader} · hash {hash} · before it {before}'
                "</div>",
                id=entry.entry_id,
                reader=entry.reader,
                hash=entry.hash,
                before=entry.previous_hash,
            )
        )
        if may_read(entry, patient_id):
            text = json.dumps(dict(entry.payload), indent=2, ensure_ascii=False)
            st.code(text, language="json", height=420, wrap_lines=True)
        else:
            st.info("Choose this patient to read what the entry says.")


def draw_check(check: LedgerCheck) -> None:
    """Whether the chain is whole, or each entry that is not, by name."""
    if check.whole:
        head = (check.head or "no entry yet").removeprefix("sha256:")[:16]
        st.success(label(f"✓ WHOLE: {check.entries} entries, unbroken; head {head}"))
        return
    st.error(label(f"✕ TAMPERED WITH: {len(check.broken)} of {check.entries} entries"))
    st.dataframe(
        [{"No.": item.seq, "Id": item.entry_id or "", "What": item.what} for item in check.broken],
        hide_index=True,
    )
