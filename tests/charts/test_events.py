"""What of a chart stands on its timeline, from when to when, and with which word."""

from __future__ import annotations

import pytest

from pipelines.charts.events import events
from pipelines.records.timeline import Event
from tests.charts.small_store import SmallStore

AS_OF = "2026-11-22T06:00:00+00:00"


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


def of(store: SmallStore, lane: str) -> list[Event]:
    return [event for event in events(store.chart(as_of=AS_OF)) if event.lane == lane]


def add_problem(store: SmallStore, **columns: object) -> None:
    row: dict[str, object] = {
        "resource": "Condition/1", "patient": "p1", "display": "Gout", "path": "code.text",
        "quote": "Gout",
    }  # fmt: skip
    store.add("condition", **(row | columns))


def add_drug(store: SmallStore, **columns: object) -> None:
    row: dict[str, object] = {
        "resource": "MedicationRequest/1", "patient": "p1", "form": "request",
        "display": "Heparin", "status": "active", "path": "medicationCodeableConcept.text",
        "quote": "Heparin", "start_at": "2026-11-20T08:00:00+00:00",
    }  # fmt: skip
    store.add("medication", **(row | columns))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        pytest.param({"clinical_status": "active"}, (True, None, None, False), id="active goes on"),
        pytest.param(
            {"clinical_status": "resolved", "abatement_at": "2026-11-21"},
            (False, "2026-11-21", None, False), id="resolved ends",
        ),
        pytest.param(
            {"clinical_status": "resolved"}, (False, None, None, False),
            id="resolved without a date: the end is not recorded",
        ),
        pytest.param({}, (False, None, None, False), id="coded, not said to be active"),
        pytest.param(
            {"clinical_status": "active", "verification_status": "provisional"},
            (True, None, "provisional", False), id="provisional says so",
        ),
        pytest.param(
            {"clinical_status": "inactive", "verification_status": "refuted"},
            (False, None, "REFUTED", True), id="refuted is no fact",
        ),
        pytest.param(
            {"verification_status": "entered-in-error"},
            (False, None, "ENTERED IN ERROR", True), id="entered in error is no fact",
        ),
        pytest.param(
            {"clinical_status": "active", "abatement_at": "2027-01-01"}, (True, None, None, False),
            id="an end after the as-of is not there yet",
        ),
    ],
)  # fmt: skip
def test_a_problem_goes_from_onset_to_what_the_record_says(
    store: SmallStore,
    columns: dict[str, object],
    told: tuple[bool, str | None, str | None, bool],
) -> None:
    add_problem(store, onset_at="2019-04-01", **columns)
    (event,) = of(store, "problem")
    end = event.end.written if event.end else None
    assert (event.goes_on, end, event.word, event.is_never_a_fact) == told


def test_a_problem_without_any_date_is_never_placed_and_names_its_visit(store: SmallStore) -> None:
    store.add("encounter", resource="Encounter/1", patient="p1", class_display="inpatient",
              start_at="2026-11-01", path="class", quote="IMP")  # fmt: skip
    add_problem(store, encounter="Encounter/1")
    (event,) = of(store, "problem")
    assert (event.clock, event.start) == (None, None)
    assert event.visit == "inpatient, 2026-11-01"


def test_a_problem_dated_by_its_record_says_that_the_onset_is_not_stated(store: SmallStore) -> None:
    add_problem(store, recorded_at="2026-11-03", clinical_status="active")
    (event,) = of(store, "problem")
    assert event.start is not None
    assert (event.start.day, "onset is not stated" in event.detail) == ("2026-11-03", True)


