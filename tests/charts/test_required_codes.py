"""Codes in required value sets: every type, by the element's name and never the code."""

from __future__ import annotations

import importlib
import pkgutil
import timeit
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir.resources import R4B

from pipelines.charts.refusals import EntryRefused
from pipelines.charts.required_codes import check_codes, codes_of
from pipelines.charts.resources import known_types
from pipelines.charts.row_parts import STATUS_VALUES
from tests.charts.fhir_files import observation
from tests.charts.test_releases import resources_of

MARKER = "zebrafinch"
OWN_TYPES = Path(R4B.__file__).parent


def bound_in_the_models() -> Iterator[tuple[str, str, list[str]]]:
    """Code elements with listed values in fhir.resources' R4B; a list cut short ends in '+'."""
    for module in pkgutil.iter_modules([str(OWN_TYPES)]):
        found = importlib.import_module(f"fhir.resources.R4B.{module.name}")
        for kind in known_types() & set(vars(found)):
            for item in getattr(getattr(found, kind), "model_fields", {}).values():
                values = (item.json_schema_extra or {}).get("enum_values")
                if values and item.alias not in ("language", "resourceType"):
                    yield kind, item.alias, values


def test_the_sets_agree_with_another_reading_of_the_definitions() -> None:
    seen = 0
    for kind, element, values in bound_in_the_models():
        known = codes_of(kind, element)
        if known:
            seen += 1
            assert {value for value in values if value != "+"} <= known, (kind, element)
    assert seen > 150


def test_every_status_of_the_typed_tables_is_allowed_here_too() -> None:
    """So that this check may stand before theirs and refuse nothing that they take."""
    for name, values in tomllib.loads(STATUS_VALUES.read_text(encoding="utf-8")).items():
        kind, _, element = name.partition("_")
        known = codes_of(kind, element or "status")
        if known:
            assert set(values) <= known, name


@pytest.mark.parametrize(
    ("kind", "resource", "element"),
    [
        pytest.param("Claim", {"status": MARKER}, "status", id="status"),
        pytest.param("Claim", {"use": MARKER}, "use", id="use"),
        pytest.param("ServiceRequest", {"intent": MARKER}, "intent", id="intent"),
        pytest.param("ServiceRequest", {"priority": MARKER}, "priority", id="priority"),
        pytest.param("Practitioner", {"gender": MARKER}, "gender", id="gender"),
        pytest.param("Goal", {"lifecycleStatus": MARKER}, "lifecycleStatus", id="goal"),
        pytest.param("Group", {"type": MARKER}, "type", id="type"),
        pytest.param("Task", {"status": MARKER}, "status", id="task"),
        pytest.param("AllergyIntolerance", {"category": ["food", MARKER]}, "category", id="list"),
        pytest.param("AllergyIntolerance", {"reaction": [{}, {"severity": MARKER}]},
                     "reaction.severity", id="one level down"),
        pytest.param("Appointment", {"participant": [{"status": MARKER}]}, "participant.status",
                     id="participant"),
        pytest.param("Consent", {"provision": {"type": MARKER}}, "provision.type", id="consent"),
        pytest.param("Observation", {"status": "Final"}, "status", id="case counts"),
        pytest.param("Observation", {"status": ""}, "status", id="empty"),
        pytest.param("Observation", {"status": 7}, "status", id="a number"),
        pytest.param("Observation", {"status": True}, "status", id="a boolean"),
    ],
)  # fmt: skip
def test_a_code_that_fhir_does_not_know_is_refused(
    kind: str, resource: dict[str, object], element: str
) -> None:
    with pytest.raises(EntryRefused) as caught:
        check_codes(kind, resource)
    assert caught.value.reason == f"{element} has a value that FHIR does not know."


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("Observation", {"status": "final"}),
        ("Observation", {}),
        ("Observation", {"status": None, "_status": {"extension": []}}),
        ("Encounter", {"status": "discharged"}),
        ("MedicationStatement", {"status": "recorded"}),
        ("AllergyIntolerance", {"category": ["food", None], "criticality": "high"}),
        ("DeviceUsage", {"status": "anything"}),
        ("Basic", {"status": "anything"}),
    ],
)
def test_what_fhir_knows_or_does_not_bind_goes_through(
    kind: str, resource: dict[str, object]
) -> None:
    check_codes(kind, resource)


@pytest.mark.parametrize("value", [["final"], {"code": "final"}], ids=["list", "object"])
def test_a_code_of_another_json_type_is_no_fact(value: object) -> None:
    """Whatever is raised is what `resources` turns into a refusal."""
    with pytest.raises((EntryRefused, TypeError)):
        check_codes("Observation", {"status": value})


def test_real_charts_hold_known_codes_only(shared: Path) -> None:
    for name in ("charts", "eval/mimic_demo"):
        for resource in resources_of(shared / name, 500):
            check_codes(resource["resourceType"], resource)


def test_a_resource_costs_less_than_a_few_microseconds() -> None:
    usual = observation()
    check_codes("Observation", usual)
    seconds = min(timeit.repeat(lambda: check_codes("Observation", usual), number=5_000, repeat=5))
    assert seconds / 5_000 < 3e-6
