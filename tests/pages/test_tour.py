"""The tour of a first start: three steps that end with a checked answer and its opened source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from components.tour import OFFER, SAID
from pipelines.desk import access, look, this_process, visits
from tests.pages.conftest import shown

Open = Callable[..., AppTest]


def test_nobody_is_offered_a_tour_of_a_home_where_charts_were_opened(app: AppTest) -> None:
    assert OFFER in shown(app)
    house, reader = this_process.house(), access.system_reader()
    patient = look.patients(house, reader)[0].patient.patient_id
    visits.open_visit(house, "other", reader, patient)
    again = AppTest.from_file(str(Path(__file__).parents[2] / "components/shell.py"),
                              default_timeout=60).run()  # fmt: skip
    assert OFFER not in shown(again)


def test_three_presses_lead_from_the_offer_to_the_source_of_a_checked_answer(app: AppTest) -> None:
    app.button(key="tour:begin").click().run()
    assert SAID[1] in shown(app)
    app.button(key="tour:onward:1").click().run()
    assert SAID[2] in shown(app)
    app.button(key="tour:onward:2").click().run()
    assert SAID[3] in shown(app)
    opened = app.session_state["of:ask"]
    house, reader = this_process.house(), access.system_reader()
    patient = app.session_state["visit"].patient
    assert look.source(house, reader, patient, opened.citation).verified
    app.button(key="tour:onward:3").click().run()
    assert not any(text in shown(app) for text in SAID.values())


def test_a_tour_that_is_refused_does_not_come_back(app: AppTest) -> None:
    app.button(key="tour:refuse").click().run()
    assert OFFER not in shown(app.run())


def test_the_tour_is_over_where_another_patient_was_chosen(app: AppTest, open_page: Open) -> None:
    app.button(key="tour:begin").click().run()
    open_page("rounds/worklist.py")
    app.selectbox(key="pick:True").select("marrowby").run()
    app.button(key="tour:onward:1").click().run()
    assert not any(text in shown(app) for text in SAID.values())
    assert app.session_state["visit"].patient == "marrowby"
