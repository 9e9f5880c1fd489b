"""Hostile files: each decided within 5 s and 512 MB, refused with a reason or loaded rightly."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.errors import NothingLoaded
from tests.charts.fhir_files import Json, bundle, load, note, observation, patient, write
from tests.charts.hostile_files import HOSTILE, TEXTS, Hostile
from tests.charts.hostile_files import write as make
from tests.conftest import ROOT

SECONDS, MEGABYTES = 5, 512


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """What a load made of each file, every one in a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [make(one, folder) for one in HOSTILE]
    homes = folder / "homes"
    homes.mkdir()
    run = subprocess.run(
        [sys.executable, "-m", "tests.charts.decide_hostile", str(homes), *map(str, paths)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    for path in paths:
        path.unlink()
    return {found["file"]: found for found in map(json.loads, run.stdout.splitlines())}


@pytest.fixture
def result(request: pytest.FixtureRequest, results: dict[str, Json]) -> tuple[Hostile, Json]:
    one: Hostile = request.param
    return one, results[one.name]


every = pytest.mark.parametrize("result", HOSTILE, ids=lambda one: one.name, indirect=True)


@every
def test_it_is_refused_with_a_reason_or_loaded_rightly(result: tuple[Hostile, Json]) -> None:
    one, found = result
    assert "died" not in found
    reasons, resources = found["reasons"], found["resources"]
    assert all(reason.endswith(".") and "\n" not in reason for reason in reasons)
    assert reasons or resources
    if one.said is not None:
        assert any(one.said in reason for reason in reasons) if one.said else reasons == []
    if one.resources is not None:
        assert resources == one.resources


@every
def test_it_is_decided_within_seconds_and_megabytes(result: tuple[Hostile, Json]) -> None:
    _, found = result
    assert "died" not in found
    assert found["seconds"] < SECONDS
    assert found["grown_mb"] < MEGABYTES


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    opened = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield opened
    opened.close()


def reason_of(store: ChartStore, path: Path) -> str:
    with pytest.raises(NothingLoaded) as caught:
        load_paths(store, [path], LoadLimits(validate="off"))
    return caught.value.user_message


NO_RESOURCE = (
    "It is not a FHIR resource", "It is JSON, but not a FHIR resource", "Duplicate key",
    "is NaN, Infinity or too large", "not Unicode",
)  # fmt: skip


def test_the_json_test_suite_is_decided_as_it_says(store: ChartStore, shared: Path) -> None:
    """188 texts that must be refused as no JSON; 95 that are JSON, but no FHIR; 35 either way."""
    folder = shared / "badinput" / "json_test_suite" / "test_parsing"
    if not folder.is_dir():
        pytest.skip("needs ../shared/badinput, which is not here")
    said: dict[str, dict[str, str]] = {"n": {}, "y": {}, "i": {}}
    for path in sorted(folder.glob("*.json")):
        said[path.name[0]][path.name] = reason_of(store, path)
    assert {kind: len(found) for kind, found in said.items()} == {"n": 188, "y": 95, "i": 35}
    # An n_ text that is read as JSON would be refused as no FHIR resource only.
    as_json = {
        name: reason
        for name, reason in said["n"].items()
        if "not a FHIR resource" in reason or "Duplicate" in reason
    }
    assert as_json == {}
    assert {
        name: reason
        for name, reason in said["y"].items()
        if not any(words in reason for words in NO_RESOURCE)
    } == {}
    twice = {name: reason for name, reason in said["y"].items() if "duplicated_key" in name}
    assert twice
    assert all("key a twice" in reason for reason in twice.values())
    assert store.rows("select count(*) from resource", {}) == [(0,)]


def naughty(shared: Path) -> list[str]:
    path = shared / "badinput" / "blns.json"
    if not path.is_file():
        pytest.skip("needs ../shared/badinput, which is not here")
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return [text for text in found if text.strip()]


def test_naughty_strings_come_back_as_they_went_in(
    store: ChartStore, shared: Path, tmp_path: Path
) -> None:
    texts = naughty(shared)
    people = [patient(f"p{n}", name=[{"family": text}]) for n, text in enumerate(texts)]
    results = [observation(f"o{n}", f"Patient/p{n}", valueString=text)
               for n, text in enumerate(texts)]  # fmt: skip
    notes = [note(f"d{n}", text, subject={"reference": f"Patient/p{n}"})
             for n, text in enumerate(texts)]  # fmt: skip
    report = load(store, write(tmp_path / "x.json", bundle(*people, *results, *notes)))
    assert report.refused == ()

    def column(sql: str) -> dict[str, str]:
        return {ident.rpartition("/")[2][1:]: found for ident, found in store.rows(sql, {})}

    wanted = {str(n): text for n, text in enumerate(texts)}
    raw = column("select resource, raw from resource where type = 'Patient'")
    assert {n: json.loads(text)["name"][0]["family"] for n, text in raw.items()} == wanted
    assert column("select resource, family from patient") == wanted
    assert column("select resource, value_text from observation") == wanted
    document = column("select resource, text from document")
    document = {n: text for n, text in document.items() if text is not None}  # a lone BOM: no text
    assert document == {n: text for n, text in wanted.items() if n in document}
    assert len(document) >= 0.95 * len(wanted)


def test_a_naughty_string_in_an_id_or_a_status_is_refused(
    store: ChartStore, shared: Path, tmp_path: Path
) -> None:
    entries = [observation(text) for text in naughty(shared)]
    entries += [observation(f"s{n}", status=text) for n, text in enumerate(naughty(shared))]
    report = load(store, write(tmp_path / "x.json", bundle(patient(), *entries)))
    statuses = [item for item in report.refused if item.entry and item.entry > len(entries) // 2]
    assert len(statuses) >= len(entries) // 2
    assert {item.reason for item in report.refused} <= {
        "Its id is not a FHIR id (letters, digits, '-' and '.', at most 64).",
        "status has a value that FHIR does not know.",
    }


def test_a_bad_file_among_good_ones_costs_itself_alone(store: ChartStore, tmp_path: Path) -> None:
    for one in TEXTS:
        if one.said and one.resources == 0:
            make(one, tmp_path)
    write(tmp_path / "good.json", bundle(patient("good"), observation("good", "Patient/good")))
    report = load_paths(store, [tmp_path], LoadLimits())
    assert (report.resources, report.patients) == (2, 1)
    assert len({item.file for item in report.refused}) == report.files - 1


def test_a_note_that_is_not_base64_is_not_emptied(store: ChartStore, tmp_path: Path) -> None:
    whole = base64.b64encode(b"Potassium was high.").decode()
    cut = note(content=[{"attachment": {"contentType": "text/plain", "data": whole[:-3]}}])
    report = load(store, write(tmp_path / "x.json", bundle(patient(), cut)))
    assert [item.resource for item in report.refused] == ["DocumentReference/d1"]
