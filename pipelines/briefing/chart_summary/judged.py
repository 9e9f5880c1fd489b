"""The verdict on a summary: what holds is said, what the judge refuses is counted with its records.

A refused line is never shown in words; its section says how many there are, and cites them, so
that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.briefing.chart_summary.more import counted
from pipelines.briefing.line import Line, Part, judge
from pipelines.records.answers import BriefingSection, Statement

Said = tuple[tuple[Statement, ...], tuple[BriefingSection, ...], Mapping[Line, Statement]]

ONE, MANY = "more entry, open the source", "more entries, open the source"


def judged(parts: Sequence[Part], first: Sequence[Line]) -> Said:
    """The statements on top and the sections, citations numbered in the order shown.

    Beside them each line that holds, in that order, with its statement.
    """
    said = _said(parts, first)
    if not all(line in said for part in parts for line in part.lines):
        parts = [_with_count(part, said) for part in parts]
        first = [line for line in first if line in said]
        said = _said(parts, first)
    sections = (
        BriefingSection(part.name, tuple(said[x] for x in part.lines if x in said), part.empty)
        for part in parts
    )
    return tuple(said[line] for line in first if line in said), tuple(sections), said


def _said(parts: Sequence[Part], first: Sequence[Line]) -> Mapping[Line, Statement]:
    return judge([*first, *(line for part in parts for line in part.lines)])


def _with_count(part: Part, said: Mapping[Line, Statement]) -> Part:
    kept = [line for line in part.lines if line in said]
    lost = [line.facts[0] for line in part.lines if line not in said and line.facts]
    return replace(part, lines=(*kept, *counted(lost, ONE, MANY)))
