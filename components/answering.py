"""Answers being made, by conversation, so that a page that is left and reopened finds them.

The work itself runs on the desk's worker threads and ends in the ledger whether or not a page
is looking; this only remembers that it is under way, for as long as it is.
"""

from __future__ import annotations

import threading
from typing import Protocol

_LOCK = threading.Lock()


class Job(Protocol):
    """What is needed of an answer in the making."""

    @property
    def done(self) -> bool:
        """Whether it has ended."""
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
