"""Active problems, those new or resolved in the window first; coded ones where none is active.

A condition without a clinical status is never called active (`charts.problems`): it is coded for
a stay, and the line says which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.briefing import wording
from pipelines.briefing.kidney_stage import other_stage
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import encounters, problems
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Condition, Fact

NAME = "Active problems"
LISTED = 20
CODED_IN_A_LINE = 10
NEW, BACKGROUND = 2, 9
OVER = ("resolved", "inactive", "remission")
# SNOMED CT's hierarchy tag is for terminologists.
_TAG = re.compile(r"\s*\((?:disorder|finding|situation|morphologic abnormality)\)$")


def active_problems(chart: Chart, window: Window, egfr: Sequence[Fact] = ()) -> Part:
    """The section, what is new or resolved first; `egfr` are results to hold a kidney stage to."""
    active = problems.active(chart)
    every = [_active(condition, window, egfr) for condition in reversed(active)]
    lines = _listed([line for line in every if line.urgency == NEW])
    lines += _together([line for line in every if line.urgency != NEW])
    if not lines:
        lines = _coded(chart)
    lines = [*_resolved(chart, window), *lines]
    lines.sort(key=lambda line: line.urgency)
    return part(NAME, lines, bool(lines) or bool(problems.conditions(chart)))


def _resolved(chart: Chart, window: Window) -> list[Line]:
    """Problems that the record says ended in the window."""
    if window.start is None:
        return []
    over = [one for one in problems.conditions(chart) if window.holds(one.abatement)]
    return [
        Line(f"Resolved problem: {_name(one.fact)}, {wording.clock(one.abatement)}", (one.fact,),
             urgency=NEW)
        for one in reversed(over)
    ]  # fmt: skip


def _active(condition: Condition, window: Window, egfr: Sequence[Fact]) -> Line:
    known = condition.onset or condition.recorded
    is_new = window.start is not None and window.holds(known)
    word, urgency = ("New problem: ", NEW) if is_new else ("", BACKGROUND)
    # Looking back, a status of today ("resolved") is not yet that of then.
    status = condition.clinical_status if condition.clinical_status not in OVER else "active then"
    since = f", since {wording.clock(known)}" if known else ""
    text = f"{word}{_name(condition.fact)} ({status}{since})"
    return Line(text, (condition.fact,), urgency=urgency, clauses=other_stage(condition, egfr))


def _together(known: Sequence[Line]) -> list[Line]:
    """What was known before the window, several on a line; a stage that differs stands alone."""
    plain = [line for line in known if not line.clauses]
    made = []
    for at in range(0, len(plain), CODED_IN_A_LINE):
        first, *rest = plain[at : at + CODED_IN_A_LINE]
        made.append(replace(first, clauses=tuple(rest)))
    return [*(line for line in known if line.clauses), *made]


def _coded(chart: Chart) -> list[Line]:
    """Diagnoses coded for the latest stay that has any."""
    coded = problems.coded(chart)
    with_codes = {condition.fact.encounter for condition in coded}
    stays = [stay for stay in encounters.encounters(chart) if stay.fact.resource in with_codes]
    if not stays:
        return _listed([Line(f"{_name(c.fact)} (coded)", (c.fact,)) for c in coded])
    stay = stays[-1]
    day = stay.start.day if stay.start else "no date"
    mine = [condition for condition in coded if condition.fact.encounter == stay.fact.resource]
    if len(mine) == 1:
        return [Line(f"{_name(mine[0].fact)} (coded for the stay of {day})", (mine[0].fact,))]
    together = []
    for at in range(0, len(mine), CODED_IN_A_LINE):
        first, *others = mine[at : at + CODED_IN_A_LINE]
        clauses = tuple(Line(_name(one.fact), (one.fact,)) for one in others)
        text = f"Coded for the stay of {day}: {_name(first.fact)}"
        together.append(Line(text, (first.fact,), clauses=clauses))
    return together


def _listed(lines: Sequence[Line]) -> list[Line]:
    """As many as fit, then the number of the others with all of them behind it."""
    rest = tuple(line.facts[0] for line in lines[LISTED:])
    if not rest:
        return list(lines)
    more = Line(f"{len(rest)} more entries", rest, Computation("count", len(rest)))
    return [*lines[:LISTED], more]


def _name(fact: Fact) -> str:
    return _TAG.sub("", wording.plain(fact.display))
