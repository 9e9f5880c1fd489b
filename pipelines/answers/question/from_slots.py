"""What a model read in a question, taken only as far as the question itself bears it out.

In: the question as it was typed, and the fields that a model filled in. Out: the question as the
embedded reader understands the sentence that these fields make, or None. The model widens what
can be asked; it decides nothing: its thing must be words of the question, times and stays are
read by code from what was typed, the sentence must be understood whole, and no word that
narrows, negates or bounds may be lost on the way (`guard`). It never brings a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.back import place_said
from pipelines.answers.question.guard import lost_word
from pipelines.answers.question.reading import read
from pipelines.answers.question.scope import take_stays, take_threshold
from pipelines.answers.question.text import QuestionText, key
from pipelines.answers.question.window import take_window
from pipelines.answers.question.word_table import WordTable
from pipelines.records.chart import Chart

SUBJECTS = (
    "result", "medication", "problem", "procedure", "immunization", "allergy", "encounter", "other",
)  # fmt: skip
ASKS = (
    "value", "when", "count", "exists", "list", "highest", "lowest", "average", "trend", "dose",
)  # fmt: skip
WHICH = ("latest", "first", "second_to_last", "any")
LONGEST_THING = 80
SHORTEST_STEM = 3
ALIKE = 0.8
_TABLE = WordTable("question_slots.toml")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Slots:
    """The fields that a model filled in: one of `SUBJECTS`, `ASKS` and `WHICH`, and a thing."""

    subject: str
    thing: str
    ask: str
    which: str


def from_slots(typed: str, slots: Slots, chart: Chart) -> ChartQuestion | None:
    """The question that the fields make of what was typed, or None where it does not bear it."""
    text = QuestionText(typed)
    try:
        window = take_window(text, chart.as_of)
    except ValueError:
        return None
    stays = take_stays(text)
    if take_threshold(text) is not None or not _stands_in(slots.thing, typed):
        return None
    numbers = set(_NUMBER.findall(text.text)) - {chart.patient_id}
    if numbers - set(_NUMBER.findall(slots.thing)):
        return None
    said = _sentence(slots, place_said(stays[0].stay if stays else None, window))
    if said is None or _never_lost(text) - set(key(said).split()):
        return None
    asked = read(said, chart)
    if asked.decline is not None or asked.subject != slots.subject:
        return None
    return None if lost_word(typed, asked) else replace(asked, text=text.whole)


def _sentence(slots: Slots, place: str) -> str | None:
    """The sentence of the table for these fields."""
    words = _TABLE.words
    row = f"{slots.subject}.{slots.ask}"
    form = words["sentences"].get(row)
    if form is None or (row in words["without_thing"]["keys"]) == bool(slots.thing.strip()):
        return None
    filled = form.format(thing=slots.thing, place=place, which=words["which"][slots.which])
    return str(filled)


def _never_lost(text: QuestionText) -> set[str]:
    """The words of the question, apart from its stays and times, that no reading may leave out."""
    return set(key(text.text).split()) & set(_TABLE.words["never_lost"]["words"])


def _stands_in(thing: str, typed: str) -> bool:
    """Whether every word of the thing is one of the question, written out or spelt rightly."""
    said = key(typed).split()
    return all(any(_is_same(word, other) for other in said) for word in key(thing).split())


def _is_same(word: str, typed: str) -> bool:
    if word == typed:
        return True
    if len(typed) < SHORTEST_STEM or word[0] != typed[0]:
        return False
    return word.startswith(typed) or SequenceMatcher(None, word, typed).ratio() >= ALIKE
