"""What a chart holds near a question whose words were not understood, for a model to read.

Facts of the things that are named, then the best sentences of notes, no more than a model needs.
The embedded writer makes nothing of it: it abstains, as it said it did not understand.
"""

from __future__ import annotations

from pipelines.answers import note_terms
from pipelines.answers.evidence.items import item, passage_item, result_item
from pipelines.answers.evidence.lists import problem_line
from pipelines.answers.evidence.notes import NoteSearch
from pipelines.answers.medication_words import medication_line
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.names import take_names
from pipelines.answers.question.narrative import note_asked
from pipelines.answers.question.text import QuestionText
from pipelines.answers.question.things import take_things
from pipelines.answers.verify.safety import reads_like_instruction
from pipelines.charts.labs import results
from pipelines.charts.medications import medications
from pipelines.charts.problems import conditions
from pipelines.charts.question_names import result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence

MOST_RESULTS = 4
MOST_ENTRIES = 6
MOST_SENTENCES = 8


def related_evidence(chart: Chart, question: ChartQuestion, search: NoteSearch) -> list[Evidence]:
    """Results, drugs and problems that are named, and sentences that hold any of the words."""
    text = QuestionText(question.text)
    items: list[Evidence] = []
    for thing in take_things(text, result_names(chart), []):
        found = results(chart, thing.code_keys) if thing.code_keys else ()
        items += [result_item(fact) for fact in reversed(found[-MOST_RESULTS:])]
    known = thing_names(chart)
    drugs = take_names(text, known.get("medication", ())).displays
    taken = [m for m in medications(chart) if m.name in drugs][-MOST_ENTRIES:]
    items += [item(m.fact, medication_line(m)) for m in reversed(taken)]
    named = take_names(text, known.get("condition", ())).displays
    held = [c for c in conditions(chart) if c.fact.display in named][-MOST_ENTRIES:]
    items += [item(c.fact, problem_line(c)) for c in held]
    return [*items, *_sentences(chart, question, search)]


def _sentences(chart: Chart, question: ChartQuestion, search: NoteSearch) -> list[Evidence]:
    asked = note_asked(question.text, "search")
    wide = [(*group, *note_terms.near(group[0])) for group in (*asked.things, *asked.events)]
    found = search(chart, wide, MOST_SENTENCES)
    return [passage_item(p) for p in found if not reads_like_instruction(p.text)]
