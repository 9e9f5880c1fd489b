"""KDIGO: the order of its tests, its edges, what it does not tell, and urine hour by hour."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.records.screening import Kdigo, KdigoPart, UrineAmount
from pipelines.terms.scores.kdigo import by_creatinine, by_urine, kdigo
from tests.terms.scores.made import at, reading

Series = list[tuple[float, float]]


def creatinine(series: Series, unit: str = "mg/dL", as_of: float | None = None) -> KdigoPart:
    """The stage of a series of (hours, value)."""
    made = [reading("creatinine", value, unit, hours) for hours, value in series]
    return by_creatinine(made, at(series[-1][0] if as_of is None else as_of))


@pytest.mark.parametrize(
    ("series", "stage"),
    [
        pytest.param([(0, 1.0), (24, 1.3)], 1, id="+0.3 in 48 h"),
        pytest.param([(0, 1.0), (48, 1.3)], 1, id="+0.3 at 48 h to the minute"),
        pytest.param([(0, 1.0), (72, 1.3)], 0, id="+0.3 in 72 h is none"),
        pytest.param([(0, 1.1), (24, 1.4)], 1, id="+0.3 that binary fractions miss"),
        pytest.param([(0, 1.0), (120, 1.5)], 1, id="1.5 times in 5 d"),
        pytest.param([(0, 0.8), (96, 1.6)], 2, id="twice"),
        pytest.param([(0, 0.8), (96, 2.4)], 3, id="three times"),
        pytest.param([(0, 3.6), (24, 4.0)], 3, id="4.0 with an acute rise"),
        pytest.param([(0, 4.2), (24, 4.1)], 0, id="long-standing, stable"),
        pytest.param([(0, 3.9), (72, 4.1)], 0, id="4.1 without an acute rise"),
        pytest.param([(0, 1.0)], None, id="a first value has no baseline"),
        pytest.param([(0, 1.0), (169, 3.0)], None, id="a baseline older than 7 d is none"),
        pytest.param([(0, 1.0), (0, 3.0)], None, id="of one moment is not earlier"),
        pytest.param([(0, 1.0), (24, 3.0), (48, 1.1)], 0, id="after recovery"),
    ],
)
def test_the_order_of_the_rules_and_their_edges(series: Series, stage: int | None) -> None:
    found = creatinine(series)
    assert found.stage == stage
    if stage is None:
        assert "no baseline" in found.why
    if stage:
        assert len(found.readings) == 2, "the value and what it is measured against"


def test_units_are_converted_or_refused() -> None:
    mixed = [reading("creatinine", 1.0, "mg/dL", 0), reading("creatinine", 176.8, "umol/L", 24)]
    assert by_creatinine(mixed, at(24)).stage == 2
    assert creatinine([(0, 1.0), (24, 2.0)], unit="g/L").why == "creatinine in another unit"


def test_an_old_creatinine_says_nothing_of_now() -> None:
    found = creatinine([(0, 1.0), (24, 3.0)], as_of=24 + 169)
    assert (found.stage, found.why) == (None, "last creatinine 7 d before as-of")


def hourly(ml: float, hours: int, last: float = 0.0) -> list[UrineAmount]:
    """An amount each hour, the newest at `last`."""
    return [
        UrineAmount(reading("urine_output", ml, "mL", last - back)) for back in range(hours + 1)
    ]


WEIGHT = reading("weight", 80, "kg", -20)


@pytest.mark.parametrize(
    ("ml", "hours", "stage"),
    [
        pytest.param(39, 6, 1, id="below 0.5 for 6 h"),
        pytest.param(40, 6, 0, id="0.5 is not below"),
        pytest.param(39, 12, 2, id="below 0.5 for 12 h"),
        pytest.param(23, 24, 3, id="below 0.3 for 24 h"),
        pytest.param(23, 12, 2, id="below 0.3 for 12 h only"),
        pytest.param(0, 12, 3, id="none for 12 h"),
        pytest.param(0, 11, 1, id="none for 11 h"),
        pytest.param(10, 5, None, id="five hours are too few"),
    ],
)
def test_urine_needs_covered_hours(ml: float, hours: int, stage: int | None) -> None:
    assert by_urine(hourly(ml, hours), WEIGHT, at(0)).stage == stage


def test_what_urine_lacks_is_named() -> None:
    assert by_urine([], WEIGHT, at(0)).why == "urine output is not recorded"
    assert by_urine(hourly(10, 12), None, at(0)).why == "no weight is recorded for urine output"
    shifts = [UrineAmount(reading("urine_output", 300, "mL", -hours)) for hours in (0, 8, 16)]
    assert by_urine(shifts, WEIGHT, at(0)).why == "urine output is not charted hour by hour"
    gap = [one for one in hourly(10, 12) if one.reading.when not in (at(-3), at(-4), at(-5))]
    assert by_urine(gap, WEIGHT, at(0)).stage is None, "nobody measured between"
    assert by_urine(hourly(10, 12, last=-30), WEIGHT, at(0)).stage is None, "long ago"


def test_a_period_that_the_record_states_is_taken_as_stated() -> None:
    stated = [
        UrineAmount(reading("urine_output", 60, "mL", -2.0 * n), start=at(-2.0 * n - 2))
        for n in range(6)
    ]
    assert by_urine(stated, WEIGHT, at(0)).stage == 2


def test_the_worse_of_both_counts_and_a_part_says_that_it_is_one() -> None:
    rising = [reading("creatinine", 1.0, "mg/dL", -24), reading("creatinine", 1.4, "mg/dL", 0)]
    both: Kdigo = kdigo(rising, at(0), hourly(39, 12), WEIGHT)
    assert (both.stage, both.text) == (2, "stage 2")
    assert kdigo(rising, at(0)).text == "stage 1 (creatinine only)"
    assert kdigo([], at(0), hourly(39, 12), WEIGHT).text == "stage 2 (urine only)"
    assert kdigo([], at(0)).text == "no creatinine"


@given(
    st.lists(
        st.tuples(st.integers(0, 240), st.integers(3, 90)), min_size=1, max_size=8,
        unique_by=lambda pair: pair[0],
    )
)  # fmt: skip
def test_it_agrees_with_the_reference(shared: Path, points: list[tuple[int, int]]) -> None:
    path = shared / "clinical" / "ref.py"
    if not path.is_file():
        pytest.skip("the reference functions are not on this machine")
    spec = importlib.util.spec_from_file_location("clinical_ref", path)
    assert spec is not None
    assert spec.loader is not None
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    series: Series = [(hours, tenths / 10) for hours, tenths in sorted(points)]
    found = creatinine(series)
    assert (found.stage or 0) == oracle.kdigo(series)[-1], "no baseline is 0 there"
