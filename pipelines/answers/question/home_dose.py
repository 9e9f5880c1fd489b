"""The dose of a drug at home: of the orders and statements that are no hospital's.

In: "home furosemide dose", "what dose of sertraline did she take at home", "lisinopril dose
before admission". Out: a question for the dose of the outpatient entry, never for the last dose
that a ward gave. Every other word must be one of a dose; where one is left, or the chart keeps
no such entry of the drug, other readers have the question.
"""

from __future__ import annotations

from copy import copy

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.names import take_names
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.home_medications import at_home

TABLE = WordTable("question_home_dose.toml")


def read_home_dose(reading: Reading) -> ChartQuestion | None:
    """The question as one for a home dose, or None."""
    said = TABLE.said
    if reading.text.find(said("home")) is None or reading.window is not None:
        return None
    tried = copy(reading)
    tried.text = copy(reading.text)
    dosed = tried.text.find(said("dose")) is not None
    tried.text.take_all(said("home"))
    own = tuple(dict.fromkeys(m.name for m in at_home(reading.chart)))
    named = take_names(tried.text, own)
    if not named.displays or len(named.groups) > 1:
        return None
    tried.text.take_all(said("dose"))
    tried.text.take_all(said("rest"))
    if tried.text.left() or not dosed:
        return None
    return tried.made("medication", "dose", attribute="home", names=named.displays)
