"""The narrative over a briefing or summary: that it is written, then what of it was verified.

The lines of the briefing never wait for it. What was not verified stands folded below, amber and
under its own word, and is no part of what is copied, printed or handed over.
"""

from __future__ import annotations

from typing import Protocol

import streamlit as st

from components import prose, unverified_view
from components.opened import Opened
from components.safe_text import markup
from pipelines.records.answers import Narrative

NAME = "Narrative"
BEAT_S = 1.0


class Job(Protocol):
    """What is needed of a narrative in the making."""

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        ...

    @property
    def seconds(self) -> float:
        """How long it takes by now."""
        ...

    @property
    def model(self) -> str | None:
        """The model that writes, once one is asked."""
        ...


def draw_waiting(job: Job) -> None:
    """That a model writes, and for how long; nothing where none is asked yet."""
    if job.model is None:
        return
    st.html(
        markup(
            '<div class="cr-live" role="status"><i aria-hidden="true">●</i>'
            "<span>{model} writes a narrative of these lines …</span>"
            '<small aria-hidden="true">{seconds} s</small></div>',
            model=job.model,
            seconds=f"{job.seconds:.0f}",
        )
    )


@st.fragment(run_every=BEAT_S)
def watch(job: Job) -> None:
    """Look every second whether the narrative is there; the lines below do not wait for it."""
    if job.done:
        st.rerun()
    draw_waiting(job)


def draw_narrative(page: str, scope: str, told: Narrative, current: Opened | None) -> None:
    """The verified sentences, and who wrote them."""
    if told.statements:
        st.html(markup('<div class="cr-section">{name}</div>', name=NAME))
        prose.statements(page, f"{scope}:narrative", list(told.statements), current)
        st.html(writer(told))


def draw_beside(told: Narrative) -> None:
    """Why there is no narrative, and apart from it what was not verified."""
    if told.notice:
        st.html(markup('<div class="cr-warn">{notice}</div>', notice=told.notice))
    unverified_view.draw(told.withheld, of="narrative")


def writer(told: Narrative) -> str:
    """The model with its digest and the prompt, how many sentences hold, what it did not read."""
    digest = f" @{told.model_digest[:12]}" if told.model_digest else ""
    shown, all_of_it = len(told.statements), len(told.statements) + len(told.withheld)
    return markup(
        '<div class="cr-verdict"><span class="ok">✓ {shown} of {whole} sentences found in the'
        " record</span><span>{unread}{model}{digest} · {prompt} · draft, not signed</span></div>",
        shown=shown,
        whole=all_of_it,
        unread=f"{told.left_out} lines below were not given to it · " if told.left_out else "",
        model=told.model or "",
        digest=digest,
        prompt=(told.prompt_version or "").split(" ")[0],
    )
