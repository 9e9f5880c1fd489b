"""When to ask again: Retry-After where the server says it, else longer each time, with jitter.

One clock runs over a whole fetch. Waiting and the clock can be replaced, so that tests of an hour
of retries take no time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import tenacity

from pipelines.errors import ChartroomError

TOO_LONG = "The fetch took longer than {hours:.0f} hours and was stopped; run it again to go on."
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
ATTEMPTS = 6


class AskAgain(Exception):
    """A fault that may pass: too busy, failing, or a broken connection."""

    def __init__(self, sentence: str, status: int = 0, wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.wait_s = wait_s


@dataclass(slots=True)
class Pace:
    """The clock of one fetch, and how long to wait between two requests."""

    total_s: float = 12 * 3600.0
    connect_s: float = 10.0
    read_s: float = 120.0
    attempts: int = ATTEMPTS
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    # Jitter keeps many clients from coming back in step; nothing secret hangs on it.
    jitter: Callable[[], float] = random.random
    started: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def seconds(self) -> float:
        """Since the fetch began."""
        return self.clock() - self.started

    def check(self) -> None:
        """ChartroomError when the whole fetch takes too long."""
        if self.seconds > self.total_s:
            raise ChartroomError(TOO_LONG.format(hours=self.total_s / 3600))

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than a fetch may wait."""
        self.check()
        self.sleep(min(max(seconds, 0.0), LONGEST_WAIT_S))
        self.check()

    def backoff(self, attempt: int) -> float:
        """Seconds before try `attempt` + 1: doubling, the upper half of it by chance."""
        whole = min(FIRST_WAIT_S * 2.0 ** (attempt - 1), LONGEST_WAIT_S)
        return whole / 2 + whole / 2 * self.jitter()

    def retrying(self) -> tenacity.Retrying:
        """Runs a request until it passes, with the waits above; the last fault is raised."""
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(AskAgain),
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=self._wait_of,
            sleep=self.wait,
            reraise=True,
        )

    def _wait_of(self, state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.wait_s if isinstance(fault, AskAgain) else None
        return self.backoff(state.attempt_number) if asked is None else asked


def retry_after(value: str | None) -> float | None:
    """The seconds that a Retry-After header asks for, or None; it may also be a date."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
