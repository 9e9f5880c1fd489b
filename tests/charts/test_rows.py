"""Resources as rows: values stay what the record says, and every quote stands at its path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from pipelines.charts.store import ChartStore
from tests.charts.fhir_files import Json, bundle, load, note, observation, patient, write


def rows(store: ChartStore, tmp_path: Path, sql: str, *resources: Json) -> list[tuple[Any, ...]]:
    report = load(store, write(tmp_path / "x.json", bundle(patient(), *resources)))
    assert report.refused == ()
    return store.rows(sql, {})


Raw: TypeAlias = Any
VALUE = ("select value_kind, value_number, comparator, value_text, unit, path, quote "
         "from observation order by resource, part")  # fmt: skip


@pytest.mark.parametrize(
    ("given", "row"),
    [
        pytest.param({"valueQuantity": {"value": 108.0, "unit": "mg/dL"}},
                     ("quantity", 108.0, None, "108.0", "mg/dL", "valueQuantity", "108.0"),
                     id="number"),
        pytest.param({"valueQuantity": {"value": 0.5, "comparator": "<", "code": "u"}},
                     ("quantity", 0.5, "<", "0.5", "u", "valueQuantity", "0.5"), id="less than"),
        pytest.param({"valueQuantity": {"value": 7}},
                     ("quantity", 7.0, None, "7", None, "valueQuantity", "7"), id="no unit"),
        pytest.param({"valueString": "<0.5"},
                     ("string", None, None, "<0.5", None, "valueString", "<0.5"), id="text"),
        pytest.param({"valueCodeableConcept": {"coding": [{"code": "1", "display": "Positive"}]}},
                     ("codeable", None, None, "Positive", None, "valueCodeableConcept",
                      "Positive"), id="coded"),
        pytest.param({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 80}}},
                     ("ratio", None, None, "1:80", None, "valueRatio", "1"), id="ratio"),
        pytest.param({"valueBoolean": False},
                     ("boolean", None, None, "false", None, "valueBoolean", "false"), id="no"),
        pytest.param({"valueInteger": 3},
                     ("integer", 3.0, None, "3", None, "valueInteger", "3"), id="integer"),
        pytest.param({"valueDateTime": "2020-02"},
                     ("datetime", None, None, "2020-02", None, "valueDateTime", "2020-02"),
                     id="date"),
        pytest.param({"valueRange": {"low": {"value": 1.5, "unit": "g"}, "high": {"value": 2}}},
                     ("range", None, None, "1.5 to 2", "g", "valueRange", "1.5"), id="range"),
        pytest.param({"valueQuantity": None, "dataAbsentReason": {"text": "not done"}},
                     ("absent", None, None, "not done", None, "dataAbsentReason", "not done"),
                     id="absent"),
    ],
)  # fmt: skip
def test_a_value_stays_what_the_record_says(
    store: ChartStore, tmp_path: Path, given: Json, row: tuple[object, ...]
) -> None:
    assert rows(store, tmp_path, VALUE, observation(**given)) == [row]


def test_blood_pressure_is_a_row_for_the_panel_and_one_a_component(
    store: ChartStore, tmp_path: Path
) -> None:
    parts = [{"code": {"text": name}, "valueQuantity": {"value": value, "unit": "mmHg"}}
             for name, value in (("Systolic", 120), ("Diastolic", 80))]  # fmt: skip
    panel = observation(valueQuantity=None, component=parts)
    sql = "select part, display, value_kind, value_number, path, quote from observation order by 1"
    assert rows(store, tmp_path, sql, panel) == [
        (0, "Potassium", None, None, "code.coding[0].display", "Potassium"),
        (1, "Systolic", "quantity", 120.0, "component[0].valueQuantity", "120"),
        (2, "Diastolic", "quantity", 80.0, "component[1].valueQuantity", "80"),
    ]


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        pytest.param([{"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1}}],
                     (3.5, 5.1), id="the one that applies"),
        pytest.param([{"low": {"value": 3.5, "unit": "g/dL"}}], (None, None), id="other unit"),
        pytest.param([{"low": {"value": 1}}, {"low": {"value": 2}}], (None, None), id="two"),
        pytest.param([{"low": {"value": 1}, "type": {"coding": [{"code": "critical"}]}},
                      {"low": {"value": 2}, "type": {"coding": [{"code": "normal"}]}}],
                     (2.0, None), id="normal beside critical"),
    ],
)  # fmt: skip
def test_a_range_is_used_only_where_it_is_the_values_own(
    store: ChartStore, tmp_path: Path, ranges: list[Json],
    wanted: tuple[float | None, float | None],
) -> None:  # fmt: skip
    sql = "select range_low, range_high from observation"
    assert rows(store, tmp_path, sql, observation(referenceRange=ranges)) == [wanted]


def test_times_stand_as_instant_and_as_written(store: ChartStore, tmp_path: Path) -> None:
    sql = "select cast(effective_utc as varchar), effective_written from observation"
    given = observation(effectiveDateTime="2156-05-17T19:00:00-05:00")
    assert rows(store, tmp_path, sql, given) == [
        ("2156-05-18 00:00:00", "2156-05-17T19:00:00-05:00")
    ]


def test_every_quote_stands_at_its_path(store: ChartStore, tmp_path: Path) -> None:
    subject = {"reference": "Patient/p1"}
    given = [
        observation(),
        observation("o2", component=[{"code": {"text": "x"}, "valueString": "y"}]),
        {"resourceType": "Condition", "id": "c", "subject": subject, "code": {"text": "Gout"}},
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": subject,
         "code": {"coding": [{"code": "1"}, {"display": "Nuts"}]}},
        {"resourceType": "Procedure", "id": "p", "status": "completed", "subject": subject,
         "code": {"coding": [{"code": "1", "display": "Biopsy"}]}},
        {"resourceType": "Immunization", "id": "i", "status": "completed", "patient": subject,
         "vaccineCode": {"text": "Flu"}},
        {"resourceType": "MedicationStatement", "id": "m", "status": "active", "subject": subject,
         "medicationReference": {"display": "Aspirin"}},
        {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": subject,
         "class": {"code": "IMP"}},
    ]  # fmt: skip
    load(store, write(tmp_path / "x.json", bundle(patient(), *given)))
    raws = dict(store.rows("select resource, raw from resource", {}))
    tables = ("observation", "condition", "allergy", "procedure", "immunization", "medication",
              "encounter")  # fmt: skip
    for table in tables:
        found = store.rows(f"select resource, path, quote from {table}", {})  # noqa: S608
        assert found
        for resource, path, quote in found:
            assert quote in leaves(json.loads(raws[resource]), path), (resource, path)


def leaves(value: Raw, path: str) -> list[str]:
    for step in path.replace("[", ".[").split("."):
        value = value[int(step[1:-1])] if step.startswith("[") else value[step]
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [one for item in inner for one in leaves({"_": item}, "_")]
    return [str(value)]


def test_mrn_is_the_identifier_that_says_so_and_never_the_social_security_number(
    store: ChartStore, tmp_path: Path
) -> None:
    def ident(kind: str, value: str) -> Json:
        return {"type": {"coding": [{"code": kind}]}, "system": f"urn:{kind}", "value": value}

    people = [patient("a", identifier=[ident("SS", "1"), ident("XX", "2"), ident("MR", "3")]),
              patient("b", identifier=[ident("SS", "1"), ident("XX", "2")]),
              patient("c", identifier=[ident("SS", "1")])]  # fmt: skip
    sql = "select patient, mrn from patient where patient in ('a', 'b', 'c') order by 1"
    assert rows(store, tmp_path, sql, *people) == [("a", "3"), ("b", "2"), ("c", None)]


def test_an_icu_stay_is_part_of_a_hospital_stay(store: ChartStore, tmp_path: Path) -> None:
    def visit(ident: str, code: str, **more: object) -> Json:
        return {"resourceType": "Encounter", "id": ident, "status": "finished",
                "class": {"code": code}, "subject": {"reference": "Patient/p1"},
                **more}  # fmt: skip

    given = [visit("1", "IMP"), visit("2", "AMB"), visit("3", "EW EMER.", hospitalization={
        "admitSource": {"text": "ED"}}), visit("4", "ACUTE", partOf={"reference": "Encounter/1"},
        location=[{"location": {"display": "Medical ICU"}}])]  # fmt: skip
    sql = "select resource, is_hospital, is_icu from encounter order by 1"
    assert rows(store, tmp_path, sql, *given) == [
        ("Encounter/1", True, False), ("Encounter/2", False, False),
        ("Encounter/3", True, False), ("Encounter/4", False, True),
    ]  # fmt: skip


def test_a_note_is_decoded_once_and_its_passages_are_slices_of_it(
    store: ChartStore, tmp_path: Path
) -> None:
    text = "# Assessment\nDr. Ho saw her. K was 5.9 today!\n- given 1.5 g\n- home\n\nPlan: rest."
    load(store, write(tmp_path / "x.json", bundle(patient(), note(text=text))))
    assert store.rows("select text, path from document", {}) == [
        (text, "content[0].attachment.data")
    ]
    found = store.rows(
        "select heading, start_offset, end_offset, text from passage order by start_offset", {}
    )
    assert [(heading, said) for heading, _, _, said in found] == [
        ("Assessment", "Dr. Ho saw her."), ("Assessment", "K was 5.9 today!"),
        ("Assessment", "given 1.5 g"), ("Assessment", "home"), ("Assessment", "Plan: rest."),
    ]  # fmt: skip
    assert all(text[start:end] == said for _, start, end, said in found)
    assert ("5.9",) in store.rows("select word from token", {})


def test_html_and_several_formats_become_one_plain_text(store: ChartStore, tmp_path: Path) -> None:
    import base64

    def form(kind: str, said: str) -> Json:
        return {"attachment": {"contentType": kind, "data": base64.b64encode(said.encode())
                               .decode()}}  # fmt: skip

    page = "<h1>Plan</h1><script>alert(1)</script><ul><li>Rest &amp; fluids</li></ul>"
    given = [note("a", content=[form("text/html", page)]),
             note("b", content=[form("application/pdf", "%PDF"), form("text/plain", "Hello."),
                                form("text/html", "<p>Hello.</p>")])]  # fmt: skip
    sql = "select resource, text from document order by 1"
    assert rows(store, tmp_path, sql, *given) == [
        ("DocumentReference/a", "Plan\n\n- Rest & fluids"), ("DocumentReference/b", "Hello."),
    ]  # fmt: skip
