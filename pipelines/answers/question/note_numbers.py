"""Questions for a number that a note binds to a thing: its size, per cent, pack-years, score.

In: a question that nothing else understood. Out: a search of notes for sentences that hold every
word of the thing (in the sentence, its heading or its note's title) and a number of the kind that
is asked; None where no kind is asked for. Negations, comparisons and relatives are never read so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.codes import coded
from pipelines.answers.question.notes import synonyms
from pipelines.answers.question.own_name import blank_own_name
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.text import QuestionText, any_of, phrase, tokens
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.question_names import has_notes
from pipelines.records.chart import Chart

_NAME_WITH_DIGIT = re.compile(r"\b[a-z]{2,}-\d{1,2}\b")
TABLE = WordTable("question_note_numbers.toml")
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of number: what asks for it, how notes write it, which words it implies."""

    name: str
    asks: re.Pattern[str]
    number: re.Pattern[str]
    implied: frozenset[str]
    units: tuple[tuple[str, frozenset[str]], ...]
    search: tuple[str, ...] = ()
    lifts: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def measures() -> tuple[Measure, ...]:
    """The table, in its order."""
    return tuple(
        Measure(
            row["name"], re.compile(row["asks"]), re.compile(row["number"]),
            frozenset(row["implied"]),
            tuple((unit, frozenset(said)) for unit, said in row.get("units", {}).items()),
            tuple(row.get("search", ())), tuple(row.get("lifts", ())),
        )
        for row in TABLE.words["kind"]
    )  # fmt: skip


def measure_named(name: str | None) -> Measure:
    """The kind of number by its name."""
    return next(m for m in measures() if m.name == name)


def read_note_number(question: str, chart: Chart, asked: ChartQuestion) -> ChartQuestion | None:
    """The question as one for such a number, or None."""
    lost = asked.not_understood or asked.subject == "note"
    settled = asked.note_is("why") or asked.note_is("value")
    # The digit of "PHQ-9" is of its name: a search by words tells it from the number asked for.
    settled = settled or _NAME_WITH_DIGIT.search(asked.text) is not None
    if not lost or settled or not has_notes(chart):
        return None
    text = coded(question, chart)
    wanted = next((m for m in measures() if m.asks.search(text.text)), None)
    if wanted is None or _is_never(text, wanted):
        return None
    if not_for_this_chart(text, question, chart, notes=True) is not None:
        return None
    try:
        window, against = take_windows(text, chart.as_of)
    except ValueError:
        return None
    blank_own_name(text, chart)
    made = _asked(text, wanted) if against is None else None
    return replace(made, window=window) if made is not None else None


def _is_never(text: QuestionText, wanted: Measure) -> bool:
    """Whether a word negates, compares or names another person, which no such number honours."""
    said = {found.group() for found in TABLE.said("never").finditer(text.text)}
    return not said <= set(wanted.lifts)


def _asked(text: QuestionText, wanted: Measure) -> ChartQuestion | None:
    """The search for sentences that hold the thing; None where nothing, or too much, is named."""
    unit = next((u for u, said in wanted.units if said & set(text.text.split())), None)
    document = _document(text)
    text.take_all(wanted.asks)
    text.take_all(TABLE.said("harmless"))
    left = text.left()
    things = dict.fromkeys(word for word, _, _ in tokens(text.text) if word in left)
    named = [word for word in things if word not in wanted.implied and len(word) > 1]
    if len(named) > MOST_WORDS or not (named or wanted.search):
        return None
    groups = tuple(synonyms(word) for word in named) or (wanted.search,)
    note = NoteAsked("number", groups, document=document, within=True)
    return ChartQuestion(
        text.whole, "note", "number", note_words=groups, note=note, attribute=wanted.name, unit=unit
    )


def _document(text: QuestionText) -> tuple[str, ...]:
    """The kind of note that is spoken of, as its titles have it, taken out of the text."""
    for said, title in TABLE.words["titles"]["pairs"]:
        if text.take_all(phrase(any_of((said,)))):
            return tuple(title.split())
    return ()
