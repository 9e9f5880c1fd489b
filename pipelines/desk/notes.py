"""The notes reader: which notes there are, where the searched words stand, one note opened.

The list is a look at the chart; opening a note is reading a source, and is logged as one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.charts import note_changes, note_details, note_hits, note_list
from pipelines.charts.notes import note
from pipelines.desk.access import open_chart
from pipelines.desk.note_warnings import to_software
from pipelines.records.note_reader import ListedNote, NotesChoice, NoteShelf, OpenNote

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pipelines.desk.house import House
    from pipelines.records.chart import Chart, Reader
    from pipelines.records.notes import NoteHead


def read_notes(house: House, reader: Reader, patient_id: str, choice: NotesChoice) -> NoteShelf:
    """The notes that fit the choice, and the one to read.

    NotFound when the store has no such patient.
    """
    chart = open_chart(house, reader, patient_id, "look")
    every = note_list.note_heads(chart)
    sought = note_hits.pattern(choice.words)
    listed = _listed(chart, every, choice, sought)
    to_open, is_left_out = _to_open(listed, choice)
    opened = None
    if to_open is not None:
        source = open_chart(house, reader, patient_id, "source")
        opened = open_note(source, to_open, every, choice, sought)
    return NoteShelf(
        listed=listed,
        in_chart=len(every),
        kinds=tuple(sorted({head.kind for head in every})),
        authors=tuple(sorted({head.author for head in every if head.author})),
        unread=note_details.unread(chart),
        opened=opened,
        as_of=chart.as_of,
        is_left_out=is_left_out,
    )


def open_note(
    chart: Chart,
    head: NoteHead,
    every: Sequence[NoteHead],
    choice: NotesChoice,
    sought: re.Pattern[str] | None,
) -> OpenNote:
    """One note with its sections, hits and warnings, against the older note of its kind."""
    resource = head.fact.resource
    read = note(chart, resource)
    comparable = note_changes.older_of_its_kind(head, every)
    asked = {other.fact.resource: other for other in comparable}.get(choice.compare_with or "")
    other = asked or (comparable[0] if comparable else None)
    changes = None
    if other is not None:
        older = note(chart, other.fact.resource)
        changes = note_changes.compare(
            note_changes.sentences(chart, resource, read.text),
            note_changes.sentences(chart, other.fact.resource, older.text),
        )
    return OpenNote(
        note=read,
        head=head,
        sections=note_details.sections(chart, resource),
        hits=note_hits.hits(read.text, sought),
        warnings=to_software(read.text),
        compared_with=other,
        changes=changes,
        comparable=comparable,
    )


def _listed(
    chart: Chart,
    every: Sequence[NoteHead],
    choice: NotesChoice,
    sought: re.Pattern[str] | None,
) -> tuple[ListedNote, ...]:
    """Notes that fit; with a search only those that have the words, with how often."""
    fitting = [head for head in every if _fits(chart, head, choice)]
    if sought is None:
        found = [ListedNote(head) for head in fitting]
    else:
        texts = note_list.note_texts(chart, [head.fact.resource for head in fitting])
        counted = [
            ListedNote(head, len(note_hits.hits(texts.get(head.fact.resource, ""), sought)))
            for head in fitting
        ]
        found = [item for item in counted if item.hits]
    if choice.order == "type":
        found.sort(key=lambda item: item.head.kind.casefold())  # stable: newest first within
    elif choice.order == "author":
        found.sort(key=lambda item: (item.head.author or "\uffff").casefold())
    return tuple(found)


def _fits(chart: Chart, head: NoteHead, choice: NotesChoice) -> bool:
    if choice.kinds and head.kind not in choice.kinds:
        return False
    if choice.authors and head.author not in choice.authors:
        return False
    if choice.hours is None:
        return True
    since = chart.as_of.instant - timedelta(hours=choice.hours)
    return head.when is not None and head.when.instant >= since


def _to_open(listed: Sequence[ListedNote], choice: NotesChoice) -> tuple[NoteHead | None, bool]:
    """The note that was asked for, else the first listed; and whether the asked one is left out."""
    for item in listed:
        if item.head.fact.resource == choice.resource:
            return item.head, False
    first = listed[0].head if listed else None
    return first, choice.resource is not None
