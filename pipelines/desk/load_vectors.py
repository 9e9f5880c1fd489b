"""The vectors of new and changed passages, made within the load that brought them.

Nothing happens, and nothing is asked, where EMBED_MODEL is empty. A model that is not there or
stops fails no load: what was made stays, the report says in one sentence what is missing, and
the next load makes it, also one that finds every file unchanged. The caller holds the turn to
change the charts.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.errors import LoadStopped, ModelUnavailable
from pipelines.records.loads import LoadProgress, LoadReport

if TYPE_CHECKING:
    from pipelines.charts.store import ChartStore
    from pipelines.desk.house import House
    from pipelines.settings import Settings

READ_AT_ONCE = 512
STOPPED = "Stopped before all vectors were made"

Progress = Callable[[LoadProgress], None]


def complete(
    house: House, report: LoadReport, on_progress: Progress | None, stop: threading.Event | None
) -> LoadReport:
    """The report of a load, after the vectors that are missing in the store were made.

    LoadStopped, with the report, when the user interrupts: all files are in by then.
    """
    settings = house.settings
    if not settings.embed_model or report.stopped:
        return report
    started = time.perf_counter()
    work = _Making(house.charts, settings, report, on_progress, stop or threading.Event())
    try:
        fault = work.run()
    except KeyboardInterrupt:
        stopped = LoadStopped(f"All files are in. {work.notice(STOPPED)}")
        stopped.report = replace(report, notice=work.notice(STOPPED))
        raise stopped from None
    took = time.perf_counter() - started
    notice = None if fault is None else work.notice(fault)
    return replace(report, notice=notice, seconds=report.seconds + took)


@dataclass(slots=True)
class _Making:
    """The vectors of one load, from the first request to the last."""

    store: ChartStore
    settings: Settings
    report: LoadReport
    on_progress: Progress | None
    stop: threading.Event
    digest: str | None = None
    made: int = 0
    wanted: int = 0

    def run(self) -> str | None:
        """Make what is missing; None, or what stood in the way."""
        from pipelines.answers import embed
        from pipelines.charts import vectors

        try:
            found = embed.model(self.settings)
            # A server that names no digest cannot say that its model was replaced.
            self.digest = found.digest or found.name
            vectors.forget_gone(self.store)
            self.wanted = self._missing()
            while not self.stop.is_set() and self._some(self.digest):
                pass
        except ModelUnavailable as fault:
            return fault.user_message.removesuffix(".")
        return STOPPED

    def notice(self, what: str) -> str | None:
        """The sentence for the report; None where no passage is without its vector."""
        missing = self._missing()
        if not missing:
            return None
        are = "1 passage has no vector" if missing == 1 else f"{missing:,} passages have no vector"
        return f"{what}; {are} yet, the next load goes on."

    def _some(self, digest: str) -> bool:
        """The next passages, if any; what was made is kept, also when the model stops."""
        from pipelines.answers import embed
        from pipelines.charts import vectors

        by_text = defaultdict(list)
        for one in vectors.passages_without(self.store, digest, READ_AT_ONCE):
            by_text[one.text].append(one)  # notes copy sentences forward: each is asked once
        made = []
        try:
            for text, vector in zip(by_text, embed.embed(list(by_text), self.settings),
                                    strict=True):  # fmt: skip
                made += [(one, vector) for one in by_text[text]]
                self._tell(self.made + len(made))
                if self.stop.is_set():
                    break
        finally:
            vectors.put(self.store, self.settings.embed_model, digest, made)
            self.made += len(made)
        return bool(made)

    def _tell(self, made: int) -> None:
        if self.on_progress is not None:
            done = self.report
            self.on_progress(
                LoadProgress(done.files, done.files, done.resources, done.mb, done.seconds,
                             done.mb, 0.0, made, self.wanted)
            )  # fmt: skip

    def _missing(self) -> int:
        from pipelines.charts import vectors

        return vectors.count_without(self.store, self.settings.embed_model, self.digest)