@pytest.mark.parametrize(
    ("columns", "shape", "goes_on", "word"),
    [
        pytest.param({}, "span", True, None, id="an active order goes on"),
        pytest.param({"status": "on-hold"}, "span", True, "on hold", id="on hold says so"),
        pytest.param({"status": "stopped"}, "span", False, None, id="stopped, without a date"),
        pytest.param({"status": "cancelled"}, "span", False, "cancelled", id="cancelled"),
        pytest.param({"intent": "proposal"}, "span", True, "proposal, no order", id="proposal"),
        pytest.param(
            {"form": "administration", "status": "completed"}, "point", False, None, id="a dose"
        ),
        pytest.param(
            {"form": "administration", "status": "not-done"}, "point", False, "NOT GIVEN",
            id="a dose that was not given",
        ),
        pytest.param(
            {"form": "dispense", "status": "completed"}, "point", False, None, id="a supply"
        ),
        pytest.param(
            {"status": "entered-in-error"}, "point", False, "ENTERED IN ERROR", id="in error"
        ),
    ],
)  # fmt: skip
def test_a_drug_is_a_span_as_an_order_and_a_point_as_a_dose(
    store: SmallStore, columns: dict[str, object], shape: str, goes_on: bool, word: str | None
) -> None:
    add_drug(store, **columns)
    (event,) = of(store, "medication")
    assert (event.shape, event.goes_on, event.word) == (shape, goes_on, word)


def test_an_order_not_to_give_says_so(store: SmallStore) -> None:
    add_drug(store)
    store.add("medication_detail", resource="MedicationRequest/1", patient="p1",
              is_do_not_perform=True)  # fmt: skip
    assert [event.word for event in of(store, "medication")] == ["NOT TO BE GIVEN"]


def test_an_icu_stay_is_part_of_its_stay(store: SmallStore) -> None:
    shared: dict[str, object] = {"patient": "p1", "path": "class", "quote": "IMP"}
    store.add("encounter", resource="Encounter/stay", status="in-progress", is_hospital=True,
              start_at="2026-11-20T08:00:00+00:00", type_display="Admission",
              **shared)  # fmt: skip
    store.add("encounter", resource="Encounter/icu", status="finished", type_display="ICU",
              start_at="2026-11-20T10:00:00+00:00", end_at="2026-11-21T10:00:00+00:00",
              is_icu=True, part_of="Encounter/stay", **shared)  # fmt: skip
    store.add("encounter", resource="Encounter/no", status="cancelled", type_display="Visit",
              start_at="2026-11-01", **shared)  # fmt: skip
    no, stay, icu = of(store, "encounter")
    assert (no.word, no.is_never_a_fact) == ("CANCELLED", True)
    assert (stay.goes_on, stay.is_part) == (True, False)
    assert (icu.goes_on, icu.is_part, icu.visit) == (False, True, "Admission")


def test_a_result_keeps_value_flag_and_the_clock_of_the_ward(store: SmallStore) -> None:
    store.add_result("1", 6.1, effective_at="2026-11-21T23:30:00-05:00", range_high=5.1)
    (event,) = of(store, "result")
    assert (event.group, event.detail, event.flag) == ("Labs", "6.1 mmol/L", "H")
    assert event.clock is not None
    assert event.clock.isoformat() == "2026-11-21T23:30:00"


def test_a_note_is_cited_by_its_own_first_words(store: SmallStore) -> None:
    text = "\n  Slept well. \nEats.\n"
    store.add_note("a", text)
    (event,) = of(store, "note")
    assert event.passage is not None
    assert text[slice(*event.passage)] == event.fact.quote == "Slept well."


@pytest.mark.parametrize(
    ("table", "lane", "word"),
    [("procedure", "procedure", "NOT DONE"), ("immunization", "immunization", "NOT GIVEN")],
)
def test_what_was_not_done_says_so(store: SmallStore, table: str, lane: str, word: str) -> None:
    store.add(table, resource="X/1", patient="p1", display="Thing", status="not-done", path="code",
              quote="Thing")  # fmt: skip
    (event,) = of(store, lane)
    assert (event.word, event.clock, event.is_never_a_fact) == (word, None, False)


def test_nothing_after_the_as_of_and_nothing_of_another_patient_is_on_it(store: SmallStore) -> None:
    store.add_result("later", 4.0, effective_at="2026-11-23T00:00:00+00:00")
    store.add_result("other", 4.0, patient="p2", effective_at="2026-11-20T00:00:00+00:00")
    store.add_result("other2", 4.0, patient="p2", status="entered-in-error",
                     effective_at="2026-11-20T00:00:00+00:00")  # fmt: skip
    assert events(store.chart(as_of=AS_OF)) == ()
