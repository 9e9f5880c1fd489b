"""STU3, R5 and DSTU2 among R4: mapped to what R4 says the same with, or refused by name."""

from __future__ import annotations

import copy
import gzip
import json
import timeit
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.R4B import get_fhir_model_class as r4b_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model

from pipelines.charts.codebook import CodeBook
from pipelines.charts.refusals import EntryRefused, FileRefused
from pipelines.charts.release_paths import own_path, own_rows
from pipelines.charts.releases import (
    Mapped,
    as_r4,
    check_stated,
    release_of_type,
    release_of_version,
)
from pipelines.charts.row_parts import Place
from pipelines.charts.rows import BUILDERS
from pipelines.charts.schema import MIGRATIONS
from pipelines.charts.sources import leaves
from tests.charts.fhir_files import observation
from tests.charts.resources_of_r5 import R5
from tests.charts.resources_of_stu3 import STU3, Json, T, words

MODELS = {"STU3": stu3_model, "R5": r5_model}
CASES = [
    pytest.param(release, kind, *case, id=f"{release} {kind}")
    for release, table in (("STU3", STU3), ("R5", R5))
    for kind, case in table.items()
]
# What every type that the design gives a table must have a case for; ServiceRequest is R4's.
READ = {
    "Observation", "Condition", "MedicationRequest", "MedicationStatement",
    "MedicationAdministration", "MedicationDispense", "AllergyIntolerance", "Encounter",
    "Procedure", "Immunization", "DocumentReference", "DiagnosticReport", "Composition",
    "CarePlan", "CareTeam", "Goal", "Claim", "Coverage", "Appointment", "Device", "Consent",
    "QuestionnaireResponse", "FamilyMemberHistory", "Specimen", "Patient",
}  # fmt: skip


def named(kind: str, resource: Json) -> Json:
    return {"resourceType": kind, "id": "x1", **copy.deepcopy(resource)}


def test_every_type_that_is_read_has_a_case() -> None:
    assert set(STU3) >= READ
    assert set(R5) >= READ | {"ServiceRequest"}


@pytest.mark.parametrize(("release", "kind", "resource", "expected"), CASES)
def test_the_case_is_valid_in_its_own_release(
    release: str, kind: str, resource: Json, expected: Json | str
) -> None:
    MODELS[release](kind).model_validate(named(kind, resource))


@pytest.mark.parametrize(("release", "kind", "resource", "expected"), CASES)
def test_it_is_mapped_or_refused_by_name(
    release: str, kind: str, resource: Json, expected: Json | str
) -> None:
    came = named(kind, resource)
    before = copy.deepcopy(came)
    if isinstance(expected, str):
        with pytest.raises(EntryRefused) as caught:
            as_r4(kind, came)
        assert caught.value.reason == (
            f"This is a FHIR {release} {kind} ({expected}); Chartroom reads R4."
        )
    else:
        mapped = as_r4(kind, came)
        assert {name: mapped.get(name) for name in expected} == expected
        assert as_r4(kind, dict(mapped)) == mapped
        r4b_model(kind).model_validate(dict(mapped))
        if mapped is not came:
            assert isinstance(mapped, Mapped)
            assert mapped.release == release
    assert came == before


SUBJECT: Json = {"subject": {"reference": "Patient/p1"}}


