"""Imaging and pathology: each report's conclusion, lifted word for word, with how final it is.

The impression of the report's own text comes first, since it also holds what a short conclusion
leaves out (an incidental finding, what is suggested next); without one the conclusion element is
told. Findings are not summed up. A report that was amended says so; its earlier words are not told.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.note_passage import passage_of
from pipelines.briefing.reach import reach
from pipelines.briefing.window import Window
from pipelines.charts import notes as chart_notes
from pipelines.charts import reports
from pipelines.records.chart import Chart
from pipelines.records.facts import Note, Passage
from pipelines.records.moments import Moment
from pipelines.records.reports import Report

NAME = "Imaging and pathology"
TABLE = Path(__file__).with_name("imaging.toml")
NEW, BACKGROUND = 2, 9
REVISED = ("amended", "corrected", "appended", "preliminary", "partial")


def imaging(chart: Chart, window: Window) -> Part:
    """The section, the newest report first."""
    found = told_reports(chart)
    since = reach(chart, window)
    mine = [one for one in reversed(found) if since.holds(_issued(one))]
    if since.start is not None:
        days = since.start - timedelta(days=table()["days"])
        mine += [one for one in reversed(found) if one not in mine and _after(one, days, since)]
    mine = mine[: table()["most"]]
    texts = _texts(chart) if mine else {}
    lines = [
        line
        for one in mine
        if (line := _line(one, texts.get(one.fact.resource), since)) is not None
    ]
    return part(NAME, lines, bool(found))


def told_reports(chart: Chart) -> list[Report]:
    """The reports that have a conclusion in words, in time order."""
    wanted = re.compile(table()["category"], re.IGNORECASE)
    return [
        one
        for one in reports.reports(chart)
        if wanted.search(" ".join(one.categories)) and one.fact.status != "registered"
    ]


def impression(note: Note) -> Passage | None:
    """The conclusion of a report's text, heading and all that follows it left out."""
    for word in table()["conclusion"]:
        match = re.search(
            rf"^[ \t]*{word}[ \t]*:?[ \t]*\n?", note.text, re.IGNORECASE | re.MULTILINE
        )
        if match is None:
            continue
        rest = note.text[match.end() :]
        stop = re.search(r"\n[ \t]*\n|\n[A-Z][A-Z ]{3,}:", rest)
        text = rest[: stop.start() if stop else len(rest)].strip()
        start = note.text.index(text, match.end()) if text else match.end()
        if text and len(text) <= table()["most_characters"]:
            return passage_of(note, start, start + len(text), word)
    return None


def _line(one: Report, note: Note | None, window: Window) -> Line | None:
    urgency = NEW if window.holds(_issued(one)) else BACKGROUND
    taken = wording.clock(one.effective or one.issued)
    head = f"{wording.plain(one.fact.display)}, {taken}{_status(one)}"
    passage = impression(note) if note is not None else None
    if passage is not None and _may_be_lifted(passage.text):
        return Line(f"{head}: “{wording.one_line(passage.text)}”", passage=passage, urgency=urgency)
    if one.conclusion:
        fact = replace(one.fact, path="conclusion", quote=one.conclusion)
        return Line(
            f"{head}, conclusion: “{wording.plain(one.conclusion)}”", (fact,), urgency=urgency
        )
    if not one.results:
        return Line(f"{head}, no conclusion in the record", (one.fact,), urgency=BACKGROUND)
    return None


def _may_be_lifted(text: str) -> bool:
    return not holds_markup(text) and not reads_like_instruction(text)


def _status(one: Report) -> str:
    issued = f", reported {wording.clock_after(one.issued, one.effective)}" if one.issued else ""
    word = one.fact.status if one.fact.status in REVISED else ""
    return f" ({word}{issued})" if word else f"{issued}"


def _texts(chart: Chart) -> dict[str, Note]:
    return {note.fact.resource: note for note in chart_notes.notes(chart)}


def _issued(one: Report) -> Moment | None:
    return one.issued or one.effective


def _after(one: Report, start: datetime, window: Window) -> bool:
    moment = _issued(one)
    return moment is not None and start <= moment.instant <= window.end.instant


def asks_for(text: str) -> Sequence[str]:
    """The patterns of what a sentence asks to be done later; none where it asks for nothing."""
    rules = table()["follow_up"]
    if not re.search(rules["asks"], text, re.IGNORECASE):
        return ()
    return [
        str(thing["named"])
        for thing in rules["thing"]
        if re.search(thing["asked"], text, re.IGNORECASE if thing["asked"].islower() else 0)
    ]


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
