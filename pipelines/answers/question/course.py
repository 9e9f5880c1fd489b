"""Questions for the course of a stay: told from its discharge summary, where the chart has one.

A course is nothing that code puts together from results: it is what the summary says under that
heading. A chart without one leaves the question to the readers of visits.
"""

from __future__ import annotations

from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.narrative import any_pattern, table
from pipelines.answers.question.reading import Reading
from pipelines.charts.notes import notes


def read_course(reading: Reading) -> ChartQuestion | None:
    """The question as one for a summary's own account of the course, or None."""
    asked = any_pattern("kinds", "course")
    if not reading.notes or asked.search(reading.text.whole) is None:
        return None
    told = tuple(table()["course"]["documents"])
    titles = [note.title.lower() for note in notes(reading.chart)]
    document = next((d for d in told if any(d in title for title in titles)), None)
    if document is None:
        return None
    heads = (tuple(table()["course"]["labels"]),)
    note = NoteAsked("course", heads, document=tuple(document.split()), latest=True)
    return ChartQuestion(reading.text.whole, "note", "search", note_words=heads, note=note)
