"""Deletions, the manifest of a bulk export, and which of two versions is the newer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.charts.deletions import Deletion, PassedOver, asked, deletions_of_line
from pipelines.charts.manifests import is_manifest, manifest
from pipelines.charts.refusals import EntryRefused, FileRefused
from pipelines.charts.versions import is_newer
from tests.charts.fhir_files import bundle, observation, patient, write


def delete(url: object) -> dict[str, object]:
    return {"request": {"method": "DELETE", "url": url}}


@pytest.mark.parametrize(
    "url",
    ["Observation/o1", "/Observation/o1", "https://host.example/fhir/Observation/o1",
     "http://host:8080/Observation/o1/"],
)  # fmt: skip
def test_a_named_resource_is_to_be_deleted(url: str) -> None:
    assert asked(delete(url)) == Deletion("Observation", "o1")
    assert Deletion("Observation", "o1").key == "Observation/o1"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("Observation?patient=p1", "what a search finds"),
        ("Observation/o1?x=1", "what a search finds"),
        ("https://host/fhir/Observation?code=1", "what a search finds"),
        ("Observation", "not one resource"),
        ("Observation/a b", "not one resource"),
        ("Observation/../Patient/p1", "not one resource"),
        ("file:///Observation/o1", "not one resource"),
        ("urn:uuid:123", "not one resource"),
        ("Observation/o1#x", "not one resource"),
        ("Observation/o1/_history/2", "one version only"),
        ("", "does not say what"),
        (None, "does not say what"),
        (7, "does not say what"),
    ],
)
def test_a_deletion_that_names_no_single_resource_is_refused(url: object, said: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        asked(delete(url))
    assert said in caught.value.reason


def test_a_history_names_version_and_time() -> None:
    entry = {**delete("Observation/o1/_history/3"),
             "response": {"status": "204", "lastModified": "2020-01-01T00:00:00Z"}}  # fmt: skip
    found = asked(entry, in_history=True)
    assert found == Deletion("Observation", "o1", "3", "2020-01-01T00:00:00Z")


def test_a_deletion_wins_over_the_resource_beside_it() -> None:
    assert asked({**delete("Observation/o1"), "resource": observation()}) == Deletion(
        "Observation", "o1"
    )


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"request": {"method": "GET", "url": "Patient/1"}}, id="GET"),
        pytest.param({"request": {"method": "HEAD", "url": "Patient/1"}}, id="HEAD"),
        pytest.param({"search": {"mode": "outcome"},
                      "resource": {"resourceType": "OperationOutcome"}}, id="outcome"),
        pytest.param({"response": {"status": "201 Created"}}, id="response"),
    ],
)  # fmt: skip
def test_what_is_no_part_of_a_chart_is_passed_over_with_a_reason(entry: dict[str, object]) -> None:
    found = asked(entry)
    assert isinstance(found, PassedOver)
    assert found.reason.endswith(".")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"resource": observation()}, id="plain"),
        pytest.param({"resource": observation(), "request": {"method": "POST", "url": "x"}},
                     id="POST"),
        pytest.param({"resource": observation(), "request": {"method": "PUT", "url": "x"}},
                     id="PUT"),
        pytest.param({"resource": observation(), "search": {"mode": "include"}}, id="include"),
        pytest.param({"resource": observation(), "response": {"status": "200"}}, id="history"),
        pytest.param({"resource": observation(), "search": []}, id="odd search"),
    ],
)  # fmt: skip
def test_other_entries_are_read(entry: dict[str, object]) -> None:
    assert asked(entry) is None


@pytest.mark.parametrize("request_", [{"method": "PATCH"}, {"method": "delete"}, {}, [], "DELETE"])
def test_a_request_that_is_not_read_here_is_refused(request_: object) -> None:
    with pytest.raises(EntryRefused, match="not one that is read"):
        asked({"request": request_, "resource": observation()})


def test_a_line_of_a_deleted_file_names_its_resources() -> None:
    line = {"resourceType": "Bundle", "type": "transaction",
            "entry": [delete("Patient/p1"), delete("Observation/o1")]}  # fmt: skip
    assert [one.key for one in deletions_of_line(line)] == ["Patient/p1", "Observation/o1"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (patient(), "must be a Bundle"),
        ([], "must be a Bundle"),
        ({"resourceType": "Bundle"}, "not a list"),
        (bundle(patient()), "DELETE requests alone"),
        ({"resourceType": "Bundle", "entry": [7]}, "DELETE requests alone"),
        ({"resourceType": "Bundle", "entry": [delete("Patient?x=1")]}, "search"),
    ],
)
def test_a_deleted_file_with_anything_else_is_refused(line: object, said: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        deletions_of_line(line)
    assert said in caught.value.reason


def listing(**lists: object) -> dict[str, object]:
    return {"transactionTime": "2026-01-01T00:00:00Z", "request": "https://h/fhir/$export",
            "requiresAccessToken": True, "output": [], "error": [], **lists}  # fmt: skip


def item(kind: str, url: str) -> dict[str, object]:
    return {"type": kind, "url": url, "count": 3}


def test_a_manifest_finds_its_files_by_url_and_by_type(tmp_path: Path) -> None:
    for name in ("a1.ndjson", "Observation.000.ndjson", "Observation.001.ndjson", "d.ndjson.gz",
                 "1.Condition.ndjson", "other.ndjson"):  # fmt: skip
        write(tmp_path / name, b"{}")
    content = listing(
        output=[item("Patient", "https://h/out/a1.ndjson?sig=x"), item("Observation", "https://h/1"),
                item("Observation", "https://h/2"), item("Condition", "https://h/3"),
                item("Encounter", "https://h/4")],
        deleted=[item("Bundle", "https://h/d.ndjson")],
    )  # fmt: skip
    found = manifest(write(tmp_path / "manifest.json", content))
    assert [one.path.name if one.path else None for one in found.output] == [
        "a1.ndjson", "Observation.000.ndjson", "Observation.001.ndjson", "1.Condition.ndjson", None,
    ]  # fmt: skip
    assert found.deleted_paths == {tmp_path / "d.ndjson.gz"}
    assert [one.kind for one in found.missing] == ["Encounter"]
    assert (found.transaction_time, found.output[0].count) == ("2026-01-01T00:00:00Z", 3)
    assert found.request == "https://h/fhir/$export"


@pytest.mark.parametrize(
    "url",
    ["https://h/%2e%2e%2fsecret.ndjson", "https://h/..", "https://h/x%5C..%5Csecret.ndjson",
     "https://h/", "https://[bad/secret.ndjson", "c:secret.ndjson", "link.ndjson"],
)  # fmt: skip
def test_a_manifest_reaches_nothing_outside_its_folder(tmp_path: Path, url: str) -> None:
    secret = write(tmp_path / "secret.ndjson", b"{}")
    folder = tmp_path / "export"
    path = write(folder / "manifest.json", listing(output=[item("", url)]))
    (folder / "link.ndjson").symlink_to(secret)
    assert [one.path for one in manifest(path).output] == [None]


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", patient(), {"output": []}, listing(output=[7]), listing(output=[{"type": "P"}]),
     listing(deleted={}, output={})],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(FileRefused):
        manifest(write(tmp_path / "m.json", content))


def test_a_manifest_is_told_from_a_resource() -> None:
    assert is_manifest(json.loads(json.dumps(listing())))
    assert not is_manifest({"resourceType": "Bundle", "output": [], "transactionTime": "x"})


@pytest.mark.parametrize(
    ("old", "new", "newer"),
    [
        pytest.param({"lastUpdated": "2020-01-01T10:00:00+02:00"},
                     {"lastUpdated": "2020-01-01T09:00:00Z"}, True, id="zones are heeded"),
        pytest.param({"lastUpdated": "2020-01-01T10:00:00Z"},
                     {"lastUpdated": "2020-01-01T11:00:00+02:00"}, False, id="older by its zone"),
        pytest.param({"lastUpdated": "2020-01-01T10:00:00.001Z", "versionId": "9"},
                     {"lastUpdated": "2020-01-01T10:00:00.002Z", "versionId": "1"}, True,
                     id="time before number"),
        pytest.param({"versionId": "9"}, {"versionId": "10"}, True, id="numbers, not text"),
        pytest.param({"versionId": "2"}, {"versionId": "1"}, False, id="older number"),
        pytest.param({"lastUpdated": "2020-01-01T10:00:00Z", "versionId": "1"},
                     {"lastUpdated": "2020-01-01T12:00:00+02:00", "versionId": "2"}, True,
                     id="one instant, numbers decide"),
        pytest.param({"versionId": "1", "source": "a"}, {"versionId": "2", "source": "b"}, None,
                     id="two sources count apart"),
        pytest.param({"versionId": "abc"}, {"versionId": "abd"}, None, id="words"),
        pytest.param({"versionId": "1" * 5000}, {"versionId": "2" * 5000}, None,
                     id="giant numbers"),
        pytest.param({"versionId": "1"}, {"versionId": "1"}, None, id="the same number"),
        pytest.param({"lastUpdated": "2020-01-01"}, {"lastUpdated": "2020-01-02"}, None,
                     id="days are no instants"),
        pytest.param({"lastUpdated": "2020-01-01T10:00:00"},
                     {"lastUpdated": "2020-01-01T11:00:00"}, None, id="no zone"),
        pytest.param({"lastUpdated": "2020-99-01T10:00:00Z"},
                     {"lastUpdated": "2020-01-01T11:00:00Z"}, None, id="no date"),
        pytest.param({"lastUpdated": 7, "versionId": 3}, {"lastUpdated": [], "versionId": 4}, None,
                     id="wrong JSON types"),
        pytest.param(None, {"versionId": "1"}, None, id="no meta"),
        pytest.param([], "x", None, id="no objects"),
        pytest.param({}, {}, None, id="nothing said"),
    ],
)  # fmt: skip
def test_the_newer_version_is_told_by_meta_or_not_at_all(
    old: object, new: object, newer: bool | None
) -> None:
    assert is_newer(old, new) is newer
