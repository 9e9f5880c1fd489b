"""High, low, normal or cannot tell: what the record itself says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.charts.flags import flag, severity

NUMBER = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("interpretation", "expected"),
    [
        pytest.param("H", "H", id="high"),
        pytest.param("HH", "HH", id="critical high"),
        pytest.param("HU", "HH", id="significantly high"),
        pytest.param("L", "L", id="low"),
        pytest.param("LL", "LL", id="critical low"),
        pytest.param("LU", "LL", id="significantly low"),
        pytest.param("A", "A", id="abnormal"),
        pytest.param("AA", "AA", id="critical abnormal"),
        pytest.param(">", "H", id="off scale high"),
        pytest.param("<", "L", id="off scale low"),
        pytest.param("N", None, id="normal"),
        pytest.param("h", "H", id="small letter"),
        pytest.param("Critical high", "HH", id="text alone"),
    ],
)
def test_the_laboratorys_interpretation_decides_against_the_range(
    interpretation: str, expected: str | None
) -> None:
    assert flag(interpretation, 4.0, None, 3.5, 5.1) == (expected, "interpretation")


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high", "expected"),
    [
        pytest.param(5.9, None, 3.5, 5.1, ("H", "range"), id="above"),
        pytest.param(3.4, None, 3.5, 5.1, ("L", "range"), id="below"),
        pytest.param(5.1, None, 3.5, 5.1, (None, "range"), id="on the limit is inside"),
        pytest.param(4.0, None, 3.5, 5.1, (None, "range"), id="inside"),
        pytest.param(9.0, None, None, 5.1, ("H", "range"), id="only an upper limit"),
        pytest.param(61.0, None, 60.0, None, (None, "range"), id="only a lower limit"),
        pytest.param(4.0, None, None, None, (None, None), id="no range: cannot tell"),
        pytest.param(None, None, 3.5, 5.1, (None, None), id="no number: cannot tell"),
        pytest.param(0.5, "<", None, 1.0, (None, "range"), id="censored, wholly inside"),
        pytest.param(0.5, "<", 0.5, 1.0, ("L", "range"), id="censored, wholly below"),
        pytest.param(0.5, "<", 0.3, 1.0, (None, None), id="censored, may be low: cannot tell"),
        pytest.param(90.0, ">", 60.0, None, (None, "range"), id="eGFR above 90"),
        pytest.param(5.0, ">", 1.0, 5.0, ("H", "range"), id="beyond the upper limit"),
        pytest.param(4.0, ">=", 1.0, 5.0, (None, None), id="at least 4: cannot tell"),
    ],
)
def test_the_results_own_range_decides_where_nothing_is_interpreted(
    value: float | None,
    comparator: str | None,
    low: float | None,
    high: float | None,
    expected: tuple[str | None, str | None],
) -> None:
    assert flag(None, value, comparator, low, high) == expected


def test_an_interpretation_that_says_nothing_of_height_leaves_it_to_the_range() -> None:
    assert flag("POS", 5.9, None, 3.5, 5.1) == ("H", "range")


@given(NUMBER, NUMBER, NUMBER)
def test_a_number_is_never_marked_high_and_low_at_once_or_against_its_range(
    value: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    mark, source = flag(None, value, None, low, high)
    assert source == "range"
    assert mark == ("H" if value > high else "L" if value < low else None)


def test_critical_comes_before_high_before_abnormal_before_unmarked() -> None:
    assert sorted([None, "A", "L", "HH", "H"], key=severity) == ["HH", "L", "H", "A", None]
