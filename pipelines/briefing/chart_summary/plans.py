"""The last plan: the newest line of a plan section that names the problem, word for word.

The plan of a note begins at a heading of `plan_words.toml` and ends at the next heading that is
none. A line that names the problem by a name or abbreviation is lifted with its place in the
note; nothing is rewritten. A line that holds a link, or that talks to software, is passed over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.verify.reading import sentences
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.chart_summary.families import Family
from pipelines.briefing.line import Line
from pipelines.briefing.note_passage import passage_of
from pipelines.charts import notes
from pipelines.records.chart import Chart
from pipelines.records.facts import Note

RULES = Path(__file__).with_name("plan_words.toml")
_BULLET = re.compile(r"\s*(?:[-#*•]+|\d{1,2}[.)])?\s*")
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of a plan: `note.text[start:end]`."""

    note: Note
    start: int
    end: int

    @property
    def text(self) -> str:
        """The line as written."""
        return self.note.text[self.start : self.end]


def plan_lines(chart: Chart) -> tuple[PlanLine, ...]:
    """Every line of every plan of this chart, the newest note first."""
    written = (note for note in notes.notes(chart) if note.when and plans_something(note))
    return tuple(line for note in written for line in plan_of(note))


def plans_something(note: Note) -> bool:
    """Whether this kind of note plans; a radiograph's impression tells what was seen."""
    return not note.title.lower().startswith(tuple(_rules()["no_plan"]))


def plan_of(note: Note) -> Iterator[PlanLine]:
    """The lines of the plan of one note that may be lifted, in their order."""
    return (line for line in _plan_of(note) if _may(line))


def last_plan(family: Family, lines: Sequence[PlanLine]) -> list[Line]:
    """The newest line that begins with a problem of this family, else the newest that names one."""
    rules = _rules()
    named = [(line, found.start()) for line in lines if (found := family.plan.search(line.text))]
    if not named:
        return []
    newest = named[0][0]
    near = timedelta(days=rules["newer_by_days"])
    first = rules["at_its_beginning_letters"]
    about = (x for x, at in named if at <= first and _instant(newest) - _instant(x) <= near)
    line = next(about, newest)
    return [lifted("Plan", line.note, line.start, line.end)]


def _instant(line: PlanLine) -> datetime:
    return line.note.when.instant if line.note.when else datetime.min


def lifted(what: str, note: Note, start: int, end: int) -> Line:
    """A line that quotes `note.text[start:end]` and cites exactly that place."""
    said = wording.one_line(note.text[start:end])
    title = wording.plain(note.title)
    day = note.when.day if note.when else "undated"
    return Line(f"{what}, {title}, {day}: “{said}”", passage=passage_of(note, start, end))


def _plan_of(note: Note) -> Iterator[PlanLine]:
    inside = False
    at = 0
    for line in note.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        bullet = _BULLET.match(line)
        start += bullet.end() if bullet else 0
        body = note.text[start:at].rstrip()
        if not body:
            continue
        low = body.lower()
        opened = _opened(low)
        if opened:
            inside = True
            start += opened
            body = note.text[start:at].rstrip()
            start += len(body) - len(body.lstrip())
        elif low.startswith(tuple(_rules()["closes"])):
            inside = False
        if inside and body.strip():
            yield from _stretches(note, start, start + len(body.strip()))


def _opened(low: str) -> int:
    """The length of the heading that opens a plan, 0 for none."""
    for word in sorted(_rules()["opens"], key=len, reverse=True):
        if low.startswith(word):
            rest = low[len(word) :]
            if not rest or rest.startswith(":"):
                return len(word) + (1 if rest else 0)
            if len(low) < _LONGEST_HEADING and low.endswith(":"):
                return len(low)
    return 0


def _stretches(note: Note, start: int, end: int) -> Iterator[PlanLine]:
    """The line whole where it is short, else as many of its first sentences as fit, and the rest.

    Sentences of one line stay together: what is planned often follows the one that names it.
    """
    most = _rules()["most_characters"]
    spans = [(start + a, start + b) for a, b in sentences(note.text[start:end])] or [(start, end)]
    begun, last = spans[0]
    for first, stop in spans[1:]:
        if stop - begun > most:
            yield PlanLine(note, begun, last)
            begun = first
        last = stop
    yield PlanLine(note, begun, last)


def _may(line: PlanLine) -> bool:
    rules, text = _rules(), line.text
    return (
        len(text.split()) >= rules["least_words"]
        and len(text) <= rules["most_characters"]
        and not text.lower().startswith(tuple(rules["passed_over"]))
        and text.lower().split()[-1] not in rules["no_end"]
        and not any(word in text.lower() for word in rules["elsewhere"])
        and not holds_markup(text)
        and not reads_like_instruction(text)
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
