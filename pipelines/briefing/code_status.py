"""The code status: what is in force in the record's own words, since when, and what was before.

Which statement holds is decided in `charts.code_status`, nowhere here. A contradiction is shown as
one and nothing is chosen. "Not in this chart" is never full code.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.line import NOT_IN_CHART, Line, Part
from pipelines.briefing.window import Window
from pipelines.charts.code_status import code_status
from pipelines.charts.consents import consents
from pipelines.charts.patients import banner
from pipelines.records.chart import Chart
from pipelines.records.consents import CodeStatement, CodeStatus
from pipelines.records.facts import Fact

NAME = "Code status"
CONFLICT, CHANGED, KNOWN = 0, 1, 5


def code_status_part(chart: Chart, window: Window, results: Sequence[Fact] = ()) -> Part:
    """The section: the statements in force, the newest first, with the one they replaced.

    `results` are observations that may carry a note beside the statement.
    """
    found = code_status(chart)
    lines = [_unavailable(chart)] if found.refused else []
    if found.state == "conflict":
        lines += [_conflict(chart, found, results)]
    elif found.current:
        lines += [_current(chart, found, window, results)]
    elif found.earlier:
        newest = found.earlier[-1]
        text = f"No code status in force is recorded; before: {_said(newest)}"
        lines += [Line(text, (newest.fact,), urgency=CHANGED)]
    return Part(NAME, tuple(lines), None if lines else NOT_IN_CHART)


def _current(chart: Chart, found: CodeStatus, window: Window, results: Sequence[Fact]) -> Line:
    """What holds, each statement a clause, then what the newest of them replaced."""
    first, *others = found.current
    before = next(filter(None, (_replaced(found, one) for one in found.current)), None)
    is_new = window.start is not None and window.holds(first.fact.when)
    word = "Code status changed" if before and is_new else "Code status"
    clauses = [Line(_said(one), (one.fact,)) for one in others]
    clauses += [*_directives(chart, found), *_notes(found, results)]
    if before is not None:
        clauses.append(Line(f"before: {_said(before)}{_until(before)}", (before.fact,)))
    label = found.label if len({one.state for one in found.current}) == 1 else None
    text = f"{word}: {_said(first, label=label)}"
    urgency = CHANGED if is_new and before else KNOWN
    return Line(text, (first.fact,), urgency=urgency, clauses=tuple(clauses))


def _conflict(chart: Chart, found: CodeStatus, results: Sequence[Fact]) -> Line:
    first, *others = found.current
    own = (Line(_said(one), (one.fact,)) for one in others)
    clauses = (*own, *_directives(chart, found), *_notes(found, results))
    text = f"The statements of the code status differ, ask: {_said(first)}"
    return Line(text, (first.fact,), urgency=CONFLICT, clauses=clauses)


def _replaced(found: CodeStatus, first: CodeStatement) -> CodeStatement | None:
    """The statement of another state that the newest one took the place of."""
    same = [
        one for one in found.earlier
        if one.source == first.source and one.state != first.state and one.fact.when
    ]  # fmt: skip
    return max(same, key=lambda one: one.fact.when.instant if one.fact.when else 0, default=None)


def _directives(chart: Chart, found: CodeStatus) -> list[Line]:
    """The title of the signed paper behind a directive in force, in its own words."""
    told = {one.fact.resource for one in found.current}
    return [
        Line(f"signed: “{wording.plain(one.source)}”", (one.fact,))
        for one in consents(chart)
        if one.fact.resource in told and one.source and one.fact.part == 0
    ]


def _notes(found: CodeStatus, results: Sequence[Fact]) -> list[Line]:
    """What the observations in force say beside the status."""
    told = {one.fact.resource for one in found.current}
    mine = {fact.resource: fact for fact in results if fact.resource in told and fact.note}
    return [
        Line(f"note on the code status: “{wording.plain(fact.note or '')}”", (fact,))
        for fact in mine.values()
    ]


def _said(one: CodeStatement, label: str | None = None) -> str:
    words = wording.plain(one.wording or one.fact.display)
    words = words.removeprefix("Code status: ")
    short = f"{label}, " if label and label.lower() not in words.lower() else ""
    since = f" since {wording.clock(one.fact.when)}" if one.fact.when else ", undated"
    source = "directive" if one.source == "consent" else one.source
    return f"{short}{words} ({source}){since}"


def _until(one: CodeStatement) -> str:
    return f" until {wording.clock(one.ended)}" if one.ended else ""


def _unavailable(chart: Chart) -> Line:
    text = "Code status may be incomplete: an entry that may state it was refused"
    return Line(text, (banner(chart).patient.fact,), urgency=CONFLICT)
