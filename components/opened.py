"""Which source a page has open: a list of citations and the place in it.

It is the tab's own memory, forgotten when another patient is chosen. Opening is a callback, so
that the run which follows a click already draws the chip ringed and the source beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import streamlit as st

from pipelines.records.answers import Answer, Citation, Statement
from pipelines.records.facts import Fact


@dataclass(frozen=True, slots=True)
class Opened:
    """The citations that can be walked through, and the one that is shown."""

    scope: str
    citations: tuple[Citation, ...]
    index: int = 0

    @property
    def citation(self) -> Citation:
        """The one that is shown."""
        return self.citations[self.index]


def opened(page: str) -> Opened | None:
    """What this page has open, or None."""
    found = st.session_state.get(f"of:{page}")
    return found if isinstance(found, Opened) else None


def open_source(page: str, scope: str, citations: tuple[Citation, ...], index: int) -> None:
    """Show one of these citations in the page's source panel."""
    if 0 <= index < len(citations):
        st.session_state[f"of:{page}"] = Opened(scope, citations, index)


def live_scope(entry_id: str) -> str:
    """The scope of a sentence that is shown while its answer is being made, by its log entry."""
    return f"live:{entry_id}"


def carry_over(page: str, answer: Answer) -> None:
    """What was opened from a sentence while it was made stays open as a source of the answer."""
    current = opened(page)
    scopes = [live_scope(entry_id) for entry_id in answer.sentence_ids]
    if current is None or current.scope not in scopes:
        return
    told = [item for item in answer.statements if item.support != "unverified"]
    before = len(citations_of(told[: scopes.index(current.scope)]))
    open_source(page, answer.log_id, citations_of(told), before + current.index)


def step(page: str, by: int) -> None:
    """Go to the next or the previous citation; stays at either end."""
    current = opened(page)
    if current is not None:
        index = min(max(current.index + by, 0), len(current.citations) - 1)
        st.session_state[f"of:{page}"] = replace(current, index=index)


def close(page: str) -> None:
    """Close the source panel."""
    st.session_state.pop(f"of:{page}", None)


def citations_of(statements: Iterable[Statement]) -> tuple[Citation, ...]:
    """Every citation of these statements, in the order in which they are read."""
    return tuple(citation for item in statements for citation in item.citations)


def citation_of(fact: Fact) -> Citation:
    """A result of a chart or table as something that can be opened."""
    written = fact.when.written if fact.when is not None else None
    return Citation(0, fact.resource, fact.path, fact.quote, None, None, written, fact.display)