@pytest.mark.parametrize(
    ("kind", "resource", "said"),
    [
        pytest.param("MedicationStatement", {"taken": "n"}, "STU3 MedicationStatement (taken)",
                     id="not taken"),
        pytest.param("MedicationStatement", {"adherence": {"code": {"coding": [
            {"code": "not-taking"}]}}}, "R5 MedicationStatement (adherence)", id="not adherent"),
        pytest.param("Observation", {"valueAttachment": {"url": "x"}}, "(valueAttachment)",
                     id="a value that R4 has no place for"),
        pytest.param("Observation", {"related": [{"type": "replaces", "target": {}}]},
                     "STU3 Observation (related)", id="a relation that R4 has no place for"),
        pytest.param("Procedure", {"focus": {"reference": "Patient/p2"}}, "R5 Procedure (focus)",
                     id="done to somebody else"),
        pytest.param("Encounter", {"class": [words("IMP"), words("EMER")]}, "R5 Encounter (class)",
                     id="two classes"),
        pytest.param("Composition", {"subject": [{"reference": "Patient/p1"},
                                                 {"reference": "Patient/p2"}]},
                     "R5 Composition (subject)", id="two subjects"),
        pytest.param("Goal", {"status": "on-target"}, "STU3 Goal (status)", id="goal status"),
        pytest.param("Condition", {"abatementBoolean": True}, "STU3 Condition (abatementBoolean)",
                     id="abated at no time"),
        pytest.param("FamilyMemberHistory", {"notDone": True}, "STU3 FamilyMemberHistory (notDone)",
                     id="history not taken"),
        pytest.param("Condition", {"patient": {"reference": "Patient/p1"}, "notes": "x"},
                     "DSTU2 Condition (", id="DSTU2"),
        pytest.param("Observation", {"comments": "x"}, "DSTU2 Observation (comments)",
                     id="DSTU2 comments"),
        pytest.param("MedicationAdministration", {"wasNotGiven": True},
                     "DSTU2 MedicationAdministration (wasNotGiven)", id="DSTU2 not given"),
        pytest.param("MedicationRequest", {"context": {}, "encounter": {"reference": "E/1"}},
                     "STU3 MedicationRequest (context)", id="both ways at once"),
        pytest.param("MedicationRequest", {"context": {"reference": "E/1"},
                                           "medication": {"concept": words("x")}},
                     "mixes elements of several FHIR releases", id="STU3 and R5 at once"),
        pytest.param("Observation", {"comment": ["a"], "interpretation": 7, "related": 5},
                     "STU3 Observation (related)", id="wrong JSON types"),
    ],
)  # fmt: skip
def test_what_would_be_misread_is_refused(kind: str, resource: Json, said: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        as_r4(kind, named(kind, {**SUBJECT, **resource}))
    assert said in caught.value.reason


@pytest.mark.parametrize(
    ("came", "became"), [("suspended", "on-hold"), ("aborted", "stopped"), ("completed", None)]
)
def test_a_status_that_r4_renamed_is_renamed(came: str, became: str | None) -> None:
    resource = named("Procedure", {"status": came, **SUBJECT})
    assert as_r4("Procedure", resource)["status"] == (became or came)


def test_one_name_with_two_contents_is_told_apart() -> None:
    stu3 = as_r4("Encounter", named("Encounter", {"reason": [words("Pain")]}))
    r5 = as_r4(
        "Encounter", named("Encounter", {"reason": [{"value": [{"concept": words("Pain")}]}]})
    )
    assert stu3["reasonCode"] == r5["reasonCode"] == [words("Pain")]


@pytest.mark.parametrize(
    ("release", "kind", "path", "own"),
    [
        ("R5", "MedicationRequest", "medicationCodeableConcept.text", "medication.concept.text"),
        ("R5", "MedicationRequest", "reasonCode[0].text", "reason.concept.text"),
        ("R5", "MedicationStatement", "reasonReference[0].reference",
         "reason[0].reference.reference"),
        ("R5", "Encounter", "class.display", "class[0].coding[0].display"),
        ("R5", "Encounter", "class.code", "class[0].coding[0].code"),
        ("R5", "Encounter", "period.start", "actualPeriod.start"),
        ("R5", "Encounter", "hospitalization.admitSource.text", "admission.admitSource.text"),
        ("R5", "Encounter", "participant[0].individual.display", "participant[0].actor.display"),
        ("R5", "Procedure", "performedPeriod.start", "occurrencePeriod.start"),
        ("R5", "AllergyIntolerance", "reaction[0].manifestation[0].text",
         "reaction[0].manifestation[0].concept.text"),
        ("R5", "Composition", "subject.reference", "subject[0].reference"),
        ("STU3", "Observation", "interpretation[0].text", "interpretation.text"),
        ("STU3", "Observation", "note[0].text", "comment"),
        ("STU3", "Observation", "valueQuantity", "valueQuantity"),
        ("STU3", "Immunization", "occurrenceDateTime", "date"),
        ("STU3", "Condition", "clinicalStatus.coding[0].code", "clinicalStatus"),
        ("STU3", "MedicationRequest", "requester.display", "requester.agent.display"),
        ("STU3", "MedicationRequest",
         "dosageInstruction[0].doseAndRate[0].doseQuantity.value",
         "dosageInstruction[0].doseQuantity.value"),
        ("STU3", "DiagnosticReport", "performer[0].display", "performer[0].actor.display"),
    ],
)  # fmt: skip
def test_a_citation_names_the_place_in_the_record_as_it_came(
    release: str, kind: str, path: str, own: str
) -> None:
    came = named(kind, (STU3 if release == "STU3" else R5)[kind][0])
    mapped = as_r4(kind, came)
    assert own_path(mapped, path) == own
    quotes = leaves(json.dumps(dict(mapped)), path)
    assert quotes
    assert set(quotes) <= set(leaves(json.dumps(came), own))


def row_of(kind: str, resource: Json, table: str) -> Json:
    """The one row of a table that a resource of another release makes, by column."""
    came = named(kind, resource)
    mapped = as_r4(kind, came)
    place = Place(f"{kind}/x1", "p1", {}, CodeBook())
    BUILDERS[kind](mapped, place)
    connection = duckdb.connect()
    for migrate in MIGRATIONS:
        migrate(connection)
    columns = {
        name: [item[0] for item in connection.execute(f"describe {name}").fetchall()]
        for name in place.rows
    }
    ((*values,),) = own_rows(mapped, place.rows, columns)[table]
    row = dict(zip(columns[table], values, strict=True))
    if row["quote"] is not None:
        assert row["quote"] in leaves(json.dumps(came), row["path"])
    return row


@pytest.mark.parametrize(
    ("release", "kind", "table", "expected"),
    [
        ("R5", "MedicationRequest", "medication", {
            "display": "Metoprolol", "dose_text": "1 tablet", "path": "medication.concept.text"}),
        ("R5", "MedicationStatement", "medication", {
            "encounter": "Encounter/e1", "status": "recorded"}),
        ("R5", "MedicationAdministration", "medication", {
            "display": "Heparin", "start_written": T}),
        ("R5", "MedicationAdministration", "participation", {
            "kind": "performer", "name": "Dr. Muster"}),
        ("R5", "MedicationDispense", "medication", {"dose_text": "One in the morning"}),
        ("R5", "Encounter", "encounter", {
            "class_code": "IMP", "class_display": "inpatient", "start_written": T,
            "admit_source": "ED", "reason": "Chest pain",
            "path": "class[0].coding[0].display", "quote": "inpatient"}),
        ("R5", "Procedure", "procedure", {"performed_written": T, "display": "Appendectomy"}),
        ("R5", "AllergyIntolerance", "allergy", {"reactions": ["Rash"]}),
        ("R5", "Observation", "observation", {"value_number": 6.1, "range_high": 5.0}),
        ("STU3", "Observation", "observation", {
            "encounter": "Encounter/e1", "interpretation": "high", "value_number": 6.1}),
        ("STU3", "Condition", "condition", {
            "clinical_status": "active", "verification_status": None,
            "recorded_written": "2020-03-04", "encounter": "Encounter/e1"}),
        ("STU3", "MedicationRequest", "medication", {
            "dose_value": 1.0, "dose_unit": "tablet", "prescriber": "Dr. Muster"}),
        ("STU3", "MedicationAdministration", "medication", {"status": "not-done"}),
        ("STU3", "AllergyIntolerance", "allergy", {
            "clinical_status": "active", "verification_status": "confirmed"}),
        ("STU3", "Encounter", "encounter", {"reason": "Chest pain", "class_code": "IMP"}),
        ("STU3", "Procedure", "procedure", {"status": "not-done", "encounter": "Encounter/e1"}),
        ("STU3", "Immunization", "immunization", {"occurred_written": "2020-10-01"}),
    ],
)  # fmt: skip
def test_rows_are_made_of_what_was_mapped_and_quote_the_record_as_it_came(
    release: str, kind: str, table: str, expected: Json
) -> None:
    resource = (STU3 if release == "STU3" else R5)[kind][0]
    if kind == "Observation":
        resource = {name: value for name, value in resource.items() if name != "component"}
    row = row_of(kind, resource, table)
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("kind", "release"),
    [("ProcedureRequest", "STU3"), ("ReferralRequest", "STU3"), ("EligibilityRequest", "STU3"),
     ("MedicationOrder", "DSTU2"), ("DiagnosticOrder", "DSTU2"), ("Observation", None),
     ("DeviceUsage", None), ("NutritionProduct", None), (7, None)],
)  # fmt: skip
def test_types_of_other_releases_are_known_by_name(kind: object, release: str | None) -> None:
    assert release_of_type(kind) == release


