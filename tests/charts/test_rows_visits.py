"""What encounters and patients say at the edges: odd classes, extensions alone, who to call."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.charts import encounters, patients
from pipelines.charts.general_practitioners import general_practitioners
from pipelines.charts.patient_details import patient_detail
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter
from tests.charts.fhir_files import Json, bundle, load, observation, patient, write
from tests.charts.small_store import READER
from tests.charts.subject_files import made, says

ABSENT = [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
           "valueCode": "masked"}]  # fmt: skip
STAY = {"start": "2024-03-01", "end": "2024-03-05"}
MIMIC = "http://mimic.mit.edu/fhir/mimic/identifier/"


def visit(**more: object) -> Json:
    usual: Json = {"status": "finished", "class": {"code": "IMP"}, "period": STAY}
    return made("Encounter", **(usual | more))


def opened(store: ChartStore) -> Chart:
    now = patients.as_of(store, "p1")
    assert now is not None
    return Chart(READER, "p1", "test", now, store)


def put_in(store: ChartStore, folder: Path, *resources: Json) -> Chart:
    report = load(store, write(folder / "x.json", bundle(*resources, observation())))
    assert report.refused == ()
    return opened(store)


def the_visit(store: ChartStore, folder: Path, given: Json) -> Encounter:
    return encounters.encounters(put_in(store, folder, patient(), given))[0]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param([{"reference": "Appointment/7"}, {"display": "Tuesday clinic"}],
                     ("Appointment/7", "Tuesday clinic"), id="by reference and by name"),
        pytest.param([{"reference": "http://ehr.example.org/fhir/Appointment/7/_history/2",
                       "display": "Clinic"}], ("Appointment/7",), id="on a server"),
        pytest.param([{"extension": ABSENT}], (), id="masked"),
        pytest.param(None, (), id="none"),
    ],
)  # fmt: skip
def test_an_encounter_tells_the_appointments_it_came_from(
    store: ChartStore, tmp_path: Path, given: object, wanted: tuple[str, ...]
) -> None:
    assert the_visit(store, tmp_path, visit(appointment=given)).appointments == wanted


def test_an_appointment_can_be_cited(store: ChartStore, tmp_path: Path) -> None:
    given = visit(appointment=[{"display": "Clinic"}, {"reference": "Appointment/7"}])
    says(store, tmp_path, [given], ("encounter_appointment", [
        {"number": 1, "path": "appointment[0].display", "quote": "Clinic"},
        {"number": 2, "path": "appointment[1].reference", "quote": "Appointment/7"},
    ]))  # fmt: skip


@pytest.mark.parametrize(
    ("given", "is_hospital", "is_icu"),
    [
        pytest.param({"class": {"code": "EW EMER."},
                      "identifier": [{"system": f"{MIMIC}encounter", "value": "1"}]},
                     True, False, id="MIMIC's own class"),
        pytest.param({"class": {"code": "OBSERVATION ADMIT"}, "hospitalization":
                      {"admitSource": {"text": "EMERGENCY ROOM"}}}, True, False,
                     id="MIMIC's observation"),
        pytest.param({"class": {"code": "ACUTE"}, "partOf": {"reference": "Encounter/h"},
                      "identifier": [{"system": f"{MIMIC}encounter-icu", "value": "2"}]},
                     False, True, id="MIMIC's ICU stay"),
        pytest.param({"class": {"code": "AMB"}, "hospitalization": {"reAdmission": {"text": "R"}}},
                     False, False, id="ambulatory by code"),
        pytest.param({"partOf": {"reference": "Encounter/h"},
                      "serviceType": {"text": "Medical ICU"}}, False, True, id="by its service"),
        pytest.param({"partOf": {"reference": "Encounter/h"}, "classHistory": [
            {"class": {"code": "ICU"}, "period": {"start": "2024-03-01"}}]}, False, False,
                     id="what it was before makes no ICU stay"),
    ],
)  # fmt: skip
def test_which_stays_are_hospital_and_intensive_care_stays_as_before(
    store: ChartStore, tmp_path: Path, given: Json, is_hospital: bool, is_icu: bool
) -> None:
    found = the_visit(store, tmp_path, visit(**given))
    assert (found.is_hospital, found.is_icu) == (is_hospital, is_icu)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"_status": {"extension": ABSENT}, "status": None}, id="status"),
        pytest.param({"period": {"_start": {"extension": ABSENT}, "end": "2024-03-05"}},
                     id="start"),
        pytest.param({"class": {"_code": {"extension": ABSENT}}}, id="class"),
        pytest.param({"length": {"_value": {"extension": ABSENT}, "unit": "d"}}, id="length"),
        pytest.param({"hospitalization": {"extension": ABSENT}}, id="hospitalization"),
    ],
)  # fmt: skip
def test_an_element_that_is_an_extension_alone_is_not_there(
    store: ChartStore, tmp_path: Path, given: Json
) -> None:
    found = the_visit(store, tmp_path, visit(**given))
    assert "masked" not in repr(found)


def test_lists_of_a_patient_may_hold_extensions_alone(store: ChartStore, tmp_path: Path) -> None:
    chart = put_in(store, tmp_path, patient(
        name=[{"given": [None, "Eva"], "_given": [{"extension": ABSENT}, None],
               "prefix": [None], "_family": {"extension": ABSENT}}],
        address=[{"line": [None, "Flat 2"], "_line": [{"extension": ABSENT}, None],
                  "_city": {"extension": ABSENT}}],
        telecom=[{"system": "phone", "_value": {"extension": ABSENT}}],
        _birthDate={"extension": ABSENT}, _deceasedBoolean={"extension": ABSENT},
    ))  # fmt: skip
    detail = patient_detail(chart)
    assert (detail.names[0].given, detail.names[0].prefix, detail.names[0].family) == (
        "Eva", None, None,
    )  # fmt: skip
    assert (detail.addresses[0].lines, detail.addresses[0].city) == (("Flat 2",), None)
    assert (detail.telecoms[0].value, detail.died) == (None, None)
    assert patients.patient(chart).deceased is None


PHONE = {"system": "phone", "value": "555-0100", "use": "work"}
PEOPLE: list[Json] = [
    {"resourceType": "Practitioner", "id": "gp", "name": [{"family": "Roe", "prefix": ["Dr."]}],
     "telecom": [{"system": "phone", "value": "555-0001", "use": "old"},
                 {"system": "fax", "value": "555-0002", "period": {"end": "2001"}},
                 {"system": "email", "value": "roe@example.org", "rank": 2},
                 {**PHONE, "rank": 1}]},
    {"resourceType": "PractitionerRole", "id": "bare",
     "practitioner": {"reference": "Practitioner/gp"}},
    {"resourceType": "PractitionerRole", "id": "own", "practitioner": {"display": "Dr. Own"},
     "telecom": [{"system": "phone", "value": "555-0200"}]},
    {"resourceType": "Organization", "id": "practice", "name": "High Street Practice",
     "telecom": [{"system": "phone", "value": "555-0300", "period": {"start": "2001"}}]},
    {"resourceType": "Practitioner", "id": "stranger", "name": [{"family": "Stranger"}],
     "telecom": [{"system": "phone", "value": "555-0666"}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        pytest.param([{"reference": "Practitioner/gp"}],
                     [("Dr. Roe", "Practitioner/gp", ["555-0100", "roe@example.org"])],
                     id="a person, old and ended numbers left out"),
        pytest.param([{"reference": "PractitionerRole/bare"}],
                     [("Dr. Roe", "PractitionerRole/bare", ["555-0100", "roe@example.org"])],
                     id="a role without a number is its holder"),
        pytest.param([{"reference": "PractitionerRole/own"}],
                     [("Dr. Own", "PractitionerRole/own", ["555-0200"])], id="a role's own number"),
        pytest.param([{"reference": "Organization/practice", "display": "The practice"}],
                     [("The practice", "Organization/practice", ["555-0300"])], id="a practice"),
        pytest.param([{"reference": "Practitioner/elsewhere"}],
                     [(None, "Practitioner/elsewhere", [])], id="who is not in the store"),
        pytest.param([{"display": "Dr. No"}, {"reference": "Organization/practice"}],
                     [("Dr. No", None, []),
                      ("High Street Practice", "Organization/practice", ["555-0300"])],
                     id="a name alone, and a second one"),
        pytest.param([{"extension": ABSENT}], [], id="masked"),
        pytest.param(None, [], id="nobody"),
    ],
)  # fmt: skip
def test_the_general_practitioner_can_be_reached(
    store: ChartStore, tmp_path: Path, named: object, wanted: list[object]
) -> None:
    more = {} if named is None else {"generalPractitioner": named}
    chart = put_in(store, tmp_path, patient(**more), *PEOPLE)
    found = general_practitioners(chart)
    assert [(one.name, one.reference, [t.value for t in one.telecoms]) for one in found] == wanted


def test_a_general_practitioner_of_the_same_bundle_is_found(
    store: ChartStore, tmp_path: Path
) -> None:
    urn = "urn:uuid:11111111-1111-4111-8111-111111111111"
    person = {**PEOPLE[0], "id": urn.removeprefix("urn:uuid:")}
    given = bundle(patient(generalPractitioner=[{"reference": urn}]), person, observation())
    given["entry"][1]["fullUrl"] = urn
    assert load(store, write(tmp_path / "x.json", given)).refused == ()
    (found,) = general_practitioners(opened(store))
    assert (found.name, len(found.telecoms)) == ("Dr. Roe", 2)


def test_the_visits_of_this_patient_alone_are_told(store: ChartStore, tmp_path: Path) -> None:
    other = visit(subject={"reference": "Patient/p2"}, appointment=[{"reference": "Appointment/9"}])
    chart = put_in(store, tmp_path, patient(), patient("p2"), {**other, "id": "y"}, visit())
    (found,) = encounters.encounters(chart)
    assert (found.fact.resource, found.appointments) == ("Encounter/x", ())
