"""The window's notes and consults: their most telling sentences, lifted word for word.

Which sentences is `note_choice`'s work and `note_sections.toml`'s; here they are set on lines with
the note's title, author and time. The notes that decide (consults, events, telephone calls) come
before the others where there is not room for all. What the record contradicts, and a bare code
status, is not lifted: `open_items` sets both sides beside each other. A report's conclusion stands
in its own section.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.note_choice import Chosen, chosen, folded
from pipelines.briefing.note_conflicts import Record, is_a_denial, only_states_code
from pipelines.briefing.note_table import table
from pipelines.briefing.reach import reach
from pipelines.briefing.sentences import Sentence, sentences
from pipelines.briefing.window import Window
from pipelines.charts import medications
from pipelines.charts.note_kinds import note_kinds
from pipelines.records.chart import Chart
from pipelines.records.facts import Note, Passage

NAME = "Notes"
URGENCY, BACKGROUND = 3, 9
SHORTEST_DRUG = 5


class Lifted(NamedTuple):
    """One note and the stretches of it that are shown."""

    note: Note
    lines: tuple[Chosen, ...]
    rank: int


def notes(chart: Chart, window: Window, record: Record | None = None) -> Part:
    """The section: the notes that decide first, then the newest."""
    record = record or Record(chart)
    written = record.notes
    mine = [n for n in written if window.holds(n.when) and not _is_report(n)]
    since = reach(chart, window)
    older = [n for n in written if since.holds(n.when) and n not in mine and not _is_report(n)]
    if not mine and not older:
        return part(NAME, (), bool(written))
    texts = _by_note(record.passages)
    first = _first_said(record.passages)
    drugs = _drugs(chart)
    ranks = note_kinds(chart)
    found = [
        Lifted(note, _of_note(note, texts, first, record, drugs), _rank(note, ranks))
        for note in mine
    ]
    shown = sorted((one for one in found if one.lines), key=_order)[: table()["notes"]]
    before = [
        Lifted(note, _of_note(note, texts, first, record, drugs), _rank(note, ranks))
        for note in older[: table()["notes_before"]]
    ]
    earlier = [line for one in before for line in _before_window(one)]
    return part(NAME, [*_lines(shown), *earlier], bool(written))


def _of_note(
    note: Note,
    texts: Mapping[tuple[str, str], Sequence[Passage]],
    first: Mapping[str, datetime],
    record: Record,
    drugs: Set[str],
) -> tuple[Chosen, ...]:
    own = sentences(note, texts.get((note.fact.resource, note.sha256), ()))
    fit = [one for one in own if _holds(one, record)]
    return chosen(note, fit, first, drugs)


def _holds(one: Sentence, record: Record) -> bool:
    text = one.passage.text
    return not only_states_code(text) and not is_a_denial(text) and not record.differs(one.passage)


def _first_said(passages: Sequence[Passage]) -> Mapping[str, datetime]:
    """When each sentence was first written, to tell what is copied from what is new."""
    found: dict[str, datetime] = {}
    for passage in passages:  # the oldest first
        if passage.when is not None:
            found.setdefault(folded(passage.text), passage.when.instant)
    return found


def _by_note(said: Sequence[Passage]) -> Mapping[tuple[str, str], list[Passage]]:
    found: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in said:
        found[passage.resource, passage.note_sha256].append(passage)
    return found


def _drugs(chart: Chart) -> frozenset[str]:
    """The first word of every drug of the chart, in lower case."""
    words = (re.match(r"[a-z]+", one.name.lower()) for one in medications.medications(chart))
    return frozenset(w.group() for w in words if w and len(w.group()) >= SHORTEST_DRUG)


def _is_report(note: Note) -> bool:
    return note.fact.resource.startswith(table()["reports"]["resource"])


def _rank(note: Note, codes: Mapping[str, str]) -> int:
    """How much a note of this kind decides, by its LOINC type, else by its title."""
    code = codes.get(note.fact.resource)
    kinds = table()["kind"]
    by_title = [k["weight"] for k in kinds if re.search(k["title"], note.title, re.IGNORECASE)]
    by_code = [k["weight"] for k in kinds if code in k["codes"]]
    return int(max([*by_title[:1], *by_code], default=1))


def _order(one: Lifted) -> tuple[float, float]:
    when = one.note.when.instant.timestamp() if one.note.when else 0.0
    return (-one.rank, -when)


def _lines(shown: Sequence[Lifted]) -> list[Line]:
    """As many lines as there is room for: the heaviest of every note, then those of the first."""
    room = int(table()["lines"])
    kept = {id(line) for one in shown for line in _top(one, 1)}
    more = sorted(
        ((rank, -line.weight, id(line)) for rank, one in enumerate(shown) for line in one.lines
         if id(line) not in kept),
        key=lambda item: (item[1], item[0]),
    )  # fmt: skip
    kept |= {one for _, _, one in more[: max(0, room - len(kept))]}
    return [line for one in shown for line in _of(one, kept)]


def _before_window(one: Lifted) -> list[Line]:
    """The heaviest stretches of a note that came since the last visit, called so."""
    kept = {id(line) for line in _top(one, table()["lines_before"])}
    return [
        replace(line, text=f"Since the last visit: {line.text}", urgency=BACKGROUND)
        for line in _of(one, kept)
    ]


def _top(one: Lifted, most: int) -> list[Chosen]:
    return sorted(one.lines, key=lambda line: -line.weight)[:most]


def _of(one: Lifted, kept: Collection[int]) -> list[Line]:
    """The stretches of one note on one line that names it once."""
    quotes = [
        Line(f"“{wording.one_line(line.passage.text)}”", passage=line.passage, urgency=URGENCY)
        for line in one.lines
        if id(line) in kept
    ]
    if not quotes:
        return []
    first = quotes[0]
    text = f"{_head(one.note)}: {first.text}"
    return [replace(first, text=text, clauses=tuple(quotes[1:]), joint=" … ")]


def _head(note: Note) -> str:
    author = f", {wording.plain(note.author)}" if note.author else ""
    return f"{wording.plain(note.title)}{author}, {wording.clock(note.when)}{_status(note)}"


def _status(note: Note) -> str:
    word = {"preliminary": "preliminary", "superseded": "replaced"}.get(note.status or "")
    return f" ({word})" if word else ""
