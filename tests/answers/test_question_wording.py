"""How a question is put changes nothing of what is read: courtesies, slips, days, brands, halves.

Each table holds what must become of a wording and what must not be touched by it.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.answers.question.days import AmbiguousDate, spoken_day
from pipelines.answers.question.wording import worded
from pipelines.answers.two_questions import halves

NOW = datetime(2026, 11, 21, 14, 10)  # a Saturday


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Good morning, sorry to bother you, what is the last potassium? Thanks!",
         "what is the last potassium?"),
        ("I was wondering if you could kindly tell me the latest INR", "the latest INR"),
        ("hgb trned", "hgb trend"),
        ("lactate tredn", "lactate trend"),
        ("Was it ever over three?", "Was it ever over 3?"),
        ("LDL over one hundred and twenty", "LDL over 120"),
        ("bp on adm", "bp on admission"),
        ("urine cx", "urine culture"),
        ("tmax", "highest temperature"),
        # left as they are
        ("?", "?"),
        ("lowers bp", "lowers bp"),
        ("last three potassium results", "last three potassium results"),
        ("what tends to happen", "what tends to happen"),
        ("stated allergies", "stated allergies"),
        ("eight hours", "eight hours"),
    ],
)  # fmt: skip
def test_a_wording_is_made_plain_and_nothing_else_is_touched(asked: str, read: str) -> None:
    assert worded(asked) == read


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("k on 11/20", "2026-11-20T00:00:00", "2026-11-20T23:59:59"),
        ("k on 20 nov", "2026-11-20T00:00:00", "2026-11-20T23:59:59"),
        ("k on november 20th", "2026-11-20T00:00:00", "2026-11-20T23:59:59"),
        ("k on 12/25", "2025-12-25T00:00:00", "2025-12-25T23:59:59"),
        ("k on 11/12", "2026-11-12T00:00:00", "2026-11-12T23:59:59"),
        ("k 2 days ago", "2026-11-19T00:00:00", "2026-11-19T23:59:59"),
        ("k last tuesday", "2026-11-17T00:00:00", "2026-11-17T23:59:59"),
        ("k last saturday", "2026-11-14T00:00:00", "2026-11-14T23:59:59"),
        ("k the day before yesterday", "2026-11-19T00:00:00", "2026-11-19T23:59:59"),
        ("k on the evening of nov 17", "2026-11-17T17:00:00", "2026-11-17T22:59:59"),
        ("k at 5 am today", "2026-11-21T04:30:00", "2026-11-21T05:30:00"),
        ("k between 11/18 and 11/20", "2026-11-18T00:00:00", "2026-11-20T23:59:59"),
        ("a1c in may", "2026-05-01T00:00:00", "2026-05-31T23:59:59"),
        ("a1c in december", "2025-12-01T00:00:00", "2025-12-31T23:59:59"),
    ],
)
def test_a_spoken_day_is_the_latest_one_that_the_chart_has_reached(
    asked: str, start: str, end: str
) -> None:
    told = spoken_day(asked, NOW)
    assert told is not None
    assert told[1].start == datetime.fromisoformat(start)
    assert told[1].end == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "asked", ["bp above 120/80", "may she eat", "1/2 tablet", "20 nov 2026", "hgb in 2014", "o2 98"]
)
def test_what_is_no_day_without_a_year_is_left_alone(asked: str) -> None:
    assert spoken_day(asked, NOW) is None


def test_a_day_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    with pytest.raises(AmbiguousDate):
        spoken_day("k on 3/4", NOW)


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("Last K, and is she DNR?", ("Last K", "is she DNR")),
        ("last wbc? last plt?", ("last wbc", "last plt")),
        ("lisinopril and losartan", None),
        ("potassium", None),
        ("last k and last na and last cl", None),
    ],
)
def test_two_questions_are_taken_apart_and_one_is_not(
    asked: str, parts: tuple[str, str] | None
) -> None:
    assert halves(asked) == parts
