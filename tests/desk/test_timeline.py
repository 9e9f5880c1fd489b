"""The timeline that the desk hands out: which time, which lanes, what fits a search."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.desk.house import House
from pipelines.desk.timeline import of_chart, timeline
from pipelines.errors import NotFound
from pipelines.records.timeline import Timeline, TimelineChoice
from tests.charts.small_store import SmallStore
from tests.desk.conftest import READER

AS_OF = "2026-11-22T06:00:00-05:00"
NOW = datetime(2026, 11, 22, 6)


@pytest.fixture(scope="module")
def store() -> SmallStore:
    """A stay that goes on, results of two weeks, a refuted problem, an undated one."""
    made = SmallStore()
    made.add("encounter", resource="Encounter/old", patient="p1", status="finished",
             is_hospital=True, start_at="1999-01-01", end_at="1999-01-05",
             class_display="inpatient", path="class", quote="IMP")  # fmt: skip
    made.add("encounter", resource="Encounter/now", patient="p1", status="in-progress",
             is_hospital=True, start_at="2026-11-20T06:00:00-05:00", class_display="inpatient",
             path="class", quote="IMP")  # fmt: skip
    for number in range(14):
        made.add_result(str(number), 4.0 + number / 10, range_high=5.1,
                        effective_at=f"2026-11-{number + 8:02d}T06:00:00-05:00")  # fmt: skip
    shared: dict[str, object] = {"patient": "p1", "path": "code.text", "quote": "x"}
    made.add("condition", resource="Condition/r", display="Asthma", onset_at="2026-11-21",
             verification_status="refuted", clinical_status="inactive", **shared)  # fmt: skip
    made.add("condition", resource="Condition/u", display="Gout", **shared)
    return made


def seen(store: SmallStore, **choice: object) -> Timeline:
    chosen = TimelineChoice(**choice)  # type: ignore[arg-type]
    return of_chart(store.chart(as_of=AS_OF), chosen)


@pytest.mark.parametrize(
    ("choice", "begun"),
    [
        pytest.param({}, datetime(1999, 1, 1), id="all begins with the first event"),
        pytest.param({"span": "24"}, datetime(2026, 11, 21, 6), id="24 hours"),
        pytest.param({"span": "stay"}, datetime(2026, 11, 20, 6), id="the stay that goes on"),
        pytest.param(
            {"span": "24", "between": (datetime(2026, 11, 10), datetime(2027, 1, 1))},
            datetime(2026, 11, 10), id="a drawn stretch stands before the range",
        ),
    ],
)  # fmt: skip
def test_the_shown_time_ends_at_the_as_of_on_the_wards_clock(
    store: SmallStore, choice: dict[str, object], begun: datetime
) -> None:
    made = seen(store, **choice)
    assert (made.shown_from, made.shown_to) == (begun, NOW)
    assert made.is_in_stay


def test_a_stretch_too_short_to_see_is_widened(store: SmallStore) -> None:
    made = seen(store, between=(NOW, NOW))
    assert made.shown_from is not None
    assert made.shown_to == NOW
    assert (NOW - made.shown_from).total_seconds() == 1800


def test_the_table_has_the_events_of_the_picture_newest_first(store: SmallStore) -> None:
    made = seen(store, span="48")
    in_picture = {e.fact.resource for lane in made.lanes for row in lane.rows
                  for mark in row.marks for e in mark.events}  # fmt: skip
    assert {e.fact.resource for e in made.listed} == in_picture
    clocks = [event.clock for event in made.listed if event.clock]
    assert clocks == sorted(clocks, reverse=True)
    assert {"Encounter/now", "Observation/13"} <= in_picture
    assert "Observation/5" not in in_picture


def test_what_is_undated_is_listed_apart_and_placed_nowhere(store: SmallStore) -> None:
    made = seen(store)
    assert [event.fact.resource for event in made.undated] == ["Condition/u"]
    assert "Condition/u" not in {event.fact.resource for event in made.listed}


def test_the_refuted_is_left_out_and_counted_until_asked_for(store: SmallStore) -> None:
    without, with_them = seen(store), seen(store, with_never_facts=True)
    assert "Condition/r" not in str(without.listed)
    assert (without.never_facts, with_them.never_facts) == (1, 1)
    (found,) = [event for event in with_them.listed if event.fact.resource == "Condition/r"]
    assert found.word == "REFUTED"


def test_a_search_counts_hits_of_every_lane_in_and_outside_the_shown_time(
    store: SmallStore,
) -> None:
    made = seen(store, text="potas", span="48")
    counts = {view.lane: (view.shown, view.dated, view.in_chart) for view in made.lanes}
    assert counts["result"] == (2, 14, 14)
    assert counts["encounter"] == (0, 0, 2)


def test_abnormal_results_alone_leave_other_lanes_as_they_are(store: SmallStore) -> None:
    made = seen(store, abnormal_only=True)
    flags = {event.flag for event in made.listed if event.lane == "result"}
    assert flags == {"H"}
    assert any(event.lane == "encounter" for event in made.listed)


def test_only_the_chosen_lanes_are_there(store: SmallStore) -> None:
    made = seen(store, lanes=("problem",))
    assert [view.lane for view in made.lanes] == ["problem"]


def test_an_empty_chart_has_no_time_and_no_events(store: SmallStore) -> None:
    made = of_chart(store.chart("p9", as_of=AS_OF), TimelineChoice())
    assert (made.shown_from, made.listed, made.in_chart, made.has_stay) == (None, (), 0, False)


def test_looking_is_logged_and_an_unknown_patient_refused(house: House) -> None:
    assert timeline(house, READER, "p1", TimelineChoice()).in_chart == 2
    opened = [entry for entry in house.ledger.entries(patient="p1") if entry.action == "open"]
    assert [entry.payload["reason"] for entry in opened] == ["look"]
    with pytest.raises(NotFound):
        timeline(house, READER, "nobody", TimelineChoice())
