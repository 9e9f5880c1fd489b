"""The Ask page with a model: what it says while one writes, and what it shows of each ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import live_view
from pipelines.answers.scripted_server import Body, ScriptedServer
from pipelines.answers.scripted_server_replies import items_of
from pipelines.desk import ask, ask_sentences, this_process
from pipelines.desk.ask_sentences import Origin
from pipelines.records.asking import AskProgress, ShownSentence
from tests.pages.conftest import SHELL, shown
from tests.pages.made import statement
from tests.pages.test_drawing import NASTY

PATIENT = "marrowby"
QUESTION = "What were the potassium results?"
WRONG = "Potassium 9.9 mmol/L 2026-11-20 05:00"
ONE = (ShownSentence("e1", 1, statement("a")),)
AT_WORK = AskProgress(QUESTION, (), 0, 3.4, model="qwen3:8b")
OpenPage = Callable[..., AppTest]


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    """A model that says two results and one that no record has."""
    with ScriptedServer(script=results) as server:
        yield server


@pytest.fixture
def app(own_sample_home: Path, model: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app with that model, at its first page."""
    monkeypatch.setenv("CHARTROOM_HOME", str(own_sample_home))
    monkeypatch.setenv("CHARTROOM_OLLAMA_URL", model.url)
    return AppTest.from_file(str(SHELL), default_timeout=60).run()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    this_process.close()


def results(body: Body) -> str:
    """Two results word for word, and one that is made up."""
    items = [i for i in items_of(body["messages"][-1]["content"]) if i.text.startswith("lab:")]
    said = [{"text": i.text.removeprefix("lab: "), "cites": [i.name]} for i in items[:2]]
    said.append({"text": WRONG, "cites": [items[0].name]})
    return json.dumps({"answerable": True, "sentences": said})


def asked(app: AppTest, question: str = QUESTION) -> AppTest:
    """The Ask page of the patient once the question has its closing entry."""
    app.selectbox(key="pick:True").select(PATIENT).run()
    app.switch_page("../pages/rounds/ask.py").run()
    return app.chat_input[0].set_value(question).run()


def times_asked(model: ScriptedServer) -> int:
    """How often the model was asked the question; the briefing on the way asks it for prose."""
    return sum(QUESTION in chat.body["messages"][-1]["content"] for chat in model.chats())


def folds(app: AppTest) -> list[str]:
    """What stands on each fold, as it is read."""
    return [fold.label.replace("\\", "") for fold in app.expander]


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        pytest.param(replace(AT_WORK, model=None), "Reading the chart …", id="no model yet"),
        pytest.param(AT_WORK, "qwen3:8b reads the evidence …", id="asked"),
        pytest.param(replace(AT_WORK, checking=1), "Checking sentence 1 …", id="first"),
        pytest.param(replace(AT_WORK, checking=2, sentences=ONE), "Checking sentence 2 …",
                     id="second"),
        pytest.param(replace(AT_WORK, checking=2, sentences=ONE), "1 verified so far",
                     id="how many"),
        pytest.param(replace(AT_WORK, checking=1, sentences=ONE), "The next sentence is written …",
                     id="between two"),
        pytest.param(replace(AT_WORK, waits=True), "Waits until the question before it",
                     id="in the queue"),
        pytest.param(replace(AT_WORK, stopping=True), "Stopping; what was verified is kept …",
                     id="stopping"),
        pytest.param(replace(AT_WORK, model=NASTY), "&lt;img", id="markup stays letters"),
    ],
)  # fmt: skip
def test_what_goes_on_is_said_in_one_line(progress: AskProgress, words: str) -> None:
    assert words in live_view.state(progress)
    assert "<img" not in live_view.state(progress)


def test_an_answer_of_a_model_has_its_badge_and_its_withheld_sentence_folded(app: AppTest) -> None:
    text = shown(asked(app))
    assert not app.exception
    assert "✓ 2 of 3 statements verified" in text
    assert "ollama · qwen3:8b @" in text
    assert folds(app) == ["Not verified (1), not part of the answer"]
    assert not app.expander[0].proto.expanded
    assert WRONG not in text.split("cr-unverified")[0]


def test_an_answer_without_a_verified_sentence_offers_the_embedded_one_and_a_press_asks_for_it(
    app: AppTest, model: ScriptedServer
) -> None:
    model.script = None
    model.mode = "paraphrase"
    asked(app)
    assert "NOT ANSWERED" in shown(app)
    app.button(key=next(b.key for b in app.button if (b.key or "").startswith("embedded:"))).click()
    app.run()
    text = shown(app)
    assert text.count("cr-verdict") == 2
    assert "embedded engine" in text
    assert times_asked(model) == 1
    assert not [b for b in app.button if (b.key or "").startswith("embedded:")]


def test_a_model_that_breaks_off_leaves_what_was_shown_on_a_fold_of_its_own(
    app: AppTest, model: ScriptedServer
) -> None:
    model.mode = "error_in_the_middle"
    text = shown(asked(app))
    assert not app.exception
    assert "embedded engine" in text
    assert folds(app)[0] == "Shown before the model broke off (1), not part of the answer"


def test_a_question_that_was_cut_off_still_shows_what_was_verified_of_it(app: AppTest) -> None:
    app.selectbox(key="pick:True").select(PATIENT).run()
    place, visit = app.session_state["place"], app.session_state["visit"]
    ledger = place.house.ledger
    entry = ledger.append(reader=place.reader, patient=PATIENT, action="question",
                          thread=visit.thread, payload={"question": QUESTION})  # fmt: skip
    origin = Origin(PATIENT, visit.thread, entry.entry_id, "qwen3:8b", "d" * 64)
    ask_sentences.commit(place.house, place.reader, origin, 1, statement("Kept words"))
    app.switch_page("../pages/rounds/ask.py").run()
    text = shown(app)
    assert live_view.CUT_OFF in text
    assert live_view.KEPT in text
    kept = ask.pending(place.house, PATIENT, visit.thread)[0].sentences[0]
    drawn = [element.proto for element in app.get("bidi_component")]
    assert any(f"live:{kept.entry_id}" in str(proto) for proto in drawn)
