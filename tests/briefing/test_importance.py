"""What a reader must see first: what is measured, how far out it is, how much it moved."""

from __future__ import annotations

import pytest

from pipelines.briefing.importance import importance
from pipelines.records.facts import Fact, ReferenceRange


def fact(concept: str, value: float, low: float, high: float, flag: str | None) -> Fact:
    return Fact(
        resource=f"Observation/{concept}",
        kind="lab",
        display=concept,
        path="valueQuantity",
        quote=str(value),
        concept=concept,
        value=value,
        unit="u",
        flag=flag,
        reference_range=ReferenceRange(low, high),
    )


POTASSIUM = (fact("potassium", 5.8, 3.5, 5.1, "H"), fact("potassium", 4.3, 3.5, 5.1, None))
UREA = (fact("bun", 51, 7, 20, "H"), fact("bun", 42, 7, 20, "H"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(POTASSIUM, UREA, id="a potassium that rose comes before a urea farther out"),
        pytest.param(POTASSIUM, POTASSIUM[:1], id="the same value counts more where it moved"),
        pytest.param(
            (fact("hemoglobin", 6.9, 12, 15.5, "L"),),
            (fact("hematocrit", 20.8, 36, 46, "L"),),
            id="what is derived comes after what it is derived from",
        ),
    ],
)
def test_the_weightier_result_comes_first(
    first: tuple[Fact, ...], second: tuple[Fact, ...]
) -> None:
    assert importance(first) > importance(second)


def test_a_result_without_a_flag_weighs_nothing() -> None:
    assert importance((fact("potassium", 4.0, 3.5, 5.1, None),)) == 0.0
