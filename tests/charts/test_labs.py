"""Results as the record has them."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.charts import labs
from pipelines.records.facts import ReferenceRange
from tests.charts.small_store import SmallStore

POTASSIUM = "http://loinc.org|2823-3"


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


def test_a_number_keeps_its_unit_text_and_place_in_the_record(store: SmallStore) -> None:
    store.add_result("a", 5.9, effective_at="2026-11-22T05:30:00-05:00", encounter="Encounter/e")
    (fact,) = labs.results(store.chart())
    assert (fact.resource, fact.kind, fact.value, fact.unit) == (
        "Observation/a", "lab", 5.9, "mmol/L",
    )  # fmt: skip
    assert (fact.value_text, fact.path, fact.quote) == ("5.9", "valueQuantity", "5.9")
    assert fact.when is not None
    assert (fact.when.written, fact.when.instant.hour) == ("2026-11-22T05:30:00-05:00", 10)
    assert fact.encounter == "Encounter/e"


def test_a_censored_value_keeps_its_comparator(store: SmallStore) -> None:
    store.add_result("a", 0.5, comparator="<", value_text="<0.5")
    (fact,) = labs.results(store.chart())
    assert (fact.value, fact.comparator, fact.value_text) == (0.5, "<", "<0.5")


def test_a_text_result_has_no_number(store: SmallStore) -> None:
    store.add_result("a", "Positive", unit=None)
    (fact,) = labs.results(store.chart())
    assert (fact.value, fact.value_text, fact.flag, fact.flag_source) == (
        None, "Positive", None, None,
    )  # fmt: skip


def test_blood_pressure_is_two_results_and_the_panel_itself_none(store: SmallStore) -> None:
    panel = {"effective_at": "2026-11-22", "category": "vital-signs", "unit": "mmHg"}
    store.add_result("bp", None, value_kind=None, code_key="l|85354-9", **panel)
    store.add_result("bp", 131.0, part=1, code_key="l|8480-6", display="Systolic", **panel)
    store.add_result("bp", 72.0, part=2, code_key="l|8462-4", display="Diastolic", **panel)
    assert [(f.part, f.display, f.value, f.kind) for f in labs.results(store.chart())] == [
        (1, "Systolic", 131.0, "vital"),
        (2, "Diastolic", 72.0, "vital"),
    ]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_withdrawn_result_is_no_result(store: SmallStore, status: str) -> None:
    store.add_result("a", 5.9, status=status)
    assert labs.results(store.chart()) == ()
    assert labs.kinds(store.chart()) == ()


@pytest.mark.parametrize("status", ["preliminary", "amended", "corrected"])
def test_a_preliminary_or_corrected_result_keeps_that_status(
    store: SmallStore, status: str
) -> None:
    store.add_result("a", 5.9, status=status)
    assert labs.results(store.chart())[0].status == status


def test_a_result_without_a_value_is_no_result(store: SmallStore) -> None:
    store.add_result("a", None, value_kind="absent")
    assert labs.results(store.chart()) == ()


def test_results_come_in_time_order_undated_first(store: SmallStore) -> None:
    store.add_result("late", 1.0, effective_at="2026-11-22T06:00:00+00:00")
    store.add_result("early", 2.0, effective_at="2026-11-22T00:30:00-05:00")
    store.add_result("undated", 3.0)
    assert [f.value for f in labs.results(store.chart())] == [3.0, 2.0, 1.0]


def test_the_time_of_issue_dates_a_result_only_where_none_was_taken(store: SmallStore) -> None:
    store.add_result("a", 1.0, effective_at="2026-11-21", issued_at="2026-11-23")
    store.add_result("b", 2.0, issued_at="2026-11-22")
    assert [(f.value, f.when.written) for f in labs.results(store.chart()) if f.when] == [
        (1.0, "2026-11-21"),
        (2.0, "2026-11-22"),
    ]


def test_results_are_chosen_by_kind_stay_and_window(store: SmallStore) -> None:
    store.add_result("a", 1.0, effective_at="2026-11-20", encounter="Encounter/1")
    store.add_result("b", 2.0, effective_at="2026-11-21", encounter="Encounter/2")
    store.add_result("c", 3.0, effective_at="2026-11-22", encounter="Encounter/2")
    store.add_result("d", 4.0, effective_at="2026-11-22", encounter="Encounter/2", code_key="x|y")
    chart = store.chart()

    def values(**chosen: object) -> list[float | None]:
        return [fact.value for fact in labs.results(chart, **chosen)]  # type: ignore[arg-type]

    assert values(code_keys=[POTASSIUM]) == [1.0, 2.0, 3.0]
    assert values(code_keys=[]) == []
    assert values(encounter=["Encounter/2"], code_keys=[POTASSIUM]) == [2.0, 3.0]
    assert values(start=datetime(2026, 11, 21), end=datetime(2026, 11, 21)) == [2.0]


def test_the_reference_range_is_the_results_own(store: SmallStore) -> None:
    store.add_result("a", 5.9, range_low=3.5, range_high=5.1)
    store.add_result("b", 5.9, range_text="age dependent")
    store.add_result("c", 5.9)
    ranges = [fact.reference_range for fact in labs.results(store.chart())]
    assert ranges == [ReferenceRange(3.5, 5.1), ReferenceRange(text="age dependent"), None]


def test_kinds_count_numbers_apart_from_texts_and_name_the_latest_unit(store: SmallStore) -> None:
    store.add_result("a", 5.9, effective_at="2026-11-20", unit="mEq/L")
    store.add_result("b", 5.1, effective_at="2026-11-22")
    store.add_result("c", "haemolysed", effective_at="2026-11-21")
    (kind,) = labs.kinds(store.chart())
    assert (kind.code_key, kind.kind, kind.unit, kind.count, kind.numeric_count) == (
        POTASSIUM, "lab", "mmol/L", 3, 2,
    )  # fmt: skip
    assert kind.last is not None
    assert kind.last.written == "2026-11-22"


def test_latest_abnormal_is_worst_first_and_only_of_latest_values(store: SmallStore) -> None:
    store.add_result("old", 7.0, effective_at="2026-11-20", interpretation="HH", code_key="x|1")
    store.add_result("new", 4.0, effective_at="2026-11-22", interpretation="N", code_key="x|1")
    store.add_result("b", 5.9, effective_at="2026-11-22", interpretation="H", code_key="x|2")
    store.add_result("c", 2.0, effective_at="2026-11-21", interpretation="LL", code_key="x|3")
    store.add_result("d", 9.0, effective_at="2026-01-01", interpretation="HH", code_key="x|4")
    chart = store.chart()
    assert [(f.flag, f.value) for f in labs.latest_abnormal(chart, 5)] == [("LL", 2.0), ("H", 5.9)]
    assert [f.flag for f in labs.latest_abnormal(chart, 1)] == ["LL"]
