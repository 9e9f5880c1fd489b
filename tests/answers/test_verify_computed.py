"""Arithmetic stated by a writer is done again from the cited records."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Cell, Computation, Statement
from pipelines.records.evidence import EvidenceSet
from tests.answers.hand_made import (
    METFORMIN,
    drafted,
    evidence,
    fact,
    lab,
    note,
    only,
)

DAYS = [f"2026-11-{day:02d}T06:00:00+00:00" for day in (18, 19, 20, 21)]
VALUES = (4.4, 5.9, 3.1, 4.4)
RESULTS = [lab("Potassium", v, "mmol/L", d) for v, d in zip(VALUES, DAYS, strict=True)]
UNDER = lab("Potassium", "<3.2", "mmol/L", "2026-11-22T06:00:00+00:00")
OTHER_UNIT = lab("Potassium", 17.0, "mg/dL", "2026-11-22T06:00:00+00:00")
PATIENT = fact("patient", "Patient", "Patient")
CHART = evidence(*RESULTS, UNDER, OTHER_UNIT, PATIENT, METFORMIN)
ALL = (1, 2, 3, 4)


def judged(
    text: str,
    cites: tuple[int, ...],
    computation: tuple[str, Cell, str | None],
    over: EvidenceSet = CHART,
) -> Statement:
    return only(verify(drafted(text, *cites, computation=Computation(*computation)), over))


@pytest.mark.parametrize(
    ("text", "cites", "operation", "result", "unit"),
    [
        pytest.param("The highest potassium was 5.9 mmol/L on 2026-11-19.", (2, 1, 3, 4),
                     "maximum", 5.9, "mmol/L", id="maximum"),
        pytest.param("The lowest potassium was 3.1 mmol/L.", (3, 1, 2, 4), "minimum", 3.1, None,
                     id="minimum"),
        pytest.param("The mean of 4 potassium results was 4.45 mmol/L.", ALL, "mean", 4.45,
                     "mmol/L", id="mean"),
        pytest.param("The mean potassium was 4.5 mmol/L.", ALL, "mean", 4.5, "mmol/L",
                     id="mean-rounded"),
        pytest.param("The sum is 17.8 mmol/L.", ALL, "sum", 17.8, "mmol/L", id="sum"),
        pytest.param("Potassium was measured 4 times.", ALL, "count", 4, None, id="count"),
        pytest.param("Potassium fell by 2.8 mmol/L.", (3, 2), "difference", -2.8, "mmol/L",
                     id="difference"),
        pytest.param("There is a potassium result.", (1,), "exists", 1, None, id="exists"),
        pytest.param("24 hours passed between them.", (2, 1), "elapsed", 24, "hours", id="elapsed"),
        pytest.param("That is 2 days.", (3, 1), "elapsed", 2, "days", id="elapsed-days"),
        pytest.param("It was higher: 5.9 against 4.4 mmol/L.", (2, 1), "compare", "higher", None,
                     id="compare"),
    ],
)  # fmt: skip
def test_right_arithmetic_is_computed_and_cites_all(
    text: str, cites: tuple[int, ...], operation: str, result: Cell, unit: str | None
) -> None:
    statement = judged(text, cites, (operation, result, unit))
    assert statement.support == "computed", statement.why
    assert len(statement.citations) == len(cites)
    assert [c.resource for c in statement.citations] == [
        CHART.items[cite - 1].resource for cite in cites
    ]


@pytest.mark.parametrize(
    ("text", "cites", "operation", "result", "unit"),
    [
        pytest.param("The highest was 4.4 mmol/L.", (1, 2, 3, 4), "maximum", 4.4, None,
                     id="another-is-higher"),
        pytest.param("The highest was 5.9 mmol/L.", ALL, "maximum", 5.9, None,
                     id="deciding-one-not-first"),
        pytest.param("The highest was 5.9 mmol/L on 2026-11-20.", (2, 1, 3, 4), "maximum", 5.9,
                     None, id="date-of-another"),
        pytest.param("The lowest was 3.1 mmol/L.", (3, 1, 5), "minimum", 3.1, None,
                     id="a-bound-could-be-lower"),
        pytest.param("The highest was 17 mg/dL.", (6, 1), "maximum", 17.0, "mg/dL",
                     id="two-units"),
        pytest.param("The mean was 4.6 mmol/L.", ALL, "mean", 4.6, None, id="wrong-mean"),
        pytest.param("The mean was 4.2 mmol/L.", (1, 5), "mean", 4.2, None, id="mean-of-a-bound"),
        pytest.param("The mean was 5.0 mmol/L.", ALL, "mean", 4.45, None, id="says-another"),
        pytest.param("Measured 5 times.", ALL, "count", 5, None, id="wrong-count"),
        pytest.param("The difference is 2.9 mmol/L.", (3, 2), "difference", 2.9, None,
                     id="wrong-difference"),
        pytest.param("25 hours passed.", (2, 1), "elapsed", 25, "hours", id="wrong-elapsed"),
        pytest.param("It was lower.", (2, 1), "compare", "lower", None, id="wrong-compare"),
        pytest.param("It doubled to 5.9.", (2, 1), "ratio", 2, None, id="unknown-operation"),
        pytest.param("There is no potassium.", (7,), "exists", 0, None, id="denied-but-there"),
        pytest.param("Yes.", (7,), "exists", 1, None, id="shown-by-nothing"),
        pytest.param("The mean was 4.45 mmol/L of 88 results.", ALL, "mean", 4.45, None,
                     id="a-number-from-nowhere"),
        pytest.param("The mean was 4.45 mmol/L.", (1, 2, 3, 4, 99), "mean", 4.45, None,
                     id="cites-what-is-not-there"),
        pytest.param("The mean was 4.45 mmol/L, see http://x.example.", ALL, "mean", 4.45, None,
                     id="link"),
    ],
)  # fmt: skip
def test_wrong_arithmetic_is_unverified(
    text: str, cites: tuple[int, ...], operation: str, result: Cell, unit: str | None
) -> None:
    statement = judged(text, cites, (operation, result, unit))
    assert (statement.support, statement.citations) == ("unverified", ())


def test_no_that_rests_on_absence_cites_the_patient() -> None:
    over = evidence(PATIENT)
    text = "No potassium result is recorded."
    statement = judged(text, (1,), ("exists", 0, None), over)
    assert (statement.support, len(statement.citations)) == ("computed", 1)
    assert judged("0 potassium results.", (1,), ("count", 0, None), over).support == "computed"


def test_extreme_over_two_units_is_taken_by_the_known_factor() -> None:
    over = evidence(
        lab("Creatinine", 1.9, "mg/dL", DAYS[0]), lab("Creatinine", 152.0, "umol/L", DAYS[1])
    )
    high = judged("The highest creatinine was 1.9 mg/dL.", (1, 2), ("maximum", 1.9, "mg/dL"), over)
    low = judged("The highest creatinine was 152 umol/L.", (2, 1), ("maximum", 152, "umol/L"), over)
    assert (high.support, low.support) == ("computed", "unverified")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(1, 200, places=1), min_size=1, max_size=12), st.data())
def test_extremes_and_means_agree_with_python(values: list[Decimal], data: st.DataObject) -> None:
    over = evidence(
        *(
            lab("Sodium", float(v), "mmol/L", f"2026-11-{n + 1:02d}T06:00:00")
            for n, v in enumerate(values)
        )
    )
    numbers = list(range(1, len(values) + 1))
    top = max(values)
    first = values.index(top) + 1
    cites = (first, *(n for n in numbers if n != first))
    said = data.draw(st.sampled_from([float(top), float(top) + 0.1, float(top) - 0.1]))
    statement = judged(
        f"The highest sodium was {said} mmol/L.", cites, ("maximum", said, None), over
    )
    assert (statement.support == "computed") == (Decimal(str(said)) == top)
    mean = round(float(sum(values)) / len(values), 2)
    text = f"The mean sodium was {mean} mmol/L."
    assert judged(text, tuple(numbers), ("mean", mean, None), over).support == "computed"


@pytest.mark.parametrize(
    ("one", "other", "support"),
    [
        pytest.param("Infusion reaction to vancomycin.", "Vancomycin given, no reaction.",
                     "computed", id="one denies it"),
        pytest.param("Culture: contaminant.", "The contaminant was of the wrong specimen.",
                     "computed", id="one takes it back"),
        pytest.param("Infusion reaction to vancomycin.", "Vancomycin reaction overnight.",
                     "unverified", id="both say it"),
        pytest.param("No reaction.", "Vancomycin: no reaction.", "unverified", id="both deny it"),
    ],
)  # fmt: skip
def test_that_notes_disagree_is_checked_in_the_notes(one: str, other: str, support: str) -> None:
    over = evidence(note(one), note(other, start=500))
    assert judged("The notes disagree.", (1, 2), ("disagree", "both", None), over).support == (
        support
    )


@pytest.mark.parametrize(
    ("drug", "cites", "support"),
    [
        pytest.param("warfarin", (7,), "computed", id="nothing names it"),
        pytest.param("metformin", (7,), "unverified", id="an entry names it"),
        pytest.param("warfarin", (8,), "unverified", id="it cites another record"),
    ],
)
def test_that_no_entry_names_a_drug_is_checked_in_all_evidence(
    drug: str, cites: tuple[int, ...], support: str
) -> None:
    text = f"No medication entry of this chart names {drug}."
    assert judged(text, cites, ("unnamed", drug, None)).support == support
