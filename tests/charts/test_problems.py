"""The problem list: what the record calls active, and nothing social."""

from __future__ import annotations

import pytest

from pipelines.charts import problems
from tests.charts.small_store import SmallStore

AS_OF = "2026-11-22T12:00:00+00:00"


def add(store: SmallStore, name: str, code: str = "", ident: str = "", **columns: object) -> None:
    row: dict[str, object] = {
        "resource": f"Condition/{ident or name}", "patient": "p1", "display": name,
        "code_key": f"http://snomed.info/sct|{code or name}", "clinical_status": "active",
        "verification_status": "confirmed", "onset_at": "2026-01-01", "path": "code.text",
        "quote": name,
    }  # fmt: skip
    row |= columns
    store.add("condition", **{key: value for key, value in row.items() if value is not None})


@pytest.mark.parametrize(
    ("columns", "is_active"),
    [
        pytest.param({}, True, id="active"),
        pytest.param({"clinical_status": "recurrence"}, True, id="recurrence"),
        pytest.param({"clinical_status": "relapse"}, True, id="relapse"),
        pytest.param({"clinical_status": "resolved"}, False, id="resolved"),
        pytest.param({"clinical_status": "remission"}, False, id="remission"),
        pytest.param({"clinical_status": None}, False, id="no status: not called active"),
        pytest.param({"verification_status": "refuted"}, False, id="refuted"),
        pytest.param({"verification_status": "provisional"}, True, id="provisional"),
        pytest.param({"abatement_at": "2026-06-01"}, False, id="active, yet ended"),
        pytest.param(
            {"clinical_status": "resolved", "abatement_at": "2026-12-01"}, True,
            id="looking back before its end",
        ),
    ],
)  # fmt: skip
def test_active_is_what_the_record_calls_active(
    columns: dict[str, object], is_active: bool
) -> None:
    store = SmallStore()
    add(store, "Asthma", **columns)
    found = [problem.fact.display for problem in problems.active(store.chart(as_of=AS_OF))]
    assert found == (["Asthma"] if is_active else [])


@pytest.mark.parametrize(
    ("name", "code", "category", "is_social"),
    [
        pytest.param("Full-time employment (finding)", "160903007", None, True, id="employment"),
        pytest.param("Stress (finding)", "73595000", None, True, id="stress"),
        pytest.param("Unemployed (finding)", "0", None, True, id="by its name"),
        pytest.param("Food insecurity", "733423003", "sdoh", True, id="by its category"),
        pytest.param("Stress fracture of tibia", "1", None, False, id="a stress fracture is none"),
        pytest.param("Misuses drugs (finding)", "361055000", None, False, id="drug misuse stays"),
        pytest.param("Prediabetes", "15777000", None, False, id="a disease"),
    ],
)
def test_social_findings_are_kept_apart_from_the_problem_list(
    name: str, code: str, category: str | None, is_social: bool
) -> None:
    store = SmallStore()
    add(store, name, code, category=category)
    chart = store.chart(as_of=AS_OF)
    assert [c.fact.display for c in problems.social(chart)] == ([name] if is_social else [])
    assert [c.fact.display for c in problems.active(chart)] == ([] if is_social else [name])
    assert [c.fact.display for c in problems.conditions(chart)] == [name]


def test_the_same_problem_entered_twice_is_listed_once_by_its_newest_entry() -> None:
    store = SmallStore()
    add(store, "Asthma", ident="old", onset_at="2020-01-01")
    add(store, "Asthma", ident="new", onset_at="2025-01-01")
    (problem,) = problems.active(store.chart(as_of=AS_OF))
    assert problem.fact.resource == "Condition/new"


def test_a_diagnosis_without_status_or_date_is_coded_for_its_stay_and_dated_by_it() -> None:
    store = SmallStore()
    for ident, start in (("1", "2026-11-01"), ("2", "2026-12-01")):
        store.add("encounter", resource=f"Encounter/{ident}", patient="p1", start_at=start)
        add(
            store, f"Sepsis {ident}", clinical_status=None, onset_at=None,
            verification_status=None, encounter=f"Encounter/{ident}",
        )  # fmt: skip
    (coded,) = problems.coded(store.chart(as_of=AS_OF))
    assert (coded.fact.display, coded.fact.encounter) == ("Sepsis 1", "Encounter/1")
    assert (coded.clinical_status, coded.fact.when) == (None, None)
