"""A patient in full: every name, how to reach them, what extensions say, and merged records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import patient_details, patients, question_names
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, load, observation, patient, write
from tests.charts.small_store import READER
from tests.charts.subject_files import DOCTOR, PEOPLE, coded, table_rows

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def race(*named: tuple[str, str], text: str = "text") -> Json:
    inner = [{"url": url, "valueCoding": {"display": said}} for url, said in named]
    return {"url": f"{US_CORE}race", "extension": [*inner, {"url": "text", "valueString": text}]}


def put_in(store: ChartStore, folder: Path, **more: object) -> str | None:
    given = bundle(patient(**more), *PEOPLE, observation())
    report = load(store, write(folder / "p.json", given))
    return report.refused[0].reason if report.refused else None


def opened(store: ChartStore) -> Chart:
    now = patients.as_of(store, "p1")
    assert now is not None
    return Chart(READER, "p1", "test", now, store)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param({"maritalStatus": coded("M", "Married"), "active": True,
                      "multipleBirthInteger": 2, "managingOrganization":
                      {"reference": "Organization/lab"}, "generalPractitioner":
                      [DOCTOR, {"display": "Dr. No"}]},
                     {"marital_status": "Married", "is_active": True, "multiple_birth": "2",
                      "managing_organization": "Main Laboratory",
                      "general_practitioners": ["Dr. Jane Roe", "Dr. No"]}, id="who cares"),
        pytest.param({"communication": [{"language": coded("de", "German")},
                                        {"language": {"text": "Sorbian"}, "preferred": True}]},
                     {"languages": ["German", "Sorbian"], "preferred_language": "Sorbian"},
                     id="languages"),
        pytest.param({"extension": [
            race(("ombCategory", "White"), ("detailed", "Irish"), text="White, Irish"),
            {"url": f"{US_CORE}ethnicity", "extension": [
                {"url": "text", "valueString": "Not Hispanic"}]},
            {"url": f"{US_CORE}birthsex", "valueCode": "F"},
            {"url": f"{US_CORE}genderIdentity", "valueCodeableConcept": {"text": "woman"}}]},
                     {"races": ["White", "Irish"], "ethnicities": ["Not Hispanic"],
                      "birth_sex": "F", "gender_identities": ["woman"]}, id="US Core"),
        pytest.param({"extension": [{"url": "http://example.org/other", "valueString": "x"}]},
                     {"races": [], "birth_sex": None}, id="another extension"),
        pytest.param({"deceasedDateTime": "2024-03-04T10:00:00-05:00"},
                     {"deceased": "2024-03-04T10:00:00-05:00"}, id="died on"),
        pytest.param({"deceasedBoolean": True}, {"deceased": "true", "deceased_utc": None},
                     id="died, not said when"),
        pytest.param({"birthDate": None, "_birthDate": {"extension": [
            {"url": ABSENT, "valueCode": "unknown"}]}}, {"birth_date": None},
                     id="a birth date that is an extension alone"),
        pytest.param({"name": [{"family": "Muster", "given": [None, "Eva"], "_given": [
            {"extension": [{"url": ABSENT, "valueCode": "masked"}]}, None]}]},
                     {"name": "Eva Muster", "given": "Eva"}, id="a given name that is masked"),
    ],
)  # fmt: skip
def test_a_patient_row_says(
    store: ChartStore, tmp_path: Path, given: Json, wanted: dict[str, Any]
) -> None:
    person = {name: value for name, value in given.items() if value is not None}
    if "birthDate" in given:
        whole = {**patient(), **person}
        del whole["birthDate"]
        load(store, write(tmp_path / "p.json", bundle(whole)))
    else:
        assert put_in(store, tmp_path, **person) is None
    (row,) = table_rows(store, "patient", "Patient/p1")
    assert {name: row[name] for name in wanted} == wanted


def test_every_name_number_and_address_is_kept_with_its_use(
    store: ChartStore, tmp_path: Path
) -> None:
    put_in(
        store, tmp_path,
        name=[{"use": "maiden", "family": "Geboren", "given": ["Erika"]},
              {"use": "official", "family": "Muster", "given": ["Erika", "M."], "prefix": ["Dr."]},
              {"use": "nickname", "text": "Riki", "period": {"end": "2010"}}],
        telecom=[{"system": "phone", "value": "555-0100", "use": "home", "rank": 2},
                 {"system": "email", "value": "e@example.org", "rank": 1}],
        address=[{"use": "old", "line": ["1 High St"], "city": "Boston", "postalCode": "02101",
                  "period": {"start": "2000", "end": "2010"}}],
    )  # fmt: skip
    chart = opened(store)
    found = patient_details.patient_detail(chart)
    assert [(one.use, one.family or one.text) for one in found.names] == [
        ("maiden", "Geboren"), ("official", "Muster"), ("nickname", "Riki"),
    ]  # fmt: skip
    assert [one.value for one in found.telecoms] == ["e@example.org", "555-0100"]
    (home,) = found.addresses
    assert home.end is not None
    assert (home.lines, home.city, home.use, home.end.written) == (
        ("1 High St",), "Boston", "old", "2010",
    )  # fmt: skip
    assert patients.patient(chart).name == "MUSTER, Erika M."
    assert {"geboren", "riki"} <= question_names.own_names(chart)[1]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("replaced-by", "This record is no longer in use: it was merged into Patient/p9."),
        ("replaces", "This record took the place of Patient/p9, which may hold more."),
        ("refer", "The main record of this patient is Patient/p9."),
        ("seealso", "Patient/p9 is a record of the same patient and may hold more."),
    ],
)
def test_the_banner_says_where_another_record_of_the_patient_is(
    store: ChartStore, tmp_path: Path, kind: str, sentence: str
) -> None:
    put_in(store, tmp_path, link=[{"type": kind, "other": {"reference": "Patient/p9"}}])
    assert patients.banner(opened(store)).merged == sentence


def test_the_banner_of_a_patient_without_links_says_nothing_of_them(
    store: ChartStore, tmp_path: Path
) -> None:
    put_in(store, tmp_path)
    assert patients.banner(opened(store)).merged is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({"gender": "f"}, "gender", id="gender"),
        pytest.param({"name": [{"use": "main", "family": "X"}]}, "name.use", id="use of a name"),
        pytest.param({"telecom": [{"system": "carrier pigeon"}]}, "telecom.system", id="system"),
        pytest.param({"telecom": [{"use": "private"}]}, "telecom.use", id="use of a number"),
        pytest.param({"address": [{"use": "holiday"}]}, "address.use", id="use of an address"),
        pytest.param({"address": [{"type": "tent"}]}, "address.type", id="type of an address"),
        pytest.param({"address": [{"period": {"start": "2020", "end": "soon"}}]},
                     "address.period", id="until when"),
        pytest.param({"link": [{"type": "twin"}]}, "link.type", id="type of a link"),
        pytest.param({"birthDate": "1960-05-41"}, "birthDate", id="birth date"),
        pytest.param({"deceasedDateTime": "no"}, "deceasedDateTime", id="date of death"),
        pytest.param({"deceasedBoolean": "no"}, "deceasedBoolean", id="death"),
        pytest.param({"multipleBirthInteger": 1.5}, "multipleBirthInteger", id="order of birth"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_by_element(
    store: ChartStore, tmp_path: Path, given: Json, named: str
) -> None:
    reason = put_in(store, tmp_path, **given)
    assert reason is not None
    assert named in reason
    assert table_rows(store, "patient_name", "Patient/p1") == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"name": [{"family": "X", "period": {"start": "2020", "end": "2019"}}]},
                     id="name"),
        pytest.param({"address": [{"period": {"start": "2020", "end": "2019"}}]}, id="address"),
        pytest.param({"telecom": [{"value": "1", "period": {"start": "2020", "end": "2019"}}]},
                     id="number"),
        pytest.param({"contact": [{"period": {"start": "2020", "end": "2019"}}]}, id="contact"),
    ],
)  # fmt: skip
def test_nobody_loses_their_chart_over_a_period_whose_ends_are_exchanged(
    store: ChartStore, tmp_path: Path, given: Json
) -> None:
    assert put_in(store, tmp_path, **given) is None
    assert store.rows("select patient from observation", {}) == [("p1",)]
    assert store.rows("select patient from patient", {}) == [("p1",)]
