"""A model that reads a question: it widens what can be asked, and is trusted with nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from pipelines.answers import read_ollama
from pipelines.answers.question.from_slots import Slots, from_slots
from pipelines.answers.scripted_server import ScriptedServer
from pipelines.answers.scripted_server_replies import content
from pipelines.answers.write_ollama_prompt import UNDERSTOOD
from pipelines.records.answers import Answer
from pipelines.records.chart import Chart
from tests.answers.test_pipeline import NOWHERE, ask, chart_of

ODD = "the potassium, how is it faring?"
POTASSIUM = {"subject": "result", "thing": "potassium", "ask": "value", "which": "latest"}


@pytest.fixture(scope="module")
def chart() -> Chart:
    return chart_of("Potassium was repeated because of hemolysis. Denies chest pain.")


def is_reading(body: Mapping[str, Any]) -> bool:
    return "subject" in body["format"]["properties"]


@contextmanager
def reader(reads: object) -> Iterator[ScriptedServer]:
    """A server whose model reads a question as `reads`, and repeats evidence as an answer."""

    def said(body: Mapping[str, Any]) -> str:
        return json.dumps(reads) if is_reading(body) else content("ok", body)

    with ScriptedServer(script=said) as server:
        yield server


def asked(chart: Chart, server: ScriptedServer, question: str = ODD) -> Answer:
    return ask(chart, question, "ollama", server.url)


def test_the_embedded_reader_has_no_answer_to_the_question_of_these_tests(chart: Chart) -> None:
    assert ask(chart, ODD, "embedded", NOWHERE).status == "abstained"


def test_a_question_that_a_model_reads_is_answered_from_the_chart(chart: Chart) -> None:
    with reader(POTASSIUM) as server:
        answer = asked(chart, server)
    assert answer.status == "answered"
    assert "5.9 mmol/L" in answer.answer
    assert answer.understood is not None
    assert answer.understood.question == "What is the latest potassium?"
    assert answer.understood.by_model == read_ollama.version()


def test_the_request_that_reads_has_the_question_and_nothing_of_the_chart(chart: Chart) -> None:
    with reader(POTASSIUM) as server:
        asked(chart, server)
    first, second = (request.body for request in server.chats())
    assert [message["content"] for message in first["messages"]] == [
        read_ollama.rules(), f"Question:\n{ODD}",
    ]  # fmt: skip
    for secret in ("5.9", "4.4", "2026", "hemolysis", "Test Person", "p1"):
        assert secret not in json.dumps(first)
    assert is_reading(first)
    assert not is_reading(second)
    assert {"num_ctx", "seed"} <= set(first["options"])


def test_a_question_that_was_understood_is_read_by_no_model(chart: Chart) -> None:
    with reader(POTASSIUM) as server:
        asked(chart, server, "What is the latest potassium?")
    assert [is_reading(request.body) for request in server.chats()] == [False]


def test_a_question_that_is_declined_is_read_by_no_model(chart: Chart) -> None:
    with reader(POTASSIUM) as server:
        answer = asked(chart, server, "Should I give her potassium?")
    assert answer.status == "abstained"
    assert server.chats() == []


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param({**POTASSIUM, "subject": "other"}, id="the model cannot say it"),
        pytest.param({**POTASSIUM, "subject": "sql"}, id="an unknown subject"),
        pytest.param({**POTASSIUM, "thing": "sodium"}, id="a thing that was not asked about"),
        pytest.param({**POTASSIUM, "thing": "x" * 200}, id="a thing without end"),
        pytest.param({**POTASSIUM, "value": "2.0"}, id="a field too many"),
        pytest.param({"subject": "result"}, id="fields too few"),
        pytest.param({**POTASSIUM, "ask": 5}, id="no text"),
        pytest.param([POTASSIUM], id="a list"),
    ],
)
def test_what_the_question_does_not_bear_out_changes_nothing(chart: Chart, reads: object) -> None:
    with reader(reads) as server:
        answer = asked(chart, server)
    assert answer.understood is None or not answer.understood.by_model


@pytest.mark.parametrize(
    "typed",
    [
        "What is the latest potassium of the patient in bed 4?",
        "potassium of the man next door?",
        "Was her potassium faring before the transfusion?",
        "potassium faring in the left leg?",
        "how is his wife's potassium faring?",
        "has the potassium been faring better than the sodium?",
    ],
)
def test_a_model_that_passes_over_a_word_gets_no_answer_for_it(chart: Chart, typed: str) -> None:
    with reader(POTASSIUM) as server:
        answer = asked(chart, server, typed)
    assert answer.understood is None or not answer.understood.by_model
    for chat in server.chats():
        # It may still write of what was found, but is never told that the question was read so.
        assert is_reading(chat.body) or UNDERSTOOD not in chat.body["messages"][-1]["content"]


@pytest.mark.parametrize("mode", ["error_before", "busy", "drop", "empty", "wrong_json", "length"])
def test_a_fault_while_reading_is_no_fault_of_the_answer(chart: Chart, mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        answer = asked(chart, server)
    assert answer.status in ("answered", "abstained")
    assert answer.understood is None or not answer.understood.by_model
    assert len(server.chats()) <= 2


@pytest.mark.parametrize(
    ("typed", "slots"),
    [
        pytest.param(
            "how is the potassium without supplements faring?",
            Slots("result", "potassium", "value", "latest"),
            id="a word that narrows",
        ),
        pytest.param(
            "how many potassiums faring above 5?",
            Slots("result", "potassium", "count", "any"),
            id="a bound",
        ),
        pytest.param(
            "potassium 3 faring?", Slots("result", "potassium", "value", "latest"), id="a number"
        ),
        pytest.param(
            "how is the mother's potassium faring?",
            Slots("result", "potassium", "value", "latest"),
            id="another person",
        ),
        pytest.param(
            "potassium faring?", Slots("medication", "potassium", "dose", "any"),
            id="a kind of record that does not have it",
        ),
        pytest.param(
            "potassium faring?", Slots("problem", "potassium", "list", "any"),
            id="a list with a thing",
        ),
    ],
)  # fmt: skip
def test_a_reading_that_loses_a_word_is_not_taken(chart: Chart, typed: str, slots: Slots) -> None:
    assert from_slots(typed, slots, chart) is None


@pytest.mark.parametrize(
    ("typed", "slots", "words"),
    [
        pytest.param(
            "potasium how she faring", Slots("result", "potassium", "value", "latest"), None,
            id="spelt rightly",
        ),
        pytest.param(
            "how fared the potassium on 2026-11-20", Slots("result", "potassium", "value", "any"),
            "2026-11-20", id="the day is read by code",
        ),
    ],
)  # fmt: skip
def test_time_is_read_from_what_was_typed(
    chart: Chart, typed: str, slots: Slots, words: str | None
) -> None:
    asked_for = from_slots(typed, slots, chart)
    assert asked_for is not None
    assert [thing.title for thing in asked_for.things] == ["Potassium"]
    assert (asked_for.window.words if asked_for.window else None) == words
