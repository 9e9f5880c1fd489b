"""The Synthea patients as committed: whole, loadable, varied, reachable by nobody, made again."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, run_chartroom
from tests.sample_data.sample_bundles import Json, leaves, synthea_patients

FOLDER = ROOT / "sample_data" / "synthea"
JARS = ROOT / ".tools" / "synthea" / "lib"
FILES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
each_file = pytest.mark.parametrize("name", FILES)

# Each was read in the bundle's JSON, not in an answer of the app.
ANSWERS = {
    "dare": {
        "How has the weight changed?": "from 4.5 kg (2023-10-14",
        "When was the rib fracture?": "2024-09-10",
        "When was the last influenza vaccine?": "2026-09-19",
    },
    "abernathy": {
        "Is she allergic to peanuts?": "Allergic angioedema",
        "When was the concussion?": "2024-08-13",
        "What is the latest weight?": "71.1 kg on 2026-06-18",
    },
    "carroll": {
        "When was the last visit?": "2026-10-29",
        "How many visits were there in 2026?": "8 visits",
        "What was the latest hemoglobin?": "13.0 g/dL on 2022-11-24",
    },
    "kautzer": {
        "How has the hemoglobin A1c changed?": "from 6.1% (2023-06-26",
        "What is the latest creatinine?": "1.69 mg/dL on 2026-07-13",
        "When was diabetes diagnosed?": "2024-07-01",
    },
    "heaney": {
        "When was the sepsis?": "2002-10-04",
        "What was the latest LDL cholesterol?": "104 mg/dL on 2026-07-18",
    },
    "gleichner": {
        "When was the lumpectomy?": "2026-10-21",
        "When was the chemotherapy?": "2026-10-29",
    },
    "hyatt": {
        "How has the eGFR changed?": "from 49 mL/min/{1.73_m2} (2026-02-14",
        "Is she on naproxen?": "Naproxen sodium 220 MG",
        "What was the highest potassium?": "5.0 mmol/L on 2026-07-18",
    },
    "ondricka": {
        "When was colon cancer diagnosed?": "2020-07-03",
        "When was the last dose of oxaliplatin given?": "2021-01-18",
        "When did she die?": "2024-11-29",
    },
    "mcdermott": {
        "How have the triglycerides changed?": "from 110 mg/dL (2023-06-09",
        "What is the latest hemoglobin A1c?": "5.3% on 2026-06-26",
    },
    "crona-dean": {
        "What grew in the urine culture?": "Escherichia coli",
        "When was the last colonoscopy?": "2026-06-19",
        "How has the creatinine changed?": "to 0.71 mg/dL (2026-07-14",
    },
    "mayer": {
        "What was the ejection fraction?": "17% on 2024-06-25",
        "What was the lowest hemoglobin?": "12.2 g/dL on 2024-06-26",
        "When did she die?": "2024-12-02",
    },
    "crona-winifred": {
        "Which anticoagulants is she taking?": "Warfarin",
        "When was the hip fracture?": "2023-12-06",
        "When was the myocardial infarction?": "2013-07-08",
    },
}


@lru_cache(maxsize=16)
def bundle(name: str) -> Json:
    """One bundle, parsed."""
    parsed: Json = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    return parsed


def resources(name: str, *types: str) -> list[Json]:
    """The resources of one bundle, of the given types or all."""
    found = [entry["resource"] for entry in bundle(name)["entry"]]
    return [one for one in found if not types or one["resourceType"] in types]


def note_texts(name: str) -> list[str]:
    """The words of every note."""
    notes = resources(name, "DocumentReference")
    data = [one["content"][0]["attachment"]["data"] for one in notes]
    return [base64.b64decode(text).decode("utf-8") for text in data]


def texts(name: str) -> str:
    """Everything that one chart says, notes decoded."""
    written = [str(value) for key, value in leaves(bundle(name)) if key != "data"]
    return "\n".join([*written, *note_texts(name)])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    """A home with the folder loaded through the command line, and what the load reported."""
    home = tmp_path_factory.mktemp("synthea") / "home"
    done = run_chartroom(home, "load", str(FOLDER), "--validate", "full", "--json")
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_the_files_are_those_that_patients_toml_names() -> None:
    assert sorted(patient["file"] for patient in synthea_patients()) == FILES
    assert 8 <= len(FILES) <= 12


def test_the_loader_takes_everything(loaded: tuple[Path, Json]) -> None:
    _, report = loaded
    assert report["refused"] == []
    assert (report["orphans"], report["validated"]) == (0, 1.0)
    assert (report["patients"], report["bundles"]) == (len(FILES), len(FILES))
    distinct = {(one["resourceType"], one["id"]): one for name in FILES for one in resources(name)}
    assert report["resources"] == len(distinct)
    assert 3_000 < report["resources"] <= 6_000


@each_file
def test_every_resource_passes_r4b(name: str) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    assert len(resources(name)) > 200
    for resource in resources(name):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@each_file
def test_every_reference_finds_its_entry(name: str) -> None:
    known = {entry["fullUrl"] for entry in bundle(name)["entry"]}
    written = [value for key, value in leaves(bundle(name)) if key == "reference"]
    assert len(written) > 500
    assert {link for link in written if not link.startswith("#")} <= known
    assert len(known) == len(bundle(name)["entry"])


def test_a_clinic_or_clinician_is_the_same_in_every_bundle() -> None:
    seen: dict[str, Json] = {}
    kinds = ("Practitioner", "PractitionerRole", "Organization", "Location")
    for name in FILES:
        for one in resources(name, *kinds):
            assert seen.setdefault(one["id"], one) == one
    assert len(seen) > 20


@pytest.mark.parametrize(
    "kind",
    [
        *("Practitioner", "Organization", "Location", "Encounter", "Condition", "Observation"),
        *("DocumentReference", "MedicationRequest", "Procedure", "Immunization", "Claim"),
        *("ExplanationOfBenefit", "DiagnosticReport", "CarePlan"),
    ],
)
def test_every_chart_has_the_kinds_that_a_reviewer_expects(kind: str) -> None:
    assert [name for name in FILES if not resources(name, kind)] == []


@each_file
def test_a_bundle_holds_one_patient_marked_as_test_data(name: str) -> None:
    (patient,) = resources(name, "Patient")
    assert patient["meta"]["security"][0]["code"] == "HTEST"
    assert "us-core-patient" in patient["meta"]["profile"][0]
    (chosen,) = [one for one in synthea_patients() if one["file"] == name]
    assert patient["id"] == chosen["id"]
    kinds = {one.get("type", {}).get("text", ""): one["value"] for one in patient["identifier"]}
    assert kinds["Medical Record Number"].startswith("SYN-")
    assert kinds.get("Social Security Number", "999-").startswith("999-")


@each_file
def test_telephones_addresses_and_mail_can_reach_nobody(name: str) -> None:
    contacts = [contact for one in resources(name) for contact in one.get("telecom", [])]
    phones = [one["value"] for one in contacts if one["system"] == "phone"]
    assert phones
    assert all(re.fullmatch(r"508-555-01\d\d", phone) for phone in phones)
    assert re.findall(r"\b555-(?!01)\d{4}\b", texts(name)) == []
    assert re.findall(r"@(?!example\.com)[\w.-]+\.\w+", texts(name)) == []
    for one in resources(name, "Patient", "Practitioner", "Organization", "Location"):
        written = one.get("address", [])
        for address in [written] if isinstance(written, dict) else written:
            assert "Example Street" in address["line"][0]
            assert "extension" not in address


@each_file
def test_names_hold_no_digits(name: str) -> None:
    people = [
        part
        for one in resources(name, "Patient", "Practitioner")
        for said in one["name"]
        for part in [said["family"], *said["given"]]
    ]
    assert len(people) >= 4
    assert [part for part in people if re.search(r"\d", part)] == []
    given = resources(name, "Patient")[0]["name"][0]["given"]
    assert any(text.count(f"{given[0]} ") for text in note_texts(name))


def numbers(name: str) -> Iterator[str]:
    """Each result's number as the JSON writes it."""
    for one in resources(name, "Observation"):
        for part in [one, *one.get("component", [])]:
            if "value" in part.get("valueQuantity", {}):
                yield repr(part["valueQuantity"]["value"])