@pytest.mark.parametrize(
    ("version", "release"),
    [("4.0.1", "R4"), ("4.3.0", "R4"), ("3.0.2", "STU3"), ("5.0.0", "R5"), ("1.0.2", "DSTU2"),
     ("0.5.0", "DSTU2"), ("9.9", None), (4.0, None), (None, None)],
)  # fmt: skip
def test_a_stated_version_has_a_name(version: object, release: str | None) -> None:
    assert release_of_version(version) == release


def test_a_file_that_states_a_release_is_read_or_refused_by_it() -> None:
    base = "http://hl7.org/fhir/3.0/StructureDefinition/Bundle"
    assert check_stated({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}) == "R4"
    assert check_stated({"resourceType": "Bundle", "fhirVersion": "5.0.0"}) == "R5"
    assert check_stated({"resourceType": "Bundle", "meta": {"profile": [base]}}) == "STU3"
    assert check_stated({"resourceType": "Bundle"}) is None
    for version in ("1.0.2", "6.6.6", 7):
        with pytest.raises(FileRefused, match="Chartroom reads R4"):
            check_stated({"resourceType": "CapabilityStatement", "fhirVersion": version})


def test_an_unmarked_entry_of_a_dstu2_file_is_refused() -> None:
    with pytest.raises(EntryRefused, match="FHIR DSTU2 Observation"):
        as_r4("Observation", observation(), "DSTU2")
    assert as_r4("Observation", came := observation(), "R5") is came


def resources_of(folder: Path, most: int) -> Iterator[Json]:
    for path in sorted(folder.rglob("*")):
        if path.name.endswith((".ndjson", ".ndjson.gz")):
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8") as file:
                yield from (json.loads(line) for line, _ in zip(file, range(most), strict=False))
        elif path.suffix == ".json":
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("resourceType") == "Bundle":
                yield from (entry["resource"] for entry in found["entry"][:most])


def test_real_r4_charts_are_left_alone(shared: Path) -> None:
    count = 0
    for name in ("charts", "eval/mimic_demo"):
        for resource in resources_of(shared / name, 500):
            assert as_r4(resource["resourceType"], resource) is resource
            count += 1
    assert count > 2_000


def test_an_ordinary_observation_costs_about_a_microsecond() -> None:
    """A generous bound: other work runs on the machine of a test."""
    usual = observation(encounter={"reference": "Encounter/e"}, issued="2020-03-04")
    as_r4("Observation", usual)
    seconds = min(timeit.repeat(lambda: as_r4("Observation", usual), number=5_000, repeat=5))
    assert seconds / 5_000 < 5e-6
