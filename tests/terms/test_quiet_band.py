"""The band in which no limit marks a value: the worklist leaves such results in the store."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.records.facts import Fact
from pipelines.terms import limits

KINDS = [
    ("lab", "potassium", "2823-3", "mmol/L"),
    ("lab", "creatinine", "2160-0", "mg/dL"),
    ("lab", "albumin", "1751-7", "g/dL"),
    ("vital", "heart_rate", "8867-4", "/min"),
    ("vital", "temperature", "8310-5", "Cel"),
    ("vital", "temperature", "8310-5", "[degF]"),
]


def flagged(kind: tuple[str, str, str, str], value: float) -> str | None:
    fact = Fact(
        resource="Observation/o", kind=kind[0], display=kind[1], path="p", quote=str(value),
        code_key=f"http://loinc.org|{kind[2]}", concept=kind[1], value=value,
        value_text=str(value), unit=kind[3],
    )  # fmt: skip
    return limits.judged(fact, 50).flag


def band(kind: tuple[str, str, str, str]) -> tuple[float, float]:
    found = limits.quiet(f"http://loinc.org|{kind[2]}", kind[1])
    assert found is not None
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[1]} {kind[3]}")
@given(value=st.floats(min_value=-10, max_value=1500, allow_nan=False))
@settings(max_examples=100, deadline=None)
def test_whatever_is_marked_lies_outside_the_band(
    kind: tuple[str, str, str, str], value: float
) -> None:
    least, most = band(kind)
    if flagged(kind, value) is not None:
        assert not least <= value <= most


@pytest.mark.parametrize("kind", KINDS[:4], ids=lambda kind: kind[1])
def test_the_band_is_as_wide_as_it_can_be_where_one_unit_is_known(
    kind: tuple[str, str, str, str],
) -> None:
    least, most = band(kind)
    for end, beyond in ((least, -math.inf), (most, math.inf)):
        if not math.isinf(end):
            assert flagged(kind, end) is None
            assert flagged(kind, math.nextafter(end, beyond)) is not None


def test_a_kind_that_no_table_knows_has_no_band() -> None:
    assert limits.quiet("http://loinc.org|0-0", None) is None
