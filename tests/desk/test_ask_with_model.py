"""A question asked of a model that fails or lies: what stands in the ledger afterwards."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk import ask, load
from pipelines.desk.house import House, open_house
from pipelines.settings import Settings
from tests.answers.model_faults import ENDING, FAULTS, HOSTILE, SLOW
from tests.contract.charts import write
from tests.desk.conftest import CHART, READER

QUESTION = "What is the latest potassium?"
Asks = Callable[[ScriptedServer], ask.Answer]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("model")
    opened = open_house(Settings.read(folder / "home", {}), writing=True)
    load.load(opened, READER, [write(Path(folder) / "b.json", CHART)])
    yield opened
    opened.close()


@pytest.fixture
def asks(loaded: House) -> Asks:
    def run(server: ScriptedServer) -> ask.Answer:
        seconds = 0.7 if server.mode in SLOW else 20.0
        settings = replace(loaded.settings, ollama_url=server.url, model_timeout_s=seconds)
        loaded.settings = settings
        return ask.ask(loaded, READER, ask.AskRequest("p1", QUESTION))

    return run


@pytest.mark.parametrize(("mode", "said"), FAULTS.items())
def test_a_fault_is_in_the_log_with_its_sentence_and_nothing_half(
    loaded: House, asks: Asks, caplog: pytest.LogCaptureFixture, mode: str, said: str
) -> None:
    before = len(tuple(loaded.ledger.entries(patient="p1")))
    with caplog.at_level(logging.DEBUG), ScriptedServer(mode=mode) as server:
        answer = asks(server)
    entries = tuple(loaded.ledger.entries(patient="p1"))[before:]
    said_of_it = [entry.action for entry in entries if entry.action in ("question", "answer")]
    assert said_of_it == ["question", "answer"]
    closing = entries[-1]
    assert (closing.action, closing.entry_id) == ("answer", answer.log_id)
    assert closing.payload["notice"] == answer.notice
    assert said in (answer.notice or "")
    assert (answer.notice or "").endswith(ENDING)
    assert closing.payload["engine"] == "embedded"
    assert closing.payload["values"] == [[5.9]]
    for secret in ("Marrow", "MRN-p1", "5.9"):
        assert secret not in caplog.text


@pytest.mark.parametrize("mode", HOSTILE)
def test_what_a_hostile_model_says_is_never_logged_as_the_answer(
    loaded: House, asks: Asks, mode: str
) -> None:
    with ScriptedServer(mode=mode) as server:
        answer = asks(server)
    payload = loaded.ledger.entry(answer.log_id).payload
    told = payload["answer"] + json.dumps(
        [s["text"] for s in payload["statements"] if s["support"] != "unverified"]
    )
    for never in ("http", "www.", "<", "](", "Jones", "bed 4", "brother", "00012345", "2.0 mmol"):
        assert never not in told


def test_the_log_is_whole_after_all_faults(loaded: House, asks: Asks) -> None:
    for mode in ("drop", "error_in_the_middle"):
        with ScriptedServer(mode=mode) as server:
            asks(server)
    assert loaded.ledger.verify().whole
