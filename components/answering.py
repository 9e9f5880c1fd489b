"""Answers being made, by conversation, so that a page that is left and reopened finds them.

The work itself runs on the desk's worker threads and ends in the ledger whether or not a page
is looking; this only remembers that it is under way, for as long as it is.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Protocol

_LOCK = threading.Lock()


class Job(Protocol):
    """What is needed of an answer in the making."""

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        ...

    def result(self, timeout_s: float | None = None) -> object:
        """Wait for its end; TimeoutError when it takes longer, its error when it failed."""
        ...


_RUNNING: dict[str, Job] = {}


def remember(thread: str, job: Job) -> None:
    """Note that this conversation is being answered."""
    with _LOCK:
        for ended in [key for key, other in _RUNNING.items() if other.done]:
            del _RUNNING[ended]
        _RUNNING[thread] = job


def running(thread: str) -> bool:
    """Whether this conversation is being answered now, in this process."""
    with _LOCK:
        job = _RUNNING.get(thread)
    return job is not None and not job.done


def beat(thread: str, seconds: float) -> None:
    """Wait this long, or until the answer is there; raises what the work raised."""
    with _LOCK:
        job = _RUNNING.get(thread)
    if job is not None:
        with suppress(TimeoutError):
            job.result(seconds)
