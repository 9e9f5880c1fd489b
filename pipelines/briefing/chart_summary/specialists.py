"""Specialists' reports: the newest note of each specialty, and what diagnostic reports conclude.

Of a note the first line of its impression, recommendation or plan is lifted word for word; one
that has none is named, and a sentence out of its middle is not made to stand for it. Of a
diagnostic report its conclusion is lifted, the newest report of each name. A report without a
conclusion says nothing here; its results stand elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.leaves import leaf
from pipelines.answers.verify.reading import sentences
from pipelines.briefing import wording
from pipelines.briefing.chart_summary.more import capped
from pipelines.briefing.chart_summary.plans import lifted, plan_of
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import notes, reports
from pipelines.records.chart import Chart
from pipelines.records.facts import Note
from pipelines.records.reports import Report

NAME = "Specialists and reports"
NOTES_LISTED, REPORTS_LISTED = 8, 5
MOST_CHARACTERS = 170
RULES = Path(__file__).with_name("specialists.toml")


def specialists(chart: Chart) -> Part:
    """The section: notes by specialty, the newest first, then diagnostic reports."""
    written = notes.notes(chart)
    newest: dict[str, Note] = {}
    for note in written:
        specialty = _specialty(note.title)
        if specialty and specialty not in newest:
            newest[specialty] = note
    lines = [_note_line(specialty, note) for specialty, note in newest.items()]
    told = capped(
        lines, NOTES_LISTED, "more specialist's report", "more specialists' reports",
        [note.fact for note in newest.values()],
    )  # fmt: skip
    concluded = {one.fact.display: one for one in reports.reports(chart) if one.conclusion}
    shown = [_report_line(chart, one) for one in sorted(concluded.values(), key=_newest)]
    told += capped(shown, REPORTS_LISTED, "more report", "more reports")
    return part(NAME, told, bool(written) or bool(reports.reports(chart)))


def _newest(one: Report) -> float:
    return -one.fact.when.instant.timestamp() if one.fact.when else 0.0


def _specialty(title: str) -> str | None:
    low = title.lower()
    if any(word in low for word in _rules()["not"]):
        return None
    return next((name for word, name in _rules()["specialty"] if _begins(word, low)), None)


def _begins(word: str, low: str) -> bool:
    return re.search(rf"\b{re.escape(word)}", low) is not None


def _note_line(specialty: str, note: Note) -> Line:
    """The first line of its plan or impression; without one, that there is such a note."""
    chosen = next(plan_of(note), None)
    if chosen is not None:
        return lifted(specialty, note, chosen.start, chosen.end)
    when = f", {note.when.day}" if note.when else ", undated"
    author = f", {wording.plain(note.author)}" if note.author else ""
    return Line(f"{specialty}: {wording.plain(note.title)}{when}{author}", (note.fact,))


def _report_line(chart: Chart, one: Report) -> Line:
    conclusion = one.conclusion or ""
    spans = sentences(conclusion)
    said = conclusion
    for _start, end in spans:
        if end <= MOST_CHARACTERS:
            said = conclusion[:end]
    if len(said) > MOST_CHARACTERS:
        said = f"{said[: MOST_CHARACTERS - 1].rsplit(' ', 1)[0]}"
    status = f" ({one.fact.status})" if one.fact.status not in ("final", None) else ""
    when = f", {one.fact.when.day}" if one.fact.when else ""
    text = f"{wording.plain(one.fact.display)}{status}{when}: “{wording.one_line(said)}”"
    return Line(text, (leaf(chart, one.fact, conclusion),),
                record=f"{one.fact.display}{status}{when}: {conclusion}")  # fmt: skip


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
