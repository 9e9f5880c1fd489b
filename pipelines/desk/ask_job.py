"""An answer in the making, for the page that began it: how far it is, and how to end it.

It finishes and is logged whether or not anyone waits. What it shows before that is in the ledger
already; the page may forget the job and find all of it there again.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.records.asking import AskProgress

if TYPE_CHECKING:
    from pipelines.desk.ask import AskRequest
    from pipelines.desk.ask_sentences import Showing
    from pipelines.errors import ChartroomError
    from pipelines.records.answers import Answer


@dataclass(frozen=True, slots=True)
class AskJob:
    """One question on its way to its closing entry; `showing` None when it could not be asked."""

    request: AskRequest
    future: Future[Answer]
    showing: Showing | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> bool:
        """Whether `result` returns at once."""
        return self.future.done()

    @property
    def question_id(self) -> str | None:
        """The question's entry in the ledger."""
        return self.showing.origin.question_id if self.showing is not None else None

    def result(self, timeout_s: float | None = None) -> Answer:
        """The answer, once its entry is committed; TimeoutError when it takes longer."""
        return self.future.result(timeout_s)

    def stop(self) -> None:
        """End what a model writes; what was verified is kept and the answer closed."""
        if self.showing is not None:
            self.showing.stop.set()

    def progress(self) -> AskProgress:
        """How far it is; every sentence in it is committed."""
        showing, seconds = self.showing, time.monotonic() - self.began
        if showing is None:
            return AskProgress(self.request.question, (), 0, seconds)
        return AskProgress(
            question=self.request.question,
            sentences=showing.sentences,
            checking=0 if self.done else showing.number,
            seconds=seconds,
            model=showing.origin.model,
            waits=not self.future.running() and not self.done,
            stopping=showing.stop.is_set() and not self.done,
        )


def refused(request: AskRequest, error: ChartroomError) -> AskJob:
    """A job that could not even be asked: its `result` raises why."""
    future: Future[Answer] = Future()
    future.set_exception(error)
    return AskJob(request, future)
