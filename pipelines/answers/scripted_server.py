"""A server that speaks Ollama's protocol over real HTTP, without a model: for tests and demos.

It is labelled as scripted wherever the protocol has room for it (version, family, digest), so
that nobody takes its answers for a model's. Written from ollama's own Go sources (`api/types.go`,
`server/routes.go`, v0.33.0-rc2). It listens on this machine only; `requests` keeps what came.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar

from pipelines.answers.scripted_server_replies import MODES, content, pieces

HOST = "127.0.0.1"
STARTED = "2026-01-01T00:00:00.000000Z"
DIGEST = hashlib.sha256(b"chartroom scripted model").hexdigest()
DETAILS = {
    "parent_model": "", "format": "scripted", "family": "scripted", "families": ["scripted"],
    "parameter_size": "0", "quantization_level": "none",
}  # fmt: skip
DRIP_SECONDS = 0.05
VECTOR_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class ScriptedServer:
    """The server; a context manager. `mode` may be changed between requests."""

    def __init__(self, port: int = 0, model: str = "qwen3:8b", mode: str = "ok") -> None:
        if mode not in MODES:
            raise ValueError(f"no such mode: {mode}")
        self.model = model
        self.mode = mode
        self.requests: list[Request] = []
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"scripted": self})
        self._http = ThreadingHTTPServer((HOST, port), handler)
        self._http.daemon_threads = True
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def __enter__(self) -> ScriptedServer:
        self._thread = threading.Thread(target=self._serve, name="scripted", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def wait(self) -> None:
        """Serve until Ctrl-C."""
        try:
            self.closing.wait()
        except KeyboardInterrupt:
            return

    def embedded(self) -> list[str]:
        """The texts that vectors were asked for, in order."""
        asked = (request.body for request in self.requests if request.path == "/api/embed")
        return [text for body in asked for text in body["input"]]

    def chats(self) -> list[Request]:
        """The answers that were asked for."""
        return [request for request in self.requests if request.path == "/api/chat"]

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)


class _Handler(BaseHTTPRequestHandler):
    scripted: ClassVar[ScriptedServer]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: a log line would hold what was asked."""

    def do_GET(self) -> None:
        self._keep({})
        answers: dict[str, dict[str, Any]] = {
            "/api/version": {"version": "0.0.0-scripted"},
            "/api/tags": {"models": self._models()},
            "/api/ps": {"models": [{**item, **_LOADED} for item in self._models()]},
        }
        if self.path == "/":
            self._send(200, b"Ollama is running", "text/plain")
        elif self.path in answers:
            self._json(200, answers[self.path])
        else:
            self._json(404, {"error": "404 page not found"})

    def do_POST(self) -> None:
        body = self._body()
        self._keep(body)
        if self.path == "/api/chat":
            self._chat(body)
        elif self.path == "/api/show":
            self._show(body)
        elif self.path == "/api/embed":
            self._embed(body)
        else:
            self._json(404, {"error": "404 page not found"})

    def _models(self) -> list[dict[str, Any]]:
        name = "another:1b" if self.scripted.mode == "missing_model" else self.scripted.model
        item: dict[str, Any] = {
            "name": name, "model": name, "modified_at": STARTED, "size": 1, "digest": DIGEST,
            "details": DETAILS,
        }  # fmt: skip
        return [{**item, **_REMOTE} if self.scripted.mode == "cloud" else item]

    def _show(self, body: Mapping[str, Any]) -> None:
        if body.get("model") != self.scripted.model:
            self._missing(body)
            return
        shown: dict[str, Any] = {
            "details": DETAILS,
            "model_info": {"general.architecture": "scripted", "scripted.context_length": 32768},
            "capabilities": ["completion"],
        }
        self._json(200, {**shown, **_REMOTE} if self.scripted.mode == "cloud" else shown)

    def _embed(self, body: Mapping[str, Any]) -> None:
        mode = self.scripted.mode
        if mode in _REFUSED:
            self._json(_REFUSED[mode][0], {"error": _REFUSED[mode][1]})
            return
        if mode == "stall":
            self._pause()
        given = body.get("input", [])
        texts = [given] if isinstance(given, str) else list(given)
        vectors = [
            [byte / 255 for byte in hashlib.sha256(str(text).encode()).digest()[:VECTOR_WIDTH]]
            for text in texts
        ]
        self._json(200, {"model": body.get("model"), "embeddings": vectors, **_COUNTS})

    def _chat(self, body: Mapping[str, Any]) -> None:
        mode = self.scripted.mode
        if body.get("model") != self.scripted.model or mode == "missing_model":
            self._missing(body)
        elif mode in _REFUSED:
            self._json(_REFUSED[mode][0], {"error": _REFUSED[mode][1]})
        elif mode == "redirect":
            self._send(307, b"", "text/plain", ("Location", "http://192.0.2.1:11434/api/chat"))
        else:
            self._stream(mode, content(mode, body))

    def _missing(self, body: Mapping[str, Any]) -> None:
        self._json(404, {"error": f"model '{body.get('model')}' not found"})

    def _stream(self, mode: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._lines(mode, pieces(text))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader gave up, as it may

    def _lines(self, mode: str, parts: list[str]) -> None:
        if mode == "stall":
            self._pause()
        while mode == "drip" and not self.scripted.closing.wait(DRIP_SECONDS):
            self._chunk(b" ")
        if mode == "thinking":
            self._line({"role": "assistant", "content": "", "thinking": "Potassium is 9.9."})
        broken = mode in ("error_in_the_middle", "drop")
        for part in parts[: len(parts) // 2 + 1] if broken else parts:
            self._line({"role": "assistant", "content": part})
        if mode == "drop":
            self.close_connection = True
            return
        if mode == "error_in_the_middle":
            self._chunk(
                json.dumps({"error": "an error was encountered while running"}).encode() + b"\n"
            )
        elif mode != "no_done":
            self._done(mode)
        self._chunk(b"")

    def _done(self, mode: str) -> None:
        end: dict[str, Any] = {"done_reason": "length" if mode == "length" else "stop"}
        if mode != "no_counts":
            end.update(_COUNTS)
        self._line({"role": "assistant", "content": ""}, done=True, **end)

    def _pause(self) -> None:
        self.scripted.closing.wait()

    def _line(self, message: Mapping[str, Any], *, done: bool = False, **more: object) -> None:
        line = {"model": self.scripted.model, "created_at": STARTED, "message": message}
        if self.scripted.mode == "cloud_unlisted":
            line.update(_REMOTE)
        self._chunk(json.dumps({**line, "done": done, **more}).encode() + b"\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _body(self) -> Mapping[str, Any]:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def _keep(self, body: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.scripted.requests.append(Request(self.command, self.path, headers, body))

    def _json(self, status: int, reply: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(reply).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), *headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_COUNTS = {
    "total_duration": 1_000_000, "load_duration": 1, "prompt_eval_count": 100,
    "prompt_eval_duration": 1, "eval_count": 20, "eval_duration": 1,
}  # fmt: skip
_LOADED = {"expires_at": STARTED, "size_vram": 0, "context_length": 16384}
_REFUSED = {
    "error_before": (500, "llama runner process has terminated"),
    "busy": (503, "server busy, please try again. maximum pending requests exceeded"),
}
_REMOTE = {"remote_host": "https://cloud.invalid:443", "remote_model": "scripted"}
