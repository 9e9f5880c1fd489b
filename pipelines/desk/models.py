"""Running a model: what the server has, which one writes answers, how fast it was of late.

A change of model is written into `settings.toml` of the home (other lines stay), takes effect at
once in this process, and is logged. Where the environment names the model nothing is written:
the environment would win. Downloads and warm-ups are the server's work; this asks for them.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.desk.house import make_home
from pipelines.errors import ChartroomError
from pipelines.records.models import KnownModel, PullProgress, ServerView, Timing

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.settings import Settings

ACTION = "model"
ANSWERS_LOOKED_AT = 20
FROM_ENVIRONMENT = "The model is set by CHARTROOM_MODEL in the environment; change it there."
NOT_WRITTEN = "settings.toml in the home cannot be written; the model was not changed."
ON_CPU = (
    "No part of the model is on a GPU: every word is computed by the processor, which takes minutes"
    " an answer where a GPU takes seconds. Is a GPU in that machine, and does its driver show it?"
    " Until then --engine embedded answers at once."
)


def status(settings: Settings) -> ServerView:
    """Version, models and the pick; `server` None when nothing answers at an allowed address."""
    from pipelines.answers import ollama_server

    return ollama_server.status(settings)


def on_cpu(view: ServerView) -> str | None:
    """What to say where every model in memory runs on the processor alone."""
    alone = view.loaded and not any(item.on_gpu_bytes for item in view.loaded)
    return ON_CPU if alone else None


def recommended(gpu_gb: float | None) -> tuple[KnownModel, ...]:
    """Models that suit the app on this much GPU memory, by their public pages; none was run."""
    from pipelines.answers import models_known

    return models_known.recommended(gpu_gb)


def choose(house: House, reader: Reader, name: str) -> str:
    """Let this model write the answers from now on; returns its whole name, logs the change."""
    from pipelines.answers import ollama_server

    if house.settings.sources.get("model") == "environment":
        raise ChartroomError(FROM_ENVIRONMENT)
    model = ollama_server.find_model(house.settings, name)
    _remember(house.settings.home, model.name)
    sources = {**house.settings.sources, "model": "settings.toml"}
    house.settings = replace(house.settings, model=model.name, sources=sources)
    _log(house, reader, {"what": "chosen", "model": model.name, "digest": model.digest})
    return model.name


def pull(
    house: House,
    reader: Reader,
    name: str,
    tell: Callable[[PullProgress], None],
    stop: threading.Event | None = None,
) -> str:
    """Let the server fetch a model; returns its whole name, logged when it is there."""
    from pipelines.answers import ollama_pull

    model = ollama_pull.pull(house.settings, name, tell, stop or threading.Event())
    _log(house, reader, {"what": "fetched", "model": model.name, "digest": model.digest})
    return model.name


def warm(settings: Settings, name: str) -> float:
    """Load a model into the server's memory; returns the seconds it took."""
    from pipelines.answers import ollama_pull

    return ollama_pull.warm(settings, name)


def recent(house: House, model: str) -> tuple[Timing, ...]:
    """How fast the last answers of a model came, newest first, as the ledger has it."""
    if not house.has_ledger:
        return ()
    found = []
    for entry in reversed(house.ledger.entries(action="answer")):
        payload = cast("dict[str, Any]", entry.payload)
        if payload.get("model") == model and payload.get("timing"):
            found.append(Timing(**payload["timing"]))
        if len(found) == ANSWERS_LOOKED_AT:
            break
    return tuple(found)


def _log(house: House, reader: Reader, payload: dict[str, object]) -> None:
    house.ledger.append(reader=reader, patient=None, action=ACTION, payload=payload)


def _remember(home: Path, model: str) -> None:
    """Write MODEL into settings.toml; the file is there whole or not changed at all."""
    import tomlkit

    make_home(home)
    path = home / "settings.toml"
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else None
        document = document if document is not None else tomlkit.document()
        key = next((key for key in document if key.lower() == "model"), "MODEL")
        document[key] = model
        handle, temporary = tempfile.mkstemp(dir=home, prefix=".settings-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            file.write(tomlkit.dumps(document))
        Path(temporary).replace(path)
    except (OSError, ValueError) as error:
        raise ChartroomError(NOT_WRITTEN, type(error).__name__) from error
