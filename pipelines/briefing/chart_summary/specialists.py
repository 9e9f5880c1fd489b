"""Specialists' reports: the newest note of each specialty, and what diagnostic reports conclude.

Of a note one sentence is lifted word for word, from its impression or recommendation where it has
one. Of a diagnostic report its conclusion is lifted, the newest report of each name. A report
without a conclusion says nothing here; its results stand elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.leaves import leaf
from pipelines.answers.verify.reading import sentences
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.chart_summary.more import capped
from pipelines.briefing.chart_summary.plans import lifted
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import notes, reports
from pipelines.records.chart import Chart
from pipelines.records.facts import Note
from pipelines.records.reports import Report

NAME = "Specialists and reports"
NOTES_LISTED, REPORTS_LISTED = 8, 5
MOST_CHARACTERS, LEAST_WORDS = 170, 3
RULES = Path(__file__).with_name("specialists.toml")


def specialists(chart: Chart) -> Part:
    """The section: notes by specialty, the newest first, then diagnostic reports."""
    written = notes.notes(chart)
    newest: dict[str, Note] = {}
    for note in written:
        specialty = _specialty(note.title)
        if specialty and specialty not in newest and _chosen(note):
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
    start, end = _chosen(note) or (0, 0)
    return lifted(specialty, note, start, end)


def _chosen(note: Note) -> tuple[int, int] | None:
    """Where the sentence stands that may be lifted: behind a heading, else the note's last."""
    headings = sorted(_rules()["headings"], key=len, reverse=True)
    opens = re.compile(rf"(?im)^\W*(?:{'|'.join(map(re.escape, headings))})\b[^\n:]*:?\s*")
    found = opens.search(note.text)
    begin = found.end() if found else 0
    spans = [(begin + a, begin + b) for a, b in sentences(note.text[begin:])]
    fitting = [span for span in spans if _may(note.text[span[0] : span[1]])]
    if not fitting:
        return None
    return fitting[0] if found else fitting[-1]


def _may(text: str) -> bool:
    return (
        len(text.split()) >= LEAST_WORDS
        and len(text) <= MOST_CHARACTERS
        and not text.isupper()
        and not holds_markup(text)
        and not reads_like_instruction(text)
    )


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
