"""The one house of this process, opened once for writing, whoever asks first.

The app's pages, its worker threads and its warm-up share it; DuckDB lets one process own the
store. A store that another process owns is tried again on the next call, not remembered. The
loads of pages and the watch over the inbox belong to the same house.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from pipelines.desk import access
from pipelines.desk.house import House, open_house
from pipelines.desk.inbox import Inbox, Watcher
from pipelines.desk.load_job import LoadJobs
from pipelines.desk.model_jobs import ModelJobs
from pipelines.errors import ChartroomError
from pipelines.records.loads import InboxView
from pipelines.settings import Settings

_LOCK = threading.Lock()
_OPEN: dict[Path, House] = {}
_JOBS: dict[Path, LoadJobs] = {}
_MODEL_JOBS: dict[Path, ModelJobs] = {}
_WATCHERS: list[Watcher] = []  # one at most
ENDING_S = 10.0


def house() -> House:
    """The house of the home in force; StoreInUse while another process owns its store."""
    settings = Settings.read()
    with _LOCK:
        found = _OPEN.get(settings.home)
        if found is None:
            found = _OPEN[settings.home] = open_house(settings, writing=True)
        return found


def load_jobs() -> LoadJobs:
    """The loads that pages of this process began."""
    opened = house()
    with _LOCK:
        home = opened.settings.home
        if home not in _JOBS:
            _JOBS[home] = LoadJobs(opened)
        return _JOBS[home]


def model_jobs() -> ModelJobs:
    """The downloads and trials of models that pages of this process began."""
    opened = house()
    with _LOCK:
        home = opened.settings.home
        if home not in _MODEL_JOBS:
            _MODEL_JOBS[home] = ModelJobs(opened)
        return _MODEL_JOBS[home]


def watch_inbox() -> None:
    """Begin to watch the inbox of the home in force; a second call finds it watched already."""
    with _LOCK:
        if not _WATCHERS:
            _WATCHERS.append(Watcher(_inbox))
            _WATCHERS[0].start()


def inbox_view() -> InboxView:
    """The inbox of the house, watched or not."""
    with _LOCK:
        watcher = _WATCHERS[0] if _WATCHERS else None
    if watcher is None or watcher.inbox is None:
        return _inbox().view(watched=False)
    return watcher.inbox.view(watched=watcher.is_alive())


def _inbox() -> Inbox:
    return Inbox(house(), access.system_reader())


def warm_up() -> None:
    """Open the house and import what the first question would otherwise wait for."""
    with suppress(ChartroomError):
        from pipelines.desk import worklist

        worklist.warm(house())
        from pipelines.answers import pipeline
        from pipelines.briefing import brief  # noqa: F401 - imported for its time
        from pipelines.privacy import redactor

        pipeline.warm_up()
        redactor.redact("", None)


def close() -> None:
    """End every load, then let go of every store and ledger of this process."""
    with _LOCK:
        watchers, jobs = list(_WATCHERS), list(_JOBS.values())
        of_models = list(_MODEL_JOBS.values())
        _WATCHERS.clear()
        _JOBS.clear()
        _MODEL_JOBS.clear()
    for job in jobs:
        job.stop()  # first, because the inbox may be waiting for its turn
    for watcher in watchers:
        watcher.end(ENDING_S)
    for job in jobs:
        job.close(ENDING_S)
    for work in of_models:
        work.close()
    with _LOCK:
        for opened in _OPEN.values():
            opened.close()
        _OPEN.clear()
