"""The one house of this process, opened once for writing, whoever asks first.

The app's pages, its worker threads and its warm-up share it; DuckDB lets one process own the
store. A store that another process owns is tried again on the next call, not remembered.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError
from pipelines.settings import Settings

_LOCK = threading.Lock()
_OPEN: dict[Path, House] = {}


def house() -> House:
    """The house of the home in force; StoreInUse while another process owns its store."""
    settings = Settings.read()
    with _LOCK:
        found = _OPEN.get(settings.home)
        if found is None:
            found = _OPEN[settings.home] = open_house(settings, writing=True)
        return found


def warm_up() -> None:
    """Open the house and import what the first question would otherwise wait for."""
    with suppress(ChartroomError):
        house()
        from pipelines.answers import pipeline
        from pipelines.briefing import brief  # noqa: F401 - imported for its time
        from pipelines.privacy import redactor

        pipeline.warm_up()
        redactor.redact("", None)


def close() -> None:
    """Let go of every store and ledger of this process."""
    with _LOCK:
        for opened in _OPEN.values():
            opened.close()
        _OPEN.clear()
