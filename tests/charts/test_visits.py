"""Encounters, procedures and immunizations as the record has them."""

from __future__ import annotations

import pytest

from pipelines.charts import encounters, immunizations, procedures
from tests.charts.small_store import SmallStore


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


def test_a_stay_comes_before_the_icu_stay_inside_it(store: SmallStore) -> None:
    for ident, start, is_icu in (
        ("later", "2026-11-23", False),
        ("icu", "2026-11-22", True),
        ("stay", "2026-11-22", False),
    ):
        store.add("encounter", resource=f"Encounter/{ident}", patient="p1", start_at=start,
                  is_icu=is_icu, is_hospital=not is_icu,
                  part_of="Encounter/stay" if is_icu else None)  # fmt: skip
    found = encounters.encounters(store.chart())
    assert [e.fact.resource for e in found] == [
        "Encounter/stay",
        "Encounter/icu",
        "Encounter/later",
    ]
    assert (found[1].is_icu, found[1].is_hospital, found[1].part_of) == (
        True, False, "Encounter/stay",
    )  # fmt: skip


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_visit_that_was_none_is_left_out(store: SmallStore, status: str) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", status=status)
    assert encounters.encounters(store.chart()) == ()


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        pytest.param({"type_display": "Check-up", "class_code": "AMB"}, "Check-up", id="type"),
        pytest.param({"class_display": "ambulatory", "class_code": "AMB"}, "ambulatory", id="name"),
        pytest.param({"class_code": "EW EMER."}, "EW EMER.", id="the record's own word"),
        pytest.param({}, "Encounter", id="nothing"),
    ],
)
def test_a_visit_is_called_what_the_record_calls_it(
    store: SmallStore, columns: dict[str, object], shown: str
) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", **columns)
    (visit,) = encounters.encounters(store.chart())
    assert visit.fact.display == shown
    assert (visit.fact.path, visit.fact.quote) == ("id", "1")


def test_a_procedure_keeps_status_and_both_times(store: SmallStore) -> None:
    store.add("procedure", resource="Procedure/1", patient="p1", display="Intubation",
              status="not-done", performed_at="2026-11-22T05:00:00Z",
              performed_end_at="2026-11-22T05:10:00Z", path="code.text",
              quote="Intubation")  # fmt: skip
    (procedure,) = procedures.procedures(store.chart())
    assert (procedure.status, procedure.fact.status) == ("not-done", "not-done")
    assert procedure.performed is not None
    assert procedure.performed_end is not None
    assert (procedure.performed.clock, procedure.performed_end.clock) == (
        "2026-11-22 05:00", "2026-11-22 05:10",
    )  # fmt: skip


def test_an_undated_procedure_of_a_later_visit_is_not_known_yet(store: SmallStore) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", start_at="2026-12-24")
    store.add("procedure", resource="Procedure/1", patient="p1", encounter="Encounter/1")
    assert procedures.procedures(store.chart(as_of="2026-12-01")) == ()
    assert len(procedures.procedures(store.chart(as_of="2026-12-31"))) == 1


def test_a_vaccine_that_was_not_given_stays_and_says_so(store: SmallStore) -> None:
    store.add("immunization", resource="Immunization/1", patient="p1", display="Influenza",
              status="not-done", occurred_at="2026-11-22", path="vaccineCode.text",
              quote="Influenza")  # fmt: skip
    (vaccine,) = immunizations.immunizations(store.chart())
    assert (vaccine.status, vaccine.fact.display) == ("not-done", "Influenza")


def test_a_record_that_names_nothing_is_cited_by_its_id(store: SmallStore) -> None:
    store.add("procedure", resource="Procedure/77", patient="p1")
    (procedure,) = procedures.procedures(store.chart())
    assert (procedure.fact.display, procedure.fact.path, procedure.fact.quote) == (
        "Procedure not named", "id", "77",
    )  # fmt: skip
