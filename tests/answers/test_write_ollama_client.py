"""One streamed request: its pieces as they come, its end, its speed, and what fills a context."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from pipelines.answers.write_ollama_client import Call, Reply, ask
from pipelines.answers.write_ollama_prompt import prompt
from pipelines.errors import ModelStopped, ModelUnavailable
from pipelines.records.models import Timing
from tests.answers.hand_made import POTASSIUM, evidence
from tests.answers.paced_server import BEGINNING, LONG_S, MODEL, PacedServer, said

CONTEXT = 4096
CHART = evidence(POTASSIUM)
WHOLE = BEGINNING + said("Potassium 5.9.", 1) + "]}"


@pytest.fixture
def server() -> Iterator[PacedServer]:
    """A model server that the test speaks for."""
    with PacedServer() as running:
        yield running


def put(server: PacedServer, seconds: float = LONG_S, **more: object) -> Reply:
    made = prompt("What is the latest potassium?", CHART.items, CONTEXT)
    assert made is not None
    call = Call(server.url, MODEL, CONTEXT, time.monotonic() + seconds, **more)  # type: ignore[arg-type]
    return ask(made, call)


def test_pieces_are_told_in_order_on_the_thread_that_asks(server: PacedServer) -> None:
    told: list[tuple[str, threading.Thread]] = []
    server.say(BEGINNING[:9], BEGINNING[9:])
    server.finish(said("Potassium 5.9.", 1))
    reply = put(server, on_piece=lambda piece: told.append((piece, threading.current_thread())))
    assert "".join(piece for piece, _ in told) == reply.text == WHOLE
    assert len(told) == 4
    assert {thread for _, thread in told} == {threading.current_thread()}


def test_speed_is_what_the_server_counted(server: PacedServer) -> None:
    server.say(BEGINNING)
    server.finish(said("Potassium 5.9.", 1))
    timing = put(server).timing
    assert timing == Timing(None, 0.25, 100, 20, 40.0)


@pytest.mark.parametrize("counts", [{}, {"eval_count": 0}, {"eval_count": 20, "eval_duration": 0}])
def test_speed_is_unknown_where_the_server_counts_nothing(counts: dict[str, object]) -> None:
    with PacedServer() as server:
        server.counts = {"prompt_eval_count": 100, **counts}
        server.say(BEGINNING)
        server.finish(said("Potassium 5.9.", 1))
        assert put(server).timing.tokens_per_s is None


@pytest.mark.parametrize(
    ("asked", "answered", "cut"),
    [
        (CONTEXT - 1024, 1023, False),
        (CONTEXT - 1023, 1, True),
        (CONTEXT, 1, True),
        (CONTEXT - 1024, 1024, True),
        (100, CONTEXT - 100, True),
    ],
)
def test_an_answer_from_a_full_context_counts_as_cut_off(
    asked: int, answered: int, cut: bool
) -> None:
    with PacedServer(prompt_eval_count=asked, eval_count=answered) as server:
        server.say(BEGINNING)
        server.finish(said("Potassium 5.9.", 1))
        if not cut:
            assert put(server).text == WHOLE
            return
        with pytest.raises(ModelUnavailable, match="was cut off; this is the embedded answer"):
            put(server)


def test_stop_ends_a_request_that_waits_for_its_first_byte(server: PacedServer) -> None:
    stop = threading.Event()

    def press() -> None:
        server.bodies.get(timeout=LONG_S)
        stop.set()

    reader = threading.Thread(target=press)
    reader.start()
    with pytest.raises(ModelStopped):
        put(server, stop=stop)
    reader.join()
    assert server.gone.wait(LONG_S)


def test_stop_wins_over_what_has_come_already(server: PacedServer) -> None:
    stop, told = threading.Event(), []

    def take(piece: str) -> None:
        told.append(piece)
        stop.set()

    server.say(BEGINNING)
    server.finish(said("Potassium 5.9.", 1))
    with pytest.raises(ModelStopped):
        put(server, on_piece=take, stop=stop)
    assert told == [BEGINNING]


@pytest.mark.parametrize("texts", [(), (BEGINNING, said("Potassium 5.9.", 1))])
def test_a_server_that_is_too_slow_is_cut_off_from_its_reader(
    server: PacedServer, texts: tuple[str, ...]
) -> None:
    server.say(*texts)
    with pytest.raises(ModelUnavailable, match="did not answer in time"):
        put(server, seconds=0.4)
    assert server.gone.wait(LONG_S)


def test_a_fault_of_the_one_who_listens_ends_the_request_and_is_raised(server: PacedServer) -> None:
    def fail(_piece: str) -> None:
        raise KeyError("the log")

    server.say(BEGINNING)
    with pytest.raises(KeyError, match="the log"):
        put(server, on_piece=fail)
    assert server.gone.wait(LONG_S)


@pytest.mark.parametrize(
    ("reason", "kind"), [("length", "cut off"), ("load", "cut off"), ("stop", None), ("", None)]
)
def test_only_a_reply_that_ended_by_itself_is_whole(
    server: PacedServer, reason: str, kind: str | None
) -> None:
    server.say(BEGINNING)
    server.finish(said("Potassium 5.9.", 1), reason=reason)
    if kind is None:
        assert put(server).text == WHOLE
        return
    with pytest.raises(ModelUnavailable) as caught:
        put(server)
    assert caught.value.detail == kind
