"""Recorded exchanges with a real server, and a real server on loopback that plays them back.

A cassette is a JSON file: a list of exchanges in the order they were had. Of several answers to
one request each is given once, the last one from then on (so a job that was polled is done at the
end). `http://fhir.example` in it stands for wherever the player listens. Faults are laid over the
recording by a test: what goes wrong at the n-th request of a path.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "cases" / "fhir_server"
NEUTRAL = "http://fhir.example"
KEPT_HEADERS = ("content-type", "content-location", "retry-after", "etag", "x-progress")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `cut_after` breaks the connection after so many bytes of the body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_after: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Fault = Callable[[Asked, int], Reply | None]


class Player:
    """What to answer, and what was asked."""

    def __init__(self, name: str | None = None, fault: Fault | None = None) -> None:
        self.recorded: dict[tuple[str, str], list[Reply]] = defaultdict(list)
        self.asked: list[Asked] = []
        self.base = ""
        self.fault = fault
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        if name is not None:
            text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
            for one in json.loads(text):
                body = one["body"].encode()
                reply = Reply(one["status"], one["headers"], body)
                self.recorded[one["method"], one["path"]].append(reply)

    def paths(self, method: str = "GET") -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked if one.method == method]

    def answer(self, asked: Asked) -> Reply:
        """The fault of a test, else what was recorded, else 404."""
        with self._lock:
            self.asked.append(asked)
            number = self._counts[asked.method, asked.path]
            self._counts[asked.method, asked.path] += 1
        # Outside the lock: a fault may itself fetch.
        found = self.fault(asked, number) if self.fault is not None else None
        if found is not None:
            return found  # the recorded answer is still to come
        with self._lock:
            replies = self.recorded.get((asked.method, asked.path), [])
            if not replies:
                return Reply(404, {"Content-Type": "text/html"}, b"<html>no such page</html>")
            return replies.pop(0) if len(replies) > 1 else replies[0]

    @contextmanager
    def playing(self) -> Iterator[str]:
        """The base address of the player, `…/fhir`."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield f"{self.base}/fhir"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(player: Player) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size))
            reply = player.answer(asked)
            body = reply.body.replace(NEUTRAL.encode(), player.base.encode())
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value.replace(NEUTRAL, player.base))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if reply.cut_after is None else body[: reply.cut_after])
            self.close_connection = reply.cut_after is not None

        do_GET = do_POST = do_DELETE = _any

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Nothing on stderr."""

    return Handler


def save(name: str, exchanges: list[dict[str, Any]]) -> None:
    """Write a cassette."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(exchanges, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def cassette_path(name: str) -> Path:
    """Where a cassette lies."""
    return FOLDER / f"{name}.json"
