"""Downloads, warm-ups and trials of models that a page began: they go on when it is left.

One at a time for each house. What became of the last one stays to be read until the next begins.
A download can be stopped; a trial and a warm-up end by themselves, within the model's time limit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.desk import models, try_model
from pipelines.errors import ChartroomError
from pipelines.records.models import PullProgress, TryRun

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

BUSY = "Another download or trial is running; wait for its end."
BROKEN = "It ended unexpectedly; nothing of a chart was touched."


@dataclass(frozen=True, slots=True)
class ModelJob:
    """One piece of work: what it is, how far (0 to 1, None: not known), and what came of it."""

    title: str
    running: bool = True
    share: float | None = None
    words: str = ""
    can_stop: bool = False
    runs: tuple[TryRun, ...] = ()
    told: str | None = None
    fault: str | None = None


class ModelJobs:
    """The work of one house's pages."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="model-job")
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._future: Future[None] | None = None
        self._job: ModelJob | None = None

    def pull(self, reader: Reader, name: str) -> None:
        """Begin a download; ChartroomError while other work runs."""

        def work() -> None:
            whole = models.pull(self._house, reader, name, self._tell_pull, self._stop)
            self._note(told=f"{whole} is on the server.")

        self._begin(ModelJob(f"Fetching {name}", can_stop=True), work)

    def warm(self, name: str) -> None:
        """Begin to load a model into memory; ChartroomError while other work runs."""

        def work() -> None:
            seconds = models.warm(self._house.settings, name)
            self._note(told=f"{name} is in memory, after {seconds:.1f} s.")

        self._begin(ModelJob(f"Loading {name}"), work)

    def trial(self, reader: Reader, names: tuple[str, ...]) -> None:
        """Begin the built-in questions with these models; ChartroomError while other work runs."""

        def work() -> None:
            for name in names:
                self._note(title=f"Trying {name}", share=0.0, words="")
                made = try_model.run(self._house, reader, name, self._tell_trial)
                self._note(runs=(*self._runs(), made))

        self._begin(ModelJob(f"Trying {names[0]}" if names else "Trying"), work)

    def view(self) -> ModelJob | None:
        """How far the work is, or what came of the last one; None where there was none."""
        with self._lock:
            return self._job

    def stop(self) -> None:
        """End a download."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Until the work has ended, or so many seconds."""
        with self._lock:
            future = self._future
        if future is not None:
            with suppress(TimeoutError):
                future.exception(timeout=seconds)

    def close(self) -> None:
        """Stop what can be stopped and wait for the rest."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, job: ModelJob, work: Callable[[], None]) -> None:
        with self._lock:
            if self._job is not None and self._job.running:
                raise ChartroomError(BUSY)
            self._job = job
            self._stop.clear()
            self._future = self._pool.submit(self._run, work)

    def _run(self, work: Callable[[], None]) -> None:
        fault: str | None = BROKEN
        try:
            work()
            fault = None
        except ChartroomError as error:
            fault = error.user_message
        finally:
            self._note(running=False, fault=fault)

    def _runs(self) -> tuple[TryRun, ...]:
        job = self.view()
        return job.runs if job is not None else ()

    def _tell_pull(self, progress: PullProgress) -> None:
        told = {"share": progress.done / progress.total} if progress.total else {}
        self._note(words=progress.status, **told)

    def _tell_trial(self, done: int, of: int) -> None:
        self._note(share=done / of, words=f"{done} of {of} questions")

    def _note(self, **more: object) -> None:
        with self._lock:
            if self._job is not None:
                self._job = replace(self._job, **more)  # type: ignore[arg-type] # its own fields
