"""Open items, each with the reason why it is open.

An item is open because the record itself shows a gap: a report suggests an examination that nobody
ordered, an order is a draft, a medicine is on hold without an end, a note's plan names something
still to be done, a note says another code status than the order. Both sides are cited, nothing is
decided, and nothing is called forgotten: "no order found" is what can be seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.conflicts import says_none_known, stated_allergens
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.imaging import asks_for, told_reports
from pipelines.briefing.imaging import table as imaging_table
from pipelines.briefing.line import Line, Part, joined, part
from pipelines.briefing.note_choice import folded
from pipelines.briefing.note_conflicts import (
    CODE,
    DEVICE,
    DIRECTIVE,
    OXYGEN,
    VALUE,
    WISH,
    Differs,
    Record,
    denied,
)
from pipelines.briefing.note_passage import passage_of
from pipelines.briefing.window import Window
from pipelines.charts import medications, procedures
from pipelines.charts.allergies import allergy_list
from pipelines.charts.appointments import appointments, upcoming
from pipelines.charts.orders import orders
from pipelines.records.chart import Chart
from pipelines.records.facts import Note, Passage
from pipelines.records.moments import Moment

NAME = "Open items"
TABLE = Path(__file__).with_name("open_items.toml")
ASK, OPEN, BACKGROUND = 2, 3, 9
ABOUT = {
    WISH: "Code status and what the patient says differ, ask",
    CODE: "Code status differs, ask",
    DIRECTIVE: "Directive differs, ask",
    DEVICE: "Note and record differ on a device",
    OXYGEN: "Note and record differ on oxygen",
    VALUE: "Note and record differ on a result",
}
# What a person must settle is told for days; a slip of a day's note only with that note.
LASTING = (CODE, DIRECTIVE, WISH)
_SENTENCE = re.compile(r"[^\n.!?]*(?:\.\d[^\n.!?]*)*[^\n]*?[.!?](?=\s|$)|[^\n]+")


def open_items(chart: Chart, window: Window, record: Record | None = None) -> Part:
    """The section: what somebody must ask first, then what waits for an order or a decision."""
    record = record or Record(chart)
    written = record.notes
    said = [one for one in record.passages if _within(one.when, window, 24 * _table()["days"])]
    lines = [
        *_conflicts(said, record, window),
        *_allergies(chart, said),
        *_not_ordered(chart, written, window),
        *_drafts(chart),
        *_still_to_do(said, window),
    ]
    shown = [one for one in lines if _is_safe(one)]
    once = list({folded(_whole(line)): line for line in shown}.values())
    known = bool(written) or bool(medications.medications(chart)) or bool(orders(chart))
    return part(NAME, once[: _table()["most"]], known)


def _conflicts(said: Sequence[Passage], record: Record, window: Window) -> list[Line]:
    """What notes of the window say otherwise than the record, a line a matter."""
    recent = [p for p in said if _within(p.when, window, _table()["hours"])]
    found: dict[str, Differs] = {}
    for passage in recent:
        one = record.wish(passage) or record.differs(passage)
        if one is not None and (one.about in LASTING or window.holds(passage.when)):
            found[one.about + one.says] = one
    lines = [_differs(one) for one in found.values()]
    return lines + [
        _denied(one) for one in denied(said) if _within(one.passage.when, window, _table()["hours"])
    ]


def _differs(one: Differs) -> Line:
    fact = one.facts[0]
    when = f" since {wording.clock(fact.when)}" if one.about in (CODE, DIRECTIVE, WISH) else ""
    record = f"{ABOUT[one.about]}: the record says {wording.plain(one.says)}{when}"
    note = f"{_head(one.passage)} says “{wording.one_line(one.passage.text)}”"
    return joined([Line(record, (fact,)), Line(note, passage=one.passage)], urgency=ASK)


def _denied(one: Differs) -> Line:
    said = one.other or one.passage
    first = f"Notes differ on {one.says}, ask: {_head(said)} says “{wording.one_line(said.text)}”"
    second = f"{_head(one.passage)} says “{wording.one_line(one.passage.text)}”"
    return joined([Line(first, passage=said), Line(second, passage=one.passage)], urgency=ASK)


def _allergies(chart: Chart, said: Sequence[Passage]) -> list[Line]:
    """An allergy list that was never filled in, while notes speak of allergies."""
    if allergy_list(chart).state != "not recorded":
        return []
    for passage in reversed(said):
        if says_none_known(passage.text) or stated_allergens(passage.text):
            text = (
                f"Allergy list and note differ, ask: the list was never filled in, "
                f"{_head(passage)} says “{wording.one_line(passage.text)}”"
            )
            return [Line(text, passage=passage, urgency=ASK)]
    return []


def _not_ordered(chart: Chart, written: Sequence[Note], window: Window) -> list[Line]:
    """What a report suggests and nobody ordered, booked or did since."""
    texts = {note.fact.resource: note for note in written}
    arranged = _arranged(chart)
    lines = []
    for report in reversed(told_reports(chart)):
        note = texts.get(report.fact.resource)
        issued = report.issued or report.effective
        if note is None or not _within(issued, window, 24 * _table()["report_days"]):
            continue
        for passage in _sentences(note):
            named = asks_for(passage.text)
            if not named or _is_arranged(arranged, named, issued):
                continue
            said = wording.one_line(passage.text)
            text = f"No order found for what {_head(passage)} suggests: “{said}”"
            lines.append(Line(text, passage=passage, urgency=OPEN))
    return lines


def _sentences(note: Note) -> Iterable[Passage]:
    """The sentences of a report, with the one before where that names what is to be followed."""
    incidental = re.compile(imaging_table()["follow_up"]["incidental"], re.IGNORECASE)
    last = None
    for match in _SENTENCE.finditer(note.text):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        end = match.end()
        if start >= end:
            continue
        if last is not None and incidental.search(note.text[last[0] : last[1]]):
            between = note.text[last[1] : start]
            if "\n" not in between:
                yield passage_of(note, last[0], end)
                last = (start, end)
                continue
        yield passage_of(note, start, end)
        last = (start, end)


def _arranged(chart: Chart) -> list[tuple[str, Moment | None]]:
    """What was ordered, booked or done, with when."""
    ordered = [
        (one.fact.display, one.authored)
        for one in orders(chart)
        if one.fact.status not in ("revoked", "draft", "entered-in-error")
    ]
    booked = [(one.fact.display, one.start) for one in (*appointments(chart), *upcoming(chart))]
    done = [(one.fact.display, one.performed) for one in procedures.procedures(chart)]
    return [*ordered, *booked, *done]


def _is_arranged(
    arranged: Sequence[tuple[str, Moment | None]], named: Sequence[str], since: Moment | None
) -> bool:
    pattern = re.compile("|".join(named), re.IGNORECASE)
    return any(
        when is not None and since is not None and when > since and pattern.search(name)
        for name, when in arranged
    )


def _drafts(chart: Chart) -> list[Line]:
    """Orders that nobody has signed."""
    facts = [m.fact for m in medications.medications(chart) if m.status in _table()["unsigned"]]
    facts += [one.fact for one in orders(chart) if one.fact.status in _table()["unsigned"]]
    return [
        Line(
            f"Not signed: {wording.plain(fact.display)}, draft of {wording.clock(fact.when)}",
            (fact,),
            urgency=OPEN,
        )
        for fact in facts
    ]


def _still_to_do(said: Sequence[Passage], window: Window) -> list[Line]:
    """Sentences of recent notes that name something still to be done, the newest first."""
    wanted = re.compile(_table()["still_to_do"], re.IGNORECASE)
    done = re.compile(_table()["done"], re.IGNORECASE)
    found = [
        one
        for one in reversed(said)
        if _within(one.when, window, _table()["hours"])
        and wanted.search(one.text)
        and not done.search(one.text)
    ]
    return [
        Line(
            f"Still to do by {_head(one)}: “{wording.one_line(one.text)}”",
            passage=one,
            urgency=OPEN,
        )
        for one in found[: _table()["most_sentences"]]
    ]


def _within(moment: Moment | None, window: Window, hours: float) -> bool:
    if moment is None or moment.instant > window.end.instant:
        return False
    start = window.end.instant - timedelta(hours=hours)
    return moment.instant >= (min(start, window.start) if window.start else start)


def _head(passage: Passage) -> str:
    return f"{wording.plain(passage.title)}, {wording.clock(passage.when)}"


def _whole(line: Line) -> str:
    """All that a line says: two lines are one only where their clauses are the same too."""
    return " ".join(one.text for one in (line, *line.clauses))


def _is_safe(line: Line) -> bool:
    return all(
        one.passage is None or _may_be_shown(one.passage.text) for one in (line, *line.clauses)
    )


def _may_be_shown(text: str) -> bool:
    return not holds_markup(text) and not reads_like_instruction(text)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
