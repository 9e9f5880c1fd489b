"""What is printed or copied is in the log first, with the digest of the very text."""

from __future__ import annotations

import hashlib

import pytest

from pipelines.desk import brief, hand_out
from pipelines.desk.brief import BriefRequest
from pipelines.desk.brief_all import briefings, item_json, patients_of
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.desk.conftest import READER


@pytest.mark.parametrize("form", hand_out.FORMS)
@pytest.mark.parametrize(
    ("give", "action"), [(hand_out.printed, "print"), (hand_out.copied, "copy")]
)
def test_the_log_knows_what_was_given_out_and_whose_briefing_it_was(
    house: House, form: str, give: object, action: str
) -> None:
    made = brief.brief(house, READER, "p1")
    given = give(house, READER, made, form)  # type: ignore[operator]
    entry = house.ledger.entry(given.log_id)
    assert (entry.action, entry.patient, entry.reader) == (action, "p1", READER.account)
    assert entry.payload["briefing_id"] == made.log_id
    assert entry.payload["form"] == form
    assert entry.payload["sha256"] == hashlib.sha256(given.text.encode()).hexdigest()
    for word in ("MARROW, Ada", "MRN-p1", "1950-02-03", "DRAFT, not signed", "NOT RECORDED", "5.9"):
        assert word in given.text
    for never in ("Marrow", "MRN", "p1."):
        assert never not in given.file_name
    assert made.log_id[:8] in given.file_name


@pytest.mark.parametrize(
    ("give", "action"), [(hand_out.printed, "print"), (hand_out.copied, "copy")]
)
def test_a_chart_summary_is_given_out_the_same_way(house: House, give: object, action: str) -> None:
    made = brief.brief(house, READER, "p1", None)
    given = give(house, READER, made, hand_out.SUMMARY)  # type: ignore[operator]
    entry = house.ledger.entry(given.log_id)
    assert (entry.action, entry.patient) == (action, "p1")
    assert entry.payload["briefing_id"] == made.log_id
    assert entry.payload["form"] == "summary"
    assert entry.payload["sha256"] == hashlib.sha256(given.text.encode()).hexdigest()
    for word in ("Chart summary", "MARROW, Ada", "MRN-p1", "1950-02-03", "DRAFT, not signed"):
        assert word in given.text


def test_what_cannot_be_logged_is_not_given_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = brief.brief(house, READER, "p1")

    def full(*_arguments: object, **_entry: object) -> None:
        raise ChartroomError("The log cannot be written.")

    monkeypatch.setattr(type(house.ledger), "append", full)
    for give in (hand_out.printed, hand_out.copied):
        with pytest.raises(ChartroomError, match="log cannot be written"):
            give(house, READER, made, "sbar")


def test_one_patient_that_fails_does_not_end_the_list(house: House) -> None:
    ids = [*patients_of(house, READER), "nobody", *patients_of(house, READER)]
    made = list(briefings(house, READER, ids, BriefRequest()))
    assert [item.briefing is None for item in made] == [False, True, False]
    assert item_json(made[1]) == {
        "patient": "nobody",
        "failed": "There is no such patient in this home.",
    }
    pages = "".join(hand_out.pages(house, READER, iter(made), "i-pass"))
    assert pages.count("<table>") == 3
    assert "No briefing could be made" in pages
    assert len(house.ledger.entries(action="print")) == 2


def test_an_empty_home_has_an_empty_list(house: House) -> None:
    assert list(briefings(house, READER, (), BriefRequest())) == []
