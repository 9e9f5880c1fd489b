"""What a load did: how much came in, and every refusal by file, entry, resource and reason."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.safe_text import label, markup
from pipelines.records.ledger import LogEntry
from pipelines.records.loads import LoadReport, Refusal


def draw_report(report: LoadReport) -> None:
    """The counts of one load in a line, its resources by type, and what was refused."""
    if report.refused:
        said = f"⚠ LOADED IN PART: {len(report.refused)} refused, listed with reasons below"
        st.warning(label(said))
    else:
        st.success("✓ Loaded whole: nothing was refused.")
    counts = {
        "files": report.files,
        "patients": report.patients,
        "resources": report.resources,
        "unchanged": report.unchanged,
        "without their patient": report.orphans,
        "refused": len(report.refused),
    }
    told = " · ".join(f"{number:,} {name}" for name, number in counts.items())
    types = ", ".join(f"{number:,} {kind}" for kind, number in sorted(report.by_type.items()))
    st.html(
        markup(
            '<div class="cr-head">{told}</div><div class="cr-quiet">{types}</div>',
            told=told,
            types=types,
        )
    )
    if report.refused:
        draw_refused(report.refused)


def draw_refused(refused: Sequence[Refusal]) -> None:
    """Each refusal by name and reason; an entry of None means the whole file."""
    st.dataframe(
        [
            {
                "File": item.file.rpartition("/")[2],
                "Entry": "whole file" if item.entry is None else str(item.entry),
                "Resource": item.resource or "",
                "Reason": item.reason,
            }
            for item in refused
        ],
        hide_index=True,
        column_config={"Reason": st.column_config.TextColumn(width="large")},
        alt="What was refused, and why",
    )


def draw_loads(entries: Sequence[LogEntry]) -> None:
    """The recent loads, newest first, as the ledger has them."""
    st.dataframe(
        [
            {
                "Time (UTC)": entry.time[:19].replace("T", " "),
                "By": entry.reader,
                "Files": entry.payload.get("files", 0),
                "Patients": entry.payload.get("patients", 0),
                "Resources": entry.payload.get("resources", 0),
                "Unchanged": entry.payload.get("unchanged", 0),
                "Refused": entry.payload.get("refused", 0),
                "Log": entry.entry_id[:8],
            }
            for entry in reversed(entries)
        ],
        hide_index=True,
        alt="Recent loads",
    )