@each_file
def test_no_result_has_more_digits_than_a_laboratory_prints(name: str) -> None:
    written = list(numbers(name))
    assert len(written) >= 30
    assert [one for one in written if len(one.replace(".", "").strip("-0")) > 5] == []


@each_file
def test_notes_read_as_notes_and_stand_each_on_its_own(name: str) -> None:
    notes = resources(name, "DocumentReference")
    assert len(notes) >= 10
    assert {one["status"] for one in notes} == {"current"}
    said = "\n".join(note_texts(name))
    assert not re.search(r"\((?:disorder|finding|procedure|situation)\)", said)
    assert "# Chief Complaint" in said
    assert re.search(r"\w is an? \d+-(?:year|month)-old", said)


def test_ages_sexes_and_deaths_are_spread(loaded: tuple[Path, Json]) -> None:
    home, _ = loaded
    listed = json.loads(run_chartroom(home, "patients", "--json").stdout)["patients"]
    ages = {row["id"]: row["age_years"] for row in listed}
    for patient in synthea_patients():
        assert patient["file"].endswith(f"_{ages[patient['id']]:02d}")
    for low, high in [(0, 5), (6, 17), (18, 25), (26, 40), (41, 55), (56, 70), (71, 80), (81, 99)]:
        assert any(low <= age <= high for age in ages.values()), (low, high)
    patients = [resources(name, "Patient")[0] for name in FILES]
    assert {one["gender"] for one in patients} == {"female", "male"}
    assert sum("deceasedDateTime" in one for one in patients) == 2


