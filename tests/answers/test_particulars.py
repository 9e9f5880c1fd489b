"""Elements of records, results under other names, amounts of a time, and ways of asking."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.answers.question.rewrites import rewritten
from pipelines.answers.question.text import QuestionText
from pipelines.answers.question.window import take_window
from pipelines.records.moments import Moment
from pipelines.terms.dates import moment

NOW = "2026-11-22T06:45:00-06:00"


def as_of() -> Moment:
    """The last entry of the made charts."""
    return moment(NOW)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("what was it in may", "2026-05-01 00:00", "2026-05-31 23:59"),
        ("what was it in december", "2025-12-01 00:00", "2025-12-31 23:59"),
        ("what was it on 11-21", "2026-11-21 00:00", "2026-11-21 23:59"),
        ("what was it on nov 21", "2026-11-21 00:00", "2026-11-21 23:59"),
        ("what was it in may 2024", "2024-05-01 00:00", "2024-05-31 23:59"),
        ("what was it on 2026-11-10 at 12:00", "2026-11-10 12:00", "2026-11-10 12:00"),
        ("the morning of 11-21", "2026-11-21 00:00", "2026-11-21 12:00"),
        ("in the 24 hours before the morning of 11-21", "2026-11-20 00:00", "2026-11-21 12:00"),
        ("in the 12 hours before 2026-11-21 06:00", "2026-11-20 18:00", "2026-11-21 06:00"),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_has_begun(
    words: str, start: str, end: str
) -> None:
    window = take_window(QuestionText(words), as_of())
    assert window is not None
    assert window.start is not None
    assert window.end is not None
    shown = [f"{at:%Y-%m-%d %H:%M}" for at in (window.start, window.end)]
    assert shown == [start, end]


@pytest.mark.parametrize("words", ["may he take it", "does he march", "between 10-20 of them"])
def test_a_verb_or_a_range_is_no_date(words: str) -> None:
    assert take_window(QuestionText(words), as_of()) is None


def test_a_day_of_next_month_is_last_years() -> None:
    window = take_window(QuestionText("what was it on 12-24"), as_of())
    assert window is not None
    assert window.start == datetime(2025, 12, 24)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("summarise the labs", "summarize the labs"),
        ("how much urine did she make yesterday", "how much urine output yesterday"),
        ("what could explain the high potassium", "why is the high potassium"),
        ("the heaviest weight on record", "the highest weight"),
        ("what was the potassium", "what was the potassium"),
    ],
)
def test_other_words_for_the_same_are_put_into_the_readers_words(asked: str, read: str) -> None:
    assert rewritten(asked) == read
