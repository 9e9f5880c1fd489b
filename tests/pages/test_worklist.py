"""The worklist as a reader meets it: lists, filters, scores explained, and what each cell says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components import ward_cells
from components.score_view import kdigo_table, news2_table
from pipelines.desk import access, lists, this_process, worklist
from pipelines.records.facts import AllergyList
from pipelines.records.patients import WorklistRow
from pipelines.records.screening import Kdigo, KdigoPart, News2, Reading, ScoreInput
from pipelines.records.ward import Arrived, NoteMark, Stay
from tests.pages.conftest import shown, ward
from tests.pages.made import banner, moment, result, ward_row

OpenPage = Callable[..., AppTest]
PATIENT = "marrowby"
BASE = WorklistRow(
    banner(AllergyList("not recorded", ())).patient, 68, moment(48), None, None, 0, (), 0
)


def text(parts: list[dict[str, str]]) -> str:
    """The words of a cell."""
    return " · ".join(part["text"] for part in parts)


def pulse(points: int | None, missing: str | None = None) -> ScoreInput:
    """One input of a score."""
    reading = Reading("heart_rate", "Observation/hr", moment(47), 112.0, "112", "/min")
    return ScoreInput("pulse", "Pulse", points, reading if points is not None else None, missing)


def test_every_patient_has_a_row_that_says_what_is_known(app: AppTest) -> None:
    rows = {row["id"]: row for row in ward(app)}
    assert len(rows) == 7
    marrowby = rows[PATIENT]
    assert marrowby["Where"] == "Telemetry 5 North, bed 14 · day 5"
    assert marrowby["NEWS2"].endswith("of 7 inputs")
    assert marrowby["NEWS2"].startswith("≥ ")
    assert marrowby["New to you"] == "not yet looked at"
    assert marrowby["Last note"].endswith("2026-11-22 06:25")
    assert rows["larkspurton"]["NEWS2"] == "no score · 0 of 7 inputs"
    assert "screening scores, not diagnoses" in shown(app)


def test_it_searches_sorts_and_filters(app: AppTest) -> None:
    app.selectbox(key="sort:True").select("Name").run()
    names = [row["Patient"] for row in ward(app)]
    assert names == sorted(names)
    app.text_input(key="search").input("odalys").run()
    assert [row["id"] for row in ward(app)] == [PATIENT]
    app.text_input(key="search").input("telemetry").run()
    assert [row["id"] for row in ward(app)] == [PATIENT], "a location is found too"
    app.text_input(key="search").input("nobody of that name").run()
    assert "No patient fits this search." in shown(app)
    app.text_input(key="search").input("").run()
    app.pills[0].set_value(["In hospital", "KDIGO ≥ 1"]).run()
    chosen = ward(app)
    assert chosen
    assert all("day" in row["Where"] and row["KDIGO"].startswith("▲") for row in chosen)


def test_opening_a_chart_is_the_look_that_news_counts_from(open_page: OpenPage) -> None:
    app = open_page("rounds/briefing.py", PATIENT)
    app = open_page("rounds/worklist.py")
    rows = {row["id"]: row for row in ward(app)}
    assert rows[PATIENT]["New to you"].startswith("nothing new · since ")
    assert rows["saltmarsh"]["New to you"] == "not yet looked at"


def test_a_list_by_hand_is_made_shown_filled_renamed_and_deleted(app: AppTest) -> None:
    app.button(key="lists").click().run()
    app.text_input(key="list:name").input("Night").run()
    app.multiselect(key="list:people").set_value([PATIENT, "saltmarsh"]).run()
    app.button(key="list:make").click().run()
    assert not app.exception
    assert {row["id"] for row in ward(app)} == {PATIENT, "saltmarsh"}
    assert "2 of 2 patients" in shown(app)
    (mine,) = lists.lists(this_process.house(), access.system_reader())
    app.button(key="lists").click().run()
    app.multiselect(key=f"list:members:{mine.list_id}").set_value([PATIENT]).run()
    app.button(key="list:keep").click().run()
    assert [row["id"] for row in ward(app)] == [PATIENT]
    app.button(key="lists").click().run()
    app.text_input(key=f"list:rename:{mine.list_id}").input("Day").run()
    app.button(key="list:rename").click().run()
    assert app.selectbox(key="list:chosen").options == ["All patients", "Day"]
    app.button(key="lists").click().run()
    app.button(key="list:delete").click().run()
    assert len(ward(app)) == 7
    assert lists.lists(this_process.house(), access.system_reader()) == ()


def test_a_list_by_a_rule_says_its_rule_and_its_source(app: AppTest) -> None:
    app.button(key="lists").click().run()
    app.segmented_control(key="list:kind").set_value("rule").run()
    app.text_input(key="list:name").input("Sick").run()
    app.selectbox(key="list:rule").select("news2").run()
    assert "Royal College of Physicians" in " ".join(c.value for c in app.caption)
    app.number_input(key="list:amount:news2").set_value(3.0).run()
    app.button(key="list:make").click().run()
    assert "By a rule: NEWS2 ≥ 3" in shown(app)
    fits = {row["id"] for row in ward(app)}
    assert fits == set(lists.patients_of(this_process.house(), access.system_reader(), "Sick"))
    assert 0 < len(fits) < 7


def test_a_refused_form_says_why_and_changes_nothing(app: AppTest) -> None:
    app.button(key="lists").click().run()
    app.button(key="list:make").click().run()
    assert "A list needs a name" in shown(app).replace("\\", "")
    assert lists.lists(this_process.house(), access.system_reader()) == ()


def test_an_empty_list_says_so_and_another_readers_list_is_not_there(app: AppTest) -> None:
    house, reader = this_process.house(), access.system_reader()
    mine = lists.make_by_hand(house, reader, "Empty")
    lists.make_by_hand(house, replace(reader, account="somebody else"), "Theirs")
    app.run()
    assert app.selectbox(key="list:chosen").options == ["All patients", "Empty"]
    app.selectbox(key="list:chosen").select(mine.list_id).run()
    assert "This list is empty." in shown(app)
    lists.delete(house, reader, mine.list_id)
    app.run()
    assert not app.exception
    assert len(ward(app)) == 7, "a list that was deleted in another tab gives way to all patients"
    assert worklist.worklist(house, reader, "no such id").chosen is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "not yet looked at", id="never looked"),
        pytest.param({"last_looked": "2026-11-22T05:00+00:00", "arrived": Arrived()},
                     "nothing new · since 2026-11-22 05:00 UTC", id="nothing new"),
        pytest.param({"last_looked": "2026-11-22T05:00+00:00", "arrived": Arrived(3, 1, 1, 0)},
                     "3 results, 1 note · ◆ 1 abnormal · since 2026-11-22 05:00 UTC",
                     id="something new"),
    ],
)  # fmt: skip
def test_never_looked_is_not_nothing_new(changes: dict[str, object], said: str) -> None:
    assert text(ward_cells.news(ward_row(BASE, **changes))) == said


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (News2((pulse(2), pulse(None, "not recorded"))), "≥ 2 · 1 of 2 inputs"),
        (News2((pulse(3), pulse(None, "not recorded"))), "≥ 3 · △ 3 in one sign · 1 of 2 inputs"),
        (News2(tuple(pulse(2) for _ in range(3)), "medium"), "▲ 6 · medium risk"),
        (News2(tuple(pulse(2) for _ in range(4)), "high"), "▲▲ 8 · high risk"),
        (News2((pulse(None, "not recorded"),)), "no score · 0 of 1 inputs"),
        (News2(not_for="pregnancy"), "no score · not for pregnancy"),
    ],
)
def test_a_part_of_a_score_is_told_as_a_floor(score: News2, said: str) -> None:
    assert text(ward_cells.news2(score)) == said


def test_a_stage_says_what_it_rests_on() -> None:
    told, not_told = KdigoPart(3, "three times"), KdigoPart(None, "no baseline in the 7 d before")
    assert text(ward_cells.kdigo(Kdigo(told, not_told))) == "▲▲ 3 · creatinine only"
    assert text(ward_cells.kdigo(Kdigo(not_told, KdigoPart(0, "above")))) == "0 · urine only"
    assert text(ward_cells.kdigo(Kdigo(not_told, not_told))) == (
        "no stage · no baseline in the 7 d before"
    )


def test_a_location_that_nobody_recorded_is_not_left_blank() -> None:
    stay = Stay("Encounter/1", None, moment(0), 3, is_over=True)
    assert text(ward_cells.where(ward_row(BASE, stay=stay))) == (
        "location not recorded · day 3 · ended at as-of"
    )
    assert text(ward_cells.where(ward_row(BASE))) == "not in hospital · no visit"


def test_a_note_without_a_date_and_no_note_are_told_apart() -> None:
    mark = NoteMark("DocumentReference/1", "Night note", None)
    assert text(ward_cells.last_note(ward_row(BASE, last_note=mark))) == "Night note · no date"
    assert text(ward_cells.last_note(ward_row(BASE))) == "no note"


def test_the_drawer_names_each_input_its_time_and_what_is_missing() -> None:
    drawn = news2_table(News2((pulse(2), pulse(None, "too old: 14 h before as-of"))))
    for words in ("112 /min", "Observation/hr", moment(47).clock, "too old: 14 h before as-of",
                  "missing", "least that the score can be"):  # fmt: skip
        assert words in drawn
    assert "least that the score" not in news2_table(News2((pulse(2),), "low"))
    kidneys = kdigo_table(Kdigo(KdigoPart(1, "+0.3 mg/dL or more"), KdigoPart(None, "no weight")))
    assert "+0.3 mg/dL or more" in kidneys
    assert "no weight" in kidneys


def test_what_stands_in_a_record_stays_letters() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    reading = Reading("heart_rate", "Observation/1", moment(0), None, nasty, None)
    drawn = news2_table(News2((ScoreInput("pulse", "Pulse", None, reading, "in another unit"),)))
    assert "<img" not in drawn
    row = ward_row(replace(BASE, abnormal=(result(1, 6.4, flag="H", display=nasty),)))
    assert nasty[:20] in text(ward_cells.abnormal(row)), "set by textContent in the browser"


def test_each_order_puts_what_matters_first() -> None:
    sick = ward_row(BASE, news2=News2((pulse(3),), "low-medium"), last_looked="2026-11-22T05:00",
                    arrived=Arrived(1, 1))  # fmt: skip
    calm = ward_row(BASE, last_looked="2026-11-22T05:00", arrived=Arrived())
    never = ward_row(BASE)
    assert sorted([calm, never, sick], key=ward_cells.SORTS["New to you"]) == [sick, never, calm]
    assert sorted([calm, sick], key=ward_cells.SORTS["NEWS2"]) == [sick, calm]
