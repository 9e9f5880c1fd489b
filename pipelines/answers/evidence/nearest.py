"""The nearest thing that a chart does hold, for an answer that has to be declined.

Told as a name and a day, never as a value: what abstains cites nothing. A result outside the
stretch of time asked for is named with its last day; one that was never measured by its
neighbours of the vocabulary; a drug by the chart's drugs of its class; a diagnosis by one that
shares a word of its name; a note by the last notes of any kind. What is not there is said only
as what no entry is called: a drug may stand under another name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines.answers.evidence.items import shown_name
from pipelines.answers.question import ChartQuestion, Thing
from pipelines.answers.question.text import QuestionText, tokens
from pipelines.answers.question.things import take_things
from pipelines.charts.labs import results
from pipelines.charts.medications import medications
from pipelines.charts.notes import notes
from pipelines.charts.problems import conditions
from pipelines.charts.question_names import ResultName, result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment
from pipelines.terms import concepts, drug_classes

TABLE = Path(__file__).with_name("evidence_nearest.toml")
MOST_NAMED = 3
LARGEST_PANEL = 5  # a glucose says nothing of a potassium, though one panel has both
SHORTEST_WORD = 5


@dataclass(frozen=True, slots=True)
class Nearest:
    """What is not there, as a clause that begins a sentence, and what is; both may be empty."""

    missing: str = ""
    near: str = ""


def nearest(chart: Chart, question: ChartQuestion) -> Nearest:
    """What of the things that a question names is not in the chart, and what lies nearest."""
    names = result_names(chart)
    things = question.things or take_things(QuestionText(question.text), names, [])
    held = tuple(t for t in things if t.code_keys)
    absent = tuple(t for t in things if not t.code_keys)
    if held:
        return Nearest("", _last_of(chart, held))
    if absent:
        return _result_missing(chart, absent, names)
    return (
        _drug_missing(chart, question)
        or _problem_near(chart, question)
        or _notes_near(chart, question)
        or Nearest()
    )


def _last_of(chart: Chart, things: tuple[Thing, ...]) -> str:
    """`the last creatinine is of 2026-11-21 05:30` of each thing or panel, two at most."""
    panels = concepts.load().by_key
    said: dict[str, str] = {}
    for thing in things:
        panel = panels.get(thing.panel or "")
        title = _lowered(panel.title if panel is not None else shown_name(thing.title))
        found = [f.when for f in results(chart, thing.code_keys) if f.when is not None]
        if found:
            said.setdefault(title, f"the last {title} is of {found[-1].clock}")
    return " and ".join(list(said.values())[:2])


def _result_missing(
    chart: Chart, absent: tuple[Thing, ...], names: tuple[ResultName, ...]
) -> Nearest:
    titles = " or ".join(_lowered(t.title) for t in absent[:MOST_NAMED])
    near = _neighbours(chart, absent[0], names)
    return Nearest(f"No {titles} result is in this chart", f"nearest: {near}" if near else "")


def _neighbours(chart: Chart, thing: Thing, names: tuple[ResultName, ...]) -> str:
    """The measured neighbours of the first family that has any, each with its last day."""
    here: dict[str, set[str]] = {}
    for name in names:
        if name.concept is not None:
            here.setdefault(name.concept, set()).add(name.code_key)
    for family in _families():
        if thing.concept not in family:
            continue
        said = []
        for key in family:
            found = results(chart, here[key]) if key in here and key != thing.concept else ()
            days = [f.when for f in found if f.when is not None]
            if days:
                said.append(f"{_lowered(concepts.title(key))}, last {days[-1].day}")
        if said:
            return "; ".join(said[:MOST_NAMED])
    return ""


@lru_cache(maxsize=1)
def _families() -> tuple[tuple[str, ...], ...]:
    listed = tomllib.loads(TABLE.read_text(encoding="utf-8"))["families"]
    every = concepts.load().by_key.values()
    panels = (c.members for c in every if 0 < len(c.members) <= LARGEST_PANEL)
    return (*(tuple(family) for family in listed), *panels)


def _drug_missing(chart: Chart, question: ChartQuestion) -> Nearest | None:
    """A drug that the table of classes knows and no entry names, with the chart's own of a class.

    A drug of several classes is placed by each of them in turn. A name that begins alike
    (prednisolone for prednisone) is not offered: it would be taken for the one asked about.
    """
    drugs = thing_names(chart).get("medication", ())
    for word in _words(question):
        own = [c for c in drug_classes.load().values() if c.holds(word)]
        if not own or any(word in d.lower() for d in drugs):
            continue
        missing = f"No medication entry of this chart names {word}"
        for of in own:
            last: dict[str, Moment] = {}
            for entry in medications(chart):
                alike = entry.name.lower().startswith(word[:SHORTEST_WORD])
                if of.holds(entry.name) and entry.fact.when is not None and not alike:
                    last[entry.name] = entry.fact.when
            if last:
                newest = sorted(last.items(), key=lambda pair: pair[1], reverse=True)
                said = "; ".join(f"{n}, last entry {w.day}" for n, w in newest[:MOST_NAMED])
                return Nearest(missing, f"nearest ({of.title}): {said}")
        return Nearest(missing)
    return None


def _problem_near(chart: Chart, question: ChartQuestion) -> Nearest | None:
    """Diagnoses that share a telling word with a question about one."""
    generic = frozenset(tomllib.loads(TABLE.read_text(encoding="utf-8"))["problem"]["generic"])
    words = {w for w in _words(question) if len(w) >= SHORTEST_WORD and w not in generic}
    near = [
        c.fact.display
        for c in conditions(chart)
        if words & {w for w, _, _ in tokens(c.fact.display.lower())}
    ]
    listed = list(dict.fromkeys(near))[:MOST_NAMED]
    return Nearest("", f"nearest on the problem list: {'; '.join(listed)}") if listed else None


def _notes_near(chart: Chart, question: ChartQuestion) -> Nearest | None:
    """The newest notes of each kind, where a note itself is asked for."""
    if not _note_asked(question):
        return None
    last: dict[str, Moment] = {}
    for note in notes(chart):
        if note.title and note.when is not None:
            last[note.title] = max(note.when, last.get(note.title, note.when))
    newest = sorted(last.items(), key=lambda pair: pair[1], reverse=True)[:MOST_NAMED]
    said = "; ".join(f"{title}, {when.day}" for title, when in newest)
    return Nearest("", f"newest notes: {said}") if said else None


def _note_asked(question: ChartQuestion) -> bool:
    return bool({"note", "notes", "letter", "summary", "report", "consult"} & set(_words(question)))


def _words(question: ChartQuestion) -> Iterable[str]:
    return tuple(dict.fromkeys(word for word, _, _ in tokens(question.text)))


def _lowered(title: str) -> str:
    first, *rest = title.split(" ")
    head = first[0].lower() + first[1:] if first[1:].islower() else first
    return " ".join((head, *rest))
