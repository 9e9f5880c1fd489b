"""However many events a lane has: few marks, every event in exactly one of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charts.event_marks import (
    MOST_MARKS,
    NEVER_A_FACT,
    Stretch,
    is_denied,
    lane_view,
    marks,
    reaches,
)
from pipelines.records.facts import Fact
from pipelines.records.timeline import Event, Lane

FIRST = datetime(2026, 11, 1)
LAST = datetime(2026, 11, 11)
AROUND = Stretch(FIRST, LAST, LAST)


def event(hours: float, lane: Lane = "result", **changes: object) -> Event:
    fact = Fact(f"X/{hours:g}", "lab", "K", "value", "4")
    given: dict[str, object] = {
        "lane": lane, "group": "Labs", "title": "K", "detail": "", "fact": fact, "start": None,
        "clock": FIRST + timedelta(hours=hours),
    }  # fmt: skip
    return Event(**(given | changes))  # type: ignore[arg-type]


@st.composite
def some_events(draw: st.DrawFn) -> list[Event]:
    """Up to 300 results, doses and orders within and around the shown time."""
    count = draw(st.integers(0, 200))
    seed = draw(st.randoms(use_true_random=False))
    lane: Lane = draw(st.sampled_from(["result", "medication"]))
    return [
        event(
            seed.uniform(-48, 240), lane,
            flag=seed.choice([None, None, "H", "LL"]),
            word=seed.choice([None, None, "NOT GIVEN"]),
            shape=seed.choice(["point", "span"]),
            goes_on=seed.random() < 0.1,
            fact=Fact(f"X/{number}", "lab", "K", "value", "4"),
        )
        for number in range(count)
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(some_events(), st.integers(3, 60))
def test_every_event_is_in_exactly_one_mark_and_there_are_few(
    found: list[Event], most: int
) -> None:
    made = marks(found, AROUND, most)
    assert len(made) <= most
    held = Counter(one.fact.resource for mark in made for one in mark.events)
    assert held == Counter(one.fact.resource for one in found)
    assert sum(mark.abnormal for mark in made) == sum(one.flag is not None for one in found)
    assert all(FIRST <= mark.start <= mark.end <= LAST for mark in made)
    assert all(len({is_denied(one) for one in mark.events}) == 1 for mark in made)


@settings(max_examples=8, deadline=None)
@given(some_events(), st.integers(1, 40))
def test_a_lane_never_has_more_than_a_thousand_marks(found: list[Event], names: int) -> None:
    named = [
        event(i, "medication", group=f"Drug {i % names}", fact=one.fact)
        for i, one in enumerate(found * 10)
    ]
    for alone in (True, False):
        view = lane_view("medication", named, named, AROUND, alone)
        assert sum(len(row.marks) for row in view.rows) <= MOST_MARKS
        held = sum(len(mark.events) for row in view.rows for mark in row.marks)
        assert held == view.shown == sum(reaches(one, AROUND) for one in named)


def test_a_mark_of_several_begins_with_the_worst() -> None:
    (mark,) = marks([event(1), event(1.1, flag="H"), event(1.2, flag="LL")], AROUND, 9)
    assert [one.flag for one in mark.events] == ["LL", "H", None]
    assert (mark.abnormal, mark.critical) == (2, 1)


def test_results_of_one_time_share_a_mark_and_two_days_do_not() -> None:
    made = marks([event(1), event(1), event(49)], AROUND, 90)
    assert [len(mark.events) for mark in made] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "is_in"),
    [
        pytest.param({"clock": FIRST - timedelta(days=9)}, False, id="before"),
        pytest.param({"clock": FIRST - timedelta(days=9), "goes_on": True}, True, id="goes on"),
        pytest.param(
            {"clock": FIRST - timedelta(days=9), "clock_end": FIRST}, True, id="ends at its edge"
        ),
        pytest.param({"clock": LAST}, True, id="at the other edge"),
        pytest.param({"clock": LAST + timedelta(seconds=1)}, False, id="after"),
        pytest.param({"clock": None}, False, id="undated"),
    ],
)
def test_an_event_is_shown_where_it_reaches_into_the_time(
    changes: dict[str, object], is_in: bool
) -> None:
    assert reaches(event(0, **changes), AROUND) is is_in


def test_names_without_a_row_of_their_own_share_the_last_and_are_counted() -> None:
    many = [event(i, "problem", group=f"Problem {i}") for i in range(12)]
    view = lane_view("problem", many, many, AROUND, False)
    assert [row.name for row in view.rows][-1] == "5 others"
    assert (len(view.rows), view.rest, view.shown) == (8, 5, 12)
    alone = lane_view("problem", many, many, AROUND, True)
    assert (len(alone.rows), alone.rest) == (12, 0)


def test_what_is_no_fact_stands_in_a_row_of_its_own() -> None:
    both = [event(1, "problem"), event(2, "problem", word="REFUTED", is_never_a_fact=True)]
    view = lane_view("problem", both, both, AROUND, False)
    assert [row.name for row in view.rows] == ["Labs", NEVER_A_FACT]


def test_what_goes_on_comes_before_what_has_ended_and_social_findings_last() -> None:
    found = [
        event(3, "problem", group="Ended lately"),
        event(1, "problem", group="Goes on", goes_on=True),
        event(9, "problem", group="Social findings", goes_on=True),
    ]
    view = lane_view("problem", found, found, AROUND, False)
    assert [row.name for row in view.rows] == ["Goes on", "Ended lately", "Social findings"]
