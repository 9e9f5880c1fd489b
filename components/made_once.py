"""What a page made for its chart, kept while the tab shows it, with the narrative that goes on.

A press of a source redraws what was made and logged; another window, or a chart loaded anew, is
made and logged anew. The narrative of what is not shown any more is ended, also when the tab
turns to another patient (`place.leave` ends whatever can be stopped), so that no model writes for
nobody while the next patient waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import streamlit as st

from components import hand_out_view
from components.narrative_view import Job

AT_ONCE_S = 0.1


class Ending(Job, Protocol):
    """A narrative in the making that can be waited for and ended."""

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        ...

    def stop(self) -> None:
        """Nobody waits for it any more."""
        ...


class WithJob(Protocol):
    """What was made, with the narrative over it."""

    @property
    def job(self) -> Ending:
        """The narrative in the making."""
        ...


M = TypeVar("M", bound=WithJob)


def made_once(page: str, made_of: object, make: Callable[[], M]) -> M:
    """What this page made of `made_of`, made now where it is not there yet."""
    kept_key, job_key = f"of:{page}_made", f"of:{page}_job"
    kept = st.session_state.get(kept_key)
    if kept is not None and kept[0] == made_of:
        found: M = kept[1]
        return found
    if kept is not None:
        kept[1].job.stop()
    hand_out_view.forget_copied(page)
    made = make()
    made.job.wait(AT_ONCE_S)
    st.session_state[kept_key], st.session_state[job_key] = (made_of, made), made.job
    return made
