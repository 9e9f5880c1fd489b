"""What is new since a reader last looked: by the log, by what came in, never by the wall clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.desk import load
from pipelines.desk.brief import BriefRequest, brief_as
from pipelines.desk.house import House
from pipelines.desk.last_look import NEVER, last_look
from pipelines.records.answers import Briefing
from pipelines.records.chart import Reader
from tests.contract.charts import Resource, bundle, patient, potassium, write
from tests.desk.conftest import READER

SINCE = BriefRequest(since_last=True)
NEW = "2026-11-23T05:30:00-05:00"
LATE = "2026-11-21T23:10:00-05:00"
EARLIER = "Came in since, dated earlier"


STILL = "Abnormal before this window, not repeated: "


def texts(briefing: Briefing, name: str) -> list[str]:
    """The lines of a section but for what it says of the time before, which is not new."""
    lines = [line.text for part in briefing.sections if part.name == name for line in part.lines]
    return [text for text in lines if not text.startswith(STILL)]


def loaded(house: House, folder: Path, *resources: Resource) -> None:
    load.load(house, READER, [write(folder / "more.json", bundle(patient(), *resources))])


def looked(house: House, **more: object) -> Briefing:
    return brief_as(house, READER, "p1", BriefRequest(**more))  # type: ignore[arg-type]


def test_whoever_never_looked_is_told_and_gets_24_hours(house: House) -> None:
    made = brief_as(house, READER, "p1", SINCE)
    assert made.notice == NEVER
    assert made.since is None
    assert made.window_from == "2026-11-21T05:30:00-05:00"
    assert texts(made, "New and abnormal results")


def test_after_a_look_only_what_came_in_since_is_new(house: House, tmp_path: Path) -> None:
    first = looked(house)
    nothing = brief_as(house, READER, "p1", SINCE)
    assert nothing.since == house.ledger.entry(first.log_id).time
    assert texts(nothing, "New and abnormal results") == []
    loaded(house, tmp_path, potassium("k3", 6.4, NEW))
    made = brief_as(house, READER, "p1", SINCE)
    (line,) = texts(made, "New and abnormal results")
    assert "6.4" in line
    assert (made.window_from, made.window_to) == (nothing.window_to, NEW)
    assert made.notice is None


def test_a_result_that_comes_in_with_an_earlier_date_is_told_apart(
    house: House, tmp_path: Path
) -> None:
    looked(house)
    loaded(house, tmp_path, potassium("k9", 2.4, LATE))
    made = brief_as(house, READER, "p1", SINCE)
    (line,) = texts(made, EARLIER)
    assert "2.4" in line
    assert "2026-11-21 23:10" in line
    assert texts(made, "New and abnormal results") == []
    assert not [part for part in looked(house, hours=24).sections if part.name == EARLIER]


def test_what_was_seen_is_not_told_again_after_a_second_look(house: House, tmp_path: Path) -> None:
    looked(house)
    loaded(house, tmp_path, potassium("k9", 2.4, LATE), potassium("k3", 6.4, NEW))
    assert texts(brief_as(house, READER, "p1", SINCE), EARLIER)
    again = brief_as(house, READER, "p1", SINCE)
    assert texts(again, EARLIER) == texts(again, "New and abnormal results") == []


def test_the_same_file_loaded_again_brings_nothing_new(house: House, tmp_path: Path) -> None:
    loaded(house, tmp_path, potassium("k9", 2.4, LATE))
    looked(house)
    (tmp_path / "again").mkdir()
    loaded(house, tmp_path / "again", potassium("k9", 2.4, LATE), potassium("k3", 4.1, NEW))
    made = brief_as(house, READER, "p1", SINCE)
    assert texts(made, EARLIER) == []
    assert len(texts(made, "New and abnormal results")) == 1


def test_pages_and_reloads_of_one_visit_are_one_look(house: House) -> None:
    before = looked(house)
    for _ in range(2):
        looked(house, visit="v1")
        made = brief_as(house, READER, "p1", BriefRequest(since_last=True, visit="v1"))
        assert made.since == house.ledger.entry(before.log_id).time
    later = brief_as(house, READER, "p1", BriefRequest(since_last=True, visit="v2"))
    assert later.since > made.since  # type: ignore[operator]


def test_a_tab_that_stays_open_overnight_is_not_one_look(house: House) -> None:
    looked(house)
    evening = looked(house, visit="v1")
    real = house.ledger
    for hours, is_earlier in ((1, False), (12, True)):
        later = datetime.now(UTC) + timedelta(hours=hours)
        house._ledger = replace(real, clock=lambda later=later: later)
        found = last_look(house, READER, "p1", "v1")
        assert found is not None
        assert (found.log_id == evening.log_id) is is_earlier
    house._ledger = real


@pytest.mark.parametrize("who", [Reader("somebody else")])
def test_another_readers_look_is_not_mine(house: House, who: Reader) -> None:
    brief_as(house, who, "p1", BriefRequest())
    assert last_look(house, READER, "p1") is None
    assert last_look(house, who, "p1") is not None


def test_a_look_among_many_entries_of_others_is_found(house: House) -> None:
    mine = looked(house)
    for _ in range(25):
        brief_as(house, Reader("somebody else"), "p1", BriefRequest())
    found = last_look(house, READER, "p1")
    assert found is not None
    assert found.log_id == mine.log_id


def test_a_look_at_an_earlier_moment_leaves_what_came_after_it_new(house: House) -> None:
    looked(house, as_of="2026-11-21")
    made = brief_as(house, READER, "p1", SINCE)
    assert any("5.9" in line for line in texts(made, "New and abnormal results"))


def test_a_chart_summary_is_no_look_at_what_is_new(house: House, tmp_path: Path) -> None:
    first = looked(house)
    loaded(house, tmp_path, potassium("k3", 6.4, NEW))
    looked(house, hours=None)
    made = brief_as(house, READER, "p1", SINCE)
    assert made.since == house.ledger.entry(first.log_id).time
    (line,) = texts(made, "New and abnormal results")
    assert "6.4" in line
