"""The day of a follow-up: a recorded appointment first, what a note says of it after.

In: "nephrology follow up date", "when does ortho see her after surgery". Out: the question for
the appointment with that clinic, where the chart has one; else None, and the notes may tell
("nephrology in two weeks"), which is no date. A clinic's short name is written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.text import QuestionText
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.appointments import upcoming
from pipelines.records.chart import Chart

TABLE = WordTable("question_follow_dates.toml")


def read_follow_date(
    question: str, chart: Chart, read: Callable[[str, Chart], ChartQuestion]
) -> ChartQuestion | None:
    """The question as one for the appointment that it asks the day of, or None."""
    whole = QuestionText(question).whole
    found = next(
        (m for row in TABLE.words["asked"]["patterns"] if (m := re.fullmatch(row, whole))), None
    )
    if found is None or not upcoming(chart):
        return None
    clinic = found["clinic"].strip()
    for short, full in TABLE.words["clinics"]["short"].items():
        clinic = re.sub(rf"\b{re.escape(short)}\b", full, clinic)
    asked = read(f"when is the {clinic} appointment", chart)
    if asked.subject != "appointment" or asked.decline is not None:
        return None
    return replace(asked, text=whole)
