"""Bad input: each gets a plain sentence that names the element and never its value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charts.batches import store_columns
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import Columns, Packed
from pipelines.charts.file_reader import FileReader
from pipelines.charts.files import Source
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.schema import MIGRATIONS
from pipelines.charts.store import ChartStore
from pipelines.errors import ChartroomError, NothingLoaded
from tests.charts.fhir_files import Json, bundle, lines, load, note, observation, patient, write

MARKER = "Zebrafinch"
"""Stands for chart text: no refusal may repeat it."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    opened = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n\t ", "empty", id="only blanks"),
        pytest.param(b'{"resourceType": "Patient", "id"', "not JSON, or it is cut off", id="cut"),
        pytest.param(b"hello", "not JSON", id="words"),
        pytest.param(b"[1, 2]", "not a FHIR resource", id="a list"),
        pytest.param(b'"text"', "not a FHIR resource", id="a string"),
        pytest.param(b'{"a": 1}', "resourceType is missing", id="an object of something else"),
        pytest.param(b'{"resourceType": "Zebrafinch", "id": "1"}', "not one that FHIR", id="type"),
        pytest.param(b'{"resourceType": 7, "id": "1"}', "not one that FHIR", id="type a number"),
        pytest.param(b"[" * 100_000, "too deep", id="bottomless"),
        pytest.param(b"\xff\xfe{\x00}\x00", "not UTF-8", id="UTF-16"),
        pytest.param(b"\x00\x01\x02\x80", "not UTF-8", id="binary"),
        pytest.param(b"\x1f\x8bnonsense", "gz", id="damaged gz"),
        pytest.param(b'{"resourceType": "Bundle", "type": "subscription-notification"}',
                     "Bundle.type", id="a bundle of another kind"),
        pytest.param(b'{"resourceType": "Bundle", "entry": {}}', "not a list", id="entry object"),
        pytest.param(b'{"resourceType": "Bundle", "entry": [], "entry": []}', "key entry twice",
                     id="two lists of entries"),
        pytest.param(b'{"resourceType": "Patient", "id": "a b"}', "not a FHIR id", id="id"),
        pytest.param(b'{"resourceType": "Patient", "id": 5}', "not a FHIR id", id="id a number"),
        pytest.param(b'{"resourceType": "Patient"}', "neither an id", id="no id"),
        pytest.param(b'{"resourceType": "Patient", "id": "1", "id": "2"}',
                     "Duplicate key: an object has the key id twice", id="key twice"),
    ],
)  # fmt: skip
def test_a_file_that_is_of_no_use_is_refused_in_a_sentence(
    store: ChartStore, tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(NothingLoaded) as caught:
        load(store, write(tmp_path / "x.json", content))
    assert said in caught.value.user_message
    assert MARKER not in caught.value.user_message
    assert "\n" not in caught.value.user_message


def without(resource: Json, name: str) -> Json:
    return {key: value for key, value in resource.items() if key != name}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param(7, "not an object", id="a number for an entry"),
        pytest.param({}, "no resource", id="no resource"),
        pytest.param({"resource": []}, "no resource", id="a list for a resource"),
        pytest.param({"resource": bundle()}, "Bundle inside a Bundle", id="nested Bundle"),
        pytest.param(
            {"fullUrl": "urn:uuid:b1", "resource": bundle()},
            "Bundle inside a Bundle",
            id="nested Bundle with a name",
        ),
    ],
)
def test_an_odd_entry_is_refused_by_number(
    store: ChartStore, tmp_path: Path, entry: object, said: str
) -> None:
    content = {"resourceType": "Bundle", "entry": [{"resource": patient()}, entry]}
    report = load(store, write(tmp_path / "x.json", content))
    (item,) = report.refused
    assert (report.resources, item.entry) == (1, 2)
    assert said in item.reason


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        pytest.param(observation(effectiveDateTime=MARKER), "effectiveDateTime", id="date"),
        pytest.param(observation(effectiveDateTime="2021-02-30"), "effectiveDateTime", id="Feb 30"),
        pytest.param(observation(effectiveDateTime="0420-01-01"), "1850", id="long ago"),
        pytest.param(observation(effectiveDateTime=20200101), "effectiveDateTime", id="number"),
        pytest.param(observation(status=MARKER), "status", id="status"),
        pytest.param(observation(status=["final"]), "form", id="status a list"),
        pytest.param(observation(subject=None) | {"subject": "Patient/p1"}, "subject",
                     id="subject a string"),
        pytest.param(observation(code=MARKER), "form", id="code a string"),
        pytest.param(observation(valueQuantity={"value": MARKER}), "valueQuantity", id="value"),
        pytest.param(observation(valueQuantity={"value": True}), "valueQuantity", id="true"),
        pytest.param(observation(valueBoolean="yes"), "valueBoolean", id="boolean"),
        pytest.param(observation(component=[MARKER]), "form", id="component a string"),
        pytest.param(patient("p2", gender=MARKER), "gender", id="gender"),
        pytest.param(patient("p2", birthDate="born"), "birthDate", id="birth date"),
        pytest.param(note(content=[{"attachment": {"data": "%%%"}}]), "base64", id="base64"),
        pytest.param(note(content=[{"attachment": {"data": "/w=="}}]), "character set",
                     id="not text"),
        pytest.param({"resourceType": "Condition", "id": "c", "subject": {
            "reference": "Patient/p1"}, "clinicalStatus": {"coding": [{"code": MARKER}]}},
            "clinicalStatus", id="clinical status"),
        pytest.param({"resourceType": "Encounter", "id": "e", "status": "finished", "subject": {
            "reference": "Patient/p1"}, "period": {"start": "2020-02-02", "end": "2019-01-01"}},
            "ends before", id="end before start"),
        pytest.param({"resourceType": "Claim", "id": "c", "created": MARKER}, "created",
                     id="a date of a type without rows"),
        pytest.param({"resourceType": "Binary", "id": "b", "data": "!"}, "base64", id="binary"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_and_the_rest_goes_in(
    store: ChartStore, tmp_path: Path, resource: Json, said: str
) -> None:
    content = bundle(patient(), resource, observation("good"))
    report = load(store, write(tmp_path / "x.json", content))
    (item,) = report.refused
    assert (item.entry, item.patient) == (2, "p2" if resource["id"] == "p2" else "p1")
    assert item.resource == f"{resource['resourceType']}/{resource['id']}"
    assert said in item.reason
    assert MARKER not in item.reason
    assert report.by_type == {"Observation": 1, "Patient": 1}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_is_not_finite_costs_its_own_entry(
    store: ChartStore, tmp_path: Path, number: str
) -> None:
    text = json.dumps(bundle(patient(), observation("o1"), observation("o2")))
    broken = text.replace("4.5", number, 1).encode()
    report = load(store, write(tmp_path / "x.json", broken))
    (item,) = report.refused
    assert (item.resource, item.patient, report.resources) == ("Observation/o1", "p1", 2)
    assert "NaN, Infinity or too large" in item.reason


def test_a_key_that_stands_twice_costs_its_own_entry(store: ChartStore, tmp_path: Path) -> None:
    text = json.dumps(bundle(patient(), observation("o1"), observation("o2")))
    twice = text.replace('"value": 4.5', '"value": 4.5, "value": 9.5', 1).encode()
    report = load(store, write(tmp_path / "x.json", twice))
    assert [(one.resource, one.reason) for one in report.refused] == [
        ("Observation/o1", "Duplicate key: an object has the key value twice.")
    ]


def test_numbers_in_other_notations_are_no_duplicate_keys(
    store: ChartStore, tmp_path: Path
) -> None:
    text = json.dumps(bundle(patient(), observation())).replace("4.5", "1.0E-7").encode()
    load(store, write(tmp_path / "x.json", text))
    assert store.rows("select value_number, value_text from observation", {}) == [(1e-7, "1e-07")]


def test_a_bad_line_of_ndjson_costs_itself(store: ChartStore, tmp_path: Path) -> None:
    path = lines(tmp_path / "x.ndjson", [patient(), observation()])
    path.write_bytes(path.read_bytes() + b'{"resourceType": "Observ\n')
    report = load(store, path)
    assert [(one.entry, one.resource) for one in report.refused] == [(3, None)]
    assert report.resources == 2


def test_deep_nesting_inside_an_entry_is_refused(store: ChartStore, tmp_path: Path) -> None:
    deep: object = "end"
    for _ in range(150):
        deep = {"extension": [deep]}
    report = load(store, write(tmp_path / "x.json", bundle(patient(), observation(**{"x": deep}))))
    assert "levels deep" in report.refused[0].reason


def test_an_observation_without_a_date_is_kept_without_one(
    store: ChartStore, tmp_path: Path
) -> None:
    content = bundle(patient(), observation(effectiveDateTime=None))
    assert load(store, write(tmp_path / "x.json", content)).refused == ()
    assert store.rows("select effective_utc, effective_written from observation", {}) == [
        (None, None)
    ]


def test_no_end_of_9999_is_not_refused(store: ChartStore, tmp_path: Path) -> None:
    cover = {"resourceType": "Coverage", "id": "c", "status": "active",
             "beneficiary": {"reference": "Patient/p1"},
             "period": {"start": "2020-01-01", "end": "9999-12-31"}}  # fmt: skip
    assert load(store, write(tmp_path / "x.json", bundle(patient(), cover))).refused == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip
elements = st.sampled_from([
    "status", "code", "subject", "category", "component", "valueQuantity", "valueRatio",
    "referenceRange", "interpretation", "effectivePeriod", "encounter", "issued", "contained",
    "name", "identifier", "period", "class", "type", "dosage", "content", "reaction",
    "medicationReference", "dosageInstruction", "section", "hospitalization", "location",
])  # fmt: skip
kinds = st.sampled_from([
    "Observation", "Patient", "Encounter", "Condition", "MedicationRequest", "Procedure",
    "MedicationAdministration", "AllergyIntolerance", "DocumentReference", "Composition",
    "DiagnosticReport", "Immunization", "Provenance",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(kind=kinds, odd=st.dictionaries(elements, json_values, min_size=1, max_size=4))
def test_no_shape_of_an_element_breaks_the_load(kind: str, odd: Json) -> None:
    """Every entry is either taken in or refused with a sentence."""
    resource = {"resourceType": kind, "id": "x", "subject": {"reference": "Patient/p1"}, **odd}
    (packed,) = read(json.dumps(bundle(resource)).encode())
    assert len(packed.digests) + len(packed.file.turned) == 1
    assert all(turned.reason.endswith(".") for turned in packed.file.turned)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=60))
def test_no_bytes_at_all_raise_anything_but_a_refusal(content: bytes) -> None:
    assert sum(packed.is_last for packed in read(content)) == 1


def _columns() -> Columns:
    connection = duckdb.connect(":memory:")
    for migrate in MIGRATIONS:
        migrate(connection)
    return store_columns(connection)


COLUMNS = _columns()


def read(content: bytes) -> list[Packed]:
    """A file of this content as a reader hands it over."""
    reader = FileReader(LoadLimits("off", 10, 100), COLUMNS, CodeBook())
    return list(reader.read(Source("x.json", content=content), 1))


def test_every_text_of_the_json_test_suite_ends_in_a_sentence(
    store: ChartStore, shared: Path
) -> None:
    folder = shared / "badinput" / "json_test_suite" / "test_parsing"
    if not folder.is_dir():
        pytest.skip("needs ../shared/badinput, which is not here")
    for path in sorted(folder.glob("*.json")):
        with pytest.raises(ChartroomError) as caught:
            load_paths(store, [path], LoadLimits(validate="off"))
        assert caught.value.user_message.startswith("Nothing could be loaded: ")
