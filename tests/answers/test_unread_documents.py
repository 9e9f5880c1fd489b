"""An answer from notes says which documents nothing can have looked into."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers import pipeline
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE, chart_of
from tests.charts.small_store import SmallStore


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        pytest.param((), (), id="all read"),
        pytest.param((None,), ("1 document could not be read",), id="one not"),
        pytest.param((None, None, "Half."), (
            "2 documents could not be read", "1 document could be read in part only",
        ), id="some in part"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "asked", ["What did the chest x-ray show?", "Did the patient have a fall?"]
)
def test_documents_that_could_not_be_read_stand_with_what_was_searched(
    asked: str, reasons: tuple[str | None, ...], said: tuple[str, ...]
) -> None:
    chart = chart_of("CXR: dense RLL consolidation.")
    store = chart.source
    assert isinstance(store, SmallStore)
    for number, text in enumerate(reasons):
        store.add(
            "document", resource=f"DocumentReference/u{number}", patient="p1", text=text,
            unread="It is an encrypted PDF.", written_at="2026-11-21",
        )  # fmt: skip
    settings = replace(Settings(), ollama_url=NOWHERE)
    answer = pipeline.answer(chart, asked, thread=(), engine="embedded", settings=settings)
    assert tuple(part for part in answer.searched if "document" in part) == said
