"""Procedures of the window: what was done, what was tried and not done, with why and its note.

Not done is told as such. Paperwork and screenings (`procedures.toml`) are counted, not listed.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import procedures as chart_procedures
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Procedure

NAME = "Procedures"
TABLE = Path(__file__).with_name("procedures.toml")
DONE, BACKGROUND = 2, 9
_TAG = re.compile(r"\s*\((?:procedure|regime/therapy|finding)\)$")
WORDS = {
    "completed": "", "in-progress": "In progress: ", "not-done": "Not done: ",
    "preparation": "In preparation: ", "stopped": "Stopped: ", "on-hold": "On hold: ",
}  # fmt: skip


def procedures(chart: Chart, window: Window) -> Part:
    """The section, the newest first; the whole chart's last ones where the window has no start."""
    known = chart_procedures.procedures(chart)
    mine = [one for one in reversed(known) if window.holds(one.performed)]
    routine = re.compile(_table()["routine"], re.IGNORECASE)
    told = list(
        {
            (_name(one), one.performed): one
            for one in reversed(mine)
            if not routine.search(one.fact.display)
        }.values()
    )[::-1]
    names = {(_name(one), one.performed) for one in told}
    rest = [one for one in mine if (_name(one), one.performed) not in names]
    rest += told[_table()["most"] :]
    lines = [_line(one) for one in told[: _table()["most"]]]
    return part(NAME, [*lines, *_counted(rest)], bool(known))


def _name(one: Procedure) -> str:
    """Its name without SNOMED CT's hierarchy tag; the same filed twice is told once."""
    return wording.plain(_TAG.sub("", one.fact.display))


def _line(one: Procedure) -> Line:
    name = _name(one)
    details = [
        f"for {wording.plain(one.reason)}" if one.reason else "",
        f"result: {wording.plain(one.outcome)}" if one.outcome else "",
        "; ".join(f"complication: {wording.plain(c)}" for c in one.complications),
        f"because {wording.plain(one.status_reason)}" if one.status_reason else "",
    ]
    said = "; ".join(detail for detail in details if detail)
    note = f". Note: {wording.plain(one.note)}" if one.note else ""
    text = f"{WORDS.get(one.status or '', '')}{name}, {wording.clock(one.performed)}"
    return Line(f"{text}{f' ({said})' if said else ''}{note}", (one.fact,), urgency=DONE)


def _counted(rest: list[Procedure]) -> list[Line]:
    facts = tuple(one.fact for one in rest)
    if not facts:
        return []
    noun = "procedure" if len(facts) == 1 else "procedures"
    text = f"{len(facts)} more {noun} of this window, screenings and paperwork included"
    return [Line(text, facts, Computation("count", len(facts)), urgency=BACKGROUND)]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
