"""Courses over several cited results, and how much of the evidence a superlative needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Statement
from tests.answers.hand_made import drafted, evidence, lab, only

VALUES = (4.4, 6.1, 5.9, 3.1)
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23")
RESULTS = [
    lab("Potassium", value, "mmol/L", f"{day}T05:00:00+00:00")
    for value, day in zip(VALUES, DAYS, strict=True)
]
SODIUM = lab("Sodium", 139.0, "mmol/L", "2026-11-22T05:00:00+00:00")
LEVEL = [
    lab("Chloride", value, "mmol/L", f"{day}T05:00:00+00:00")
    for value, day in ((101.0, DAYS[0]), (102.0, DAYS[1]))
]
CHART = evidence(*RESULTS, SODIUM, *LEVEL)


def judged(text: str, *cites: int) -> Statement:
    return only(verify(drafted(text, *cites), CHART))


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("Potassium rose from 4.4 mmol/L on 2026-11-20 to 5.9 mmol/L on 2026-11-22.", (1, 3)),
        ("Potassium rose from 4.4 to 6.1 mmol/L.", (2, 1)),
        ("Potassium increased by 1.7 mmol/L between 2026-11-20 and 2026-11-21.", (1, 2)),
        ("Potassium fell to 3.1 mmol/L on 2026-11-23 from 5.9 mmol/L on 2026-11-22.", (3, 4)),
        ("Potassium has been falling: 6.1, 5.9 and 3.1 mmol/L.", (2, 3, 4)),
        ("Potassium was higher on 2026-11-21 (6.1 mmol/L) than on 2026-11-23 (3.1).", (2, 4)),
        ("Chloride was stable between 101 and 102 mmol/L.", (6, 7)),
    ],
)
def test_course_that_the_cited_results_run_is_computed_and_cites_all(
    text: str, cites: tuple[int, ...]
) -> None:
    statement = judged(text, *cites)
    assert statement.support == "computed", statement.why
    assert len(statement.citations) == len(cites)


@pytest.mark.parametrize(
    ("text", "cites", "why"),
    [
        ("Potassium fell from 5.9 mmol/L to 4.4 mmol/L.", (1, 3), "run so"),
        ("Potassium rose from 4.4 on 2026-11-22 to 5.9 on 2026-11-20.", (1, 3), "date"),
        ("Potassium rose from 4.4 to 5.8 mmol/L.", (1, 3), "5.8"),
        ("Potassium rose by 2.5 mmol/L.", (1, 3), "difference"),
        ("Potassium rose to 4.4 mmol/L.", (1, 3), "in order"),
        ("Potassium has been rising, from 4.4 to 5.9 mmol/L.", (1, 3), "run so"),
        ("Potassium was stable between 4.4 and 5.9 mmol/L.", (1, 3), "run so"),
        ("Potassium was lower on 2026-11-21 (6.1) than on 2026-11-23 (3.1).", (2, 4), "run so"),
        ("Potassium rose from 5.9 to 139 mmol/L.", (3, 5), "not of one thing"),
        ("Potassium rose from 4.4 to 5.9 mmol/L after surgery.", (1, 3), "after"),
        ("Potassium rose sharply from 4.4 to 5.9 mmol/L.", (1, 3), "sharply"),
        ("Potassium improved from 4.4 to 5.9 mmol/L.", (1, 3), ""),
        ("Potassium rose to 5.9 mmol/L.", (3,), "rose"),
    ],
)
def test_course_that_they_do_not_run_is_withheld(
    text: str, cites: tuple[int, ...], why: str
) -> None:
    statement = judged(text, *cites)
    assert statement.support == "unverified", statement.why
    assert why in statement.why
    assert statement.citations == ()


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(VALUES), st.sampled_from(VALUES), st.sampled_from(["rose", "fell"]))
def test_only_the_true_direction_between_the_true_ends_passes(
    start: float, end: float, verb: str
) -> None:
    text = f"Potassium {verb} from {start} to {end} mmol/L."
    statement = judged(text, 1, 4)
    assert (statement.support == "computed") == ((start, end, verb) == (4.4, 3.1, "fell"))


@pytest.mark.parametrize(
    ("text", "cite", "cut", "verdict"),
    [
        ("The highest potassium was 6.1 mmol/L.", 2, {}, "supported"),
        ("The highest potassium was 6.1 mmol/L.", 2, {"is_whole": False}, "unverified"),
        ("The latest potassium was 3.1 mmol/L.", 4, {"is_whole": False}, "supported"),
        ("The latest potassium was 3.1 mmol/L.", 4, {"is_whole": False, "has_latest": False},
         "unverified"),
        ("The first potassium was 4.4 mmol/L.", 1, {"is_whole": False, "has_first": False},
         "unverified"),
        ("The only sodium was 139 mmol/L.", 5, {}, "supported"),
        ("The only sodium was 139 mmol/L.", 5, {"is_whole": False}, "unverified"),
    ],
)  # fmt: skip
def test_superlative_needs_the_end_that_it_speaks_of(
    text: str, cite: int, cut: dict[str, bool], verdict: str
) -> None:
    statement = only(verify(drafted(text, cite), replace(CHART, **cut)))  # type: ignore[arg-type]
    assert statement.support == verdict, statement.why
