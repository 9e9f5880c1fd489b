"""Charts by `$everything`, type by type and by search, as a real server answered (recorded)."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ChartroomError
from pipelines.fetch import client
from pipelines.fetch.client import FetchFailed
from pipelines.records.fetches import Fetched
from tests.fetch.cassettes import Asked, Reply
from tests.fetch.conftest import Desk

CHART_A = {
    "AllergyIntolerance": 1,
    "Condition": 4,
    "DocumentReference": 3,
    "Encounter": 2,
    "Immunization": 1,
    "MedicationAdministration": 1,
    "MedicationRequest": 2,
    "Observation": 10,
    "Organization": 1,
    "Patient": 1,
    "Practitioner": 1,
    "PractitionerRole": 1,
    "Procedure": 1,
}
TYPES = ("Patient", "Condition", "DocumentReference", "Encounter", "Observation")
TYPES_AND_FOLLOWED = (*TYPES, "Practitioner", "PractitionerRole", "Organization")
SEARCH = "Observation?patient=pat-a&_count=4"

Files = Callable[[Fetched], dict[str, bytes]]


def lines(fetched: Fetched) -> list[dict[str, Any]]:
    """Every resource of every file."""
    return [json.loads(x) for f in fetched.files for x in Path(f).read_bytes().splitlines()]


def test_a_named_patient_comes_whole_over_all_pages(desk: Desk) -> None:
    player = desk.play("everything")
    fetched = desk.fetch(f"{player.base}/fhir", patients=("pat-a",))
    assert fetched.by_type == CHART_A
    assert sum("_getpages" in path for path in player.paths()) >= 1
    assert Counter(one["resourceType"] for one in lines(fetched)) == CHART_A
    assert fetched.problems == ()


def test_all_patients_come_and_what_they_share_comes_once(desk: Desk) -> None:
    player = desk.play("everyone")
    fetched = desk.fetch(f"{player.base}/fhir")
    assert fetched.by_type == {**CHART_A, "Patient": 2, "Observation": 11}
    idents = Counter((one["resourceType"], one["id"]) for one in lines(fetched))
    assert max(idents.values()) == 1


def test_without_everything_a_chart_is_asked_type_by_type_and_its_authors_follow(
    desk: Desk,
) -> None:
    player = desk.play("by_type")
    fetched = desk.fetch(f"{player.base}/fhir", patients=("pat-a",), types=TYPES_AND_FOLLOWED)
    assert fetched.by_type == {name: CHART_A[name] for name in sorted(TYPES_AND_FOLLOWED)}
    assert any(path.startswith("/fhir/PractitionerRole?_id=") for path in player.paths())


def test_a_search_expression_is_paged_to_its_end(desk: Desk) -> None:
    player = desk.play("search")
    fetched = desk.fetch(f"{player.base}/fhir", search=SEARCH)
    assert fetched.by_type == {"Observation": 10}
    assert len(player.paths()) == 4  # metadata and three pages


def test_the_search_may_stand_in_the_address(desk: Desk) -> None:
    player = desk.play("search")
    assert desk.fetch(f"{player.base}/fhir/{SEARCH}").by_type == {"Observation": 10}


def test_what_changed_is_asked_of_all_patients_at_once(desk: Desk) -> None:
    player = desk.play("changes")
    since = "2026-01-01T00:00:00Z"
    fetched = desk.fetch(f"{player.base}/fhir", types=TYPES_AND_FOLLOWED, since=since)
    assert fetched.by_type["Observation"] == 11
    assert all("_lastUpdated=ge2026" in p for p in player.paths() if "Observation?" in p)
    assert not any("$everything" in path for path in player.paths())


def test_numbers_stay_as_the_server_wrote_them(desk: Desk, files: Files) -> None:
    body = b"""{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation",
        "id": "o1",\n "valueQuantity": {"value": 1.50}, "note": [{"text": "a\\nb \\u00e9 {"}]}}]}"""
    player = desk.play(None, lambda *_: Reply(200, {}, body))
    fetched = desk.fetch(f"{player.base}/fhir", search="Observation")
    [content] = files(fetched).values()
    assert content == (
        b'{"resourceType":"Observation","id":"o1","valueQuantity":{"value":1.50},'
        b'"note":[{"text":"a\\nb \\u00e9 {"}]}\n'
    )


def test_the_folder_appears_whole_with_a_manifest_that_names_its_files(desk: Desk) -> None:
    player = desk.play("everything")
    fetched = desk.fetch(f"{player.base}/fhir", patients=("pat-a",))
    folder = Path(str(fetched.folder))
    assert folder.name.startswith("fetched-")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [one["url"] for one in manifest["output"]] == [Path(f).name for f in fetched.files]
    assert {path.name for path in folder.iterdir()} == {
        *(Path(f).name for f in fetched.files),
        "manifest.json",
    }
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def busy_twice(status: int, headers: dict[str, str]) -> Callable[[Asked, int], Reply | None]:
    return lambda asked, n: Reply(status, headers) if "_getpages" in asked.path and n < 2 else None


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [
        pytest.param(429, {"Retry-After": "7"}, [7.0, 7.0], id="429 says when"),
        pytest.param(503, {}, [0.75, 1.5], id="503 does not: longer each time"),
        pytest.param(500, {"Retry-After": "never"}, [0.75, 1.5], id="500, unreadable"),
        pytest.param(
            429, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, [0.0, 0.0], id="a date"
        ),
    ],
)
def test_a_busy_server_is_asked_again_when_it_likes(
    desk: Desk, status: int, headers: dict[str, str], waits: list[float]
) -> None:
    player = desk.play("everything", busy_twice(status, headers))
    assert desk.fetch(f"{player.base}/fhir", patients=("pat-a",)).by_type == CHART_A
    assert desk.waits == waits


def test_a_server_that_stays_down_is_one_sentence_and_the_fetch_goes_on_later(desk: Desk) -> None:
    down = desk.play("everyone", lambda asked, _: Reply(503) if "pat-b" in asked.path else None)
    with pytest.raises(FetchFailed, match="too busy"):
        desk.fetch(f"{down.base}/fhir")
    [hidden] = (desk.home / "inbox").iterdir()
    assert hidden.name.startswith(".fetching-")
    assert len(desk.waits) == 5
    down.fault = None
    down.asked.clear()
    fetched = desk.fetch(f"{down.base}/fhir")
    assert fetched.by_type == {**CHART_A, "Patient": 2, "Observation": 11}
    assert not any("/pat-a/$everything" in path for path in down.paths())
    assert len({(one["resourceType"], one["id"]) for one in lines(fetched)}) == 31


def test_what_was_half_written_at_a_crash_is_cut_off(desk: Desk) -> None:
    down = desk.play("everyone", lambda asked, _: Reply(503) if "pat-b" in asked.path else None)
    with pytest.raises(FetchFailed):
        desk.fetch(f"{down.base}/fhir")
    [hidden] = (desk.home / "inbox").iterdir()
    with (hidden / "Observation.0001.ndjson").open("ab") as file:
        file.write(b'{"resourceType":"Observation","id":"ha')
    (hidden / "Goal.0001.ndjson").write_bytes(b"{")
    down.fault = None
    fetched = desk.fetch(f"{down.base}/fhir")
    assert len(lines(fetched)) == 31
    assert fetched.by_type["Observation"] == 11


def test_a_connection_that_breaks_off_within_a_page_is_tried_again(desk: Desk) -> None:
    def fault(asked: Asked, number: int) -> Reply | None:
        if "_getpages" in asked.path and number == 0:
            return Reply(200, {}, b'{"resourceType":"Bundle","entry":[' + b" " * 5000, 900)
        return None

    player = desk.play("everything", fault)
    assert desk.fetch(f"{player.base}/fhir", patients=("pat-a",)).by_type == CHART_A


OUTCOME = json.dumps(
    {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "security", "diagnostics": "MARROW Ada 5.9"}],
    }
).encode()
PAGE = json.dumps({"resourceType": "Patient", "id": "p", "name": [{"family": "MARROW"}]}).encode()


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param(Reply(200, {}, b"<html>MARROW</html>"), "web page", id="HTML"),
        pytest.param(Reply(200, {}, b'{"resourceType": "Bundle", "entry": ['), "cut off", id="cut"),
        pytest.param(Reply(200, {}, b"{" * 100_000), "not JSON", id="bottomless"),
        pytest.param(Reply(200, {}, PAGE), "no Bundle", id="no Bundle"),
        pytest.param(Reply(200, {}, OUTCOME), "no Bundle", id="an outcome as a result"),
        pytest.param(Reply(401, {}, OUTCOME), r"sign-in.*401, security", id="401"),
        pytest.param(Reply(403, {}, OUTCOME), r"does not let.*403", id="403"),
        pytest.param(Reply(404, {}, b""), r"nothing at that address.*404", id="404"),
        pytest.param(Reply(418, {}, b"MARROW"), r"said no \(status 418\)", id="418"),
        pytest.param(Reply(302, {"Location": "/fhir/Observation"}), "without end", id="circle"),
        pytest.param(Reply(200, {"Content-Encoding": "gzip"}, b"MARROW"), "damaged", id="no gzip"),
    ],
)
def test_a_bad_answer_is_one_plain_sentence_without_chart_text(
    desk: Desk, reply: Reply, says: str
) -> None:
    player = desk.play(None, lambda asked, _: Reply(404) if "meta" in asked.path else reply)
    with pytest.raises(ChartroomError, match=says) as failed:
        desk.fetch(f"{player.base}/fhir", search="Observation")
    sentence = failed.value.user_message
    assert "MARROW" not in sentence
    assert not set("{}<>\n") & set(sentence)
    assert list((desk.home / "inbox").iterdir()) == []


def test_pages_that_lead_back_to_themselves_end(desk: Desk) -> None:
    link = {"relation": "next", "url": "Observation?page=2"}
    body = json.dumps({"resourceType": "Bundle", "link": [link]}).encode()
    player = desk.play(None, lambda *_: Reply(200, {}, body))
    with pytest.raises(ChartroomError, match="lead back"):
        desk.fetch(f"{player.base}/fhir", search="Observation")


def test_a_server_that_never_answered_is_not_waited_for(desk: Desk) -> None:
    with pytest.raises(FetchFailed, match="could not be reached"):
        desk.fetch("http://127.0.0.1:9/fhir")
    assert desk.waits == []


def test_an_unknown_patient_is_named_as_a_problem_and_the_others_come(desk: Desk) -> None:
    player = desk.play("everything")
    fetched = desk.fetch(f"{player.base}/fhir", patients=("nobody", "pat-a"))
    assert fetched.by_type == CHART_A
    assert fetched.problems == (
        "The FHIR server has no patient of one of the given ids; the id may be misspelt.",
    )


def test_a_fetch_does_not_take_longer_than_its_clock_allows(desk: Desk) -> None:
    player = desk.play("everything", busy_twice(429, {"Retry-After": "300"}))
    desk.total_s = 400.0
    with pytest.raises(ChartroomError, match="took longer"):
        desk.fetch(f"{player.base}/fhir", patients=("pat-a",))


def test_two_processes_do_not_fetch_the_same_at_once(desk: Desk) -> None:
    problems: list[str] = []

    def fault(asked: Asked, number: int) -> Reply | None:
        if "$everything" in asked.path and number == 0:
            with pytest.raises(ChartroomError) as refused:
                desk.fetch(f"{player.base}/fhir", patients=("pat-a",))
            problems.append(refused.value.user_message)
        return None

    player = desk.play("everything", fault)
    assert desk.fetch(f"{player.base}/fhir", patients=("pat-a",)).by_type == CHART_A
    assert problems == ["The same fetch is running in another process; wait for its end."]


def searchset(*resources: dict[str, Any]) -> Reply:
    """A page with these resources."""
    entries = [{"resource": one} for one in resources]
    body = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    return Reply(200, {"Content-Type": "application/fhir+json"}, json.dumps(body).encode())


PATIENT = {"resourceType": "Patient", "id": "p1"}
NOTE = {
    "resourceType": "DocumentReference",
    "id": "d1",
    "content": [{"attachment": {"url": "Binary/b1"}}, {"attachment": {"url": "Binary/b2"}}],
}


def test_the_files_of_notes_are_read_also_where_the_server_hands_out_bytes(
    desk: Desk, files: Files
) -> None:
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": "eA=="}

    def fault(asked: Asked, _number: int) -> Reply | None:
        if asked.path.endswith("/Binary/b1"):
            headers = {"Content-Type": "application/fhir+json"}
            return Reply(200, headers, json.dumps(binary).encode())
        if asked.path.endswith("/Binary/b2"):
            return Reply(200, {"Content-Type": "text/rtf; charset=utf-8"}, b"{\\rtf1 a note}")
        return searchset(PATIENT, NOTE) if "$everything" in asked.path else None

    player = desk.play(None, fault)
    fetched = desk.fetch(f"{player.base}/fhir", patients=("p1",))
    one, two = (json.loads(x) for x in files(fetched)["Binary.0001.ndjson"].splitlines())
    assert one == binary
    assert (two["id"], two["contentType"]) == ("b2", "text/rtf")
    assert base64.b64decode(two["data"]) == b"{\\rtf1 a note}"


def test_a_server_that_searches_only_by_patient_is_asked_patient_by_patient(desk: Desk) -> None:
    observation = {"resourceType": "Observation", "id": "o1"}

    def fault(asked: Asked, _number: int) -> Reply | None:
        if "/Patient?" in asked.path:
            return searchset(PATIENT)
        if "/Observation?" in asked.path:
            return searchset(observation) if "patient=p1" in asked.path else Reply(400)
        return None

    player = desk.play(None, fault)
    since, types = "2026-01-01", ("Patient", "Observation")
    fetched = desk.fetch(f"{player.base}/fhir", since=since, types=types)
    assert fetched.by_type == {"Observation": 1, "Patient": 1}


def test_what_may_not_be_read_is_a_problem_and_the_rest_comes(desk: Desk) -> None:
    def fault(asked: Asked, _number: int) -> Reply | None:
        if "/Observation?" in asked.path:
            return Reply(403)
        if asked.path == "/fhir/Patient/p1":
            return Reply(200, {}, json.dumps(PATIENT).encode())
        return searchset() if "?" in asked.path and "$" not in asked.path else None

    player = desk.play(None, fault)
    fetched = desk.fetch(f"{player.base}/fhir", patients=("p1",))
    assert fetched.by_type == {"Patient": 1}
    assert fetched.problems == ("Observation could not be read (status 403).",)


def test_an_entry_that_is_no_fhir_goes_on_for_the_load_to_refuse(desk: Desk, files: Files) -> None:
    odd = ({"resourceType": "Observation", "id": 7}, {"a": 1}, {"a": 2}, {"a": 1})
    player = desk.play(None, lambda a, _: searchset(*odd) if "?" in a.path else None)
    fetched = desk.fetch(f"{player.base}/fhir", search="Observation")
    assert files(fetched)["Resource.0001.ndjson"].count(b"\n") == 3


def test_a_page_beyond_the_limit_is_one_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_PAGE_BYTES", 1_000)
    player = desk.play("search")
    with pytest.raises(FetchFailed, match="too large"):
        desk.fetch(f"{player.base}/fhir", search=SEARCH)
