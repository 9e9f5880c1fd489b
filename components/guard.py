"""The one place where a page's errors are caught, and the sentence that a reader sees instead.

A `ChartroomError` shows its own sentence. Anything else shows one fixed sentence; its class
name alone goes to the operator's log, because messages of errors can hold chart text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.safe_text import label
from pipelines.errors import ChartroomError

log = logging.getLogger("chartroom.pages")

FAULT = "This part of the page could not be shown. The chart is unchanged; reload the page."


@contextmanager
def guard() -> Iterator[None]:
    """Run a part of a page; a fault becomes one sentence and the rest of the page stays."""
    try:
        yield
    except ChartroomError as error:
        st.error(label(error.user_message))
    except Exception as error:  # noqa: BLE001 - the pages' one door; see the module's argument
        log.error("page fault: %s", type(error).__name__)  # noqa: TRY400 - no traceback: PHI
        st.error(FAULT)
