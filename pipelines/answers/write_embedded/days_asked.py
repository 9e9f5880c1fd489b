"""A day beside the moment, where the question asks for a day or a date.

A moment's cell is `YYYY-MM-DD HH:MM:SS`. Who asks on which day wants the day: it stands in the
same row, after the moment that the record has, so that neither is lost. A question that names an
hour or a time is left as it is, and so is a cell that is a day already.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.records.answers import Cell, Draft

_DAY = re.compile(r"\b(?:days?|dates?|date's)\b|\bgiven on\b")
_COUNTED = re.compile(r"\b(?:how many|number of|count of)\s+(?:\w+\s+)?days?\b")
_CLOCK = re.compile(r"\b(?:date ?time|time|hour|o'clock|timestamp|clock)\b")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}")


def with_days(draft: Draft, question: ChartQuestion | None) -> Draft:
    """The draft with the day of each moment in its row, where a day is asked for."""
    if question is None or not draft.answerable or not draft.values:
        return draft
    asked = question.text.lower()
    if _DAY.search(asked) is None or _CLOCK.search(asked) or _COUNTED.search(asked):
        return draft
    return replace(draft, values=tuple(_with_day(row) for row in draft.values))


def _with_day(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    days = [m[1] for cell in row if isinstance(cell, str) and (m := _MOMENT.fullmatch(cell))]
    return (*row, *(day for day in dict.fromkeys(days) if day not in row))
