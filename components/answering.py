"""Answers being made, by conversation, so that a page that is left and reopened finds them.

The work itself runs on the desk's worker threads and ends in the ledger whether or not a page
is looking; this only remembers that it is under way, for as long as it is. A conversation may
have several: one that is being answered, and those that wait for it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Protocol

from pipelines.records.asking import AskProgress

_LOCK = threading.Lock()


class Job(Protocol):
    """What is needed of an answer in the making."""

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        ...

    @property
    def question_id(self) -> str | None:
        """The question's entry in the ledger; None where it could not be asked."""
        ...

    def result(self, timeout_s: float | None = None) -> object:
        """Wait for its end; TimeoutError when it takes longer, its error when it failed."""
        ...

    def progress(self) -> AskProgress:
        """How far it is."""
        ...

    def stop(self) -> None:
        """End what a model writes."""
        ...


_RUNNING: dict[str, list[Job]] = {}


def remember(thread: str, job: Job) -> None:
    """Note that this conversation is being answered; what has ended is forgotten."""
    with _LOCK:
        for key, jobs in list(_RUNNING.items()):
            _RUNNING[key] = [other for other in jobs if not other.done]
            if not _RUNNING[key]:
                del _RUNNING[key]
        _RUNNING.setdefault(thread, []).append(job)


def running(thread: str) -> dict[str, Job]:
    """What is being answered or waits in this conversation, by the question's entry."""
    with _LOCK:
        jobs = list(_RUNNING.get(thread, ()))
    return {job.question_id: job for job in jobs if job.question_id and not job.done}


def beat(job: Job, seconds: float) -> None:
    """Wait this long, or until the answer is there; raises what the work raised."""
    with suppress(TimeoutError):
        job.result(seconds)
