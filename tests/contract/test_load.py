"""`load`: what comes in is counted, what does not is named, and nothing is invented."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

THREE = (
    patient(),
    potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"),
    potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"),
)


def loaded(chartroom: Run, *paths: Path, status: int = 0) -> dict:
    ended = chartroom("load", *map(str, paths), "--json")
    assert ended.returncode == status, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("kind", ["transaction", "collection", "searchset", "document", "batch"])
def test_each_kind_of_bundle_comes_in(chartroom: Run, tmp_path: Path, kind: str) -> None:
    report = loaded(chartroom, write(tmp_path / "b.json", bundle(*THREE, kind=kind)))
    assert (report["resources"], report["bundles"], report["patients"]) == (3, 1, 1)
    assert report["by_type"] == {"Patient": 1, "Observation": 2}
    assert report["refused"] == []


def test_single_resources_ndjson_gz_and_folders_come_in(chartroom: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    write(folder / "one.json", THREE[0])
    write(folder / "two.ndjson", "\n".join(json.dumps(r) for r in THREE[1:]))
    write(folder / "three.json.gz", gzip.compress(json.dumps(bundle(*THREE)).encode()))
    write(folder / "readme.txt", "not FHIR")
    report = loaded(chartroom, tmp_path / "in")
    assert report["resources"] == 3
    assert report["by_type"] == {"Patient": 1, "Observation": 2}


def test_loading_twice_changes_nothing(chartroom: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "b.json", bundle(*THREE))
    first = loaded(chartroom, path)
    before = chartroom("patients", "--json").stdout
    second = loaded(chartroom, path)
    assert (first["unchanged"], second["unchanged"], second["resources"]) == (0, 3, 3)
    assert second["by_type"] == first["by_type"]
    assert chartroom("patients", "--json").stdout == before


def test_a_bad_entry_is_refused_by_name_and_the_rest_goes_in(
    chartroom: Run, tmp_path: Path
) -> None:
    bad = potassium("k9", 4.0, "the other day")
    report = loaded(chartroom, write(tmp_path / "b.json", bundle(*THREE, bad)), status=3)
    assert report["resources"] == 3
    [refusal] = report["refused"]
    assert refusal["file"].endswith("b.json")
    assert (refusal["entry"], refusal["resource"]) == (4, "Observation/k9")
    assert "the other day" not in refusal["reason"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty file"),
        pytest.param(b'{"resourceType": "Bundle", "entry": [', id="truncated"),
        pytest.param(b'{"resourceType": "Observation", "valueInteger": NaN}', id="NaN"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
        pytest.param(b"[1, 2, 3]", id="a list"),
        pytest.param(b'{"resourceType": "Sandwich", "id": "1"}', id="wrong resourceType"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"\x1f\x8b broken", id="broken gz"),
        pytest.param(b"PK\x03\x04 an archive", id="zip"),
        pytest.param(b'{"resourceType": "Bundle", "type": "searchset"}', id="nothing inside"),
    ],
)
def test_what_is_no_fhir_is_one_plain_sentence(
    chartroom: Run, tmp_path: Path, content: bytes
) -> None:
    ended = chartroom("load", str(write(tmp_path / "x.json", content)))
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert not set("{}") & set(ended.stderr)
    assert "Error" not in ended.stderr


def test_a_missing_file_is_one_plain_sentence(chartroom: Run, tmp_path: Path) -> None:
    ended = chartroom("load", str(tmp_path / "nowhere.json"), "--json")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "Errno" not in ended.stderr
    assert json.loads(ended.stdout)["resources"] == 0


def test_two_patients_in_one_bundle_are_two_charts(chartroom: Run, tmp_path: Path) -> None:
    other = potassium("k3", 3.1, "2026-11-22T05:30:00-05:00")
    other["subject"] = {"reference": "Patient/p2"}
    write(tmp_path / "b.json", bundle(*THREE, patient("p2"), other))
    assert loaded(chartroom, tmp_path / "b.json")["patients"] == 2
    asked = json.loads(chartroom("ask", "p2", "latest potassium", "--json").stdout)
    assert asked["values"] == [[3.1]]


def test_resources_of_a_patient_who_is_not_there_are_orphans(
    chartroom: Run, tmp_path: Path
) -> None:
    report = loaded(chartroom, write(tmp_path / "b.json", bundle(*THREE[1:])))
    assert (report["orphans"], report["patients"], report["refused"]) == (2, 0, [])
    assert json.loads(chartroom("patients", "--json").stdout) == {"patients": []}


def test_an_entry_without_an_id_is_known_by_its_full_url(chartroom: Run, tmp_path: Path) -> None:
    nameless = potassium("gone", 6.3, "2026-11-23T05:30:00-05:00")
    del nameless["id"]
    chart = bundle(*THREE)
    chart["entry"].append({"fullUrl": "urn:uuid:abc-123", "resource": nameless})
    loaded(chartroom, write(tmp_path / "b.json", chart))
    asked = json.loads(chartroom("ask", "p1", "latest potassium", "--json").stdout)
    assert asked["statements"][0]["citations"][0]["resource"] == "Observation/abc-123"
