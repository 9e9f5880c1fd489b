"""Fetching a model onto the model server, and loading it into memory ahead of a question.

Promises: it is the server that downloads, this app only asks it to and reads how far it is; a
name of Ollama's cloud is refused before and after; nothing of a chart is sent. `stop` ends the
reading, upon which Ollama ends the download and keeps what it has. A pull without progress for
`IDLE_SECONDS` has failed. Everything less than a model on the list afterwards is ModelUnavailable.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipelines.answers import ollama_door, ollama_server
from pipelines.answers.ollama_facts import is_cloud_name, says_remote
from pipelines.errors import ModelUnavailable
from pipelines.records.models import ModelFacts, PullProgress
from pipelines.settings import Settings

IDLE_SECONDS = 120.0
STOPPED = "The download was stopped; the server keeps what it has of it."
LONGEST_NAME = 200


def pull(
    settings: Settings,
    name: str,
    tell: Callable[[PullProgress], None],
    stop: threading.Event,
) -> ModelFacts:
    """Let the server fetch a model; `tell` hears how far it is. Raises ModelUnavailable."""
    name = name.strip()
    refused = ollama_door.outside(settings)
    if refused is not None:
        raise ModelUnavailable(f"{refused}.")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ModelUnavailable("Type the name of a model, such as qwen3:8b.")
    if is_cloud_name(name):
        raise ModelUnavailable(f"{ollama_server.cloud_sentence(name)}.")
    try:
        for said in ollama_door.lines(
            settings, "/api/pull", {"model": name, "stream": True}, stop, IDLE_SECONDS
        ):
            tell(_progress(said, name))
    except ollama_door.Unanswered as error:
        raise ModelUnavailable(f"{error.what}; the model was not fetched.") from error
    if stop.is_set():
        raise ModelUnavailable(STOPPED)
    return ollama_server.find_model(settings, name)


def warm(settings: Settings, name: str) -> float:
    """Load a model into memory with an empty request; returns the seconds it took."""
    model = ollama_server.find_model(settings, name)
    allowed = replace(settings, model_timeout_s=max(settings.model_timeout_s, IDLE_SECONDS))
    started = time.monotonic()
    body = {
        "model": model.name,
        "messages": [],
        "stream": False,
        "keep_alive": ollama_door.KEEP_ALIVE,
        "options": {"num_ctx": min(settings.num_ctx, model.context or settings.num_ctx)},
    }
    ollama_server.post(allowed, "/api/chat", body, IDLE_SECONDS)
    return time.monotonic() - started


def _progress(said: Mapping[str, Any], name: str) -> PullProgress:
    if said.get("error"):
        # The server's own words may hold an address; they are not repeated.
        raise ModelUnavailable(f"Ollama could not fetch {name}; check its name and the network.")
    if says_remote(said):
        raise ModelUnavailable(f"{ollama_server.cloud_sentence(name)}.")
    done, total = said.get("completed"), said.get("total")
    return PullProgress(
        status=str(said.get("status") or ""),
        done=done if isinstance(done, int) else 0,
        total=total if isinstance(total, int) else 0,
    )
