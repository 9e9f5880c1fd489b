"""An Ollama that says what the test tells it to say, piece by piece, when the test says so.

Nothing here waits for a clock: the server waits for the test's next word, the test for the
request (`asked`) and for the end of the connection (`gone`).
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from pipelines.answers.scripted_server_replies import items_of

MODEL, DIGEST = "qwen3:8b", "d" * 64
BEGINNING = '{"answerable": true, "sentences": ['
LONG_S = 20.0
COUNTS = {
    "prompt_eval_count": 100, "eval_count": 20, "eval_duration": 500_000_000,
    "load_duration": 250_000_000,
}  # fmt: skip


def said(text: str, *cites: int) -> str:
    """One sentence as a model writes it."""
    return json.dumps({"text": text, "cites": [f"E{number}" for number in cites]})


class PacedServer:
    """The server; a context manager. One request at a time is answered by `say` and its like."""

    def __init__(self, **counts: object) -> None:
        self.counts: dict[str, object] = {**COUNTS, **counts}
        self.bodies: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self.gone = threading.Event()
        self._words: queue.Queue[dict[str, Any] | None] = queue.Queue()
        handler = type("Handler", (_Handler,), {"paced": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> PacedServer:
        serve = self._http.serve_forever
        threading.Thread(target=serve, args=(0.02,), name="paced", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.drop()
        self._http.shutdown()
        self._http.server_close()

    def asked(self) -> dict[str, int]:
        """Wait for the next request; its evidence lines with their numbers."""
        body = self.bodies.get(timeout=LONG_S)
        items = items_of(body["messages"][-1]["content"])
        return {item.text: int(item.name[1:]) for item in items}

    def say(self, *texts: str) -> None:
        """Stream these pieces."""
        for text in texts:
            self._words.put({"message": {"role": "assistant", "content": text}, "done": False})

    def finish(self, *texts: str, reason: str = "stop") -> None:
        """Stream these pieces, close the list of sentences and end well."""
        self.say(*texts, "]}")
        end = {"message": {"role": "assistant", "content": ""}, "done": True}
        self._words.put({**end, "done_reason": reason, **self.counts})

    def fail(self, error: str) -> None:
        """An error line in the middle, as Ollama sends it."""
        self._words.put({"error": error, "done": True})

    def end(self) -> None:
        """End the stream in form, without its last line."""
        self._words.put({"done": True})

    def drop(self) -> None:
        """End the connection without an end of the answer."""
        self._words.put(None)

    def word(self) -> dict[str, Any] | None:
        """What the test wants said next; None to drop the connection."""
        return self._words.get(timeout=LONG_S)


class _Handler(BaseHTTPRequestHandler):
    paced: PacedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        model = {"name": MODEL, "model": MODEL, "digest": DIGEST, "size": 1, "details": {}}
        self._send({"version": "0"} if self.path == "/api/version" else {"models": [model]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/api/chat":
            self._send({"details": {}, "model_info": {}, "capabilities": ["completion"]})
            return
        threading.Thread(target=self._watch, daemon=True).start()
        self.paced.bodies.put(body)
        try:
            self._stream()
        except OSError:
            self.close_connection = True

    def _stream(self) -> None:
        is_begun = False
        while (word := self.paced.word()) is not None:
            if not is_begun:
                self.send_response(200)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                is_begun = True
            if len(word) > 1:
                line = {"model": MODEL, "created_at": "", **word}
                self._chunk(json.dumps(word if "error" in word else line).encode() + b"\n")
            if word["done"]:
                self._chunk(b"")
                return
        self.close_connection = True

    def _watch(self) -> None:
        """Notice that the other side is gone, also while nothing is said."""
        with suppress(OSError):
            self.connection.recv(1)
        self.paced.gone.set()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send(self, reply: Mapping[str, Any]) -> None:
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
