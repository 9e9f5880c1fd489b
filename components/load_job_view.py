"""A load that is running: how far, how fast, how long still; then how it ended."""

from __future__ import annotations

import streamlit as st

from components.load_view import draw_report
from components.safe_text import label, markup, paragraph
from pipelines.records.loads import JobView, LoadProgress


def draw_job(job: JobView) -> bool:
    """Draw the running load, or the report of the ended one; whether Stop was pressed."""
    if not job.done:
        return _draw_running(job)
    st.html(
        markup('<div class="cr-section">Last load: {title}, by {who}</div>',
               title=job.title, who=job.reader)
    )  # fmt: skip
    if job.report is not None and (job.report.files or not job.gone):
        draw_report(job.report, job.fault, job.progress)
    elif job.fault is not None:
        st.error(label(f"✕ {job.fault}"))
    if job.gone:
        names = ", ".join(name.rpartition("/")[2] for name in job.gone[:10])
        more = f" and {len(job.gone) - 10:,} more" if len(job.gone) > 10 else ""
        paragraph(f"Not there to be read again, upload or put them anew: {names}{more}", "cr-warn")
    return False


def share(progress: LoadProgress) -> float:
    """How much of the load is done, by bytes where they are known, else by files."""
    by_files = progress.files_done / progress.files_total if progress.files_total else 0.0
    by_size = progress.mb / progress.mb_total if progress.mb_total else by_files
    return min(max(by_size if by_size <= 1.0 else by_files, 0.0), 1.0)


def _draw_running(job: JobView) -> bool:
    told, stop = st.columns([8, 1], vertical_alignment="center")
    with told:
        words = "Reading and checking every entry …"
        done = 0.0
        if job.progress is not None:
            words, done = job.progress.words, share(job.progress)
        st.progress(done, label(f"Loading {job.title}: {words}"))
    if job.stopping:
        stop.html('<div class="cr-quiet">stopping …</div>')
        return False
    return stop.button("Stop", key="load:stop", width="stretch")
