"""The buttons that give a briefing or a summary to the care team: print view, copy as text.

Both are logged by the desk before a word is given out. The print view is made when its button is
pressed; the text stands in a box of its own with a button that copies it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.safe_text import label, paragraph
from pipelines.errors import ChartroomError
from pipelines.records.handover import HandOut

FOR_WHOM = "With the patient's name, marked draft, for the care team alone; logged."
TAKE_IT = "The sign at the top right of the text copies it; with the name, for the care team alone."


def draw_hand_out(
    page: str, file_name: str, print_it: Callable[[], HandOut], copy_it: Callable[[], HandOut]
) -> None:
    """The two buttons of this page; a press makes, logs and gives out."""

    def to_print() -> str:
        return print_it().text

    def to_copy() -> None:
        try:
            st.session_state[_copied(page)] = copy_it()
        except ChartroomError as error:
            st.session_state[_copied(page)] = error.user_message

    st.download_button(
        "Print view", to_print, file_name, "text/html", on_click="ignore", help=FOR_WHOM,
        key=f"{page}:print",
    )  # fmt: skip
    st.button("Copy as text", on_click=to_copy, help=FOR_WHOM, key=f"{page}:copy")


def draw_copied(page: str) -> None:
    """The text that was asked for, with the button that copies it; its entry's number."""
    given = st.session_state.get(_copied(page))
    if isinstance(given, str):
        st.error(label(given))
    if not isinstance(given, HandOut):
        return
    with st.container(border=True, key=f"{page}-copied"):
        said, close = st.columns([6, 1], vertical_alignment="center")
        with said:
            paragraph(f"Logged as {given.log_id[:8]}. {TAKE_IT}", "cr-ok")
        close.button(
            "Close", key=f"{page}:copied:close", on_click=forget_copied, args=(page,),
            width="stretch",
        )  # fmt: skip
        st.code(given.text, language=None, height=260, wrap_lines=True)


def forget_copied(page: str) -> None:
    """Take the text away: it is of a briefing that the page does not show any more."""
    st.session_state.pop(_copied(page), None)


def _copied(page: str) -> str:
    return f"of:{page}_copied"
