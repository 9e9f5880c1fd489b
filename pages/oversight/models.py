"""Models: the model server, which model writes answers, what suits this machine, a trial."""

from __future__ import annotations

import streamlit as st

from components import models_view
from components.guard import guard
from components.place import here
from components.safe_text import heading, label, paragraph
from pipelines.desk import models, this_process

BEAT_S = 1.0
GPU_GB = {"all": None, "6 GB": 6, "10 GB": 10, "16 GB": 16, "24 GB": 24, "48 GB": 48, "80 GB": 80}

place = here()
jobs = this_process.model_jobs()
job = jobs.view()
running = job is not None and job.running
view = models.status(place.house.settings)

heading("Models")
if view.server is None:
    st.info(label((view.notice or "No model server answers").partition(";")[0] + "."))
    paragraph(
        "Without a model the app answers by itself (the embedded engine). docs/gpu-host.md says"
        " how to run Ollama on this machine or on a GPU host in the same building;"
        " chartroom demo-model shows the behaviour without one.",
        "cr-quiet",
    )
else:
    paragraph(f"Ollama {view.version or 'of unknown version'} at {view.server}", "cr-quiet")
    if view.notice:
        st.warning(label(view.notice))
    if (said := models.on_cpu(view)) is not None:
        st.warning(label(said))
    speeds = {m.name: models.recent(place.house, m.name) for m in view.models}
    picked = models_view.draw_models(view, speeds)
    with st.container(horizontal=True):
        if st.button(label(f"Use {picked}"), disabled=running or picked in (None, view.pick)):
            models.choose(place.house, place.reader, picked or "")
            st.rerun()
        if st.button(label(f"Load {picked} into memory"), disabled=running or not picked):
            jobs.warm(picked or "")
            st.rerun()
    names = [model.name for model in view.models if not model.remote]
    with st.form("try", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        first = [picked] if picked in names else []
        chosen = st.multiselect(
            "Try one or two models: ten built-in questions over made-up evidence, no chart is sent",
            names, first, max_selections=2,
        )  # fmt: skip
        if st.form_submit_button("Try", disabled=running) and chosen:
            jobs.trial(place.reader, tuple(chosen))
            st.rerun()
    with st.form("pull", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Fetch a model onto the server", placeholder="qwen3:8b")
        if st.form_submit_button("Fetch", disabled=running):
            jobs.pull(place.reader, name)
            st.rerun()


@st.fragment(run_every=BEAT_S if running else None)
def watch_job() -> None:
    """The work under way, drawn again while it lasts; the whole page when it has ended."""
    with guard():
        now = jobs.view()
        if now is None:
            return
        if now.running:
            st.progress(now.share or 0.0, label(f"{now.title} … {now.words}"))
            if now.can_stop and st.button("Stop"):
                jobs.stop()
            return
        if running:
            st.rerun()
        if now.fault:
            st.error(label(f"✕ {now.title}: {now.fault}"))
        elif now.told:
            st.success(label(now.told))


watch_job()
if job is not None and job.runs:
    heading("Trial")
    models_view.draw_trials(job.runs)
    paragraph(
        "Right: what the judge let through holds what it must and nothing else. Ten questions show"
        " a poor model; they do not prove a good one. Score a key for that (Quality).",
        "cr-quiet",
    )
heading("Models that suit this app")
memory = st.segmented_control("Memory of the GPU", list(GPU_GB), default="all")
models_view.draw_recommended(models.recommended(GPU_GB[memory or "all"]))
paragraph(
    "By the models' own public pages; none of them was run by the makers of this app.", "cr-quiet"
)
