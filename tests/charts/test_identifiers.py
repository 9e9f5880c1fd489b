"""What of a chart identifies somebody, and what is only clinical."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.charts.identifiers import chart_identifiers
from tests.charts.small_store import SmallStore

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"type": {"coding": [{"code": "MR"}]}, "system": "urn:mrn", "value": "123"}],
    "name": [
        {"use": "official", "family": "Rose", "given": ["Anna", "Maria"], "prefix": ["Mrs."]},
        {"use": "maiden", "family": "Keller"},
    ],
    "telecom": [
        {"system": "phone", "value": "555-146-7706"},
        {"system": "email", "value": "anna@example.org"},
    ],
    "birthDate": "1950-03-09",
    "deceasedDateTime": "2026-11-22T05:00:00Z",
    "address": [{"line": ["12 Elm St"], "city": "Milton", "state": "MA", "postalCode": "02186"}],
    "contact": [{"name": {"family": "Rose", "given": ["Peter"]}}],
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
            "valueString": "Royce Kirlin",
        },
        {"url": "http://x/birthPlace", "valueAddress": {"city": "Boston", "state": "MA"}},
    ],
}
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "enc-77001",
    "identifier": [{"value": "V-9930021"}],
    "subject": {"reference": "Patient/p1", "display": "Mrs. Anna Rose"},
    "participant": [
        {"individual": {"reference": "Practitioner/doc1", "display": "Dr. Karl Bailey, MD"}}
    ],
    "serviceProvider": {"reference": "Organization/org1", "display": "Milton Hospital"},
    "location": [{"location": {"display": "ICU"}}, {"location": {"display": "Elm House"}}],
    "reasonReference": [{"reference": "Condition/c1", "display": "Cardiac Arrest"}],
}
PRACTITIONER: dict[str, Any] = {
    "resourceType": "Practitioner",
    "id": "doc1",
    "identifier": [
        {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9999973209"},
        {"system": "urn:short", "value": "440"},
    ],
    "name": [{"family": "Bailey", "given": ["Karl"], "prefix": ["Dr."]}],
    "telecom": [{"system": "phone", "value": "6176964600"}],
}
ORGANIZATION: dict[str, Any] = {
    "resourceType": "Organization",
    "id": "org1",
    "name": "Milton Hospital Inc",
    "address": [{"line": ["199 Reedsdale Road"], "city": "Milton", "postalCode": "02187"}],
}
DEVICE: dict[str, Any] = {
    "resourceType": "Device",
    "id": "dev1",
    "patient": {"reference": "Patient/p1"},
    "udiCarrier": [{"deviceIdentifier": "30200557397206", "carrierHRF": "(01)302(21)3329"}],
    "serialNumber": "332917315915",
}


@pytest.fixture
def found() -> dict[tuple[str, str], str]:
    store = SmallStore()
    for raw in (PATIENT, ENCOUNTER, DEVICE):
        store.add_resource(raw)
    for raw in (PRACTITIONER, ORGANIZATION, {**PRACTITIONER, "id": "stranger1", "name": [
        {"family": "Nobody", "given": ["Nil"]}], "identifier": []}):  # fmt: skip
        store.add_resource(raw, patient=None)
    identifiers = chart_identifiers(store.chart()).identifiers
    return {(one.kind, one.value): one.path for one in identifiers}


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        ("NAME", "Rose", "Patient.name[0].family"),
        ("NAME", "Anna", "Patient.name[0].given[0]"),
        ("NAME", "Anna Maria Rose", "Patient.name[0]"),
        ("NAME", "Keller", "Patient.name[1].family"),
        ("NAME", "Kirlin", "Patient.extension[0].valueString"),
        ("NAME", "Peter", "Patient.contact[0].name.given[0]"),
        ("ID", "123", "Patient.identifier[0].value"),
        ("ID", "p1", "Patient.id"),
        ("PHONE", "555-146-7706", "Patient.telecom[0].value"),
        ("EMAIL", "anna@example.org", "Patient.telecom[1].value"),
        ("DATE", "1950-03-09", "Patient.birthDate"),
        ("DATE", "2026-11-22T05:00:00Z", "Patient.deceasedDateTime"),
        ("ADDRESS", "12 Elm St", "Patient.address[0].line[0]"),
        ("CITY", "Milton", "Patient.address[0].city"),
        ("CITY", "Boston", "Patient.extension[1].valueAddress.city"),
        ("ZIP", "02186", "Patient.address[0].postalCode"),
        ("ID", "enc-77001", "Encounter.id"),
        ("ID", "V-9930021", "Encounter.identifier[0].value"),
        ("NAME", "Karl Bailey", "Encounter.participant[0].individual.display"),
        ("ORGANIZATION", "Milton Hospital", "Encounter.serviceProvider.display"),
        ("ORGANIZATION", "Elm House", "Encounter.location[1].location.display"),
        ("ID", "9999973209", "Practitioner.identifier[0].value"),
        ("PHONE", "6176964600", "Practitioner.telecom[0].value"),
        ("ORGANIZATION", "Milton Hospital Inc", "Organization.name"),
        ("ADDRESS", "199 Reedsdale Road", "Organization.address[0].line[0]"),
        ("DEVICE", "332917315915", "Device.serialNumber"),
        ("DEVICE", "30200557397206", "Device.udiCarrier[0].deviceIdentifier"),
    ],
)
def test_each_identifier_is_found_with_its_fhir_path(
    found: dict[tuple[str, str], str], kind: str, value: str, path: str
) -> None:
    assert found.get((kind, value)) == path


@pytest.mark.parametrize("value", ["ICU", "Cardiac Arrest", "MA", "440", "Nobody", "Dr.", "Mrs."])
def test_what_identifies_nobody_here_is_left(found: dict[tuple[str, str], str], value: str) -> None:
    assert value not in {value for _, value in found}


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param({"reference": "Practitioner/doc1"}, id="by type and id"),
        pytest.param({"reference": "urn:uuid:doc1"}, id="by uuid"),
        pytest.param({"reference": "https://ehr.example/r4/Practitioner/doc1"}, id="by URL"),
        pytest.param(
            {"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999973209"},
            id="by query",
        ),
        pytest.param({"identifier": {"value": "9999973209"}, "display": "x"}, id="by identifier"),
    ],
)
def test_people_are_followed_however_they_are_referred_to(reference: dict[str, Any]) -> None:
    store = SmallStore()
    store.add_resource(PATIENT)
    store.add_resource(
        {"resourceType": "Procedure", "id": "x", "performer": [{"actor": reference}]}
    )
    store.add_resource(PRACTITIONER, patient=None)
    values = {one.value for one in chart_identifiers(store.chart()).identifiers}
    assert {"Bailey", "Karl"} <= values


@pytest.mark.parametrize(
    ("display", "parts"),
    [
        pytest.param("Dr. Karl Bailey", True, id="a title"),
        pytest.param("Bailey, Karl", True, id="family first"),
        pytest.param("BAILEY, KARL", True, id="in capitals"),
        pytest.param("Bailey Laboratory Services", False, id="a laboratory"),
        pytest.param("Attending Physician", False, id="a role"),
        pytest.param("respiratory therapist on duty", False, id="a sentence"),
    ],
)
def test_a_name_is_taken_apart_only_where_it_reads_like_one(display: str, parts: bool) -> None:
    store = SmallStore()
    store.add_resource(
        {"resourceType": "Observation", "id": "x", "performer": [{"display": display}]}
    )
    values = {one.value for one in chart_identifiers(store.chart()).identifiers}
    assert display in values
    assert (len(values & set(display.replace(",", "").split())) > 0) is parts


@pytest.mark.parametrize(
    ("display", "names"),
    [
        pytest.param("Anouk Sorrel, RN, CDCES", {"Anouk", "Sorrel"}, id="credentials"),
        pytest.param("Emeric Osgarth, PharmD", {"Emeric", "Osgarth"}, id="a degree"),
        pytest.param("Dr. Ida M. Frost", {"Ida", "Frost"}, id="an initial"),
        pytest.param("Frost, Ida", {"Ida", "Frost"}, id="family first"),
        pytest.param("Ana-Lucía O'Neil", {"Ana-Lucía", "O'Neil"}, id="accents and apostrophes"),
    ],
)
def test_titles_credentials_and_initials_are_no_names(display: str, names: set[str]) -> None:
    store = SmallStore()
    store.add_resource({"resourceType": "Procedure", "id": "x", "recorder": {"display": display}})
    found = chart_identifiers(store.chart()).identifiers
    assert {one.value for one in found if one.kind == "NAME" and " " not in one.value} == names


def test_another_patients_people_are_not_read() -> None:
    store = SmallStore()
    store.add_resource({**PATIENT, "id": "p2"}, patient="p2")
    store.add_resource(ENCOUNTER, patient="p2")
    assert {one.value for one in chart_identifiers(store.chart()).identifiers} == {"p1"}


def test_results_by_the_thousand_are_read_only_where_they_name_somebody() -> None:
    store = SmallStore()
    store.add_resource({"resourceType": "Observation", "id": "a", "code": {"text": "Potassium"}})
    store.add_resource({
        "resourceType": "Observation", "id": "b", "performer": [{"display": "Dr. Ida Frost"}],
    })  # fmt: skip
    values = {one.value for one in chart_identifiers(store.chart()).identifiers}
    assert {"Ida", "Frost"} <= values


def test_clinical_words_are_the_charts_codes_but_never_a_name_of_it() -> None:
    store = SmallStore()
    store.add_resource(PATIENT)
    store.add_result("a", 5.9, display="Potassium [Moles/volume]")
    store.add(
        "medication", resource="M/1", patient="p1", display="Rose hip 500 MG", code_key="rx|1"
    )
    store.add("code", code_key="rx|1", system="rx", code="1", display="Rosa canina extract")
    store.add_result("b", 1.0, patient="p2", display="Other")
    words = chart_identifiers(store.chart()).clinical_words
    assert {"potassium", "hip", "canina"} <= words
    assert not words & {"rose", "other"}
