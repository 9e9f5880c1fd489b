"""How a question was understood, under its answer; a press asks another reading, logged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from components.understood_view import line
from pipelines.desk import this_process
from pipelines.records.understood import OtherReading, Understood, UnderstoodPart
from tests.pages.conftest import shown

PATIENT = "marrowby"
OpenPage = Callable[..., AppTest]
NASTY = "<img src=x onerror=alert(1)>"


def readings(app: AppTest) -> dict[str, Button]:
    """The buttons of other readings by their labels."""
    return {b.label: b for b in app.button if (b.key or "").startswith("reading:")}


def asked(app: AppTest) -> list[str]:
    """Every question of the ledger, oldest first."""
    entries = this_process.house().ledger.entries(action="question")
    return [str(entry.payload["question"]) for entry in entries]


@pytest.fixture
def page(open_page: OpenPage) -> AppTest:
    """The page after one question."""
    app = open_page("rounds/ask.py", PATIENT)
    return app.chat_input[0].set_value("latest potasium?").run()


def test_an_answer_says_how_its_question_was_understood(page: AppTest) -> None:
    text = shown(page)
    assert "Understood as: " in text
    for part in ("Potassium (typed “potasium”)", "latest", "whole chart"):
        assert f">{part}</b>" in text


def test_a_press_asks_the_other_reading_in_the_same_conversation_and_logs_it(
    page: AppTest,
) -> None:
    readings(page)["highest"].click().run()
    assert asked(page)[-1] == "What was the highest potassium?"
    assert ">highest</b>" in shown(page)
    threads = {e.thread for e in this_process.house().ledger.entries(action="question")}
    assert len(threads) == 1


def test_only_the_newest_answer_offers_other_readings(page: AppTest) -> None:
    first = {button.key for button in readings(page).values()}
    readings(page)["lowest"].click().run()
    second = {button.key for button in readings(page).values()}
    assert first
    assert second
    assert not first & second


def test_words_that_were_not_understood_are_offered_what_is_near(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("How often was digoxin levelled upside down?").run()
    assert "Did you mean:" in shown(app)
    chosen, button = next(iter(readings(app).items()))
    assert "igoxin" in chosen
    button.click().run()
    assert " verified" in shown(app)


def test_a_request_for_advice_is_offered_nothing(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", PATIENT)
    app.chat_input[0].set_value("Should I give potassium?").run()
    assert readings(app) == {}
    assert "Understood as" not in shown(app)


def test_names_of_a_chart_stay_letters() -> None:
    drawn = line(Understood(None, (UnderstoodPart("what", NASTY, (OtherReading("a", "b"),)),)))
    assert "<img" not in drawn
    assert "&lt;img" in drawn
