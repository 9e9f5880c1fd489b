"""One connection to a model server, watched: what came, by when, from whom, and for whom.

Promises: a byte that comes too late, for nobody, or from a model in the cloud ends the reading;
`abandon` cuts the connection from another thread, also while it waits for its first byte, so that
no server goes on writing for nobody; proxies and the key of the environment are never used.
"""

from __future__ import annotations

import queue
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from haystack.dataclasses import StreamingChunk

MOST_CHARACTERS = 60_000
# Inside a JSON string the quotation marks would be escaped.
_REMOTE = re.compile(rb'"remote_(?:host|model)"\s*:\s*"[^"]')
TAIL_BYTES = 64


class OutOfTime(OSError):
    """The clock of the whole answer ran out."""


class InTheCloud(OSError):
    """The reply says that another host wrote it."""


class Abandoned(OSError):
    """Nobody waits for this answer any more."""


@dataclass(slots=True, repr=False)
class Watch:
    """What came so far: text, whether it is done, and why it ended."""

    deadline: float
    pieces: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)
    parts: list[str] = field(default_factory=list)
    size: int = 0
    done: bool = False
    reason: str | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    fault: BaseException | None = None
    ended: bool = False
    _abandoned: bool = False
    _socket: socket.socket | None = None

    def check(self) -> None:
        """Stop when the time is over or nobody waits."""
        if self._abandoned:
            raise Abandoned
        if time.monotonic() > self.deadline:
            raise OutOfTime

    def take(self, chunk: StreamingChunk) -> None:
        """One line of the stream."""
        self.check()
        if self.done:
            return
        text = chunk.content or ""
        self.parts.append(text)
        self.size += len(text)
        if self.size > MOST_CHARACTERS:
            raise ValueError("too long")
        if text:
            self.pieces.put(text)
        if chunk.meta.get("done"):
            self.done = True
            self.reason = chunk.meta.get("done_reason")
            self.counts = chunk.meta

    def end(self) -> None:
        """Nothing more comes."""
        self.pieces.put(None)
        self.ended = True

    def abandon(self) -> None:
        """Cut the connection: a read that waits in it ends, and the server learns of it."""
        self._abandoned = True
        self._cut()

    def traced(self, name: str, info: Mapping[str, Any]) -> None:
        """What the connection tells of itself: its socket, as soon as there is one."""
        if name in _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._abandoned:
                self._cut()

    def count(self, name: str) -> int | None:
        """One of the server's counts, where it gave it."""
        count = self.counts.get(name)
        return count if isinstance(count, int) and count > 0 else None

    def _cut(self) -> None:
        held = self._socket
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class WatchedStream(httpx.SyncByteStream):
    """The bytes of a reply; a name of another host in them ends it."""

    def __init__(self, inner: httpx.SyncByteStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        tail = b""
        for part in self._inner:
            self._watch.check()
            if _REMOTE.search(tail + part):
                raise InTheCloud
            tail = (tail + part)[-TAIL_BYTES:]
            yield part

    def close(self) -> None:
        self._inner.close()


class PlainTransport(httpx.HTTPTransport):
    """Straight to the host: the key that the client adds from the environment is taken off."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(trust_env=False)
        self._watch = watch

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("authorization", None)
        request.headers["accept-encoding"] = "identity"
        request.extensions = {**request.extensions, "trace": self._watch.traced}
        response = super().handle_request(request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = WatchedStream(response.stream, self._watch)
        return response
