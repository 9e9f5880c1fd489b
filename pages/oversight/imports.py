"""Imports: FHIR files in by upload or inbox; what came in, what was refused, what is nobody's."""

from __future__ import annotations

import streamlit as st

from components.guard import guard
from components.inbox_view import draw_inbox, draw_orphans
from components.load_job_view import draw_job
from components.load_view import by_reason, draw_loads, draw_refused
from components.place import here
from components.safe_text import heading, paragraph
from pipelines.desk import imports, this_process
from pipelines.records.loads import JobView

ROUND = "import_round"
BUSY_S, IDLE_S = 0.5, 3.0
SHORT_LOAD_S = 0.4  # a small file is in before a progress bar could be read

place = here()
jobs = this_process.load_jobs()
job = jobs.view()
running = job is not None and not job.done


def started() -> None:
    """A load began: let go of the uploaded bytes and draw its progress, or its end."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    jobs.wait(SHORT_LOAD_S)
    st.rerun()  # the banner of an open chart shows at once what came in or was refused


def state(now: JobView | None) -> tuple[object, ...]:
    """What the rest of the page depends on; when it changes, the page is drawn anew."""
    inbox = this_process.inbox_view()
    return (None if now is None else now.done, inbox.loading, [w.name for w in inbox.waiting])


heading("Imports")
left, right = st.columns([3, 2], gap="medium")
with left:
    given = st.file_uploader(
        "FHIR R4 files: Bundles, single resources or NDJSON, each also .gz or .zip",
        type=["json", "ndjson", "jsonl", "gz", "zip"],
        accept_multiple_files=True,
        key=f"upload:{st.session_state.get(ROUND, 0)}",
        disabled=running,
    )
    if st.button("Load", type="primary", disabled=not given or running):
        with st.spinner("Keeping the upload …"):
            jobs.start_uploads(place.reader, [(item.name, item) for item in given])
        started()
drawn = state(job)
every_s = BUSY_S if running else IDLE_S


@st.fragment(run_every=every_s)
def watch_inbox() -> None:
    """The inbox, drawn again while the page is open; the whole page when something changed."""
    with guard():
        if state(jobs.view()) != drawn:
            st.rerun()
        draw_inbox(this_process.inbox_view())


@st.fragment(run_every=every_s if running else None)
def watch_job() -> None:
    """The running load, or how the last one ended."""
    with guard():
        now = jobs.view()
        if now is not None and draw_job(now):
            jobs.stop()
            st.rerun()


with right:
    watch_inbox()
watch_job()
seen = imports.overview(place.house)
heading("Refused and not loaded since")
if seen.refused:
    st.html(by_reason(seen.refused))
    draw_refused(seen.refused)
    if st.button("Read their files again", disabled=running):
        jobs.start_retry(place.reader)
        started()
else:
    paragraph("None: everything that was given is in.", "cr-empty")
if seen.orphans:
    heading("Belongs to no patient here")
    draw_orphans(seen.orphans)
heading("Recent loads")
if seen.loads:
    draw_loads(seen.loads)
else:
    paragraph("Nothing was loaded in this home yet.", "cr-empty")
