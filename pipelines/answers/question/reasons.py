"""Drugs by what they are for: "what does she take for her osteoporosis".

An order may say what it is for. The words behind "for" are looked for among those reasons, and
the drugs of the orders that have them are what is asked for, of one class where the question
names a class too. No drug is known here to treat anything: where no order says its reason, or
words are left that nothing explains, the question is left to other readers.
"""

from __future__ import annotations

import re
from copy import copy

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.classes import take_class
from pipelines.answers.question.medications import NOW
from pipelines.answers.question.names import take_names
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import take_choice
from pipelines.answers.question.text import QuestionText, listed, phrase
from pipelines.charts.medications import medications

_FOR = re.compile(r"\b(?:for|against|to treat|to control|to manage|because of)\b(?P<what>.+)$")
_DRUG = phrase(
    r"on|tak(?:e|es|en|ing)|took|gets?|getting|given|prescribed|us(?:e|es|ed|ing)|inhal(?:e|es|ing)"
    r"|receiv(?:e|es|ed|ing)|treated\s+with|treatment|therapy|ordered|swallows?|injects?|applies"
)
_INHALES = phrase(r"inhal(?:e|es|ing)|breathes?\s+in|puffs?")
_PAST = phrase(r"did|was|were|took|had|ever|previously|before")
_REST = phrase(r"currently|current|now|still|active|these|all|different|anything|something|kind")


def read_reasons(reading: Reading) -> ChartQuestion | None:
    """The question as one for the drugs that are ordered for a named thing, or None."""
    behind = _FOR.search(reading.text.text)
    worded = reading.text.find(listed("medication")) or reading.text.find(_DRUG)
    total = take_choice(copy(reading.text), "total")
    if behind is None or worded is None or total is not None or reading.results_named:
        return None
    ordered = [m for m in medications(reading.chart) if m.form != "administration" and m.reason]
    told = QuestionText(behind["what"])
    meant = set(
        take_names(told, tuple(dict.fromkeys(m.reason for m in ordered if m.reason))).displays
    )
    if not meant or told.left():
        return None
    tried = copy(reading)
    tried.text = copy(reading.text)
    tried.text.blank(*behind.span())
    drugs = tuple(dict.fromkeys(m.fact.display for m in ordered if m.reason in meant))
    if tried.text.find(_INHALES) is not None:
        drugs = _inhaled(drugs)
    named = take_class(tried.text, drugs)
    drugs = drugs if named is None else named.members
    for words in (_DRUG, _INHALES, listed("medication"), _REST):
        tried.text.take_all(words)
    if tried.text.left() or not drugs:
        return None
    now = NOW.match(tried.text.whole) is not None or _PAST.search(tried.text.whole) is None
    return tried.made("medication", "list", names=drugs, every=now)


def _inhaled(drugs: tuple[str, ...]) -> tuple[str, ...]:
    named = take_class(QuestionText("inhalers"), drugs)
    return named.members if named is not None else ()
