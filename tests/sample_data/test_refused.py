"""The test bundle beside the sample set: what is refused of it, and that its chart says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import run_chartroom
from tests.sample_data.sample_bundles import SAMPLES

BUNDLE = SAMPLES / "refused" / "odd_entries.json"
REFUSED = {
    "Observation/oddsworth-potassium-20261120": "status has a value that FHIR does not know.",
    "AllergyIntolerance/oddsworth-allergy-penicillin": (
        "criticality has a value that FHIR does not know."
    ),
    "MedicationRequest/oddsworth-spironolactone": "authoredOn is not a FHIR date or time.",
    "Procedure/oddsworth-ecg": "performedPeriod ends before it starts.",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refused") / "home"


@pytest.fixture(scope="module")
def report(home: Path) -> dict[str, object]:
    loaded = run_chartroom(home, "load", str(BUNDLE), "--json")
    assert loaded.returncode == 3, loaded.stderr
    told: dict[str, object] = json.loads(loaded.stdout)
    return told


def test_exactly_the_odd_entries_are_refused_each_with_its_reason(
    report: dict[str, object],
) -> None:
    refused = report["refused"]
    assert isinstance(refused, list)
    assert {one["resource"]: one["reason"] for one in refused} == REFUSED
    entries = json.loads(BUNDLE.read_text())["entry"]
    assert report["resources"] == len(entries) - len(REFUSED)


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("What is the latest potassium?", "answered", "4.6"),
        ("What is she allergic to?", "abstained", "an allergy entry was refused"),
        ("Is she allergic to penicillin?", "abstained", "an allergy entry was refused"),
    ],
)
def test_its_chart_is_answered_from_with_a_warning(
    home: Path, report: dict[str, object], question: str, status: str, words: str
) -> None:
    assert report
    answer = json.loads(run_chartroom(home, "ask", "oddsworth", question, "--json").stdout)
    said = answer["answer"]
    assert (answer["status"], words in said) == (status, True)
    assert answer["incomplete"] == "4 entries were refused"


def test_nobody_can_be_reached() -> None:
    text = BUNDLE.read_text()
    assert '"HTEST"' in text
    assert "SYN-" in text
    assert "555-01" in text