@pytest.mark.parametrize(
    ("patient", "condition"),
    [
        ("abernathy", "Childhood asthma"),
        ("carroll", "Normal pregnancy"),
        ("kautzer", "Diabetes mellitus type 2"),
        ("heaney", "Sepsis"),
        ("gleichner", "Malignant neoplasm of breast"),
        ("hyatt", "Chronic kidney disease stage 3"),
        ("ondricka", "Malignant tumor of colon"),
        ("mcdermott", "Hypertriglyceridemia"),
        ("crona-dean", "History of coronary artery bypass grafting"),
        ("mayer", "Chronic congestive heart failure"),
        ("mayer", "Pulmonary emphysema"),
        ("crona-winifred", "Atrial fibrillation"),
        ("dare", "Fracture of rib"),
    ],
)
def test_conditions_are_spread(patient: str, condition: str) -> None:
    (name,) = [one["file"] for one in synthea_patients() if one["id"] == patient]
    assert condition in {one["code"]["text"] for one in resources(name, "Condition")}


def test_the_offered_questions_are_answered_from_the_record(
    loaded: tuple[Path, Json], tmp_path: Path
) -> None:
    home, _ = loaded
    offered = tomllib.loads((FOLDER.parent / "questions.toml").read_text("utf-8"))["patients"]
    asked: list[dict[str, Any]] = []
    for patient in synthea_patients():
        for question in offered[patient["id"]]["questions"]:
            key = f"{patient['id']}|{question}"
            asked.append({"id": key, "patient": patient["id"], "question": question})
    questions, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    questions.write_text("".join(json.dumps(one) + "\n" for one in asked))
    done = run_chartroom(home, "ask", "--batch", str(questions), "--out", str(out))
    assert done.returncode == 0, done.stderr
    answers = {row["id"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}
    assert len(answers) == len(asked) >= 48
    abstained = [key for key, row in answers.items() if row["status"] != "answered"]
    assert abstained == ["mcdermott|Is he on a statin?"]  # he is on none
    for patient, expected in ANSWERS.items():
        for question, words in expected.items():
            assert words in answers[f"{patient}|{question}"]["answer"], question


def test_gzip_headers_hold_no_time_and_no_name() -> None:
    assert FILES
    for name in FILES:
        header = (FOLDER / f"{name}.json.gz").read_bytes()[:10]
        assert header[3] == 0
        assert header[4:8] == b"\0\0\0\0"


def test_the_sample_data_are_small() -> None:
    packed = sum(path.stat().st_size for path in FOLDER.glob("*.json.gz"))
    assert 0 < packed <= 3_000_000
    everything = [path for path in FOLDER.parent.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in everything) <= 12_000_000


def test_without_java_the_script_says_so_and_leaves_the_files(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "make_synthea.py"), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env={"PATH": ""}
    )
    assert re.fullmatch(r"synthea: skipped, .*no mvn and java on this machine\n", done.stdout)
    assert not (tmp_path / "out").exists()


@pytest.mark.sweep
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    not any(JARS.glob("synthea-*.jar")), reason="Synthea is not built: run `make sample-data` first"
)
@pytest.mark.skipif(
    os.environ.get("CHARTROOM_SWEEP") != "full", reason="over a minute: runs in `make test-full`"
)
def test_a_fresh_run_of_synthea_gives_the_committed_bundles(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "make_synthea.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=880)
    made = {path.name: gzip.decompress(path.read_bytes()) for path in tmp_path.iterdir()}
    committed = {path.name: gzip.decompress(path.read_bytes()) for path in FOLDER.glob("*.gz")}
    assert made == committed
