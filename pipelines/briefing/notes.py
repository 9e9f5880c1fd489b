"""The window's last notes: title, author, time, and one sentence lifted word for word.

The sentence is chosen by heading (`note_sections.toml`), never rewritten. A passage that holds a
link or that talks to the writer of an answer is passed over: it must not stand on a first screen.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import notes as chart_notes
from pipelines.charts import passages
from pipelines.records.chart import Chart
from pipelines.records.facts import Note, Passage

NAME = "Notes"
URGENCY = 3
RULES = Path(__file__).with_name("note_sections.toml")


def notes(chart: Chart, window: Window) -> Part:
    """The section, the newest note first."""
    written = chart_notes.notes(chart)
    mine = [note for note in written if window.holds(note.when)][: _rules()["notes"]]
    sentences = _by_note(chart, mine) if mine else {}
    lines = [
        _line(note, passage)
        for note in mine
        if (passage := _chosen(sentences.get((note.fact.resource, note.sha256), ())))
    ]
    return part(NAME, lines, bool(written))


def _by_note(chart: Chart, mine: Iterable[Note]) -> dict[tuple[str, str], list[Passage]]:
    found: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in passages.passages(chart, [note.fact.resource for note in mine]):
        found[passage.resource, passage.note_sha256].append(passage)
    return found


def _chosen(found: Sequence[Passage]) -> Passage | None:
    rules = _rules()
    fit = [
        passage
        for passage in found
        if len(passage.text.split()) >= rules["least_words"]
        and len(passage.text) <= rules["most_characters"]
        and not passage.text.isupper()
        and not holds_markup(passage.text)
        and not reads_like_instruction(passage.text)
    ]
    for word in rules["headings"]:
        for passage in fit:
            if (passage.heading or "").lower().startswith(word):
                return passage
    return fit[0] if fit else None


def _line(note: Note, passage: Passage) -> Line:
    author = f", {wording.plain(note.author)}" if note.author else ""
    head = f"{wording.plain(note.title)}{author}, {wording.clock(note.when)}"
    return Line(f"{head}: “{wording.one_line(passage.text)}”", passage=passage, urgency=URGENCY)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
