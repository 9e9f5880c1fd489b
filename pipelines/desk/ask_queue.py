"""Answers of one conversation go one after another; conversations go side by side.

A second question is asked while the first is being answered: its turn comes when the first is in
the ledger, so that it goes on from that answer. A conversation takes one worker however many
questions wait. `stop` ends what a model writes, for every question that is asked or waits; each
still gets its closing entry.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pipelines.errors import ChartroomError

T = TypeVar("T")
CLOSED = "The app is closing; ask again when it is open."


@dataclass(frozen=True, slots=True)
class _Turn:
    work: Callable[[], Any]
    future: Future[Any]
    stop: threading.Event

    def run(self) -> None:
        """Do the work; whatever it raises is raised again by the future's `result`."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            answer = self.work()
        except BaseException as error:  # noqa: BLE001 - as an executor does
            self.future.set_exception(error)
        else:
            self.future.set_result(answer)


@dataclass(slots=True)
class Conversations:
    """The questions that are being answered or wait for their turn."""

    workers: ThreadPoolExecutor
    closing: bool = False
    _lines: dict[Hashable, deque[_Turn]] = field(default_factory=dict)
    _stops: set[threading.Event] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(
        self, conversation: Hashable, work: Callable[[], T], stop: threading.Event
    ) -> Future[T]:
        """Give `work` its turn in its conversation; `stop` is how its model is ended."""
        turn = _Turn(work, Future(), stop)
        with self._lock:
            if self.closing:
                turn.future.set_exception(ChartroomError(CLOSED))
                return turn.future
            self._stops.add(stop)
            line = self._lines.setdefault(conversation, deque())
            line.append(turn)
            if len(line) == 1:
                self.workers.submit(self._work_off, conversation)
        return turn.future

    def stop(self) -> None:
        """Take no more questions, and end what models write."""
        with self._lock:
            self.closing = True
            for stop in self._stops:
                stop.set()

    def _work_off(self, conversation: Hashable) -> None:
        turn: _Turn | None = self._lines[conversation][0]
        while turn is not None:
            turn.run()
            turn = self._next(conversation, turn)

    def _next(self, conversation: Hashable, done: _Turn) -> _Turn | None:
        """The turn after `done`, which stays at the head of its line until it has ended."""
        with self._lock:
            self._stops.discard(done.stop)
            line = self._lines[conversation]
            line.popleft()
            if line:
                return line[0]
            del self._lines[conversation]
            return None
