"""Weight, and what went in and came out: totals of 24 hours as recorded, then each shift.

A total is never added up here from shifts: two sheets of one ward overlap. A shift is named by its
end, because that is when its sheet is closed; it belongs to the window when it was closed in it.
Weights of a chart are one series, from the one before to the latest, with the first of the stay
and the last before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.briefing import wording
from pipelines.briefing.bedside import is_fluid, is_total, is_weight
from pipelines.briefing.courses import Series, comparable, course
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

NAME = "Fluids and weight"
KNOWN, BACKGROUND = 2, 9
SHIFT = timedelta(hours=24)
SHIFTS_LISTED = 3


def fluids(
    window: Window, facts: Sequence[Fact], earlier: Sequence[Fact], stay_start: datetime | None
) -> Part:
    """The section, from the window's results and all before it."""
    lines = [*_weight(facts, earlier, stay_start), *_intake_and_output(window, facts, earlier)]
    every = (*facts, *earlier)
    return part(NAME, lines, bool(lines) or any(is_fluid(f) or is_weight(f) for f in every))


def _weight(
    facts: Sequence[Fact], earlier: Sequence[Fact], stay_start: datetime | None
) -> list[Line]:
    mine = [fact for fact in facts if is_weight(fact) and fact.value is not None]
    if not mine:
        return []
    before = tuple(f for f in earlier if is_weight(f) and comparable(f, mine[-1]))
    made = course(Series(tuple(mine), before, stay_start))
    return [replace(made, text=_bare(made.text), urgency=KNOWN)]


def _intake_and_output(
    window: Window, facts: Sequence[Fact], earlier: Sequence[Fact]
) -> list[Line]:
    start = window.start
    late = [
        fact for fact in earlier
        if start is not None and fact.when is not None and fact.when.instant >= start - SHIFT
    ]  # fmt: skip
    mine = [f for f in (*late, *facts) if is_fluid(f) and window.holds(_closed(f))]
    closed: dict[tuple[bool, str], list[Fact]] = defaultdict(list)
    for fact in mine:
        closed[is_total(fact), wording.clock(_closed(fact))].append(fact)
    totals = [(when, found) for (total, when), found in closed.items() if total]
    shifts = [(when, found) for (total, when), found in closed.items() if not total]
    lines = [_line(f"To {when}", found) for when, found in reversed(totals)]
    lines += [_line(f"Shift to {when}", found) for when, found in sorted(shifts, reverse=True)]
    return lines[: len(totals) + SHIFTS_LISTED]


def _line(lead: str, facts: Sequence[Fact]) -> Line:
    """All of one sheet on a line, urine and what comes out first."""
    ordered = sorted(facts, key=lambda fact: ("output" not in fact.display.lower(), fact.display))
    pieces = [Line(f"{_name(fact)} {_value(fact)}", (fact,)) for fact in ordered]
    first = f"{lead}: {pieces[0].text}"
    return Line(first, pieces[0].facts, urgency=BACKGROUND, clauses=tuple(pieces[1:]))


def _name(fact: Fact) -> str:
    """The record's own name: it says whether it is of a shift or of 24 hours."""
    return wording.plain(fact.display.removesuffix(", shift"))


def _value(fact: Fact) -> str:
    return f"{wording.numbers([fact])[0]}{wording.unit(fact)}"


def _closed(fact: Fact) -> Moment | None:
    return fact.issued or fact.when


def _bare(text: str) -> str:
    """A weight has no range; that is not worth saying."""
    return text.replace(" (no range)", "")
