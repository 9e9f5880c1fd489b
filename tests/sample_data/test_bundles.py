"""The sample bundles as FHIR: valid, whole, small, the same each time, and plainly made up."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.sample_data.sample_bundles import (
    SAMPLES,
    bundle,
    by_reference,
    leaves,
    resources,
    stories,
    synthea_patients,
    written_notes,
)

each_story = pytest.mark.parametrize("name", stories())


def made(folder: Path) -> dict[str, bytes]:
    """The bundles of a fresh run of the generator, by file name."""
    command = [sys.executable, str(SAMPLES / "make_samples.py"), "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_fresh_run_gives_the_committed_bundles(tmp_path: Path) -> None:
    first, second = made(tmp_path / "first"), made(tmp_path / "second")
    assert first == second
    committed = {path.name: path.read_bytes() for path in (SAMPLES / "bundles").glob("*.json.gz")}
    # The JSON, not its gzip: another zlib may pack the same text into other bytes.
    assert {name: gzip.decompress(content) for name, content in first.items()} == {
        name: gzip.decompress(content) for name, content in committed.items()
    }


def test_gzip_headers_hold_no_time_and_no_name() -> None:
    for path in (SAMPLES / "bundles").glob("*.json.gz"):
        header = path.read_bytes()[:10]
        assert header[3] == 0
        assert header[4:8] == b"\0\0\0\0"


def test_seven_patients_in_under_three_megabytes() -> None:
    assert len(stories()) >= 7
    assert sum(path.stat().st_size for path in (SAMPLES / "bundles").iterdir()) < 3_000_000


def test_both_kinds_of_bundle_are_there() -> None:
    assert {bundle(name)["type"] for name in stories()} == {"collection", "transaction"}


@each_story
def test_every_resource_passes_r4b(name: str) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    for resource in resources(name):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@each_story
def test_every_reference_finds_its_resource(name: str) -> None:
    known = by_reference(name)
    written = [value for key, value in leaves(bundle(name)) if key == "reference"]
    assert written
    assert [reference for reference in written if reference not in known] == []
    is_transaction = bundle(name)["type"] == "transaction"
    assert all(reference.startswith("urn:uuid:") == is_transaction for reference in written)


@each_story
def test_ids_are_readable_unique_and_valid(name: str) -> None:
    patient = resources(name, "Patient")[0]["id"]
    ids = [(entry["resourceType"], entry["id"]) for entry in resources(name)]
    assert len(ids) == len(set(ids))
    for kind, resource_id in ids:
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", resource_id)
        assert kind == "Organization" or resource_id.startswith(patient)


@each_story
def test_a_bundle_holds_one_patient_marked_as_test_data(name: str) -> None:
    (patient,) = resources(name, "Patient")
    assert patient["meta"]["security"][0]["code"] == "HTEST"
    assert patient["identifier"][0]["value"].startswith("SYN-")


@each_story
def test_telephones_addresses_and_mail_can_reach_nobody(name: str) -> None:
    text = "\n".join(str(value) for _, value in leaves(bundle(name)))
    text += "\n".join(str(value) for note in written_notes(name) for _, value in leaves(note))
    assert re.findall(r"\b555-(?!01)\d{4}\b", text) == []
    assert re.findall(r"@(?!example\.(?:org|com))[\w.-]+\.\w+", text) == []
    for resource in resources(name, "Patient", "Organization"):
        for address in resource["address"]:
            assert "Example" in " ".join([*address["line"], address["city"]])


def test_each_patient_has_four_to_six_questions() -> None:
    table = tomllib.loads((SAMPLES / "questions.toml").read_text(encoding="utf-8"))["patients"]
    told = {resources(name, "Patient")[0]["id"] for name in stories()}
    assert set(table) == told | {patient["id"] for patient in synthea_patients()}
    for entry in table.values():
        assert 4 <= len(entry["questions"]) <= 6
        assert all(question.endswith("?") for question in entry["questions"])


def test_the_generator_knows_nothing_of_the_app() -> None:
    for path in SAMPLES.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert (
            re.findall(r"^\s*(?:from|import) (?:pipelines|components|pages)\b", source, re.M) == []
        )
        assert not re.search(r"\b(?:now|today|utcnow|time)\(\)", source)
