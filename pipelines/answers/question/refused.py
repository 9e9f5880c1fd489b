"""Whether a question is declined for what it is about, before anything of it is looked up.

Names and numbers of the patient are taken out on the way; another patient's number declines. What
a topic declines may still be told from notes or records, where the refusal says so.
"""

from __future__ import annotations

import re

from pipelines.answers.question.code_status import without_code_words
from pipelines.answers.question.declines import (
    OTHER_PATIENT,
    Refusal,
    bare_numbers,
    blank_name,
    declined,
    named_patients,
    names_another,
    names_doctor,
)
from pipelines.answers.question.text import QuestionText
from pipelines.charts.question_names import own_names
from pipelines.records.chart import Chart


def not_for_this_chart(
    text: QuestionText, question: str, chart: Chart, *, notes: bool
) -> Refusal | None:
    """Why this chart's records do not answer a question, or None."""
    found = named_patients(text.whole)
    identifiers, names = own_names(chart)
    if names_another(found, identifiers):
        return Refusal(OTHER_PATIENT)
    for match in (*found, *bare_numbers(text.whole, identifiers)):
        before = re.search(
            r"(?:\b(?:of|for|by|in|on|from|about|if|that|the|this)\s+)*$",
            text.whole[: match.start()],
        )
        start = match.start() - (
            len(before.group()) if before and "that" not in before.group() else 0
        )
        text.blank(start, match.end())
    blank_name(text, question, names)
    refusal = declined(without_code_words(text.text).strip(), has_notes=notes)
    if refusal is None and names_doctor(text.whole) and not notes:
        refusal = Refusal("No notes of clinicians are in this chart.", unless_records=True)
    return refusal
