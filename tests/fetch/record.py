"""Records the cassettes anew: our own fetch, through a proxy, from a real HAPI FHIR server.

`python -m tests.fetch.record` after `make test-tools`. What a server says of itself in /metadata is
cut down to what a fetch reads (release, types, operations); all else is kept byte for byte, host
names aside. The chart is the synthetic one of tests/cases/ward_stay.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from pipelines.fetch.pace import Pace
from pipelines.fetch.plan import plan
from pipelines.fetch.run import fetch
from pipelines.records.fetches import FetchRequest
from pipelines.settings import Settings
from tests.fetch import hapi
from tests.fetch.cassettes import KEPT_HEADERS, NEUTRAL, save

# One second instead of HAPI's two minutes: the recording keeps the header, the recorder does not.
SHORT_WAIT_S = 1.0
SOME_TYPES = ("Patient", "Condition", "DocumentReference", "Encounter", "Observation")
FOLLOWED = ("Practitioner", "PractitionerRole", "Organization")


class Recorder:
    """A proxy that writes down what passes; `without` answers 404 as a server that lacks it."""

    def __init__(self, target: str, without: str = "") -> None:
        self.target = target.removesuffix("/fhir")
        self.without = without
        self.exchanges: list[dict[str, Any]] = []

    def pass_on(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        """One request to the real server, under the proxy's name."""
        if self.without and self.without in path:
            body = {"resourceType": "OperationOutcome", "issue": [{"code": "not-supported"}]}
            return httpx.Response(404, json=body)
        sent = {k: v for k, v in headers.items() if k.lower() not in ("connection", "user-agent")}
        sent["Accept-Encoding"] = "identity"
        url = self.target + path
        return httpx.request(method, url, headers=sent, timeout=60, trust_env=False)

    def note(self, method: str, path: str, reply: httpx.Response, own: str) -> None:
        """Write one exchange down."""
        body = _little(reply.content) if path == "/fhir/metadata" else reply.text
        headers = {k: v for k, v in reply.headers.items() if k.lower() in KEPT_HEADERS}
        self.exchanges.append(
            {
                "method": method,
                "path": path.replace(own, NEUTRAL),
                "status": reply.status_code,
                "headers": {k: v.replace(own, NEUTRAL) for k, v in headers.items()},
                "body": body.replace(own, NEUTRAL),
            }
        )

    @contextmanager
    def recording(self) -> Iterator[str]:
        """The proxy's base address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        own = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"{own}/fhir"
        finally:
            server.shutdown()
            server.server_close()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            reply = recorder.pass_on(self.command, self.path, dict(self.headers))
            recorder.note(self.command, self.path, reply, f"http://{self.headers['Host']}")
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                if name.lower() in (*KEPT_HEADERS, "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_DELETE = _any

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Nothing on stderr."""

    return Handler


def _little(body: bytes) -> str:
    said = json.loads(body)
    rest = [{"resource": [_type(one) for one in part["resource"]]} for part in said["rest"]]
    kept = {key: said[key] for key in ("resourceType", "fhirVersion", "software")}
    return json.dumps({**kept, "rest": rest})


def _type(one: dict[str, Any]) -> dict[str, Any]:
    if one["type"] != "Patient":
        return {"type": one["type"]}
    return {"type": "Patient", "operation": [{"name": op["name"]} for op in one["operation"]]}


def record(target: str, name: str, request: FetchRequest, without: str = "") -> None:
    """One cassette of one fetch."""
    recorder = Recorder(target, without)
    with tempfile.TemporaryDirectory() as home, recorder.recording() as base:
        settings = Settings.read(Path(home), {})
        pace = Pace(sleep=lambda _: threading.Event().wait(SHORT_WAIT_S) and None)
        wanted = plan(FetchRequest(base, **_words(request)))
        print(name, fetch(wanted, settings, pace=pace).by_type)
    save(name, recorder.exchanges)


def _words(request: FetchRequest) -> dict[str, Any]:
    names = ("search", "patients", "bulk", "group", "types", "since")
    return {name: getattr(request, name) for name in names}


def main() -> None:
    """Every cassette, from one fresh server."""
    with hapi.running() as target:
        hapi.put(target, hapi.bundle())
        record(target, "everything", FetchRequest("", patients=("pat-a",)))
        record(target, "everyone", FetchRequest(""))
        types = (*SOME_TYPES, *FOLLOWED)
        by_type = FetchRequest("", patients=("pat-a",), types=types)
        record(target, "by_type", by_type, without="$everything")
        record(target, "search", FetchRequest("", search="Observation?patient=pat-a&_count=4"))
        record(target, "changes", FetchRequest("", types=types, since="2026-01-01T00:00:00Z"))
        record(target, "export", FetchRequest("", bulk=True))


if __name__ == "__main__":
    main()
