"""Statuses of results: what is a fact, what is said beside it, and what counts once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.charts import labs, patients, question_names, result_details, sources
from pipelines.charts.result_status import statuses
from pipelines.charts.row_parts import status_values
from pipelines.charts.store import ChartStore
from pipelines.charts.worklist import worklist
from pipelines.records.chart import Chart
from tests.charts.fhir_files import Json, bundle, load, observation, patient, write
from tests.charts.small_store import READER, SmallStore

HIGH = {"interpretation": [{"coding": [{"code": "H"}]}]}
SPECIMEN = {"specimen": {"reference": "Specimen/1"}}


def opened(store: ChartStore, patient_id: str = "p1") -> Chart:
    now = patients.as_of(store, patient_id)
    assert now is not None
    return Chart(READER, patient_id, "test", now, store)


def put_in(store: ChartStore, folder: Path, *resources: Json) -> None:
    report = load(store, write(folder / "x.json", bundle(patient(), patient("p2"), *resources)))
    assert report.refused == ()


def quantity(value: float) -> Json:
    return {"value": value, "unit": "mmol/L"}


def test_every_status_that_fhir_knows_is_a_fact_a_preliminary_one_or_never_a_fact() -> None:
    rules = statuses()
    known = status_values()["Observation"]
    named = {*rules.never_a_fact, *rules.not_final, *rules.takes_its_place, "unknown"}
    assert named == known
    assert not set(rules.not_final) & set(rules.takes_its_place)
    assert rules.revised <= set(rules.takes_its_place)
    assert set(rules.words) == known - {"final"} - set(rules.never_a_fact)


@pytest.mark.parametrize(
    ("status", "word", "is_final"),
    [
        pytest.param("final", None, True, id="final needs no word"),
        pytest.param(None, None, True, id="none stated: nothing is assumed"),
        pytest.param("preliminary", "preliminary", False, id="preliminary"),
        pytest.param("registered", "registered", False, id="registered with a value"),
        pytest.param("specimen-in-process", "specimen in process", False, id="R5's own"),
        pytest.param("amended", "amended", True, id="amended"),
        pytest.param("corrected", "corrected", True, id="corrected"),
        pytest.param("appended", "appended", True, id="appended"),
        pytest.param("unknown", "status unknown", True, id="unknown says so"),
    ],
)
def test_a_result_says_its_status_beside_its_value(
    status: str | None, word: str | None, is_final: bool
) -> None:
    store = SmallStore()
    store.add_result("x", 5.9, effective_at="2026-11-22T05:30:00Z", status=status,
                     interpretation="H")  # fmt: skip
    chart = store.chart()
    for fact in (*labs.results(chart), *labs.latest_abnormal(chart, 5)):
        assert (fact.value, fact.status_word, fact.is_final) == (5.9, word, is_final)
    assert [kind.count for kind in labs.kinds(chart)] == [1]


@pytest.mark.parametrize("status", statuses().never_a_fact)
def test_what_is_no_fact_stands_in_no_list_count_or_name(status: str) -> None:
    store = SmallStore()
    store.add_patient(family="Muster")
    store.add("chart_extent", patient="p1", first_at="2020-01-01", last_at="2026-11-23",
              loaded_at="2026-11-23T08:00:00Z")  # fmt: skip
    store.add_result("x", 5.9, effective_at="2026-11-22", status=status, interpretation="HH")
    chart = store.chart()
    assert labs.results(chart) == labs.latest_abnormal(chart, 5) == labs.kinds(chart) == ()
    assert question_names.result_names(chart) == ()
    assert worklist(store)[0].abnormal == ()


@pytest.mark.parametrize("early", statuses().not_final)
@pytest.mark.parametrize("late", statuses().takes_its_place)
def test_a_result_counts_once_whatever_its_two_statuses_are_called(
    store: ChartStore, tmp_path: Path, early: str, late: str
) -> None:
    put_in(
        store, tmp_path,
        observation("early", status=early, valueQuantity=quantity(6.4), **HIGH, **SPECIMEN),
        observation("late", status=late, valueQuantity=quantity(5.4), **HIGH, **SPECIMEN),
    )  # fmt: skip
    chart = opened(store)
    assert [fact.value for fact in labs.results(chart)] == [5.4]
    assert [(kind.count, kind.numeric_count) for kind in labs.kinds(chart)] == [(1, 1)]
    assert [one.count for one in question_names.result_names(chart)] == [1]
    assert [fact.value for fact in labs.latest_abnormal(chart, 5)] == [5.4]
    row = next(row for row in worklist(store) if row.patient.patient_id == "p1")
    assert [fact.value for fact in row.abnormal] == [5.4]
    (left_out,) = result_details.replaced(chart)
    assert sources.leaves(sources.raw(chart, left_out.fact.resource), left_out.fact.path)[0] == (
        "6.4"
    )


def test_another_patients_final_result_replaces_nothing(store: ChartStore, tmp_path: Path) -> None:
    put_in(
        store, tmp_path, observation("early", status="preliminary", **SPECIMEN),
        observation("late", "Patient/p2", **SPECIMEN),
    )  # fmt: skip
    (fact,) = labs.results(opened(store))
    assert (fact.resource, fact.status_word) == ("Observation/early", "preliminary")


def test_a_preliminary_panel_is_replaced_component_by_component(
    store: ChartStore, tmp_path: Path
) -> None:
    def pressure(ident: str, status: str, systolic: float) -> Json:
        parts = [{"code": {"text": name}, "valueQuantity": {"value": value, "unit": "mm[Hg]"}}
                 for name, value in (("Systolic", systolic), ("Diastolic", 80.0))]  # fmt: skip
        return observation(ident, status=status, valueQuantity=None, component=parts,
                           code={"text": "Blood pressure"})  # fmt: skip

    put_in(store, tmp_path, pressure("a", "preliminary", 210.0), pressure("b", "final", 120.0))
    assert [fact.value for fact in labs.results(opened(store))] == [120.0, 80.0]


def version(number: int, **more: object) -> Json:
    meta = {"versionId": str(number), "lastUpdated": f"2020-03-0{number + 4}T10:00:00Z"}
    return observation("x", meta=meta, **more)


def test_an_amended_result_tells_what_each_version_before_it_said(
    store: ChartStore, tmp_path: Path
) -> None:
    for given in (
        version(1, status="preliminary", valueQuantity=quantity(6.4)),
        version(2, valueQuantity=quantity(4.5), issued="2020-03-05T09:00:00Z"),
        version(3, status="corrected", valueQuantity={**quantity(5.4), "comparator": ">"}),
    ):
        put_in(store, tmp_path, given)
    chart = opened(store)
    (fact,) = labs.results(chart)
    assert (fact.value, fact.status_word, fact.earlier_versions) == (5.4, "corrected", 2)
    second, first = labs.earlier_versions(chart, fact.resource)
    assert [(one.version, one.status, one.value, one.value_text, one.unit)
            for one in (second, first)] == [
        (2, "final", 4.5, "4.5", "mmol/L"), (1, "preliminary", 6.4, "6.4", "mmol/L"),
    ]  # fmt: skip
    assert second.when is not None
    assert second.issued is not None
    assert second.updated is not None
    assert (second.when.clock, second.issued.day, second.updated.day) == (
        "2020-03-04 05:06", "2020-03-05", "2020-03-06",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "said"),
    [
        pytest.param({"valueString": "<0.5"}, [(0, None, "<0.5", "valueString")], id="text"),
        pytest.param({"valueCodeableConcept": {"text": "Positive"}},
                     [(0, None, "Positive", "valueCodeableConcept")], id="coded"),
        pytest.param({"valueQuantity": None, "dataAbsentReason": {"text": "clotted"}},
                     [(0, None, "clotted", "dataAbsentReason")], id="no value, and why"),
        pytest.param({"valueQuantity": None}, [], id="no value at all"),
        pytest.param({"valueQuantity": None, "component": [
            {"code": {"text": "A"}, "valueInteger": 2}, {"code": {"text": "B"}}]},
                     [(1, 2.0, "2", "component[0].valueInteger")], id="components"),
    ],
)  # fmt: skip
def test_what_a_version_said_is_told_in_its_own_words(
    store: ChartStore, tmp_path: Path, before: Json, said: list[object]
) -> None:
    put_in(store, tmp_path, version(1, **before))
    put_in(store, tmp_path, version(2, status="amended"))
    found = labs.earlier_versions(opened(store), "Observation/x")
    assert [(one.part, one.value, one.value_text, one.path) for one in found] == said


def test_versions_of_another_patients_result_are_not_told(
    store: ChartStore, tmp_path: Path
) -> None:
    put_in(store, tmp_path, version(1))
    put_in(store, tmp_path, version(2, status="corrected", valueQuantity=quantity(5.4)))
    assert labs.earlier_versions(opened(store, "p1"), "Observation/x") != ()
    other = Chart(READER, "p2", "test", opened(store).as_of, store)
    assert labs.earlier_versions(other, "Observation/x") == ()


def test_a_result_without_versions_before_it_tells_none(store: ChartStore, tmp_path: Path) -> None:
    put_in(store, tmp_path, version(1, status="amended"))
    chart = opened(store)
    assert labs.results(chart)[0].earlier_versions == 0
    assert labs.earlier_versions(chart, "Observation/x") == ()
