"""What an observation says beside its value: odd forms kept, bad ones refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.charts.codebook import CodeBook
from pipelines.charts.row_parts import Place
from pipelines.charts.rows_observation import build
from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json, observation
from tests.charts.subject_files import DOCTOR, coded, loaded, refusal, says, table_rows

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
LOW_HIGH = {"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1, "unit": "mmol/L"}}


def absent(code: str) -> Json:
    return {"extension": [{"url": ABSENT, "valueCode": code}]}


def quantity(**more: object) -> Json:
    return {"valueQuantity": {"value": 4.5, "unit": "mmol/L", **more}}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(quantity(system="http://unitsofmeasure.org", code="mmol/L"),
                     {"unit": "mmol/L", "unit_code": "mmol/L",
                      "unit_system": "http://unitsofmeasure.org"}, id="unit with code and system"),
        pytest.param({"valueQuantity": absent("unknown")},
                     {"value_kind": "absent", "value_text": "unknown",
                      "path": "valueQuantity.extension[0].valueCode", "quote": "unknown"},
                     id="a quantity that an extension calls absent"),
        pytest.param({"valueString": None, "_valueString": absent("masked"), "valueQuantity": None},
                     {"value_kind": "absent", "value_text": "masked",
                      "path": "_valueString.extension[0].valueCode"}, id="an absent string"),
        pytest.param({"valueQuantity": None, "effectiveDateTime": None,
                      "_effectiveDateTime": absent("unknown")},
                     {"value_kind": None, "effective_written": None}, id="an absent date"),
        pytest.param({"valueQuantity": {"unit": "mmol/L"}, "dataAbsentReason": coded("error")},
                     {"value_kind": "absent", "value_text": "error", "path": "dataAbsentReason"},
                     id="a quantity without a number, and why"),
        pytest.param({"valueTime": "14:30:00"}, {"value_kind": "datetime",
                                                 "value_text": "14:30:00"}, id="time of day"),
        pytest.param({"valuePeriod": {"start": "2020-01-01", "end": "2020-01-02"}},
                     {"value_text": "2020-01-01 to 2020-01-02"}, id="period"),
        pytest.param({"valueRatio": {"numerator": {"value": 1, "comparator": "<"},
                                     "denominator": {"value": 80}}},
                     {"value_kind": "ratio", "value_text": "<1:80"}, id="titre below"),
        pytest.param({"valueSampledData": {"origin": {"value": 0}, "period": 10, "dimensions": 1,
                                           "data": "1 2 E"}},
                     {"value_text": "sampled data", "quote": "1 2 E"}, id="sampled data"),
        pytest.param({"valueReference": {"reference": "ImagingStudy/1"}},
                     {"value_kind": "reference", "value_text": "ImagingStudy/1",
                      "path": "valueReference.reference"}, id="R5 reference"),
        pytest.param({"effectiveDateTime": None, "effectiveInstant": "2020-01-01T00:00:00Z"},
                     {"effective_written": "2020-01-01T00:00:00Z"}, id="instant"),
        pytest.param({"effectiveDateTime": None, "effectiveTiming": {
            "event": ["2020-01-03", "2020-01-01"]}},
                     {"effective_written": "2020-01-01"}, id="the first of several times"),
        pytest.param({"specimen": {"reference": "Specimen/s1"}}, {"specimen": "Specimen/s1"},
                     id="specimen"),
        pytest.param({"specimen": {"display": "Arterial blood"}},
                     {"specimen": "Arterial blood"}, id="specimen in words"),
        pytest.param({"specimen": {"reference": "#s"}}, {"specimen": "Observation/x#s"},
                     id="a specimen inside is no other result's"),
        pytest.param({"interpretation": [coded("N"), coded("HH")]}, {"interpretation": "HH"},
                     id="of two marks the worse one decides"),
        pytest.param({"interpretation": [{"coding": [{"code": "ABN-7"}, {"code": "L"}]}]},
                     {"interpretation": "L"}, id="a mark with a site's own code first"),
        pytest.param({"interpretation": [{"text": "Critically high"}]},
                     {"interpretation": "Critically high"}, id="a mark in words"),
        pytest.param({"category": [coded("exam"), {"coding": [{"code": "x"},
                                                              {"code": "vital-signs"}]}]},
                     {"category": "vital-signs"}, id="the main category among several codings"),
        pytest.param({"referenceRange": [{"low": {"value": 9}, "high": {"value": 3}}]},
                     {"range_low": None, "range_high": None, "range_text": "9 to 3"},
                     id="a range the wrong way round is not used"),
    ],
)  # fmt: skip
def test_a_row_says(store: ChartStore, tmp_path: Path, given: Json, wanted: dict[str, Any]) -> None:
    says(store, tmp_path, [observation("x", **given)], ("observation", [wanted]))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param({"interpretation": [coded("N"), {"coding": [{"code": "A"}]}]},
                     {"part": 0, "interpretations": ["N", "A"]}, id="all interpretations"),
        pytest.param({"category": [coded("laboratory", "Laboratory"), {"text": "Chemistry"}]},
                     {"categories": ["Laboratory", "Chemistry"]}, id="all categories"),
        pytest.param({"method": coded("1", "Dipstick"), "bodySite": coded("2", "Left arm"),
                      "device": {"display": "Pump 3"}},
                     {"method": "Dipstick", "body_site": "Left arm", "device": "Pump 3",
                      "method_key": "http://snomed.info/sct|1"}, id="how and where"),
        pytest.param({"note": [{"text": "Haemolysed."}, {"text": "Repeat."}]},
                     {"note": "Haemolysed.\nRepeat."}, id="notes"),
        pytest.param({"basedOn": [{"reference": "ServiceRequest/1"}],
                      "derivedFrom": [{"reference": "Observation/a"}],
                      "hasMember": [{"reference": "Observation/b"}]},
                     {"based_on": ["ServiceRequest/1"], "derived_from": ["Observation/a"],
                      "has_member": ["Observation/b"]}, id="links"),
        pytest.param({"effectiveDateTime": None,
                      "effectivePeriod": {"start": "2020-01-01", "end": "2020-01-02"}},
                     {"effective_end_written": "2020-01-02"}, id="until when"),
        pytest.param({"valueRange": {"low": {"value": 1.5, "unit": "g"}, "high": {"value": 2}}},
                     {"value_low": 1.5, "value_high": 2.0}, id="both ends of a range"),
        pytest.param({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 80}}},
                     {"numerator": 1.0, "denominator": 80.0}, id="both sides of a ratio"),
        pytest.param({"dataAbsentReason": {"text": "clotted"}}, {"absent_reason": "clotted"},
                     id="a value and a reason for none"),
        pytest.param({"effectiveDateTime": None, "effectiveTiming": {"code": {"text": "BID"}}},
                     {"timing": "BID"}, id="timing"),
    ],
)  # fmt: skip
def test_what_few_observations_have_stands_beside_the_row(
    store: ChartStore, tmp_path: Path, given: Json, wanted: dict[str, Any]
) -> None:
    says(store, tmp_path, [observation("x", **given)], ("observation_detail", [wanted]))


def test_a_plain_observation_has_its_row_and_nothing_beside_it() -> None:
    place = Place("Observation/x", "p1", {}, CodeBook())
    build(observation(referenceRange=[LOW_HIGH], interpretation=[coded("H")], issued="2020-03-05",
                      specimen={"reference": "Specimen/1"}), place)  # fmt: skip
    assert {table: len(rows) for table, rows in place.rows.items()} == {"observation": 1}


def test_every_range_is_kept_and_the_one_that_applies_is_marked(
    store: ChartStore, tmp_path: Path
) -> None:
    ranges = [
        {**LOW_HIGH, "type": {"coding": [{"code": "normal"}]}},
        {"low": {"value": 2.5, "unit": "mmol/L"}, "type": coded("critical", "Critical")},
        {"high": {"value": 6}, "appliesTo": [coded("248153007", "Male")],
         "age": {"low": {"value": 65, "unit": "a"}}, "text": "older men",
         "type": coded("treatment")},
    ]  # fmt: skip
    says(store, tmp_path, [observation("x", referenceRange=ranges)], ("reference_range", [
        {"number": 1, "low": 3.5, "high": 5.1, "unit": "mmol/L", "type": "normal",
         "is_applied": True, "path": "referenceRange[0].low.value", "quote": "3.5"},
        {"number": 2, "low": 2.5, "high": None, "type": "Critical", "is_applied": False},
        {"number": 3, "high": 6.0, "applies_to": ["Male"], "age_low": 65.0, "age_unit": "a",
         "text": "older men", "is_applied": False},
    ]))  # fmt: skip
    assert table_rows(store, "observation", "Observation/x")[0]["range_low"] == 3.5


def test_a_component_has_its_own_range_mark_and_reason(store: ChartStore, tmp_path: Path) -> None:
    parts = [
        {"code": {"text": "Systolic"}, **quantity(), "interpretation": [coded("L"), coded("LL")],
         "referenceRange": [{**LOW_HIGH, "appliesTo": [coded("1", "Adult")]}]},
        {"code": {"text": "Diastolic"}, "dataAbsentReason": {"text": "not measured"}},
    ]  # fmt: skip
    given = observation("x", valueQuantity=None, component=parts)
    says(store, tmp_path, [given], ("observation", [
        {"part": 0, "value_kind": None},
        {"part": 1, "interpretation": "LL", "range_text": "Adult: 3.5 to 5.1 mmol/L"},
        {"part": 2, "value_kind": "absent", "path": "component[1].dataAbsentReason"},
    ]))  # fmt: skip
    assert [row["interpretations"] for row in table_rows(
        store, "observation_detail", "Observation/x")] == [["L", "LL"]]  # fmt: skip
    assert table_rows(store, "reference_range", "Observation/x")[0]["path"] == (
        "component[0].referenceRange[0].low.value"
    )


def test_every_coding_of_code_and_answer_is_in_the_list_of_codes(
    store: ChartStore, tmp_path: Path
) -> None:
    two = {"coding": [{"system": "urn:lab", "code": "K+"},
                      {"system": "http://loinc.org", "code": "2823-3"}]}  # fmt: skip
    answer = {"coding": [{"system": "urn:lab", "code": "P"},
                         {"system": "http://snomed.info/sct", "code": "10828004"}]}  # fmt: skip
    loaded(store, tmp_path, observation("x", code=two, valueCodeableConcept=answer))
    found = store.rows(
        "select o.resource from observation o join code c on c.code_key = o.code_key "
        "join code a on a.code_key = o.value_key where c.code = '2823-3' and a.code = '10828004'",
        {},
    )
    assert found == [("Observation/x",)]


def test_who_performed_it_is_named_when_all_files_are_in(store: ChartStore, tmp_path: Path) -> None:
    given = observation("x", performer=[DOCTOR, {"display": "Ward nurse"}])
    says(store, tmp_path, [given], ("participation", [
        {"number": 1, "kind": "performer", "name": "Dr. Jane Roe",
         "reference": "Practitioner/dr1", "path": "performer[0].reference"},
        {"number": 2, "name": "Ward nurse", "reference": None, "quote": "Ward nurse"},
    ]))  # fmt: skip


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({"status": "done"}, "status", id="status"),
        pytest.param(quantity(comparator="~"), "valueQuantity.comparator", id="comparator"),
        pytest.param(quantity(value=1e40), "valueQuantity.value", id="beyond all measure"),
        pytest.param(quantity(value=-1e16), "valueQuantity.value", id="far below"),
        pytest.param(quantity(value="5.9"), "valueQuantity.value", id="a number as text"),
        pytest.param(quantity(value=True), "valueQuantity.value", id="a boolean"),
        pytest.param({"valueInteger": 10**20}, "valueInteger", id="a huge integer"),
        pytest.param({"valueBoolean": "yes"}, "valueBoolean", id="yes is no boolean"),
        pytest.param({"valueTime": "25:00"}, "valueTime", id="no such time"),
        pytest.param({"valueDateTime": "yesterday"}, "valueDateTime", id="no date"),
        pytest.param({"valuePeriod": {"start": "2021", "end": "2020"}}, "valuePeriod",
                     id="ends before it starts"),
        pytest.param({"valueRatio": {"numerator": {"value": "1"}}},
                     "valueRatio.numerator.value", id="ratio of texts"),
        pytest.param({"valueRange": {"low": {"value": "a"}}}, "valueRange.low.value",
                     id="range of texts"),
        pytest.param({"effectiveDateTime": "1776-07-04"}, "effectiveDateTime", id="too early"),
        pytest.param({"issued": "2020-13-01"}, "issued", id="no such month"),
        pytest.param({"referenceRange": [{"low": {"value": "x"}}]}, "referenceRange.low.value",
                     id="range limit"),
        pytest.param({"component": [{"code": {"text": "a"}, **quantity(comparator="=")}]},
                     "valueQuantity.comparator", id="in a component"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_by_element(
    store: ChartStore, tmp_path: Path, given: Json, named: str
) -> None:
    reason = refusal(store, tmp_path, observation("x", **given))
    assert reason is not None
    assert named in reason
    assert store.rows("select count(*) from observation", {}) == [(0,)]


def test_a_reading_changes_nothing_of_what_it_reads() -> None:
    given = observation("x", component=[{"code": {"text": "a"}, **quantity()}],
                        referenceRange=[LOW_HIGH, LOW_HIGH], note=[{"text": "n"}],
                        interpretation=[coded("H"), coded("N")])  # fmt: skip
    before = json.dumps(given)
    build(given, Place("Observation/x", "p1", {}, CodeBook()))
    assert json.dumps(given) == before
