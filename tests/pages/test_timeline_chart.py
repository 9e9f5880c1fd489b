"""The timeline as drawn: signs, letters, words, and nothing of a chart as markup."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from components import timeline_chart
from components.palette import DARK, LIGHT, Palette
from components.timeline_controls import dragged, later
from components.timeline_lanes import LOOKS, citation_of_event, colour_of, until
from components.timeline_signs import count_text, hover, symbol
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.timeline import LANES, Event, LaneRow, LaneView, Mark, Timeline
from tests.pages.test_palette import SIGN, contrast, each_theme

FIRST, LAST = datetime(2026, 11, 20), datetime(2026, 11, 22)


def at(hours: float) -> Moment:
    instant = FIRST + timedelta(hours=hours)
    return Moment(instant, instant.isoformat() + "+00:00")


def event(hours: float = 1, **changes: object) -> Event:
    given: dict[str, Any] = {
        "lane": "result", "group": "Labs", "title": "Potassium", "detail": "4.0 mmol/L",
        "fact": Fact(f"Observation/{hours:g}", "lab", "Potassium", "valueQuantity", "4.0"),
        "start": at(hours), "clock": FIRST + timedelta(hours=hours),
    }  # fmt: skip
    return Event(**(given | changes))


def mark(*events: Event) -> Mark:
    start = min(one.clock for one in events if one.clock)
    flags = [one.flag for one in events if one.flag]
    end = max(one.clock_end or one.clock or start for one in events)
    return Mark(events, start, end, len(flags), sum(len(flag) == 2 for flag in flags))


def shown(*views: LaneView) -> Timeline:
    return Timeline(views, (), (), FIRST, LAST, at(48), LAST, True, True, 0, 1)


def lane(*marks: Mark, name: str = "Labs") -> LaneView:
    events = [one for item in marks for one in item.events]
    count = len(events)
    return LaneView(events[0].lane, (LaneRow(name, marks),), count, count, 0, count)


@pytest.mark.parametrize(
    ("changes", "drawn"),
    [
        pytest.param({}, "circle-open", id="a result without a flag"),
        pytest.param({"flag": "HH"}, "triangle-up", id="high"),
        pytest.param({"flag": "L"}, "triangle-down", id="low"),
        pytest.param({"flag": "A"}, "diamond", id="abnormal, neither high nor low"),
        pytest.param({"word": "ENTERED IN ERROR", "flag": "H"}, "x-thin-open", id="no fact"),
        pytest.param({"word": "amended"}, "circle-open", id="amended is a fact"),
        pytest.param({"lane": "medication", "word": "NOT GIVEN"}, "x-thin-open", id="not given"),
        pytest.param({"lane": "medication"}, "line-ns-open", id="a dose"),
        pytest.param({"lane": "problem", "shape": "span"}, "circle-open", id="no end recorded"),
        pytest.param(
            {"lane": "problem", "shape": "span", "goes_on": True}, "diamond", id="goes on"
        ),
        pytest.param({"lane": "note"}, "triangle-sw", id="a note"),
    ],
)
def test_each_kind_of_event_has_its_sign(changes: dict[str, object], drawn: str) -> None:
    assert symbol(mark(event(**changes))) == drawn


def test_what_began_before_the_shown_time_points_back() -> None:
    long = event(-90, lane="problem", shape="span", goes_on=True)
    assert symbol(Mark((long,), FIRST, LAST)) == "triangle-left"


def test_a_sign_for_several_says_how_many_and_how_many_are_abnormal() -> None:
    several = mark(event(2, flag="HH", detail="6.9 mmol/L"), *(event(1) for _ in range(9)))
    said = hover(several)
    assert "10 results, 1 abnormal, 1 critical" in said
    assert "6.9 mmol/L" in said
    assert "▲▲ HH" in said
    assert "and 4 more" in said
    assert (count_text(several, False), count_text(several, True)) == ("1/10", "1")


def test_an_abnormal_sign_has_its_letter_and_counts_stand_below() -> None:
    made = timeline_chart.figure(
        shown(lane(mark(event(1, flag="HH"), event(1)), mark(event(5)))), LIGHT, None
    )
    words = [text for trace in made["data"] if trace.get("mode") == "text"
             for text in trace["text"]]  # fmt: skip
    assert words == ["1/2", "<b>HH</b>"]


def test_a_bar_goes_from_start_to_end_and_one_that_goes_on_has_an_arrow() -> None:
    stay = event(4, lane="encounter", title="Admission", shape="span", clock_end=LAST, goes_on=True)
    made = timeline_chart.figure(shown(lane(mark(stay), name="Stays")), LIGHT, None)
    bar = next(trace for trace in made["data"] if trace["type"] == "bar")
    assert (bar["base"], bar["x"]) == (["2026-11-20T04:00:00"], [44 * 3600 * 1000.0])
    assert any(t.get("marker", {}).get("symbol") == "triangle-right" for t in made["data"])
    assert any(" Admission" in trace.get("text", ()) for trace in made["data"])


def test_the_opened_record_is_ringed_and_a_press_fades_nothing() -> None:
    made = timeline_chart.figure(
        shown(lane(mark(event(1)), mark(event(9)))), LIGHT, "Observation/9"
    )
    ring = next(t for t in made["data"] if t.get("marker", {}).get("symbol") == "circle-open")
    assert ring["x"] == ["2026-11-20T09:00:00"]
    for trace in made["data"]:
        if "marker" in trace:
            assert trace["unselected"]["marker"]["opacity"] == 1


def test_every_sign_brings_back_its_mark() -> None:
    view = lane(mark(event(1)), mark(event(9)))
    keys = timeline_chart.keyed(shown(view))
    made = timeline_chart.figure(shown(view), LIGHT, None)
    assert [keys[key] for key in made["data"][0]["customdata"]] == list(view.rows[0].marks)


def test_markup_in_a_name_is_shown_as_letters() -> None:
    evil = "<a href='http://x'>K</a>"
    stay = event(1, lane="encounter", title=evil, detail=evil, shape="span", clock_end=LAST)
    made = timeline_chart.figure(shown(lane(mark(stay), name=evil)), LIGHT, None)
    assert "<a" not in str(made)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (LaneView("note", (), 0, 0, 0, 0), "none in this chart"),
        (LaneView("note", (), 0, 3, 1, 9), "none in this time; 4 in the chart"),
    ],
)
def test_an_empty_lane_says_why(view: LaneView, said: str) -> None:
    made = timeline_chart.figure(shown(view), LIGHT, None)
    assert any(said in note["text"] for note in made["layout"]["annotations"])


def test_a_lane_in_which_nothing_fits_the_search_takes_no_room() -> None:
    made = timeline_chart.figure(shown(LaneView("note", (), 0, 0, 0, 9)), LIGHT, None)
    assert made["layout"]["annotations"] == []


@each_theme
def test_signs_of_every_lane_stand_out_and_differ(colours: Palette) -> None:
    assert len({LOOKS[one].sign for one in LANES}) == len(LANES)
    for one in LANES:
        assert contrast(colour_of(one, colours), colours.paper) >= SIGN, one


def test_dark_and_light_have_their_own_colours() -> None:
    view = lane(mark(event(1, flag="H")))
    both = [str(timeline_chart.figure(shown(view), one, None)) for one in (LIGHT, DARK)]
    assert LIGHT.high in both[0]
    assert LIGHT.paper not in both[1]


@pytest.mark.parametrize(
    ("boxes", "zooms"),
    [
        pytest.param([{"x": ["2026-11-20 04:00:00.1234", "2026-11-20"]}], True, id="right to left"),
        pytest.param(
            [{"x": ["2026-11-20 04:00", "2026-11-20 04:01"]}], False, id="a trembling hand"
        ),
        pytest.param([{"x": ["nonsense", "2026-11-20"]}], False, id="no time"),
        pytest.param([{}], False, id="nothing"),
    ],
)
def test_a_drawn_stretch_zooms(boxes: list[dict[str, list[str]]], zooms: bool) -> None:
    assert dragged(boxes) is zooms


def test_later_stops_at_the_as_of() -> None:
    day = timedelta(days=1)
    assert later(FIRST, FIRST + day, LAST) == (FIRST + day / 2, FIRST + day * 1.5)
    assert later(LAST - day, LAST, LAST) == (LAST - day, LAST)


def test_a_note_is_cited_with_its_place_and_an_end_is_never_invented() -> None:
    note = event(1, lane="note", passage=(3, 9))
    cited = citation_of_event(note)
    assert (cited.start, cited.end, cited.quote) == (3, 9, "4.0")
    assert until(event(1)) == ""
    assert until(event(1, shape="span")) == "end not recorded"
    assert until(event(1, shape="span", goes_on=True)) == "goes on"
    assert until(event(1, shape="span", end=at(9))) == "2026-11-20 09:00"
