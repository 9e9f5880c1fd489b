"""A day where a day is asked for: "on what date" is answered by the date, without its time.

In: a question and its draft. Out: the draft with the moments of its rows cut to their day, where
the words ask for a date or a day and for no time. The sentences keep the time as recorded.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.records.answers import Cell, Draft

_DAY = re.compile(
    r"\b(?:what|which|the)\s+(?:\w+\s+)?(?:dates?|days?)\b|\bdates?\b(?!\s*/?\s*time)"
    r"|\b(?:on|from|until)\s+(?:what|which)\s+days?\b"
)
_TIME = re.compile(r"\btimes?\b|\bhour\b|\bwhen\b|\bdatetime\b|\btimestamp|\bo'clock\b|\bmoment\b")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?")
FULL_DAY = len("2026-11-22")


def with_days(draft: Draft, question: ChartQuestion) -> Draft:
    """The draft with days for moments, where days were asked for."""
    asked = question.text.lower()
    several = question.subject == "encounter" and question.every
    if several or _DAY.search(asked) is None or _TIME.search(asked) is not None:
        return draft
    rows = tuple(tuple(_day(cell) for cell in row) for row in draft.values)
    return replace(draft, values=rows) if rows != draft.values else draft


def _day(cell: Cell) -> Cell:
    if isinstance(cell, str) and _MOMENT.fullmatch(cell):
        return cell[:FULL_DAY]
    return cell
