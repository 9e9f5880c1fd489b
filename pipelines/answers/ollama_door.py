"""The one door to the model server for everything but an answer: plain requests, short replies.

Promises: a host that is neither this machine nor in ALLOWED_HOSTS is never contacted; no proxy,
no redirect and no API key is ever used; one clock over each request, and a bound on the bytes of
a reply. What comes is one JSON object, or a stream of them, a line each. It sends what the caller
gives it and knows nothing of charts.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from pipelines.settings import Settings

LOOK_SECONDS = 5.0
CONNECT_SECONDS = 1.0
KEEP_ALIVE = "10m"  # how long a server keeps a model loaded after any request of ours
MAX_REPLY_BYTES = 8_000_000
MAX_LINE_BYTES = 65_536
UNREADABLE = "Ollama gave an answer that cannot be read"


class Unanswered(Exception):
    """Nothing usable came from the server; `refused` when there is no server at all."""

    def __init__(self, what: str, *, refused: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.refused = refused


def outside(settings: Settings) -> str | None:
    """Why the host of OLLAMA_URL may not be contacted, or None where it may."""
    if settings.model_host_allowed:
        return None
    host = settings.model_host or settings.ollama_url
    return f"The model host {host} is not in ALLOWED_HOSTS"


def request(
    settings: Settings,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    seconds: float = LOOK_SECONDS,
) -> Mapping[str, Any]:
    """One JSON object within so many seconds; Unanswered for anything else."""
    deadline = time.monotonic() + min(seconds, settings.model_timeout_s)
    with _faults(), _response(settings, (method, path, body), deadline) as response:
        raw = _whole(response, deadline)
    return _object(raw)


def lines(
    settings: Settings, path: str, body: Mapping[str, Any], stop: threading.Event, idle_s: float
) -> Iterator[Mapping[str, Any]]:
    """The objects of a stream as they come; it ends when `stop` is set or nothing comes."""
    deadline = time.monotonic() + idle_s
    with _faults(), _response(settings, ("POST", path, body), deadline) as response:
        while not stop.is_set() and (line := response.readline(MAX_LINE_BYTES)):
            if line.strip():
                yield _object(line)


@contextmanager
def _response(
    settings: Settings, sent: tuple[str, str, Mapping[str, Any] | None], deadline: float
) -> Iterator[http.client.HTTPResponse]:
    method, path, body = sent
    parts = urlsplit(settings.ollama_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unanswered("OLLAMA_URL is no address of a model server")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, _port(settings), timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(max(0.05, deadline - time.monotonic()))
        raw = None if body is None else json.dumps(body).encode()
        where = parts.path.rstrip("/") + path
        connection.request(method, where, raw, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise Unanswered(f"Ollama answered with error {response.status}")
        yield response
    finally:
        connection.close()


def _port(settings: Settings) -> int | None:
    try:
        return urlsplit(settings.ollama_url).port
    except ValueError as error:
        raise Unanswered("OLLAMA_URL is no address of a model server") from error


@contextmanager
def _faults() -> Iterator[None]:
    """Faults of the connection as one sentence each."""
    try:
        yield
    except ConnectionRefusedError as error:
        raise Unanswered("No model server answers at OLLAMA_URL", refused=True) from error
    except TimeoutError as error:
        raise Unanswered("Ollama did not answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered("Ollama could not be reached") from error


def _whole(response: http.client.HTTPResponse, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read1(65_536):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline or size > MAX_REPLY_BYTES:
            raise TimeoutError
    return b"".join(parts)


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        reply = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unanswered(UNREADABLE) from error
    if not isinstance(reply, dict):
        raise Unanswered(UNREADABLE)
    return reply
