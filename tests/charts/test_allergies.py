"""Four states of an allergy list, never mixed up."""

from __future__ import annotations

import pytest

from pipelines.charts.allergies import allergy_list
from tests.charts.small_store import SmallStore

NONE_KNOWN = "http://snomed.info/sct|716186003"


def add(store: SmallStore, code_key: str = "rx|7980", **columns: object) -> None:
    row: dict[str, object] = {
        "resource": f"AllergyIntolerance/{code_key}", "patient": "p1", "code_key": code_key,
        "display": "Penicillin", "clinical_status": "active", "verification_status": "confirmed",
        "path": "code.text", "quote": "Penicillin",
    }  # fmt: skip
    store.add("allergy", **(row | columns))


def refuse(store: SmallStore, **columns: object) -> None:
    row: dict[str, object] = {
        "file": "x.json", "resource_type": "AllergyIntolerance", "patient": "p1", "resolved": False,
    }  # fmt: skip
    store.add("refused", **(row | columns))


def state(store: SmallStore) -> str:
    return allergy_list(store.chart()).state


def test_nothing_written_is_not_recorded_never_none() -> None:
    assert state(SmallStore()) == "not recorded"


@pytest.mark.parametrize(
    "code",
    ["716186003", "409137002", "428607008", "429625007", "428197003", "716184000"],
)
def test_a_statement_of_absence_is_none_known(code: str) -> None:
    store = SmallStore()
    add(store, f"http://snomed.info/sct|{code}")
    found = allergy_list(store.chart())
    assert found.state == "none known"
    assert [allergy.is_no_known for allergy in found.allergies] == [True]


def test_an_allergy_is_known_whatever_else_denies_it() -> None:
    store = SmallStore()
    add(store, NONE_KNOWN)
    add(store)
    assert state(store) == "known"


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"clinical_status": "resolved"}, id="resolved"),
        pytest.param({"clinical_status": "inactive"}, id="inactive"),
        pytest.param({"verification_status": "refuted"}, id="refuted"),
    ],
)
def test_a_past_or_refuted_entry_makes_no_state_but_stays_listed(
    columns: dict[str, object],
) -> None:
    store = SmallStore()
    add(store, **columns)
    found = allergy_list(store.chart())
    assert (found.state, len(found.allergies)) == ("not recorded", 1)
    assert found.allergies[0].is_past


@pytest.mark.parametrize("recorded", ["nothing", "allergy", "absence"])
def test_a_refused_entry_makes_the_list_unavailable_whatever_is_recorded(recorded: str) -> None:
    store = SmallStore()
    refuse(store)
    if recorded == "allergy":
        add(store)
    if recorded == "absence":
        add(store, NONE_KNOWN)
    assert state(store) == "unavailable"


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"patient": "p2"}, id="another patient's"),
        pytest.param({"resource_type": "Observation"}, id="no allergy"),
        pytest.param({"resolved": True}, id="taken in since"),
    ],
)
def test_other_refusals_leave_the_allergies_alone(columns: dict[str, object]) -> None:
    store = SmallStore()
    refuse(store, **columns)
    assert state(store) == "not recorded"


def test_an_allergy_keeps_its_reactions_and_severity() -> None:
    store = SmallStore()
    add(store, reactions=["Hives", "Anaphylaxis"], severity="severe", criticality="high")
    (allergy,) = allergy_list(store.chart()).allergies
    assert (allergy.reactions, allergy.severity, allergy.criticality) == (
        ("Hives", "Anaphylaxis"), "severe", "high",
    )  # fmt: skip
    assert not allergy.is_no_known
