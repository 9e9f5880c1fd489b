"""Nothing leaves with an identifier in it, and nothing leaves unlogged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.desk import ask, brief, export
from pipelines.desk.house import House
from pipelines.errors import NotFound, RedactionRefused
from tests.desk.conftest import READER

IDENTIFIERS = ("Marrow", "MARROW", "Ada", "MRN-p1", "1950-02-03", "Observation/", "2026-11-22")


@pytest.fixture
def answer_id(house: House) -> str:
    request = ask.AskRequest("p1", "What is the latest potassium of Ada Marrow?", thread="t1")
    return ask.ask(house, READER, request).log_id


@pytest.mark.parametrize("kind", ["answer", "thread"])
def test_an_export_holds_the_values_and_none_of_the_identifiers(
    house: House, answer_id: str, kind: str
) -> None:
    shown = export.preview(house, READER, export.ExportRequest(kind, answer_id))
    _, content = export.release(house, READER, shown)
    text = content.decode()
    assert "5.9 mmol/L" in text
    assert [word for word in IDENTIFIERS if word in text] == []
    assert shown.redaction.layers["chart"] is True


def test_a_briefing_is_exported_redacted(house: House) -> None:
    made = brief.brief(house, READER, "p1", 72)
    shown = export.preview(house, READER, export.ExportRequest("briefing", made.log_id))
    assert [word for word in IDENTIFIERS if word in shown.redaction.text] == []
    assert "5.9" in shown.redaction.text


def test_the_export_is_logged_with_what_left_and_without_its_text(
    house: House, answer_id: str
) -> None:
    shown = export.preview(house, READER, export.ExportRequest("answer", answer_id))
    released, content = export.release(house, READER, shown)
    entry = house.ledger.entries(patient="p1")[-1]
    assert (entry.action, entry.entry_id) == ("export", released.log_id)
    assert entry.payload["layers"] == dict(shown.redaction.layers)
    assert str(entry.payload["sha256"]).startswith("sha256:")
    assert "5.9" not in str(entry.payload)
    assert content.endswith(b"\n")


def test_a_preview_that_was_changed_to_hold_a_name_is_refused(house: House, answer_id: str) -> None:
    shown = export.preview(house, READER, export.ExportRequest("answer", answer_id))
    leaky = replace(shown.redaction, text=shown.redaction.text + "\nSeen by Ada Marrow.\n")
    with pytest.raises(RedactionRefused):
        export.release(house, READER, replace(shown, redaction=leaky))
    assert house.ledger.entries(patient="p1")[-1].action != "export"


def test_no_file_name_says_whose_chart_it_is(house: House, answer_id: str) -> None:
    shown = export.preview(house, READER, export.ExportRequest("answer", answer_id))
    assert not any(word.lower() in shown.file_name.lower() for word in ("marrow", "ada", "p1-"))


@pytest.mark.parametrize("kind", ["answer", "briefing", "thread"])
def test_an_export_of_nothing_is_not_found(house: House, kind: str) -> None:
    with pytest.raises(NotFound):
        export.preview(house, READER, export.ExportRequest(kind, "0" * 32))
