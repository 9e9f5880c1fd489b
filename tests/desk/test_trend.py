"""What a trend is put together of: windows, doses, errors, site policy, steps before the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.charts.worklist import worklist
from pipelines.desk import trend
from pipelines.records.chart import Chart
from pipelines.records.trends import TrendChoice, WindowName
from pipelines.records.views import Trend
from tests.charts.small_store import SmallStore

LOINC = "http://loinc.org"
K, CR, GCS, URINE = (f"{LOINC}|{code}" for code in ("2823-3", "2160-0", "9269-2", "9187-6"))
AS_OF = "2026-11-22T06:00:00-05:00"
EVERY = (K, CR, GCS, URINE)


@pytest.fixture(scope="module")
def store() -> Iterator[SmallStore]:
    """One adult with two hospital stays, results in and outside them, doses and a procedure."""
    made = SmallStore()
    made.add_patient("p1", birth_date="2007-11-21")
    add_results(made)
    add_care(made)
    yield made
    made.folder.cleanup()


def add_results(store: SmallStore) -> None:
    """Results of p1; the first creatinine is one day before the 24 h window."""
    creatinine = {"code_key": CR, "display": "Creatinine", "unit": "mg/dL"}
    for ident, value, day in (("c1", 1.0, "20"), ("c2", 1.5, "22")):
        store.add_result(ident, value, effective_at=f"2026-11-{day}T05:00:00-05:00", **creatinine)
    store.add_result("old", 4.0, effective_at="2021-05-01T05:00:00-05:00")
    store.add_result("k1", 7.0, effective_at="2026-11-21T08:00:00-05:00")
    store.add_result("k2", 4.0, effective_at="2026-11-21T09:00:00-05:00", range_low=3.5,
                     range_high=5.1)  # fmt: skip
    store.add_result("wrong", 9.9, effective_at="2026-11-21T08:30:00-05:00",
                     status="entered-in-error", interpretation="HH")  # fmt: skip
    other = {"category": "survey", "unit": "{score}"}
    store.add_result("g1", 14.0, effective_at="2026-11-21T07:00:00-05:00", code_key=GCS,
                     display="GCS total", **other)  # fmt: skip
    store.add_result("u1", 400.0, effective_at="2026-11-21T07:00:00-05:00", code_key=URINE,
                     display="Urine output, shift", category="exam", unit="mL")  # fmt: skip


def add_care(store: SmallStore) -> None:
    """Stays, an ICU stay within, a procedure, and a drug given twice and missed once."""
    stay = {"patient": "p1", "is_hospital": True, "is_icu": False, "status": "finished"}
    store.add("encounter", resource="Encounter/old", start_at="2021-05-01T00:00:00-05:00",
              end_at="2021-05-02T00:00:00-05:00", **stay)  # fmt: skip
    store.add("encounter", resource="Encounter/er", start_at="2026-11-21T06:30:00-05:00",
              end_at="2026-11-21T07:30:00-05:00", **stay)  # fmt: skip
    store.add("encounter", resource="Encounter/new", start_at="2026-11-21T06:30:00-05:00", **stay)
    store.add("encounter", resource="Encounter/icu", start_at="2026-11-21T10:00:00-05:00",
              part_of="Encounter/new", **stay | {"is_icu": True})  # fmt: skip
    store.add("procedure", resource="Procedure/1", patient="p1", display="Line",
              status="completed", performed_at="2026-11-21T11:00:00-05:00")  # fmt: skip
    for ident, status, hour in (
        ("1", "completed", 8),
        ("2", "not-done", 9),
        ("3", "completed", 10),
    ):
        store.add("medication", resource=f"MedicationAdministration/{ident}", patient="p1",
                  form="administration", display="Heparin", status=status, dose_value=5000.0,
                  dose_unit="[USP'U]", start_at=f"2026-11-21T{hour:02}:00:00-05:00")  # fmt: skip


def made(store: SmallStore, window: WindowName = "all", **changes: object) -> Trend:
    """The trend of everything, unless said otherwise."""
    return trend.made(
        chart(store), TrendChoice(**({"code_keys": EVERY, "window": window} | changes))
    )


def chart(store: SmallStore) -> Chart:
    """p1 at the made-up as-of."""
    return store.chart("p1", AS_OF)


def names(found: Trend) -> set[str]:
    """The ids of a trend's results."""
    return {fact.resource.removeprefix("Observation/") for fact in found.facts}


