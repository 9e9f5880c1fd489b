"""FHIR dates keep their words; units convert only where the factor is known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.terms import units
from pipelines.terms.dates import local_clock, moment


@pytest.mark.parametrize(
    ("written", "instant", "clock"),
    [
        pytest.param("2021", datetime(2021, 1, 1), "2021", id="year"),
        pytest.param("2021-03", datetime(2021, 3, 1), "2021-03", id="month"),
        pytest.param("2021-03-09", datetime(2021, 3, 9), "2021-03-09", id="day"),
        pytest.param(
            "2180-05-06T23:30:00-05:00", datetime(2180, 5, 7, 4, 30), "2180-05-06 23:30",
            id="far-future-evening",
        ),
        pytest.param("2021-03-09T10:00Z", datetime(2021, 3, 9, 10), "2021-03-09 10:00", id="zulu"),
        pytest.param(
            "2021-03-09T10:00:00.123456789+05:30", datetime(2021, 3, 9, 4, 30, 0, 123456),
            "2021-03-09 10:00", id="nanoseconds",
        ),
    ],
)  # fmt: skip
def test_a_moment_keeps_the_words_and_knows_the_instant(
    written: str, instant: datetime, clock: str
) -> None:
    assert (moment(written).instant, moment(written).clock) == (instant, clock)


@pytest.mark.parametrize("written", ["", "yesterday", "2021-13", "2021-02-30", "03/04/2021", "20"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(written)


@given(st.datetimes(min_value=datetime(1850, 1, 2), max_value=datetime(2250, 1, 1)))
def test_the_clock_as_written_comes_back(at: datetime) -> None:
    at = at.replace(microsecond=0)
    read = moment(f"{at.isoformat()}-05:00")
    assert local_clock(read) == at
    assert read.instant - at == timedelta(hours=5)


@pytest.mark.parametrize(
    ("value", "unit", "to_unit", "concept", "converted"),
    [
        pytest.param(5.5, "mmol/L", "mg/dL", "glucose", 99.08, id="glucose"),
        pytest.param(98.6, "F", "Cel", "temperature", 37.0, id="fahrenheit"),
        pytest.param(6.5, "%", "mmol/mol", "hba1c", 47.545, id="hba1c-has-a-formula"),
        pytest.param(7.0, "K/uL", "10*3/uL", "wbc", 7.0, id="k-is-thousand-not-kelvin"),
        pytest.param(5.0, "mEq/L", "mmol/L", "calcium", None, id="valence-is-not-guessed"),
        pytest.param(5.0, "mmol/L", "mg/dL", None, None, id="no-analyte-no-factor"),
    ],
)
def test_units_convert_only_with_a_known_factor(
    value: float, unit: str, to_unit: str, concept: str | None, converted: float | None
) -> None:
    found = units.convert(value, unit, to_unit, concept)
    assert found == (None if converted is None else pytest.approx(converted, abs=0.01))
