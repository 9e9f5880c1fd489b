"""What a load did: how much came in, and every refusal by file, entry, resource and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from components.safe_text import label, markup, paragraph
from components.theme import table_height
from pipelines.records.ledger import LogEntry
from pipelines.records.loads import LoadProgress, LoadReport, Refusal

LISTED = 500
TABLE_PX = 420
REASONS_LISTED = 12
OPENED = 10  # refusals that are read at a glance


def draw_report(
    report: LoadReport, fault: str | None = None, last: LoadProgress | None = None
) -> None:
    """How it ended, the counts in a line, resources by type, and what was refused.

    `fault` is the sentence of a load that brought nothing, and stands in the verdict's place;
    `last` says how far a stopped load came.
    """
    if fault is not None:
        st.error(label(f"✕ {fault}"))
    else:
        draw_verdict(report, last)
    counts = (
        (report.files, "file", "files"),
        (report.patients, "patient", "patients"),
        (report.resources, "resource", "resources"),
        (report.unchanged, "unchanged", "unchanged"),
        (report.orphans, "without its patient", "without their patient"),
        (len(report.refused), "refused", "refused"),
    )
    told = " · ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counts)
    types = ", ".join(f"{number:,} {kind}" for kind, number in sorted(report.by_type.items()))
    size = f"{report.mb:,.1f} MB" if report.mb >= 0.1 else "less than 0.1 MB"
    speed = f"{size} in {report.seconds:,.1f} s · {report.checked}"
    st.html(
        markup(
            '<div class="cr-head">{told}</div><div class="cr-quiet">{types}</div>'
            '<div class="cr-quiet">{speed}</div>',
            told=told,
            types=types,
            speed=speed,
        )
    )
    if report.notice:
        st.warning(label(f"⚠ {report.notice}"))
    if report.refused:
        st.html(by_reason(report.refused))
        with st.expander("Each of them", expanded=len(report.refused) <= OPENED):
            draw_refused(report.refused)


def draw_verdict(report: LoadReport, last: LoadProgress | None = None) -> None:
    """Whole, in part, stopped or not at all: never told by colour alone."""
    refused = f"{len(report.refused):,} refused, listed with reasons below"
    if report.stopped:
        far = f" after {last.files_done:,} of {last.files_total:,} files" if last else ""
        rest = "what is counted here is in; load the same files again for the rest"
        st.warning(label(f"⚠ STOPPED{far}: {rest}"))
    elif report.refused and report.resources:
        st.warning(label(f"⚠ LOADED IN PART: {refused}"))
    elif not report.resources:
        st.warning(label(f"✕ NOTHING LOADED: {refused}" if report.refused else "✕ NOTHING LOADED"))
    else:
        st.success("✓ Loaded whole: nothing was refused.")


def by_reason(refused: Sequence[Refusal]) -> str:
    """A table of the reasons, the commonest first, with how many entries and files each hit."""
    entries: dict[str, int] = defaultdict(int)
    files: dict[str, set[str]] = defaultdict(set)
    for item in refused:
        entries[item.reason] += 1
        files[item.reason].add(item.file)
    ranked = sorted(entries, key=lambda reason: (-entries[reason], reason))
    rows = [
        markup("<tr><td>{n}</td><td>{files}</td><td>{why}</td></tr>", n=f"{entries[reason]:,}",
               files=f"{len(files[reason]):,}", why=reason)
        for reason in ranked[:REASONS_LISTED]
    ]  # fmt: skip
    if len(ranked) > REASONS_LISTED:
        more = f"and {len(ranked) - REASONS_LISTED} more reasons, in the list"
        rows.append(markup("<tr><td></td><td></td><td>{more}</td></tr>", more=more))
    return (
        '<table class="cr-table cr-reasons"><tr><th>Refused</th><th>Files</th><th>Reason</th></tr>'
        f"{''.join(rows)}</table>"
    )


def draw_refused(refused: Sequence[Refusal]) -> None:
    """Each refusal by name and reason; an entry of None means the whole file."""
    shown = refused[:LISTED]
    st.dataframe(
        [
            {
                "File": item.file.rpartition("/")[2],
                "Entry": "whole file" if item.entry is None else str(item.entry),
                "Resource": item.resource or "",
                "Reason": item.reason,
            }
            for item in shown
        ],
        hide_index=True,
        height=table_height(len(shown), TABLE_PX),
        column_config={"Reason": st.column_config.TextColumn(width="large")},
        alt="What was refused, and why",
    )
    if len(refused) > LISTED:
        paragraph(f"The first {LISTED:,} of {len(refused):,}; `chartroom refused --json` lists "
                  "all.", "cr-quiet")  # fmt: skip


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
                "Ended": "stopped" if entry.payload.get("stopped") else "to the end",
                "Log": entry.entry_id[:8],
            }
            for entry in reversed(entries)
        ],
        hide_index=True,
        alt="Recent loads",
    )
