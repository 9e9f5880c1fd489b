"""Which look at a chart is going on in this tab, so that it is not taken for an earlier one.

A new conversation or the same patient chosen again goes on with the look; another patient begins
a new one. After a reload the visit of the address stands for it.
"""

from __future__ import annotations

import streamlit as st

LOOKING = "looking"


def look_of(patient_id: str, visit_id: str) -> str:
    """The name of this tab's look at this patient: the visit in which it began."""
    kept = st.session_state.get(LOOKING)
    if not isinstance(kept, tuple) or kept[0] != patient_id:
        kept = (patient_id, visit_id)
        st.session_state[LOOKING] = kept
    return str(kept[1])
