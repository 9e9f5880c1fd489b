"""Microbiology: specimen, organism, susceptibility, and how final each report is.

A culture is told when it was issued, with when it was taken. The laboratory's own note stands
beside it (susceptibility, what a preliminary report said), so that an amended report tells what it
said before. A preliminary report is called so. What was issued after the as-of is not known here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.known import is_known, known
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import labs
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

NAME = "Microbiology"
TABLE = Path(__file__).with_name("microbiology.toml")
NEW_ORGANISM, NEW, KNOWN = 1, 2, 9
REVISED = ("amended", "corrected", "appended")


def microbiology(chart: Chart, window: Window) -> Part:
    """The section: organisms first, then the newest report."""
    found = micro_results(chart)
    told = [fact for fact in found if _is_told(fact, window)]
    lines = [_line(fact, window) for fact in told]
    ranked = sorted(zip(lines, told, strict=True), key=lambda both: _order(*both))
    return part(NAME, [line for line, _ in ranked][: table()["most"]], bool(found))


def micro_results(chart: Chart) -> tuple[Fact, ...]:
    """Every microbiology result that had been issued by the as-of, in the order taken."""
    named = re.compile(table()["named"], re.IGNORECASE)
    keys = [
        kind.code_key
        for kind in labs.kinds(chart)
        if kind.kind != "vital" and named.search(kind.display)
    ]
    if not keys:
        return ()
    return tuple(fact for fact in labs.results(chart, keys) if is_known(fact, chart.as_of))


def _is_told(fact: Fact, window: Window) -> bool:
    moment = known(fact)
    if moment is None:
        return False
    if window.holds(moment):
        return True
    days = table()["days" if _is_negative(fact) else "organism_days"]
    return moment.instant >= window.end.instant - timedelta(days=days)


def _line(fact: Fact, window: Window) -> Line:
    urgency = KNOWN
    if window.holds(known(fact)):
        urgency = NEW if _is_negative(fact) else NEW_ORGANISM
    taken = f"taken {wording.clock(fact.when)}"
    issued = f", reported {wording.clock_after(fact.issued, fact.when)}" if fact.issued else ""
    text = f"{wording.name(fact)} ({_status(fact)}): {_value(fact)}, {taken}{issued}"
    note = (Line(f"Laboratory: “{wording.plain(fact.note)}”", (fact,)),) if fact.note else ()
    return Line(text, (fact,), urgency=urgency, clauses=note)


def _status(fact: Fact) -> str:
    return fact.status_word or (fact.status or "status not recorded")


def _value(fact: Fact) -> str:
    value = wording.numbers([fact])[0]
    return f"{value}{wording.unit(fact)}"


def _is_negative(fact: Fact) -> bool:
    return re.search(table()["negative"], fact.value_text or "", re.IGNORECASE) is not None


def _order(line: Line, fact: Fact) -> tuple[float, float]:
    moment = known(fact)
    return (line.urgency, -moment.instant.timestamp() if moment else 0.0)


def not_final(found: Sequence[Fact]) -> tuple[Fact, ...]:
    """The results that may still change."""
    return tuple(fact for fact in found if not fact.is_final)


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
