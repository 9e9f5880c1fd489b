"""Yes, no or not said: a bound on results, with comparators, units and results of one moment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers.bounds import meets
from pipelines.answers.cohort import newest
from pipelines.answers.cohort.newest import Newest
from pipelines.records.answers import Threshold
from pipelines.records.facts import Fact
from tests.answers.hand_made import lab

RELATIONS = ("greater", "less", "at_least", "at_most", "equal", "between")


def result(
    value: float,
    comparator: str | None = None,
    unit: str | None = "mmol/L",
    concept: str = "potassium",
) -> Fact:
    fact = lab("Potassium", value, unit, "2026-11-22T05:30").fact
    assert fact is not None
    return replace(fact, comparator=comparator, concept=concept)


def above(value: float, unit: str | None = "mmol/L") -> Threshold:
    return Threshold("greater", value, unit)


@pytest.mark.parametrize(
    ("fact", "bound", "verdict", "reason"),
    [
        (result(5.9), above(5.5), "yes", ""),
        (result(5.5), above(5.5), "no", ""),
        (result(5.5), Threshold("at_least", 5.5, "mmol/L"), "yes", ""),
        (result(5.0, ">"), above(5.5), "not_said", newest.OPEN_BOUND),
        (result(6.0, ">"), above(5.5), "yes", ""),
        (result(5.0, "<"), above(5.5), "no", ""),
        (result(6.0, "<"), above(5.5), "not_said", newest.OPEN_BOUND),
        (result(0.5, "<"), Threshold("less", 0.3, "mmol/L"), "not_said", newest.OPEN_BOUND),
        (result(4.0), Threshold("between", 3.5, "mmol/L", 5.1), "yes", ""),
        (result(5.2), Threshold("between", 3.5, "mmol/L", 5.1), "no", ""),
        (replace(result(5.9), value=None, value_text="hemolyzed"), above(5.5), "not_said",
         newest.NO_NUMBER),
        (result(5.9, unit=None), above(5.5), "not_said", newest.OTHER_UNIT),
        (result(5.9, unit="furlong"), above(5.5), "not_said", newest.OTHER_UNIT),
        (result(88, unit="umol/L", concept="creatinine"), above(2, "mg/dL"), "no", ""),
        (result(200, unit="umol/L", concept="creatinine"), above(2, "mg/dL"), "yes", ""),
    ],
)  # fmt: skip
def test_one_result_against_a_bound(
    fact: Fact, bound: Threshold, verdict: str, reason: str
) -> None:
    assert newest.decide([fact], bound) == (verdict, reason)


def test_two_results_of_one_moment_on_both_sides_of_the_bound_are_neither_yes_nor_no() -> None:
    found = newest.decide([result(5.9), result(5.2)], above(5.5))
    assert found == ("not_said", newest.BOTH_SIDES)


def test_a_result_that_cannot_be_compared_takes_the_verdict_from_one_beside_it() -> None:
    other = replace(result(5.9), value=None, value_text="hemolyzed")
    assert newest.decide([result(5.9), other], above(5.5))[0] == "not_said"


@given(
    st.sampled_from(RELATIONS),
    st.floats(0, 20).map(lambda x: round(x, 1)),
    st.floats(0, 20).map(lambda x: round(x, 1)),
    st.sampled_from([None, "<", "<=", ">", ">="]),
)
def test_no_result_both_meets_and_misses_a_bound(
    relation: str, bound: float, value: float, comparator: str | None
) -> None:
    asked = Threshold(relation, bound, "mmol/L", bound + 2 if relation == "between" else None)
    fact = result(value, comparator)
    assert not (meets(fact, asked) and newest.misses(fact, asked))
    if comparator is None:
        assert meets(fact, asked) or newest.misses(fact, asked)


@given(
    st.sampled_from(RELATIONS), st.integers(0, 8), st.integers(0, 8),
    st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 80),
)  # fmt: skip
def test_a_verdict_on_an_open_result_holds_for_every_value_it_can_mean(
    relation: str, bound: int, value: int, comparator: str, tenths: int
) -> None:
    asked = Threshold(relation, bound, "mmol/L", bound + 2 if relation == "between" else None)
    possible = tenths / 10
    fits = {"<": possible < value, "<=": possible <= value, ">": possible > value,
            ">=": possible >= value}[comparator]  # fmt: skip
    verdict, _ = newest.decide([result(value, comparator)], asked)
    if fits and verdict != "not_said":
        assert newest.decide([result(possible)], asked)[0] == verdict


def test_a_bound_without_a_unit_is_read_in_the_unit_of_most() -> None:
    charts = [Newest((result(5.9),)), Newest((result(4.0),)), Newest((result(88, unit="umol/L"),)),
              None]  # fmt: skip
    assert newest.common_unit(charts) == "mmol/L"
    assert newest.common_unit([None]) is None
