"""Notes are found by meaning too where a model of vectors is set; without it, or when it is dead,
by words alone, and the answer says so."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.answers import pipeline
from pipelines.answers.note_finder import QUESTION_SECONDS, NoteFinder
from pipelines.answers.passage_store import PassageRetriever, QuestionVector
from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.records.answers import Answer
from pipelines.records.chart import Chart
from pipelines.records.evidence import EvidenceSet
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE
from tests.charts.small_store import SmallStore

MODEL = "embed:1b"
ASKED = "Was there a zebrafish?"
BY_WORDS = "notes by words only, not by meaning"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(model=MODEL) as running:
        yield running


def vector_of(text: str) -> list[float]:
    """The vector that the scripted server gives a text."""
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]


@pytest.fixture(scope="module")
def chart() -> Chart:
    store = SmallStore()
    store.add_patient("p1")
    store.add_note("n0", "Slept well. Ate half of lunch.")
    store.add_note("n1", "Striped fish seen in the tank.")
    rows = (
        ("n0", 0, vector_of("elsewhere")), ("n0", 1, vector_of("far")), ("n1", 0, vector_of(ASKED))
    )  # fmt: skip
    for ident, number, vector in rows:
        store.add(
            "passage_vector", resource=f"DocumentReference/{ident}", patient="p1", number=number,
            model=MODEL, model_digest=DIGEST, vector=vector,
        )  # fmt: skip
    return store.chart()


def ask(chart: Chart, url: str, question: str = ASKED, **more: object) -> Answer:
    settings = replace(Settings(), **{"ollama_url": url, "embed_model": MODEL, **more})  # type: ignore[arg-type]
    return pipeline.answer(chart, question, thread=(), engine="embedded", settings=settings)


def test_the_nearest_in_meaning_is_named_and_is_no_answer(
    chart: Chart, server: ScriptedServer
) -> None:
    answer = ask(chart, server.url)
    assert answer.status == "abstained"
    assert "Nearest in meaning" in answer.answer
    assert "Striped fish seen in the tank." in answer.answer
    assert f"notes by meaning, nearest by {MODEL}" in answer.searched
    assert all(not s.citations for s in answer.statements)
    assert server.embedded() == [ASKED]


def test_a_sentence_that_holds_the_words_is_answered_and_counts_both_ways(
    chart: Chart, server: ScriptedServer
) -> None:
    answer = ask(chart, server.url, "Was there a fish?")
    assert (answer.status, answer.answer) == (
        "answered",
        "Progress note 2026-11-22: Striped fish seen in the tank. [1]",
    )


def test_without_the_setting_no_server_is_asked(chart: Chart, server: ScriptedServer) -> None:
    answer = ask(chart, server.url, embed_model="")
    assert (answer.status, server.requests) == ("abstained", [])
    assert not any("meaning" in said for said in answer.searched)


def test_a_dead_server_leaves_the_words_and_is_said(chart: Chart) -> None:
    started = time.monotonic()
    answer = ask(chart, NOWHERE, "Was there a fish?")
    assert answer.status == "answered"
    assert any(said.startswith(BY_WORDS) for said in answer.searched)
    assert time.monotonic() - started < QUESTION_SECONDS


def test_a_host_that_is_not_allowed_is_not_asked(chart: Chart) -> None:
    answer = ask(chart, "http://model.example:11434", "Was there a fish?")
    assert answer.status == "answered"
    assert any("not in ALLOWED_HOSTS" in said for said in answer.searched)


@pytest.mark.parametrize("mode", ["stall", "busy", "missing_model"])
def test_a_server_that_stalls_or_fails_holds_nothing_up(
    chart: Chart, server: ScriptedServer, mode: str
) -> None:
    server.mode = mode
    started = time.monotonic()
    answer = ask(chart, server.url, "Was there a fish?", model_timeout_s=1)
    assert answer.status == "answered"
    assert time.monotonic() - started < QUESTION_SECONDS + 3
    assert any(said.startswith(BY_WORDS) for said in answer.searched)


def test_a_chart_without_vectors_says_so_and_sends_no_question(server: ScriptedServer) -> None:
    store = SmallStore()
    store.add_patient("p1")
    store.add_note("n1", "Striped fish seen.")
    answer = ask(store.chart(), server.url, "Was there a fish?")
    assert answer.status == "answered"
    assert any("no vectors of the model yet" in said for said in answer.searched)
    assert server.embedded() == []


def test_the_retriever_fuses_words_and_vectors(chart: Chart) -> None:
    asked = QuestionVector(tuple(vector_of(ASKED)), DIGEST)
    found = PassageRetriever().run(chart, [["lunch"]], 5, asked)["documents"]
    assert found[0].content in ("Ate half of lunch.", "Striped fish seen in the tank.")
    assert {"Ate half of lunch.", "Striped fish seen in the tank."} <= {d.content for d in found}
    alone = PassageRetriever().run(chart, [["lunch"]], 5)["documents"]
    assert [d.content for d in alone] == ["Ate half of lunch."]


def test_a_finder_that_searched_nothing_adds_nothing(chart: Chart) -> None:
    empty = EvidenceSet((), ("x",))
    assert NoteFinder("?", replace(Settings(), embed_model=MODEL)).completed(empty) is empty
