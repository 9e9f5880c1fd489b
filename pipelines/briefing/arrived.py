"""What came in since the reader last looked and bears an earlier date: late results and notes.

A result of yesterday that is filed today lies before every window of hours and would never be
seen. Here it has a section of its own, with the date it bears. Results, notes and medications are
told; other late entries stand in their own sections. The section is there only in a window since
the last look.
"""

from __future__ import annotations

from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.courses import severity
from pipelines.briefing.line import Line, Part
from pipelines.briefing.window import Window
from pipelines.charts import labs, medications, notes
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Medication, Note
from pipelines.records.moments import Moment
from pipelines.terms.limits import judged

NAME = "Came in since, dated earlier"
LISTED = 20
CRITICAL, FLAGGED, KNOWN = 0, 2, 5


def came_in_since(chart: Chart, window: Window, age_years: int | None) -> tuple[Part, ...]:
    """The section, flagged results first; nothing where the window is one of hours."""
    if not window.arrived or window.start is None:
        return ()
    late = [fact for fact in labs.results(chart, end=window.start) if _is_late(fact, window)]
    results = sorted((judged(fact, age_years) for fact in late), key=_first)
    lines = [_result(fact) for fact in results]
    lines += [_note(note) for note in notes.notes(chart) if _is_late(note.fact, window, note.when)]
    for one in medications.medications(chart):
        if _is_late(one.fact, window, one.start):
            lines.append(_medication(one))
    return (Part(NAME, _listed(lines)),) if lines else ()


def _is_late(fact: Fact, window: Window, when: Moment | None = None) -> bool:
    """Whether it arrived after the look and lies before the window."""
    dated = when or fact.when
    return fact.resource in window.arrived and dated is not None and not window.holds(dated)


def _first(fact: Fact) -> tuple[int, float]:
    return severity(fact), -(fact.when.instant.timestamp() if fact.when else 0.0)


def _result(fact: Fact) -> Line:
    value = wording.numbers([fact])[0]
    text = f"{wording.name(fact)} {value}{wording.unit(fact)} ({wording.mark(fact)})"
    urgency = CRITICAL if severity(fact) == CRITICAL else FLAGGED if fact.flag else KNOWN
    return Line(f"{text}, {wording.clock(fact.when)}", (fact,), urgency=urgency)


def _note(note: Note) -> Line:
    text = f"{wording.plain(note.title)}, {wording.clock(note.when)}"
    # A title may hold what no first screen may show: then its plain kind stands there.
    safe = not (holds_markup(text) or reads_like_instruction(text))
    return Line(text if safe else f"Note, {wording.clock(note.when)}", (note.fact,), urgency=KNOWN)


def _medication(one: Medication) -> Line:
    text = f"{wording.plain(one.name)}, {wording.clock(one.start)}"
    return Line(text, (one.fact,), urgency=KNOWN)


def _listed(lines: list[Line]) -> tuple[Line, ...]:
    """As many as fit, then the number of the others with all of them behind it."""
    rest = tuple(line.facts[0] for line in lines[LISTED:])
    if not rest:
        return tuple(lines)
    noun = "entry" if len(rest) == 1 else "entries"
    more = Line(f"{len(rest)} more {noun}", rest, Computation("count", len(rest)), urgency=KNOWN)
    return (*lines[:LISTED], more)