@pytest.mark.parametrize(
    ("window", "seen", "since"),
    [
        ("24 h", {"c2", "k1", "k2", "g1", "u1"}, "2026-11-21T06:00:00-05:00"),
        ("7 d", {"c1", "c2", "k1", "k2", "g1", "u1"}, "2026-11-15T06:00:00-05:00"),
        ("stay", {"c2", "k1", "k2", "g1", "u1"}, "2026-11-21T06:30:00-05:00"),
        ("1 y", {"c1", "c2", "k1", "k2", "g1", "u1"}, "2025-11-22T06:00:00-05:00"),
        ("all", {"c1", "c2", "k1", "k2", "g1", "u1", "old"}, "2021-05-01T05:00:00-05:00"),
    ],
)
def test_a_window_begins_on_the_clock_of_the_chart(
    store: SmallStore, window: WindowName, seen: set[str], since: str
) -> None:
    found = made(store, window)
    assert names(found) == seen
    assert found.window_from is not None
    assert found.window_from.written == since


def test_a_stay_that_ended_is_seen_whole_and_no_later(store: SmallStore) -> None:
    before = store.chart("p1", "2021-06-01T00:00:00-05:00")
    found = trend.made(before, TrendChoice(EVERY, "stay"))
    assert names(found) == {"old"}
    assert found.window_to is not None
    assert (found.window_to.written, found.as_of) == ("2021-05-02T00:00:00-05:00", before.as_of)


def test_the_stay_is_the_whole_stay_and_absent_where_there_is_none(store: SmallStore) -> None:
    stay = trend.offers(chart(store)).stay
    assert stay is not None
    assert stay.fact.resource == "Encounter/new"
    assert trend.offers(store.chart("p1", "2020-01-01T00:00:00-05:00")).stay is None


def test_an_erroneous_result_stands_apart_and_is_judged_by_nobody(store: SmallStore) -> None:
    found = made(store)
    assert "wrong" not in names(found)
    (wrong,) = found.erroneous
    assert (wrong.value, wrong.flag, wrong.status_word) == (9.9, None, "entered in error")


def test_site_policy_speaks_where_the_record_has_no_range_by_the_age_of_that_day(
    store: SmallStore,
) -> None:
    flags = {f.resource[12:]: (f.flag, f.flag_source) for f in made(store).facts}
    assert flags["k1"] == ("HH", "site policy")
    assert flags["k2"] == (None, "range")
    assert flags["old"] == (None, None), "at 13 years no adult limit applies"


def test_the_worklist_names_site_policy_too(store: SmallStore) -> None:
    store.add("chart_extent", patient="p1", last_at=AS_OF)
    for code in ("2823-3", "2160-0"):
        store.add("code", code_key=f"{LOINC}|{code}", system=LOINC, code=code)
    (row,) = worklist(store)
    assert {(fact.display, fact.flag, fact.flag_source) for fact in row.abnormal} == {
        ("Creatinine", "H", "site policy")
    }


def test_a_step_is_found_against_a_result_before_the_window(store: SmallStore) -> None:
    found = made(store, "24 h")
    assert "c1" not in names(found)
    steps = {step.resource: step.earlier_resource for step in found.changes}
    assert steps["Observation/c2"] == "Observation/c1"


def test_given_doses_are_numbers_and_missed_ones_are_not(store: SmallStore) -> None:
    (kind,) = trend.offers(chart(store)).doses
    assert (kind.display, kind.unit, kind.count) == ("Heparin", "[USP'U]", 2)
    found = made(store, doses=(kind.code_key,))
    assert [fact.resource[-1] for fact in found.doses] == ["1", "3"]
    assert {fact.value for fact in found.doses} == {5000.0}


def test_scores_have_their_scale_and_volumes_begin_at_zero(store: SmallStore) -> None:
    axes = {axis.code_key: axis for axis in made(store).axes}
    assert (axes[GCS].low, axes[GCS].high) == (3, 15)
    assert (axes[URINE].low, axes[URINE].form) == (0, "points")
    assert set(axes) == {GCS, URINE}


def test_stays_and_procedures_of_the_window_stand_beside_its_results(store: SmallStore) -> None:
    found = made(store, "24 h")
    assert {one.fact.resource for one in found.stays} == {
        "Encounter/er", "Encounter/new", "Encounter/icu",
    }  # fmt: skip
    assert [one.fact.resource for one in found.procedures] == ["Procedure/1"]


def test_a_stay_that_ended_before_the_first_result_has_no_place_on_the_axis(
    store: SmallStore,
) -> None:
    whole = {one.fact.resource for one in made(store).stays}
    later = {one.fact.resource for one in made(store, code_keys=(CR,)).stays}
    assert whole - later == {"Encounter/old"}
