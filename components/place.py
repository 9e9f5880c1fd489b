"""Where this tab is: who reads, which house, which patient and conversation.

The shell sets it on every run before a page runs. A page that is run without the shell finds
nothing and stops with one sentence. The address of a tab carries only the opaque visit id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pipelines.records.chart import Reader
from pipelines.records.ledger import Visit
from pipelines.records.patients import Banner

if TYPE_CHECKING:
    from pipelines.desk.house import House

PLACE = "place"
VISIT = "visit"
ADDRESS_KEY = "v"
SHELL_ONLY = "Open Chartroom at its first page."


@dataclass(frozen=True, slots=True)
class Place:
    """What a page may use. `visit` and `banner` are None until a patient is chosen."""

    house: House
    reader: Reader
    session: str
    visit: Visit | None = None
    banner: Banner | None = None

    @property
    def patient_id(self) -> str:
        """The chosen patient; pages that need one run only when there is one."""
        if self.visit is None:
            st.info("No patient chosen.")
            st.stop()
        return self.visit.patient

    @property
    def visit_id(self) -> str:
        """The opaque name of this visit, for what is kept as long as it lasts."""
        return self.visit.visit_id if self.visit is not None else ""

    @property
    def thread(self) -> str:
        """The conversation of this visit."""
        return self.visit.thread if self.visit is not None else ""


def here() -> Place:
    """The place of this run; stops where the shell did not run."""
    place = st.session_state.get(PLACE)
    if not isinstance(place, Place):
        st.info(SHELL_ONLY)
        st.stop()
    return place


def leave() -> None:
    """Forget the patient of this tab and every source of theirs that was open.

    What is still being written for this tab alone, and can be stopped, is.
    """
    for key in [name for name in st.session_state if str(name).startswith("of:")]:
        stop = getattr(st.session_state.pop(key), "stop", None)
        if callable(stop):
            stop()
    st.session_state.pop(VISIT, None)


def enter(visit: Visit) -> None:
    """Make a visit this tab's own: opened sources of the last patient are closed."""
    leave()
    st.session_state[VISIT] = visit
    st.query_params[ADDRESS_KEY] = visit.visit_id
