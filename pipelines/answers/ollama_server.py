"""The model server: what it has, what is on the GPU, and whether the app may use its model.

Promises: a host that is neither this machine nor in ALLOWED_HOSTS is never contacted; no proxy,
no redirect and no API key is ever used; a model that runs in Ollama's cloud is refused by its
name and by what the server says of it. Every look is short, so that an answer does not wait for
a server that is not there. By itself it sends no chart text: it asks which models there are;
`post` sends what the caller gives it, under the same rules.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipelines.answers import ollama_facts
from pipelines.answers.ollama_facts import is_cloud_name, says_remote
from pipelines.errors import ModelUnavailable
from pipelines.records.models import Loaded, ModelFacts, ServerView
from pipelines.settings import LOOPBACK_HOSTS, Settings

LOOK_SECONDS = 5.0
CONNECT_SECONDS = 1.0
MAX_REPLY_BYTES = 8_000_000
EMBEDDED = "this is the embedded answer."


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that may write the answer, or None and the notice to show (None: say nothing)."""

    model: ModelFacts | None
    notice: str | None


class _Unanswered(Exception):
    """Nothing usable came from the server; `refused` when there is no server at all."""

    def __init__(self, what: str, *, refused: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.refused = refused


class _Unfit(_Unanswered):
    """The server answers, but not with a model that may be used."""


def status(settings: Settings) -> ServerView:
    """Version, models, what is in memory and on the GPU, and the pick, for `chartroom models`."""
    outside = _outside(settings)
    if outside is not None:
        return ServerView(None, None, (), (), None, f"{outside}; {EMBEDDED}")
    try:
        version = _ask(settings, "GET", "/api/version").get("version")
        listed = _models(settings)
        told = tuple(_shown(settings, model) for model in listed)
        model, notice = _pick(settings, listed)
    except _Unanswered as error:
        return ServerView(None, None, (), (), None, f"{error.what}; {EMBEDDED}")
    return ServerView(
        server=settings.ollama_url,
        version=version if isinstance(version, str) else None,
        models=told,
        loaded=_in_memory(settings),
        pick=model.name if model is not None else None,
        notice=notice,
    )


def choose(settings: Settings, engine: str) -> Choice:
    """The model for one answer. `auto` stays silent where no server runs on this machine."""
    if engine == "embedded":
        return Choice(None, None)
    outside = _outside(settings)
    if outside is not None:
        return Choice(None, f"{outside}; {EMBEDDED}")
    try:
        return Choice(*_pick(settings, _models(settings)))
    except _Unanswered as error:
        silent = engine == "auto" and error.refused and settings.model_host in LOOPBACK_HOSTS
        return Choice(None, None if silent else f"{error.what}; {EMBEDDED}")


def find_model(settings: Settings, wanted: str) -> ModelFacts:
    """The model of this name, which may be given chart text; else ModelUnavailable says why not."""
    outside = _outside(settings)
    if outside is not None:
        raise ModelUnavailable(f"{outside}.")
    try:
        return _usable(settings, _models(settings), wanted)
    except _Unanswered as error:
        raise ModelUnavailable(f"{error.what}.") from error


def post(
    settings: Settings, path: str, body: Mapping[str, Any], seconds: float
) -> Mapping[str, Any]:
    """One request within so many seconds; ModelUnavailable for any less than a whole answer."""
    outside = _outside(settings)
    if outside is not None:
        raise ModelUnavailable(f"{outside}.")
    try:
        reply = _ask(settings, "POST", path, body, seconds)
    except _Unanswered as error:
        raise ModelUnavailable(f"{error.what}.") from error
    if says_remote(reply):
        raise ModelUnavailable(f"{_cloud(str(body.get('model')))}.")
    return reply


def _outside(settings: Settings) -> str | None:
    if settings.model_host_allowed:
        return None
    host = settings.model_host or settings.ollama_url
    return f"The model host {host} is not in ALLOWED_HOSTS"


def _pick(
    settings: Settings, listed: tuple[ModelFacts, ...]
) -> tuple[ModelFacts | None, str | None]:
    try:
        return _usable(settings, listed, settings.model), None
    except _Unfit as unfit:
        return None, f"{unfit.what}; {EMBEDDED}"


def _usable(settings: Settings, listed: tuple[ModelFacts, ...], wanted: str) -> ModelFacts:
    if is_cloud_name(wanted):
        raise _Unfit(_cloud(wanted))
    names = {wanted, wanted if ":" in wanted else f"{wanted}:latest"}
    model = next((item for item in listed if item.name in names), None)
    if model is None:
        raise _Unfit(f"The model {wanted} is not on the Ollama server")
    model = model if model.remote else _shown(settings, model)
    if model.remote:
        raise _Unfit(_cloud(wanted))
    return model


def _cloud(name: str) -> str:
    return f"The model {name} runs in Ollama's cloud, where no chart may go"


def _shown(settings: Settings, model: ModelFacts) -> ModelFacts:
    try:
        return ollama_facts.shown(model, _ask(settings, "POST", "/api/show", {"model": model.name}))
    except _Unanswered as error:
        if error.refused:
            raise
        return model  # an old server without the verb cannot run cloud models either


def _models(settings: Settings) -> tuple[ModelFacts, ...]:
    return tuple(map(ollama_facts.listed, _list(_ask(settings, "GET", "/api/tags"))))


def _in_memory(settings: Settings) -> tuple[Loaded, ...]:
    try:
        return tuple(map(ollama_facts.loaded, _list(_ask(settings, "GET", "/api/ps"))))
    except _Unanswered:
        return ()


def _list(reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = reply.get("models")
    if not isinstance(listed, list):
        raise _Unanswered("Ollama gave a list of models that cannot be read")
    return [item for item in listed if isinstance(item, dict)]


def _ask(
    settings: Settings,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    seconds: float = LOOK_SECONDS,
) -> Mapping[str, Any]:
    deadline = time.monotonic() + min(seconds, settings.model_timeout_s)
    try:
        connection = _connection(settings.ollama_url)
    except ValueError as error:
        raise _Unanswered("OLLAMA_URL is no address of a model server") from error
    try:
        prefix = urlsplit(settings.ollama_url).path.rstrip("/")
        raw = _exchange(connection, (method, prefix + path, body), deadline)
    except ConnectionRefusedError as error:
        raise _Unanswered("No model server answers at OLLAMA_URL", refused=True) from error
    except TimeoutError as error:
        raise _Unanswered("Ollama did not answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise _Unanswered("Ollama could not be reached") from error
    finally:
        connection.close()
    try:
        reply = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _Unanswered("Ollama gave an answer that cannot be read") from error
    if not isinstance(reply, dict):
        raise _Unanswered("Ollama gave an answer that cannot be read")
    return reply


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("no http address")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=CONNECT_SECONDS)


def _exchange(
    connection: http.client.HTTPConnection,
    request: tuple[str, str, Mapping[str, Any] | None],
    deadline: float,
) -> bytes:
    method, path, body = request
    connection.connect()
    connection.sock.settimeout(max(0.05, deadline - time.monotonic()))
    sent = None if body is None else json.dumps(body).encode()
    connection.request(method, path, sent, {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        raise _Unanswered(f"Ollama answered with error {response.status}")
    parts: list[bytes] = []
    size = 0
    while part := response.read1(65_536):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline or size > MAX_REPLY_BYTES:
            raise TimeoutError
    return b"".join(parts)
