"""The fetch that the app repeats by itself, FHIR_EVERY_MIN apart, without a stop of the app.

A thread of the app's process waits for the time that `fetch.state` names and fetches what changed
since the last good fetch. A failure is remembered in words and tried again at the next time; the
thread ends only with the app.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from pipelines.desk import access, fetch, this_process
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from pipelines.records.fetches import FetchProgress
from pipelines.settings import Settings

# The store may be another process's at the start, and settings of a home may come later.
LOOK_AGAIN_S = 60.0
STOPPED = "The app was stopped during the fetch; it goes on at the next start."


class Hourly:
    """The thread; `start` once, `stop` at the end of the app."""

    def __init__(self, house: Callable[[], House] = this_process.house) -> None:
        self._house = house
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wait, where FHIR_URL is set and FHIR_EVERY_MIN is not 0."""
        try:
            settings = Settings.read()
        except ChartroomError:
            return  # every page says what is wrong with the settings
        if settings.fhir_url and settings.fhir_every_min:
            self._thread = threading.Thread(target=self._run, daemon=True, name="fetch")
            self._thread.start()

    def stop(self) -> None:
        """No further fetch; one that runs is continued at the next start."""
        self._stop.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="fetch-once") as worker:
            wait_s = 0.0
            while not self._stop.wait(wait_s):
                # A future keeps whatever went wrong; the next time is waited for all the same.
                tried = worker.submit(self.once)
                wait_s = LOOK_AGAIN_S if tried.exception() else tried.result()

    def once(self) -> float:
        """Fetch if it is time; the seconds until the next look."""
        try:
            house = self._house()
            due_s = _seconds_until(fetch.state(house).next_run)
            if due_s > 0:
                return min(due_s, LOOK_AGAIN_S)
            fetch.fetch_now(
                house, access.system_reader(), on_progress=self._go_on, sleep=self._sleep
            )
        except ChartroomError:
            # Its sentence is remembered by the fetch and shown on the Imports page.
            return LOOK_AGAIN_S
        return LOOK_AGAIN_S

    def _sleep(self, seconds: float) -> None:
        self._stop.wait(seconds)
        self._go_on()

    def _go_on(self, _progress: FetchProgress | None = None) -> None:
        """The app must not wait for a long fetch at its end; the next start goes on with it."""
        if self._stop.is_set():
            raise ChartroomError(STOPPED)


def _seconds_until(moment: str | None) -> float:
    if moment is None:
        return LOOK_AGAIN_S
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()
