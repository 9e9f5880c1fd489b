"""Sentences that no record carries: folded away under their own heading, each with the reason.

They are never part of the answer, and nothing of them is shown until a reader asks to see them.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from components.safe_text import label, markup
from pipelines.records.answers import Statement


def draw(told: Iterable[Statement], of: str = "answer") -> None:
    """The closed heading with how many there are, and the sentences inside; else nothing."""
    refused = withheld(told)
    if not refused:
        return
    with st.expander(label(heading(len(refused), of))):
        st.html("".join(line(item) for item in refused))


def withheld(told: Iterable[Statement]) -> list[Statement]:
    """Those of them that are not verified."""
    return [item for item in told if item.support == "unverified"]


def heading(count: int, of: str = "answer") -> str:
    """What stands on the closed fold."""
    return f"Not verified ({count}), not part of the {of}"


def line(item: Statement) -> str:
    """One sentence and why it was withheld."""
    return markup(
        '<div class="cr-unverified">? {text} <i>({why})</i></div>', text=item.text, why=item.why
    )
