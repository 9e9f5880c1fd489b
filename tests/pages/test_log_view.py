"""Entries of the log in a few words."""

from __future__ import annotations

import pytest

from components.log_view import ACTIONS, summary
from pipelines.records.ledger import LogEntry


def entry(action: str, **payload: object) -> LogEntry:
    return LogEntry(1, "i", "2026-11-22T05:30:00", "resident", "p1", action, "t", payload, "", "")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (entry("sentence", statement={"text": "Potassium 5.9 mmol/L."}), "Potassium 5.9 mmol/L."),
        (entry("sentence", unreadable=True), ""),
        (entry("answer", status="answered", answer="x"), "answered: x"),
    ],
)
def test_an_entry_says_what_was_shown(made: LogEntry, words: str) -> None:
    assert summary(made) == words
    assert made.action in ACTIONS
