"""A question about many charts: read once, asked of each, one row each.

understand → (newest results: settle the unit over all) → gather → write (embedded) → judge

The charts may read through `charts.many`: the rows are the same, only sooner (tested). A question
that this app does not answer is declined once for all; one that no chart understands says so once
as well, with the rows that say it of each. No model is asked: a row is yes or no by code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.answers.cohort import newest, rows, words
from pipelines.errors import ChartroomError
from pipelines.records.chart import Chart
from pipelines.records.cohort import ROW_ORDER, CohortAnswer, CohortRow
from pipelines.settings import Settings

NOTHING = "None of these charts says anything on this, or the question was not understood."
ONE_THING = "Ask of one result at a time: a bound on two things is two questions."
TRIED = 3
"""Charts that must decline alike before a question is declined for all."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A chart of the list and the name that its row shows."""

    chart: Chart
    name: str


def answer(listed: Sequence[Listed], question: str, settings: Settings) -> CohortAnswer:
    """The rows of every chart; `log_id` and `seconds` are left for the desk to fill."""
    said = words.read(question)
    if said.decline is not None:
        return _declined(question, said.decline)
    asked: list[rows.Asked] = []
    for one in listed:
        asked.append(rows.asked_of(one.chart, one.name, said))
        if len(asked) == min(TRIED, len(listed)):
            sentence = _declined_by_all(asked, said)
            if sentence is not None:
                return _declined(question, sentence)
    unit = newest.common_unit(one.found for one in asked)
    settled = [rows.settled(one, unit) for one in asked]
    made = [_row(one, said, settings) for one in settled]
    bound = next((one.question.threshold for one in settled if one.is_newest), None)
    told = any(row.status in ("yes", "no", "value") for row in made)
    ordered = sorted(made, key=lambda row: ROW_ORDER.index(row.status))
    return CohortAnswer(
        question=question,
        status="answered" if told else "abstained",
        answer="" if told else NOTHING,
        read_as=rows.read_as(settled, said, bound),
        rows=tuple(ordered),
    )


def _row(asked: rows.Asked, said: words.CohortWords, settings: Settings) -> CohortRow:
    """The row of one chart; a chart that cannot be read fails alone."""
    try:
        return rows.row_of(asked, said, settings)
    except ChartroomError as error:
        chart, sentence = asked.chart, error.user_message
    return CohortRow(chart.patient_id, asked.name, "failed", sentence, (), (), chart.as_of.written)


def _declined_by_all(asked: Sequence[rows.Asked], said: words.CohortWords) -> str | None:
    """The sentence with which the first charts decline what the question is about, if all do."""
    several = [
        one for one in asked
        if said.is_yes_no and one.question.subject == "result" and len(one.question.things) > 1
        and one.question.threshold is not None
    ]  # fmt: skip
    if several:
        return ONE_THING
    declines = {one.question.decline for one in asked if one.question.is_declined}
    alike = len(declines) == 1 and all(one.question.is_declined for one in asked)
    return next(iter(declines)) if alike else None


def _declined(question: str, sentence: str) -> CohortAnswer:
    return CohortAnswer(question, "abstained", sentence, "", ())
