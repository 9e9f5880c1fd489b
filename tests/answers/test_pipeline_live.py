"""A model's answer beside the embedded one: what is told, what is offered, what differs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import pytest

from pipelines.answers import pipeline
from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.records.answers import Answer, Statement
from pipelines.records.chart import Chart
from pipelines.settings import Settings
from tests.answers.paced_server import BEGINNING, LONG_S, PacedServer, said
from tests.answers.test_pipeline import QUESTION, chart_of


@dataclass(slots=True)
class Heard:
    """A sink that keeps what it is told, in order."""

    told: list[object] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def begins(self, model: str, digest: str | None) -> None:
        self.told.append((model, digest))

    def checking(self, n: int) -> None:
        self.told.append(n)

    def sentence(self, n: int, statement: Statement) -> None:
        self.told.append((n, statement))


@pytest.fixture(scope="module")
def chart() -> Chart:
    return chart_of()


def ask(chart: Chart, url: str, sink: Heard | None = None, engine: str = "ollama") -> Answer:
    settings = Settings(ollama_url=url, model_timeout_s=30)
    return pipeline.answer(chart, QUESTION, thread=(), engine=engine, settings=settings, sink=sink)


def test_a_sink_is_told_the_model_then_each_sentence_that_the_answer_shows(chart: Chart) -> None:
    heard = Heard()
    with ScriptedServer() as server:
        answer = ask(chart, server.url, heard)
    shown = [(n, s) for n, s in enumerate(answer.statements, 1) if s.support != "unverified"]
    assert heard.told[0] == ("qwen3:8b", DIGEST)
    assert [told for told in heard.told[1:] if isinstance(told, tuple)] == shown
    assert shown
    assert heard.told[1] == 1


def test_with_and_without_a_sink_the_answer_is_the_same(chart: Chart) -> None:
    with ScriptedServer() as server:
        watched, unwatched = ask(chart, server.url, Heard()), ask(chart, server.url)
    assert watched.statements == unwatched.statements
    assert watched.timing is not None
    assert unwatched.timing is not None
    assert unwatched.timing.first_sentence_s is not None
    assert unwatched.timing.answer_tokens == watched.timing.answer_tokens == 20


@pytest.mark.parametrize("engine", ["embedded", "auto"])
def test_nobody_is_told_anything_of_an_embedded_answer(chart: Chart, engine: str) -> None:
    heard = Heard()
    heard.stop.set()
    answer = ask(chart, "http://127.0.0.1:9", heard, engine)
    assert (answer.status, answer.stopped, heard.told) == ("answered", False, [])


@pytest.mark.parametrize("mode", ["unanswerable", "false_citations", "paraphrase"])
def test_a_model_that_has_nothing_leaves_the_embedded_answer_to_be_asked_for(
    chart: Chart, mode: str
) -> None:
    heard = Heard()
    with ScriptedServer(mode=mode) as server:
        answer = ask(chart, server.url, heard)
    assert (answer.status, answer.engine, answer.offers_embedded) == ("abstained", "ollama", True)
    assert [told for told in heard.told if isinstance(told, tuple)] == [("qwen3:8b", DIGEST)]


def test_nothing_is_offered_where_the_answer_stands(chart: Chart) -> None:
    with ScriptedServer() as server:
        assert not ask(chart, server.url).offers_embedded
    assert not ask(chart, "http://127.0.0.1:9", engine="embedded").offers_embedded


@pytest.mark.parametrize(("value", "differs"), [("4.4", True), ("5.9", False)])
def test_a_value_that_the_chart_itself_gives_differently_is_told_with_both_sentences(
    chart: Chart, value: str, differs: bool
) -> None:
    with PacedServer() as server:
        server.say(BEGINNING)
        answers: list[Answer] = []
        worker = threading.Thread(target=lambda: answers.append(ask(chart, server.url)))
        worker.start()
        text, number = next(item for item in server.asked().items() if value in item[0])
        server.finish(said(text.split(": ", 1)[-1], number))
        worker.join()
    (answer,) = answers
    assert (answer.status, answer.engine) == ("answered", "ollama")
    told = [("4.4" in d.model, "5.9" in d.chart, bool(d.citations)) for d in answer.differences]
    assert told == ([(True, True, True)] if differs else [])


@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        ("error_before", "ResponseError"), ("drop", "RemoteProtocolError"), ("no_done", "no done"),
        ("length", "cut off"), ("wrong_json", "not JSON"), ("other_schema", "other form"),
        ("empty", "empty"), ("cloud_unlisted", "InTheCloud"),
    ],
)  # fmt: skip
def test_the_kind_of_a_models_fault_is_kept_for_the_log(
    chart: Chart, mode: str, fault: str
) -> None:
    with ScriptedServer(mode=mode) as server:
        answer = ask(chart, server.url)
    assert (answer.engine, answer.fault) == ("embedded", fault)


def test_stop_also_ends_the_request_that_only_reads_the_question(chart: Chart) -> None:
    heard, answers = Heard(), list[Answer]()
    settings = Settings(model_timeout_s=30)

    def put(url: str) -> None:
        answers.append(
            pipeline.answer(
                chart,
                "How are her kidneys faring?",
                thread=(),
                engine="ollama",
                settings=replace(settings, ollama_url=url),
                sink=heard,
            )
        )

    with PacedServer() as server:
        worker = threading.Thread(target=put, args=(server.url,))
        worker.start()
        body = server.bodies.get(timeout=LONG_S)
        assert "thing" in body["format"]["properties"]
        heard.stop.set()
        assert server.gone.wait(LONG_S)
        worker.join()
    (answer,) = answers
    assert (answer.status, answer.engine, answer.answer != "") == ("abstained", "embedded", True)
