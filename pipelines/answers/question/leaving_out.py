"""Lists that leave something out: "all medications except losartan".

What is left out must be named as the chart names it, every word of it, and the rest of the
question must ask for a plain list; anything else is declined, since a list with the wrong things
left out looks like a whole one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.classes import class_members
from pipelines.answers.question.names import take_names
from pipelines.answers.question.text import QuestionText
from pipelines.charts.question_names import thing_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.records.chart import Chart

NOT_LEFT_OUT = "What is to be left out of the list was not understood."
KINDS = {
    "medication": "medication",
    "allergy": "allergy",
    "problem": "condition",
    "procedure": "procedure",
    "immunization": "immunization",
}
_EXCEPT = re.compile(
    r"[,;]?\s*\b(?:except(?:\s+for)?|other\s+than|apart\s+from|aside\s+from|besides|excluding"
    r"|but\s+not|not\s+counting|not\s+including|leaving\s+out)\s+",
    re.IGNORECASE,
)


def read_except(
    question: str, chart: Chart, read: Callable[[str, Chart], ChartQuestion]
) -> ChartQuestion | None:
    """A list without what the question leaves out, or None where it leaves nothing out."""
    parts = _EXCEPT.split(question)
    if len(parts) != 2 or not parts[0].strip():
        return None
    whole = read(parts[0], chart)
    if whole.subject not in KINDS or whole.ask != "list" or whole.decline is not None:
        return None
    known = thing_names(chart).get(KINDS[whole.subject], ())
    text = QuestionText(parts[1])
    left_out = (*class_members(text, known), *take_names(text, known).displays)
    if not left_out or text.left() or whole.names:
        return replace(whole, decline=NOT_LEFT_OUT)
    return replace(whole, text=QuestionText(question).whole, without=left_out)
