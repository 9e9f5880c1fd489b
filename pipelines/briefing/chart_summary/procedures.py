"""Procedures and operations: one line each kind, operations first; what is routine is counted.

`procedures_of_note.toml` orders them. A repeat is one line with its number. A procedure that was
not done is told as not done.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipelines.briefing.chart_summary.diagnoses import name_of
from pipelines.briefing.chart_summary.more import bare, capped, counted
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import procedures as chart_procedures
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Procedure

NAME = "Procedures"
LISTED = 8
NOT_DONE = "not-done"
PLANNED = frozenset({"preparation", "entered-in-error"})
RULES = Path(__file__).with_name("procedures_of_note.toml")
ROUTINE, UNKNOWN = 9, 3


def procedures(chart: Chart) -> Part:
    """The section: operations, then other invasive ones, then imaging; the newest first."""
    kinds: dict[tuple[str, bool], list[Procedure]] = defaultdict(list)
    for done in chart_procedures.procedures(chart):
        if done.status not in PLANNED:
            kinds[_name(done), done.status == NOT_DONE].append(done)
    ordered = sorted(kinds.values(), key=_order)
    noted = [_line(group) for group in ordered if _weight(group[-1]) < ROUTINE]
    routine = [done.fact for group in ordered if _weight(group[-1]) == ROUTINE for done in group]
    lines = capped(noted, LISTED, "more kind of procedure", "more kinds of procedure")
    quiet = counted(routine, "routine procedure", "routine procedures, assessments and screenings")
    return part(NAME, [*lines, *quiet], bool(kinds))


def _line(group: Sequence[Procedure]) -> Line:
    last = group[-1]
    if last.status == NOT_DONE:
        when = f", {last.performed.day}" if last.performed else ""
        return Line(f"Not done: {_name(last)}{when}", (last.fact,))
    if len(group) == 1:
        status = f" ({last.status})" if last.status not in ("completed", None) else ""
        when = f", {last.performed.day}" if last.performed else ", undated"
        why = f", for {bare(last.reason)}" if last.reason else ""
        return Line(f"{_name(last)}{status}{when}{why}", (last.fact,))
    days = [done.performed.day for done in group if done.performed]
    span = f", first {days[0]}, last {days[-1]}" if days else ""
    facts = tuple(done.fact for done in reversed(group))
    text = f"{_name(last)}: {len(group)} times{span}"
    return Line(text, facts, Computation("count", len(facts)))


def _name(done: Procedure) -> str:
    return name_of(done.fact)


def _order(group: Sequence[Procedure]) -> tuple[object, ...]:
    performed = group[-1].performed
    return (_weight(group[-1]), -(performed.instant.toordinal() if performed else 0))


def _weight(done: Procedure) -> int:
    low = done.fact.display.lower()
    routine, *noted = _patterns()
    if routine.search(low):
        return ROUTINE
    return next((n for n, pattern in enumerate(noted) if pattern.search(low)), UNKNOWN)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Routine, operations, invasive, imaging."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    words = (table[key] for key in ("routine", "operations", "invasive", "imaging"))
    return tuple(re.compile(r"\b(?:" + "|".join(re.escape(w) for w in own) + ")") for own in words)
