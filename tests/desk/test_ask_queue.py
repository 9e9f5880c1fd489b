"""Whose turn it is: in order within a conversation, side by side otherwise, and no one blocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.desk.ask_queue import Conversations
from pipelines.errors import ChartroomError
from pipelines.records.answers import Answer

LONG_S = 20.0


@pytest.fixture
def turns() -> Iterator[Conversations]:
    with ThreadPoolExecutor(2) as pool:
        yield Conversations(pool)


def put(
    turns: Conversations, conversation: str, work: Callable[[], object]
) -> tuple[Future[Answer], threading.Event]:
    stop = threading.Event()
    return turns.submit(conversation, cast("Callable[[], Answer]", work), stop), stop


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_each_conversation_keeps_its_order_and_loses_nothing(asked: list[str]) -> None:
    done: list[tuple[str, int]] = []
    with ThreadPoolExecutor(3) as pool:
        turns = Conversations(pool)
        futures = [
            put(turns, name, lambda pair=(name, n): done.append(pair))[0]  # type: ignore[misc]
            for n, name in enumerate(asked)
        ]
        for future in futures:
            future.result(LONG_S)
    for name in "abc":
        mine = [n for other, n in done if other == name]
        assert mine == [n for n, other in enumerate(asked) if other == name]


def test_two_of_one_conversation_never_run_at_once_and_another_is_not_held_up(
    turns: Conversations,
) -> None:
    first_runs, first_may_end = threading.Event(), threading.Event()

    def hold() -> None:
        first_runs.set()
        assert first_may_end.wait(LONG_S)

    first, _ = put(turns, "a", hold)
    assert first_runs.wait(LONG_S)
    waiting = [put(turns, "a", first.done)[0] for _ in range(5)]
    put(turns, "b", object)[0].result(LONG_S)
    assert not any(one.running() or one.done() for one in waiting)
    first_may_end.set()
    assert [one.result(LONG_S) for one in waiting] == [True] * 5


def test_a_fault_is_raised_to_its_own_asker_and_the_next_has_its_turn(turns: Conversations) -> None:
    def fail() -> None:
        raise LookupError("mine")

    failed, _ = put(turns, "a", fail)
    after, _ = put(turns, "a", lambda: "next")
    assert after.result(LONG_S) == "next"
    with pytest.raises(LookupError, match="mine"):
        failed.result(0)


def test_what_is_cancelled_while_it_waits_is_passed_over(turns: Conversations) -> None:
    may_end = threading.Event()
    put(turns, "a", lambda: may_end.wait(LONG_S))
    dropped, _ = put(turns, "a", pytest.fail)
    after, _ = put(turns, "a", lambda: "next")
    assert dropped.cancel()
    may_end.set()
    assert after.result(LONG_S) == "next"
    with pytest.raises(CancelledError):
        dropped.result(0)


def test_stopping_reaches_what_runs_and_what_waits_and_takes_no_more(turns: Conversations) -> None:
    ended, after = put(turns, "z", object), put(turns, "z", object)
    after[0].result(LONG_S)  # by then the one before it is forgotten
    held: list[tuple[Future[Answer], threading.Event]] = []
    may_end = threading.Event()
    held.extend(put(turns, "a", lambda: may_end.wait(LONG_S)) for _ in range(3))
    turns.stop()
    assert [stop.is_set() for _, stop in held] == [True] * 3
    assert not ended[1].is_set()
    with pytest.raises(ChartroomError, match="closing"):
        put(turns, "a", object)[0].result(0)
    may_end.set()
    assert all(future.result(LONG_S) for future, _ in held)
