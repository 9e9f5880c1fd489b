"""Arithmetic over time: slopes by least squares, time in range as Rosendaal counts it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.terms.series import longest_gap_days, slope_a_day, time_within

START = datetime(2026, 11, 20)
NUMBER = st.floats(-500, 500, allow_nan=False)


def points(*values: tuple[float, float]) -> list[tuple[datetime, float]]:
    """(days from the start, value) pairs as points."""
    return [(START + timedelta(days=day), value) for day, value in values]


@pytest.mark.parametrize(
    ("values", "slope"),
    [
        pytest.param([(0, 1), (1, 2), (2, 3)], 1.0, id="one a day"),
        pytest.param([(0, 4), (0.5, 3), (1, 2)], -2.0, id="half days"),
        pytest.param([(0, 5), (3, 5), (9, 5)], 0.0, id="no change"),
        pytest.param([(0, 1), (1, 2)], None, id="two results are no line"),
        pytest.param([(1, 1), (1, 2), (1, 3)], None, id="one moment"),
    ],
)
def test_a_slope_is_a_number_a_day(values: list[tuple[float, float]], slope: float | None) -> None:
    made = slope_a_day(points(*values))
    assert made == (None if slope is None else pytest.approx(slope))


@given(st.lists(st.tuples(st.integers(0, 900), NUMBER), min_size=3, max_size=30))
def test_a_slope_is_that_of_the_least_squares_line(values: list[tuple[int, float]]) -> None:
    days, numbers = [day for day, _ in values], [value for _, value in values]
    made = slope_a_day(points(*values))
    if len(set(days)) == 1:
        assert made is None
    else:
        assert made == pytest.approx(np.polyfit(days, numbers, 1)[0], abs=1e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "within", "counted"),
    [
        pytest.param([(0, 2.5), (10, 2.5)], 10, 10, id="always within"),
        pytest.param([(0, 1.0), (10, 2.0)], 0, 10, id="reaches the bound at the end"),
        pytest.param([(0, 1.5), (10, 2.5)], 5, 10, id="crosses half way"),
        pytest.param([(0, 1.0), (10, 5.0)], 2.5, 10, id="passes through both bounds"),
        pytest.param([(0, 2.5), (57, 2.5)], 0, 0, id="a gap too long tells nothing"),
        pytest.param([(0, 2.5), (10, 2.5), (100, 2.5)], 10, 10, id="only the gap is left out"),
        pytest.param([(0, 2.5)], 0, 0, id="one result has no time"),
    ],
)
def test_time_within_bounds_follows_the_line_between_results(
    values: list[tuple[float, float]], within: float, counted: float
) -> None:
    assert time_within(points(*values), 2, 3, longest_gap_days("inr", "lab")) == pytest.approx(
        (within, counted)
    )


@given(st.lists(st.tuples(st.integers(0, 400), NUMBER), min_size=2, max_size=30), NUMBER, NUMBER)
def test_time_below_within_and_above_is_all_the_time(
    values: list[tuple[int, float]], one: float, other: float
) -> None:
    course = points(*sorted(dict(values).items()))
    low, high = sorted((one, other))
    infinite = float("inf")
    parts = [
        time_within(course, *bounds, 500)
        for bounds in ((-infinite, low), (low, high), (high, infinite))
    ]
    level = sum(1 for _, value in course if value in (low, high))
    if level == 0 and low != high:
        assert sum(part for part, _ in parts) == pytest.approx(parts[0][1], abs=1e-6)
    assert all(0 <= part <= counted + 1e-9 for part, counted in parts)


def test_the_gap_is_that_of_the_analyte_then_of_its_kind() -> None:
    given = (("inr", "lab"), (None, "vital"), ("sodium", "lab"))
    assert [longest_gap_days(*of) for of in given] == [56, 1, 31]
