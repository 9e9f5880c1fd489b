"""The door to a chart: logged, one patient, nothing after the as-of."""

from __future__ import annotations

import pytest

from pipelines.charts import labs
from pipelines.desk.access import open_chart, open_charts, parse_as_of
from pipelines.desk.house import House
from pipelines.errors import ChartroomError, NotFound
from pipelines.ledger.database import Ledger
from pipelines.terms import dates
from tests.desk.conftest import READER

LAST = dates.moment("2026-11-22T05:30:00-05:00")


def test_an_opening_is_logged_once_for_each_reason(house: House) -> None:
    for reason in ("look", "look", "ask"):
        open_chart(house, READER, "p1", reason)
    opened = [e for e in house.ledger.entries(patient="p1") if e.action == "open"]
    assert [e.payload["reason"] for e in opened] == ["look", "ask"]
    assert {e.reader for e in opened} == {"resident"}


def test_an_unknown_patient_is_not_opened_and_not_logged(house: House) -> None:
    with pytest.raises(NotFound):
        open_chart(house, READER, "nobody", "look")
    assert house.ledger.entries(patient="nobody") == ()


@pytest.mark.parametrize("many", [False, True], ids=["one chart", "a list"])
def test_what_could_not_be_logged_is_not_opened_and_logged_by_the_next_try(
    house: House, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise ChartroomError("The ledger's disk is full.")

    def opening() -> object:
        if many:
            return open_charts(house, READER, ["p1"], "cohort")
        return open_chart(house, READER, "p1", "cohort")

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "append", full)
        broken.setattr(Ledger, "append_all", full)
        with pytest.raises(ChartroomError, match="full"):
            opening()
    assert house.ledger.entries(patient="p1", action="open") == ()
    opening()
    assert len(house.ledger.entries(patient="p1", action="open")) == 1


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        pytest.param(
            "2026-11-21", "2026-11-22 04:59:59.999999", id="a day is its end, in the chart's zone"
        ),
        pytest.param("2026-11-21T06:00", "2026-11-21 11:00:00", id="a missing zone is the chart's"),
        pytest.param("2026-11-21 06:00:00", "2026-11-21 11:00:00", id="a blank for the T"),
        pytest.param("2026-11-21T06:00:00Z", "2026-11-21 06:00:00", id="UTC"),
        pytest.param("2026-11-21T06:00:00+02:00", "2026-11-21 04:00:00", id="another zone"),
    ],
)
def test_as_of_is_read_in_the_charts_own_zone(written: str, instant: str) -> None:
    assert str(parse_as_of(written, LAST).instant) == instant


@pytest.mark.parametrize(
    "written", ["yesterday", "", "2026", "22/11/2026", "2026-13-01", "2026-11-22T25:00"]
)
def test_an_as_of_that_is_no_time_is_one_sentence(written: str) -> None:
    with pytest.raises(ChartroomError, match="as-of"):
        parse_as_of(written, LAST)


def test_a_chart_of_an_earlier_moment_does_not_know_what_came_later(house: House) -> None:
    chart = open_chart(house, READER, "p1", "ask", "2026-11-21")
    assert [fact.value for fact in labs.results(chart)] == [4.0]
