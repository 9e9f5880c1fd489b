"""Reads of a result's details, of its versions, and of preliminary results that were replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.charts import labs, result_details, sources
from pipelines.charts.participations import participations
from pipelines.charts.patients import as_of
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, load, observation, patient, write
from tests.charts.small_store import READER
from tests.charts.subject_files import DOCTOR, coded, loaded

SPECIMEN = {"specimen": {"reference": "Specimen/1"}}
ORDER = {"basedOn": [{"reference": "ServiceRequest/1"}]}
DAY_ALONE = {"effectiveDateTime": "2020-03-04"}


def opened(store: ChartStore) -> Chart:
    now = as_of(store, "p1")
    assert now is not None
    return Chart(READER, "p1", "test", now, store)


def early(**more: object) -> Json:
    return observation("early", status="preliminary", **more)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        pytest.param({}, {}, ["late"], id="same code and time of day"),
        pytest.param(SPECIMEN, SPECIMEN, ["late"], id="same specimen"),
        pytest.param(SPECIMEN, {"specimen": {"reference": "Specimen/2"}}, ["early", "late"],
                     id="another specimen"),
        pytest.param(ORDER, ORDER, ["late"], id="same order"),
        pytest.param(ORDER, {"basedOn": [{"reference": "ServiceRequest/2"}]}, ["early", "late"],
                     id="another order"),
        pytest.param(DAY_ALONE, DAY_ALONE, ["early", "late"], id="a day alone tells too little"),
        pytest.param({**DAY_ALONE, **SPECIMEN}, {**DAY_ALONE, **SPECIMEN}, ["late"],
                     id="a day and the specimen"),
        pytest.param({}, {"effectiveDateTime": "2020-03-04T05:07:00+01:00"}, ["early", "late"],
                     id="a minute later"),
        pytest.param({}, {"code": {"text": "Sodium"}}, ["early", "late"], id="another analyte"),
        pytest.param({}, {"status": "preliminary"}, ["early", "late"], id="both preliminary"),
        pytest.param({}, {"status": "entered-in-error"}, ["early"], id="the other was an error"),
        pytest.param({"issued": "2020-03-05T00:00:00Z"}, {"issued": "2020-03-04T00:00:00Z"},
                     ["early", "late"], id="the final one is the older"),
    ],
)  # fmt: skip
def test_a_final_result_takes_the_place_of_its_preliminary_one(
    store: ChartStore, tmp_path: Path, first: Json, second: Json, shown: list[str]
) -> None:
    loaded(store, tmp_path, early(**first), observation("late", **second))
    chart = opened(store)
    found = sorted(fact.resource.partition("/")[2] for fact in labs.results(chart))
    assert found == shown
    kinds = {kind.code_key: kind.count for kind in labs.kinds(chart)}
    assert sum(kinds.values()) == len(shown)
    left_out = [(one.fact.resource, one.replaced_by) for one in result_details.replaced(chart)]
    is_left_out = "late" in shown and "early" not in shown
    assert left_out == [("Observation/early", "Observation/late")] * is_left_out
    assert sources.raw(chart, "Observation/early")


def test_a_preliminary_result_comes_back_when_the_final_one_is_withdrawn(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path, early(), observation("late"))
    assert [one.resource for one in labs.results(opened(store))] == ["Observation/late"]
    loaded(store, tmp_path, observation("late", status="entered-in-error"))
    assert [one.resource for one in labs.results(opened(store))] == ["Observation/early"]


def test_a_corrected_result_says_how_many_versions_there_were(
    store: ChartStore, tmp_path: Path
) -> None:
    for status, value in (("final", 4.5), ("corrected", 5.4)):
        given = observation("x", status=status, valueQuantity={"value": value, "unit": "mmol/L"})
        load(store, write(tmp_path / "x.json", bundle(patient(), given)))
    chart = opened(store)
    (fact,) = labs.results(chart)
    assert (fact.value, fact.status, fact.earlier_versions) == (5.4, "corrected", 1)
    ((number, raw),) = sources.earlier_versions(chart, "Observation/x")
    assert (number, sources.leaves(raw, "valueQuantity.value")) == (1, ("4.5",))


def test_a_result_tells_issue_specimen_and_note_itself_and_the_rest_on_request(
    store: ChartStore, tmp_path: Path
) -> None:
    loaded(store, tmp_path, observation(
        "x", issued="2020-03-05T00:00:00Z", **SPECIMEN, note=[{"text": "Haemolysed."}],
        method=coded("1", "Dipstick"), performer=[DOCTOR],
        referenceRange=[{"low": {"value": 3}, "type": coded("critical")}],
        interpretation=[coded("N"), coded("A")],
    ))  # fmt: skip
    chart = opened(store)
    (fact,) = labs.results(chart)
    assert fact.issued is not None
    assert (fact.issued.day, fact.specimen, fact.note, fact.flag) == (
        "2020-03-05", "Specimen/1", "Haemolysed.", "A",
    )  # fmt: skip
    (detail,) = result_details.details(chart, fact.resource)
    assert (detail.method, detail.interpretations) == ("Dipstick", ("N", "A"))
    assert [(one.low, one.kind, one.is_applied) for one in detail.ranges] == [
        (3.0, "critical", False)
    ]
    (who,) = participations(chart, fact.resource)
    assert (who.kind, who.name) == ("performer", "Dr. Jane Roe")


def test_a_result_is_found_by_its_second_coding(store: ChartStore, tmp_path: Path) -> None:
    code = {"coding": [{"system": "urn:lab", "code": "K+", "display": "K"},
                       {"system": "http://loinc.org", "code": "2823-3"}]}  # fmt: skip
    loaded(store, tmp_path, observation("x", code=code))
    (fact,) = labs.results(opened(store))
    assert fact.concept == "potassium"


def test_details_of_another_patients_result_are_not_told(store: ChartStore, tmp_path: Path) -> None:
    other = observation("x", "Patient/p2", note=[{"text": "secret"}], performer=[DOCTOR])
    loaded(store, tmp_path, patient("p2"), observation("mine"), other)
    chart = opened(store)
    assert result_details.details(chart, "Observation/x") == ()
    assert participations(chart, "Observation/x") == ()
