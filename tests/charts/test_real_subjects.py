"""Outside charts fill the subjects' tables: counts and sums equal those taken from the raw JSON."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.schema import SUBJECTS
from pipelines.charts.sources import leaves
from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json
from tests.conftest import SAMPLES

SETS = [
    "charts/synthea_notes", "charts/synthea_bulk_ndjson", "samples",
    *(pytest.param(name, marks=pytest.mark.skipif(
        os.environ.get("CHARTROOM_SWEEP") != "full", reason="long: runs in `make test-full`"))
      for name in ("charts/synthea_bundles", "eval/mimic_demo/bundles")),
]  # fmt: skip
ONE_ROW = {
    "DiagnosticReport": "report", "Specimen": "specimen", "ImagingStudy": "imaging_study",
    "Claim": "claim", "ExplanationOfBenefit": "claim", "Coverage": "coverage",
    "CarePlan": "care_plan", "Appointment": "appointment", "Device": "device",
    "DeviceUseStatement": "device", "Consent": "consent",
    "ServiceRequest": "service_request", "Flag": "flag", "Practitioner": "practitioner",
    "PractitionerRole": "practitioner", "Organization": "organization", "Location": "location",
    "RelatedPerson": "related_person", "EpisodeOfCare": "episode_of_care",
}  # fmt: skip
ROW_A_PART = {
    ("Claim", "diagnosis"): "claim_item", ("Claim", "procedure"): "claim_item",
    ("Claim", "item"): "claim_item", ("ExplanationOfBenefit", "diagnosis"): "claim_item",
    ("ExplanationOfBenefit", "procedure"): "claim_item",
    ("ExplanationOfBenefit", "item"): "claim_item",
    ("CarePlan", "activity"): "care_plan_activity", ("Encounter", "location"):
    "encounter_location", ("Encounter", "participant"): "encounter_participant",
    ("Encounter", "diagnosis"): "encounter_diagnosis", ("Patient", "contact"): "related_person",
}  # fmt: skip


def resources(folder: Path) -> dict[str, Json]:
    """Every resource of a set once, by `Type/id`, the last one of a file's order."""
    found = {}
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        if ".ndjson" in path.name:
            read = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            read = [entry["resource"] for entry in json.loads(text)["entry"]]
        found.update({f"{one['resourceType']}/{one['id']}": one for one in read})
    return found


Loaded = tuple[ChartStore, dict[str, Json]]


@pytest.fixture(scope="module", params=SETS)
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    if request.param == "samples":
        folder = SAMPLES
    else:
        folder = request.getfixturevalue("shared") / request.param
    if not folder.is_dir():
        pytest.skip(f"needs ../shared/{request.param}, which is not here")
    store = ChartStore.open(tmp_path_factory.mktemp("set") / "chart.duckdb", read_only=False)
    assert load_paths(store, [folder], LoadLimits(validate="off")).refused == ()
    yield store, resources(folder)
    store.close()


def test_every_part_of_every_resource_is_a_row(loaded: Loaded) -> None:
    store, raws = loaded
    wanted: Counter[str] = Counter()
    for one in raws.values():
        kind = one["resourceType"]
        wanted[ONE_ROW.get(kind, "")] += 1
        for (of_kind, part), table in ROW_A_PART.items():
            if kind == of_kind:
                wanted[table] += len(one.get(part, ()))
        if kind == "QuestionnaireResponse":
            answers = [item.get("answer", ()) for item in one.get("item", ())]
            wanted["questionnaire_response"] += sum(map(len, answers))
        if kind in ("Goal", "CareTeam"):
            parts = one.get("target" if kind == "Goal" else "participant", ())
            wanted["goal" if kind == "Goal" else "care_team"] += max(1, len(parts))
    del wanted[""]
    found = {
        table: store.rows(f"select count(*) from {table}", {})[0][0]  # noqa: S608
        for table in SUBJECTS
    }
    assert {table: count for table, count in found.items() if count} == {
        table: count for table, count in wanted.items() if count
    }


def test_statuses_and_sums_are_those_of_the_record(loaded: Loaded) -> None:
    store, raws = loaded
    states: dict[str, Counter[str]] = defaultdict(Counter)
    billed = 0.0
    for one in raws.values():
        kind = one["resourceType"]
        if kind in ONE_ROW and "status" in one:
            states[ONE_ROW[kind]][one["status"]] += 1
        if kind in ("Claim", "ExplanationOfBenefit"):
            billed += sum(item.get("net", {}).get("value", 0) for item in one.get("item", ()))
    for table, wanted in states.items():
        rows = store.rows(f"select status, count(*) from {table} group by 1", {})  # noqa: S608
        assert dict(rows) == wanted
    ((total,),) = store.rows("select coalesce(sum(amount), 0) from claim_item", {})
    assert total == pytest.approx(billed)


def test_every_row_is_its_patients_and_its_quote_stands_at_its_path(loaded: Loaded) -> None:
    store, raws = loaded
    for table in SUBJECTS:
        rows = store.rows(f"select resource, patient, path, quote from {table}", {})  # noqa: S608
        for number, (resource, patient, path, quote) in enumerate(rows):
            about_no_one = table in ("practitioner", "organization", "location")
            assert (patient is None) == about_no_one
            if number % 23 == 0:  # every one in a small table, a sample of a large one
                assert quote in leaves(json.dumps(raws[resource]), path), (resource, path)


def test_people_and_places_of_the_set_stand_by_name_not_by_reference(loaded: Loaded) -> None:
    store, raws = loaded
    known = [key for key in raws if key.startswith(("Practitioner/", "Organization/"))]
    for table, column in (("claim", "provider"), ("encounter_participant", "name")):
        sql = f"select count(*) from {table} where {column} in (select unnest($known))"  # noqa: S608
        assert store.rows(sql, {"known": known}) == [(0,)]
