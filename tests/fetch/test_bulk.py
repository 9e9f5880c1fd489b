"""A bulk export as a real server gave it (recorded), and everything that can break on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import ChartroomError
from pipelines.fetch.client import FetchFailed
from pipelines.records.fetches import Fetched
from tests.fetch.cassettes import Asked, Fault, Player, Reply
from tests.fetch.conftest import Desk

Files = Callable[[Fetched], dict[str, bytes]]

ALL = {
    "AllergyIntolerance": 1,
    "Condition": 4,
    "DocumentReference": 3,
    "Encounter": 2,
    "Immunization": 1,
    "MedicationAdministration": 1,
    "MedicationRequest": 2,
    "Observation": 11,
    "Organization": 1,
    "Patient": 2,
    "Practitioner": 1,
    "PractitionerRole": 1,
    "Procedure": 1,
}


def of_path(part: str, *faults: Reply) -> Fault:
    """These answers, in turn, to the first requests of a path."""
    left = list(faults)
    return lambda asked, _: left.pop(0) if part in asked.path and left else None


def test_an_export_is_begun_polled_fetched_and_ended(desk: Desk, files: Files) -> None:
    player = desk.play("export")
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert fetched.by_type == ALL
    assert sum(content.count(b"\n") for content in files(fetched).values()) == sum(ALL.values())
    kick_off = next(one for one in player.asked if one.path == "/fhir/$export")
    assert kick_off.headers["Prefer"] == "respond-async"
    assert player.asked[-1].method == "DELETE"
    # HAPI asks for two minutes between polls; nobody asked more often.
    assert set(desk.waits) == {120.0}
    assert fetched.as_of.startswith("20")
    assert fetched.problems == ()


@pytest.mark.parametrize(
    ("wanted", "url", "asked"),
    [
        pytest.param({"bulk": True}, "", "/fhir/$export", id="system"),
        pytest.param({"group": "g-1"}, "", "/fhir/Group/g-1/$export", id="group"),
        pytest.param({}, "/Patient/$export", "/fhir/Patient/$export", id="patients, by address"),
        pytest.param({}, "/Group/7/$export", "/fhir/Group/7/$export", id="group, by address"),
        pytest.param(
            {"bulk": True, "types": ("Patient", "Observation"), "since": "2026-11-22"},
            "",
            "/fhir/$export?_type=Patient,Observation&_since=2026-11-22T00:00:00Z",
            id="types and time",
        ),
    ],
)
def test_each_level_of_an_export_is_asked_for(
    desk: Desk, wanted: dict[str, object], url: str, asked: str
) -> None:
    player = desk.play()
    with pytest.raises(ChartroomError):
        desk.fetch(f"{player.base}/fhir{url}", **wanted)
    assert player.paths() == [asked]


def test_a_busy_kick_off_and_a_failing_poll_are_tried_again(desk: Desk) -> None:
    first = of_path("/fhir/$export", Reply(429, {"Retry-After": "9"}))
    poll = of_path("poll-status", Reply(502), Reply(202, {"Retry-After": "33"}))
    player = desk.play("export", lambda asked, n: first(asked, n) or poll(asked, n))
    assert desk.fetch(f"{player.base}/fhir", bulk=True).by_type == ALL
    # The kick-off's own path is part of the poll's: its second answer is the recorded one.
    assert desk.waits[0] == 9.0
    assert 33.0 in desk.waits


def test_polls_without_retry_after_come_further_and_further_apart(desk: Desk) -> None:
    player = desk.play("export", of_path("poll-status", *[Reply(202)] * 12))
    assert desk.fetch(f"{player.base}/fhir", bulk=True).by_type == ALL
    waits = desk.waits[:12]
    assert waits == sorted(waits)
    assert waits[0] < 1
    assert max(waits) <= 300


CONTENT = b"".join(
    json.dumps({"resourceType": "Observation", "id": f"o{n}"}).encode() + b"\n" for n in range(400)
)


class Export:
    """A server of one job whose file may break off, be resumed, or change."""

    def __init__(self, *, ranges: bool = True, etag: str = '"v1"') -> None:
        self.ranges, self.etag = ranges, etag
        self.breaks = [5_000]
        self.manifest: dict[str, object] = {
            "transactionTime": "2026-11-22T06:00:00Z",
            "requiresAccessToken": False,
            "output": [{"type": "Observation", "url": "/fhir/files/1?signature=SECRET"}],
        }
        self.served: list[str | None] = []

    def __call__(self, asked: Asked, _number: int) -> Reply | None:
        path = asked.path.partition("?")[0]
        if asked.method == "DELETE":
            return Reply(202)
        if path == "/fhir/$export":
            return Reply(202, {"Content-Location": "/fhir/jobs/1"})
        if path == "/fhir/jobs/1":
            return Reply(200, {}, json.dumps(self.manifest).encode())
        return self._file(asked) if path.startswith("/fhir/files/") else None

    def _file(self, asked: Asked) -> Reply:
        start = asked.headers.get("Range")
        self.served.append(start)
        cut = self.breaks.pop(0) if self.breaks else None
        headers = {"ETag": self.etag} if self.etag else {}
        if start and self.ranges and asked.headers.get("If-Range") == self.etag:
            at = int(start.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {at}-{len(CONTENT) - 1}/{len(CONTENT)}"
            return Reply(206, headers, CONTENT[at:], cut)
        return Reply(200, headers, CONTENT, cut)


@pytest.mark.parametrize(
    ("export", "served"),
    [
        pytest.param(Export(), [None, "bytes=5000-"], id="goes on where it broke"),
        pytest.param(Export(ranges=False), [None, "bytes=5000-"], id="the server cannot: again"),
        pytest.param(Export(etag=""), [None, None], id="no ETag: again"),
        pytest.param(Export(etag='W/"1"'), [None, None], id="a weak ETag: again"),
    ],
)
def test_a_file_that_breaks_off_is_completed(
    desk: Desk, files: Files, export: Export, served: list[str | None]
) -> None:
    player = desk.play(None, export)
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert files(fetched) == {"Observation.0001.ndjson": CONTENT}
    assert export.served == served


def test_after_a_crash_the_same_job_goes_on_with_the_rest_of_the_file(
    desk: Desk, files: Files
) -> None:
    export = Export()
    export.breaks = [5_000, 1_000, 4_000, *[0] * 10]
    player = desk.play(None, export)
    with pytest.raises(FetchFailed, match="broke off"):
        desk.fetch(f"{player.base}/fhir", bulk=True)
    player.asked.clear()
    export.breaks = []
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert files(fetched) == {"Observation.0001.ndjson": CONTENT}
    assert "/fhir/$export" not in player.paths()
    assert export.served[-1] == "bytes=10000-"


def test_a_file_that_is_complete_is_not_fetched_again(desk: Desk) -> None:
    export = Export()
    export.breaks = []
    export.manifest["output"] = [
        {"type": "Observation", "url": f"/fhir/files/{n}"} for n in (1, 2, 3)
    ]
    gone = of_path("/fhir/files/3", Reply(404))
    player = desk.play(None, lambda asked, n: gone(asked, n) or export(asked, n))
    with pytest.raises(FetchFailed):
        desk.fetch(f"{player.base}/fhir", bulk=True)
    player.asked.clear()
    # The server lists its files in another order this time.
    export.manifest["output"] = list(reversed(export.manifest["output"]))  # type: ignore[call-overload]
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert [path for path in player.paths() if "files" in path] == ["/fhir/files/3"]
    assert len(fetched.files) == 3
    assert fetched.by_type == {"Observation": 1200}


def test_a_job_that_the_server_forgot_is_begun_once_more(desk: Desk) -> None:
    export = Export()
    export.breaks = []
    poll = of_path("/fhir/jobs/1", Reply(404))
    player = desk.play(None, lambda asked, n: poll(asked, n) or export(asked, n))
    assert desk.fetch(f"{player.base}/fhir", bulk=True).resources == 400
    assert player.paths().count("/fhir/$export") == 2


def test_a_last_line_that_is_cut_is_noticed_without_a_length(desk: Desk) -> None:
    export = Export()
    export.breaks = []
    cut = of_path("/fhir/files/1", Reply(200, {}, CONTENT[:-10]))
    player = desk.play(None, lambda asked, n: cut(asked, n) or export(asked, n))
    assert desk.fetch(f"{player.base}/fhir", bulk=True).resources == 400


def test_deletions_and_errors_are_kept_apart_and_told(desk: Desk) -> None:
    deletion = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Observation/o1"}}] * 2,
    }
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception", "diagnostics": "MARROW"}],
    }
    export = Export()
    export.breaks = []
    export.manifest["deleted"] = [{"type": "Bundle", "url": "/fhir/d/1"}]
    export.manifest["error"] = [{"type": "OperationOutcome", "url": "/fhir/e/1"}]

    def fault(asked: Asked, number: int) -> Reply | None:
        if asked.path in ("/fhir/d/1", "/fhir/e/1"):
            return Reply(200, {}, json.dumps(deletion if "/d/" in asked.path else outcome).encode())
        return export(asked, number)

    player = desk.play(None, fault)
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert [Path(name).name for name in fetched.files] == [
        "Bundle.0001.deleted.ndjson",
        "Observation.0001.ndjson",
    ]
    assert fetched.deleted == 2
    assert fetched.problems == ("The FHIR server reports 1 errors of its export (exception).",)
    kept = {path.name for path in Path(str(fetched.folder)).iterdir()}
    assert "OperationOutcome.0001.errors.txt" in kept


def test_no_secret_of_an_address_stays_in_a_complete_folder(desk: Desk) -> None:
    export = Export()
    export.breaks = []
    player = desk.play(None, export)
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    for path in Path(str(fetched.folder)).iterdir():
        assert b"SECRET" not in path.read_bytes()


def test_a_file_beyond_the_limit_is_left_out_by_name(desk: Desk) -> None:
    export = Export()
    export.breaks = []
    export.manifest["output"] = [{"type": "Observation", "url": f"/fhir/files/{n}"} for n in (1, 2)]
    large = of_path("/fhir/files/2", Reply(200, {}, b" " * 1_200_000 + b"\n"))
    desk.set(MAX_FILE_MB="1")
    player = desk.play(None, lambda asked, n: large(asked, n) or export(asked, n))
    fetched = desk.fetch(f"{player.base}/fhir", bulk=True)
    assert fetched.problems == (
        "A file of the export is larger than MAX_FILE_MB and was left out.",
    )
    assert [Path(name).name for name in fetched.files] == ["Observation.0001.ndjson"]


@pytest.mark.parametrize(
    ("part", "reply", "says"),
    [
        pytest.param("$export", Reply(200, {}, b"{}"), "began no export", id="not asynchronous"),
        pytest.param("$export", Reply(202), "began no export", id="no address"),
        pytest.param("jobs", Reply(200, {}, b"<html>"), "cannot be read", id="no manifest"),
        pytest.param("jobs", Reply(500), "failing", id="a job that failed"),
        pytest.param("files", Reply(403), "does not let", id="a file that is not ours"),
    ],
)
def test_an_export_that_fails_is_one_sentence(
    desk: Desk, part: str, reply: Reply, says: str
) -> None:
    export = Export()

    def fault(asked: Asked, number: int) -> Reply | None:
        return reply if part in asked.path else export(asked, number)

    player = Player(None, fault)
    with player.playing() as base, pytest.raises(ChartroomError, match=says):
        desk.fetch(base, bulk=True)
