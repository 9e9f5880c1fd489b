"""What counts as an active medication, by the record alone."""

from __future__ import annotations

import pytest

from pipelines.charts import medications
from tests.charts.small_store import SmallStore

AS_OF = "2026-11-22T12:00:00+00:00"


def add(store: SmallStore, name: str, form: str, **columns: object) -> None:
    row: dict[str, object] = {
        "resource": f"Medication{form.title()}/{name}", "patient": "p1", "form": form,
        "code_key": f"rx|{name}", "display": name, "status": "active",
        "path": "medicationCodeableConcept.text", "quote": name,
        "start_at": "2026-11-20T08:00:00+00:00",
    }  # fmt: skip
    row |= columns
    store.add("medication", **{key: value for key, value in row.items() if value is not None})


def active(store: SmallStore, as_of: str = AS_OF) -> list[str]:
    return [medication.name for medication in medications.active(store.chart(as_of=as_of))]


@pytest.mark.parametrize(
    ("columns", "is_active"),
    [
        pytest.param({}, True, id="active request"),
        pytest.param({"start_at": None}, True, id="active, start not recorded"),
        pytest.param({"status": "stopped"}, False, id="stopped"),
        pytest.param({"status": "completed"}, False, id="completed"),
        pytest.param({"status": "cancelled"}, False, id="cancelled"),
        pytest.param({"status": "on-hold"}, False, id="on hold"),
        pytest.param({"status": "draft"}, False, id="draft"),
        pytest.param({"status": "unknown"}, False, id="unknown is not active"),
        pytest.param({"status": None}, False, id="no status is not active"),
        pytest.param({"status": "entered-in-error"}, False, id="entered in error"),
        pytest.param({"intent": "proposal"}, False, id="a proposal is no order"),
        pytest.param({"intent": "plan"}, True, id="reported by the patient"),
        pytest.param({"start_at": "2026-11-23"}, False, id="starts after the as-of"),
        pytest.param({"end_at": "2026-11-21"}, False, id="ended before the as-of"),
        pytest.param({"end_at": AS_OF}, False, id="ends at the as-of"),
        pytest.param({"end_at": "2026-11-30"}, True, id="ends later"),
        pytest.param({"form": "dispense"}, False, id="a dispense alone"),
    ],
)
def test_active_is_what_the_record_calls_active(
    columns: dict[str, object], is_active: bool
) -> None:
    store = SmallStore()
    add(store, "Lisinopril", **({"form": "request"} | columns))
    assert active(store) == (["Lisinopril"] if is_active else [])


def test_an_active_statement_counts_like_an_order() -> None:
    store = SmallStore()
    add(store, "Aspirin", "statement")
    assert active(store) == ["Aspirin"]


def test_looking_back_an_order_that_ended_later_was_active_then() -> None:
    store = SmallStore()
    store.add("chart_extent", patient="p1", last_at="2026-11-30T00:00:00+00:00")
    add(store, "Ceftriaxone", "request", status="completed", end_at="2026-11-25")
    assert active(store, "2026-11-22") == ["Ceftriaxone"]
    assert active(store, "2026-11-30") == []


def test_an_order_stopped_before_its_planned_end_is_not_active() -> None:
    store = SmallStore()
    store.add("chart_extent", patient="p1", last_at=AS_OF)
    add(store, "Ceftriaxone", "request", status="stopped", end_at="2026-12-24")
    assert active(store) == []


def test_where_nothing_but_administrations_is_recorded_the_last_day_counts() -> None:
    store = SmallStore()
    for name, given, status in (
        ("Given today", "2026-11-22T11:00:00+00:00", "completed"),
        ("Given yesterday noon", "2026-11-21T12:00:01+00:00", "completed"),
        ("Given too long ago", "2026-11-21T12:00:00+00:00", "completed"),
        ("Not given", "2026-11-22T11:00:00+00:00", "not-done"),
    ):
        add(store, name, "administration", start_at=given, status=status)
    assert active(store) == ["Given yesterday noon", "Given today"]


def test_an_infusion_that_was_turned_off_is_not_active() -> None:
    store = SmallStore()
    for number, (hour, dose) in enumerate([("08", 100.0), ("10", 0.0)]):
        add(
            store, f"Albumin{number}", "administration", code_key="rx|albumin", display="Albumin",
            start_at=f"2026-11-22T{hour}:00:00+00:00", dose_value=dose, status="completed",
        )  # fmt: skip
    assert active(store, "2026-11-22T09:00:00+00:00") == ["Albumin"]
    assert active(store) == []


def test_with_orders_in_the_chart_a_past_administration_makes_nothing_active() -> None:
    store = SmallStore()
    add(store, "Lisinopril", "request", status="stopped")
    add(store, "Morphine", "administration", status="completed", start_at="2026-11-22T11:00:00Z")
    assert active(store) == []


def test_an_administration_in_progress_is_active() -> None:
    store = SmallStore()
    add(store, "Lisinopril", "request")
    add(store, "Heparin", "administration", status="in-progress", start_at="2026-11-10")
    assert active(store) == ["Heparin", "Lisinopril"]


def test_all_entries_keep_form_dose_and_reason() -> None:
    store = SmallStore()
    add(
        store, "Lisinopril", "request", dose_text="10 mg daily", dose_value=10.0, dose_unit="mg",
        route="oral", prescriber="Dr. Test", reason="Hypertension", end_at="2026-12-01",
    )  # fmt: skip
    (entry,) = medications.medications(store.chart())
    assert (entry.form, entry.dose_text, entry.dose_value, entry.dose_unit, entry.route) == (
        "request", "10 mg daily", 10.0, "mg", "oral",
    )  # fmt: skip
    assert (entry.prescriber, entry.reason) == ("Dr. Test", "Hypertension")
    assert entry.start is not None
    assert entry.end is not None
    assert (entry.start.day, entry.end.day) == ("2026-11-20", "2026-12-01")
