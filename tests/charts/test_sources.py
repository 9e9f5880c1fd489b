"""The record behind a citation, and what stands at a path."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.charts import sources
from pipelines.errors import NotFound
from tests.charts.small_store import SmallStore

OBSERVATION = {
    "resourceType": "Observation",
    "id": "bp",
    "valueQuantity": {"value": 5.9, "unit": "mmol/L"},
    "valueBoolean": True,
    "code": {"coding": [{"code": "a", "display": "A"}, {"code": "b"}], "text": "Both"},
    "component": [
        {"valueQuantity": {"value": 131, "unit": "mmHg"}},
        {"valueQuantity": {"value": 72.0, "unit": "mmHg"}},
    ],
    "text": {"div": "<div>x</div>"},
}
RAW = json.dumps(OBSERVATION)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("valueQuantity.value", ("5.9",), id="one leaf"),
        pytest.param("valueQuantity", ("5.9", "mmol/L"), id="an element's leaves in order"),
        pytest.param("component[1].valueQuantity", ("72.0", "mmHg"), id="an item of a list"),
        pytest.param("component.valueQuantity.value", ("131", "72.0"), id="every item of a list"),
        pytest.param("code.coding[0].display", ("A",), id="inside a list"),
        pytest.param("Observation.code.text", ("Both",), id="the type may stand first"),
        pytest.param("valueBoolean", ("true",), id="a boolean as JSON has it"),
        pytest.param("component[2].valueQuantity", (), id="beyond the list"),
        pytest.param("valueString", (), id="not there"),
        pytest.param("code..text", (), id="no path"),
        pytest.param("code.coding[x]", (), id="no index"),
        pytest.param("valueQuantity.value.more", (), id="below a leaf"),
    ],
)
def test_leaves_stand_at_their_path_as_written(path: str, found: tuple[str, ...]) -> None:
    assert sources.leaves(RAW, path) == found


def test_all_fields_are_listed_with_their_paths_but_markup() -> None:
    fields = dict(sources.all_leaves(RAW))
    assert fields["component[0].valueQuantity.value"] == "131"
    assert fields["id"] == "bp"
    assert not any("div" in path for path in fields)


JSON = st.recursive(
    st.text(max_size=5) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), JSON, max_size=4))
def test_every_listed_field_is_found_again_at_its_path(resource: dict[str, object]) -> None:
    raw = json.dumps(resource)
    for path, value in sources.all_leaves(raw):
        if "][" not in path:  # FHIR has no list of lists
            assert sources.leaves(raw, path) == (value,)


def test_the_current_version_is_shown_word_for_word() -> None:
    store = SmallStore()
    store.add_resource(OBSERVATION)
    store.add("resource", resource="Observation/bp", patient="p1", version=2, current=False,
              raw="{}", type="Observation")  # fmt: skip
    assert sources.raw_version(store.chart(), "Observation/bp") == (RAW, 1)
    assert sources.raw(store.chart(), "Observation/bp") == RAW


@pytest.mark.parametrize("resource", ["Observation/bp", "Observation/none", "", "Patient/p2"])
def test_another_patients_record_is_not_found(resource: str) -> None:
    store = SmallStore()
    store.add_resource(OBSERVATION, patient="p2")
    store.add_resource({"resourceType": "Patient", "id": "p2"}, patient="p2")
    with pytest.raises(NotFound):
        sources.raw(store.chart(), resource)
