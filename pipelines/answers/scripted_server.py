"""A server that speaks Ollama's protocol over real HTTP, without a model: for tests and demos.

It is labelled as scripted wherever the protocol has room for it (version, family, digest, the
`Server` header, a field of every line), so that nobody takes its answers for a model's. Written
from ollama's own Go sources (`api/types.go`, `server/routes.go`, v0.33.0-rc2). It listens on this
machine only; `requests` keeps what came. What it says is in `scripted_server_replies`, how its
streams fail in `scripted_server_faults`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar

from pipelines.answers import scripted_server_models as about
from pipelines.answers.scripted_server_faults import REFUSED, chat_lines, pull_lines, refuses_think
from pipelines.answers.scripted_server_models import DIGEST, Traits
from pipelines.answers.scripted_server_replies import MODES, content, reading

__all__ = ["DIGEST", "MODES", "Request", "ScriptedServer", "Traits"]

HOST = "127.0.0.1"
ELSEWHERE = "http://192.0.2.1:11434"
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Body


class ScriptedServer:
    """The server; a context manager. `mode` may be changed between requests.

    `models` are the names it has (else `model` alone), `script` says the reply where the mode does
    not matter, `traits` what is told of its models. In the paced modes each next piece waits for
    `go_on()`, or for `pace_seconds` where nobody stands beside it; `gone` is set when a reader
    left in the middle.
    """

    def __init__(
        self,
        port: int = 0,
        model: str = "qwen3:8b",
        mode: str = "ok",
        *,
        models: Sequence[str] = (),
        script: Callable[[Body], str] | None = None,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"no such mode: {mode}")
        self.models = list(models) or [model]
        self.mode = mode
        self.script = script
        self.traits = Traits()
        self.pace_seconds: float | None = None
        self.requests: list[Request] = []
        self.came = threading.Condition()
        self.closing = threading.Event()
        self.gone = threading.Event()
        self._permits = threading.Semaphore(0)
        handler = type("Handler", (_Handler,), {"scripted": self})
        self._http = _Http((HOST, port), handler)
        self._thread: threading.Thread | None = None

    @property
    def model(self) -> str:
        """The first of its models."""
        return self.models[0]

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
        self._permits.release(1_000)
        self._http.shutdown()
        self._http.server_close()

    def go_on(self, pieces: int = 1) -> None:
        """Let so many pieces of a paced reply go out."""
        self._permits.release(pieces)

    def pace(self) -> None:
        """Wait for the next permit; returns at once when the server closes."""
        if self.pace_seconds is None:
            self._permits.acquire()
        else:
            self.closing.wait(self.pace_seconds)

    def wait(self) -> None:
        """Serve until Ctrl-C."""
        try:
            self.closing.wait()
        except KeyboardInterrupt:
            return

    def wait_for_chats(self, count: int = 1, seconds: float = 20.0) -> bool:
        """Wait until so many answers were asked for; False when the time is over."""
        with self.came:
            return self.came.wait_for(lambda: len(self.chats()) >= count, seconds)

    def embedded(self) -> list[str]:
        """The texts that vectors were asked for, in order."""
        asked = (request.body for request in self.requests if request.path == "/api/embed")
        return [text for body in asked for text in body["input"]]

    def chats(self) -> list[Request]:
        """The answers that were asked for."""
        return [request for request in self.requests if request.path == "/api/chat"]

    def keep(self, request: Request) -> None:
        """Remember a request, and tell whoever waits for one."""
        with self.came:
            self.requests.append(request)
            self.came.notify_all()

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader that hangs up is no fault, and a traceback would hold its words."""


class _Handler(BaseHTTPRequestHandler):
    scripted: ClassVar[ScriptedServer]
    protocol_version = "HTTP/1.1"
    server_version = "chartroom-scripted"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: a log line would hold what was asked."""

    def do_GET(self) -> None:
        self._keep({})
        if self._turned_away():
            return
        server = self.scripted
        answers: dict[str, dict[str, Any]] = {
            "/api/version": {"version": "0.0.0-scripted"},
            "/api/tags": {"models": about.listed(server.models, server.mode, server.traits)},
            "/api/ps": {"models": about.loaded(server.models, server.mode, server.traits)},
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
        verbs: dict[str, Callable[[Body], None]] = {
            "/api/chat": self._chat,
            "/api/show": self._show,
            "/api/embed": self._embed,
            "/api/pull": self._pull,
        }
        if self._turned_away():
            return
        if self.path in verbs:
            verbs[self.path](body)
        else:
            self._json(404, {"error": "404 page not found"})

    def _turned_away(self) -> bool:
        mode = self.scripted.mode
        if mode == "redirect_all" or (mode == "redirect" and self.path == "/api/chat"):
            self._send(307, b"", "text/plain", ("Location", f"{ELSEWHERE}{self.path}"))
            return True
        return False

    def _show(self, body: Body) -> None:
        if body.get("model") not in self.scripted.models:
            self._missing(body)
            return
        self._json(200, about.shown(self.scripted.mode, self.scripted.traits))

    def _embed(self, body: Body) -> None:
        mode = self.scripted.mode
        if mode in REFUSED:
            self._json(REFUSED[mode][0], {"error": REFUSED[mode][1]})
            return
        if mode == "stall":
            self.scripted.closing.wait()
        self._json(200, about.vectors(body))

    def _pull(self, body: Body) -> None:
        server, name = self.scripted, str(body.get("model") or body.get("name") or "")
        if server.mode in REFUSED:
            self._json(REFUSED[server.mode][0], {"error": REFUSED[server.mode][1]})
            return
        self._stream(pull_lines(server, name))
        if server.mode not in ("pull_error", "drop", "no_done") and name not in server.models:
            server.models.append(name)

    def _chat(self, body: Body) -> None:
        server, mode = self.scripted, self.scripted.mode
        if body.get("model") not in server.models or mode == "missing_model":
            self._missing(body)
        elif mode in REFUSED:
            self._json(REFUSED[mode][0], {"error": REFUSED[mode][1]})
        elif refuses_think(mode, body):
            self._json(400, {"error": f'"{body.get("model")}" does not support thinking'})
        elif not body.get("messages"):
            self._json(200, about.warmed(str(body.get("model"))))
        else:
            self._answer(mode, body)

    def _answer(self, mode: str, body: Body) -> None:
        if mode == "slow_first_byte":
            self.scripted.pace()
        read = reading(body)
        said = read if read is not None else content(mode, body)
        if self.scripted.script is not None:
            said = self.scripted.script(body)
        self._stream(chat_lines(self.scripted, "ok" if read is not None else mode, body, said))

    def _missing(self, body: Body) -> None:
        self._json(404, {"error": f"model '{body.get('model')}' not found"})

    def _stream(self, lines: Iterable[bytes | None]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for line in lines:
                self._chunk(line)
                if line is None:
                    return
            self._chunk(b"")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader gave up, as it may
            self.scripted.gone.set()

    def _chunk(self, data: bytes | None) -> None:
        if data is None:  # the line goes dead
            self.close_connection = True
            return
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _body(self) -> Body:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def _keep(self, body: Body) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.scripted.keep(Request(self.command, self.path, headers, body))

    def _json(self, status: int, reply: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(reply).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), *headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
