"""The patient's own name in a question, however it is written.

In: the text of a question and the chart. Out: the text without any part of the patient's name, in
small letters, with a possessive, or without the digits that made charts write behind it. A name
that is a word of asking, or too short to be told from one, stays.
"""

from __future__ import annotations

from pipelines.answers.question.text import QuestionText, phrase_words, tokens
from pipelines.charts.question_names import own_names
from pipelines.records.chart import Chart

SHORTEST = 3
DIGITS = "0123456789"


def blank_own_name(text: QuestionText, chart: Chart) -> None:
    """Take every part of the patient's own name out of the text."""
    names = {name.strip(DIGITS) for name in own_names(chart)[1]} | own_names(chart)[1]
    told = {n for n in names if len(n) >= SHORTEST} - phrase_words()
    for word, start, end in tokens(text.text):
        if word in told or (word.endswith("s") and word[:-1] in told):
            text.blank(start, end)
