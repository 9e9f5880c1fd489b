"""What a note says anew, what it copies from an older one of its kind, what it says no longer.

A sentence counts as copied only where the older note has the same words, numbers and signs under
the same heading; blanks alone may differ. Copied text is a known risk for the reader (AHIMA, *Copy
functionality toolkit*, 2012; Tsou et al., Appl Clin Inform 2017;8:12-34), so that a doubt always
leaves the sentence undimmed: another number is `changed`, another heading is `moved`, any other
word is `new`. No likeness is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from pipelines.charts.note_details import sections
from pipelines.charts.passages import passages
from pipelines.records.chart import Chart
from pipelines.records.note_reader import (
    ComparedSentence,
    NoteChanges,
    NoteSentence,
)
from pipelines.records.notes import NoteHead, NoteSection

NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
LONGEST_NAME = 60  # letters; a longer "heading" is a line of the note that looks like one
SAYS_MORE = re.compile(r":\s*\S|[.;]\s+\S|\d")

Key = tuple[str, str]


def compare(current: Sequence[NoteSentence], older: Sequence[NoteSentence]) -> NoteChanges:
    """Each sentence of `current` against `older`, and the sentences of `older` that are gone."""
    same = {_key(item) for item in older}
    moved = {_key(item)[1]: item for item in older}
    told = {_key(item) for item in current}
    words = {_key(item)[1] for item in current}
    left: dict[Key, list[NoteSentence]] = {}
    for item in older:
        if _key(item) not in told:
            left.setdefault(_masked(item), []).append(item)
    made, used = [], set()
    for item in current:
        key = _key(item)
        if key in same:
            made.append(ComparedSentence(item, "copied"))
        elif left.get(_masked(item)) and NUMBER.search(item.text):
            before = left[_masked(item)].pop(0)
            used.add(id(before))
            made.append(
                ComparedSentence(item, "changed", before.text, gone(before.text, item.text))
            )
        elif key[1] in moved:
            made.append(ComparedSentence(item, "moved", moved[key[1]].heading or "no heading"))
        else:
            made.append(ComparedSentence(item, "new"))
    dropped = [item for item in older if id(item) not in used and _key(item)[1] not in words]
    return NoteChanges(tuple(made), tuple(dropped))


def gone(before: str, now: str) -> tuple[str, ...]:
    """The numbers of a sentence that the same sentence, place by place, has no longer."""
    pairs = zip(NUMBER.findall(before), NUMBER.findall(now), strict=False)
    return tuple(old for old, new in pairs if old != new)


def sentences(chart: Chart, resource: str, text: str) -> tuple[NoteSentence, ...]:
    """The sentences of one note in order, each under the nearest heading that is a name.

    A line that a note's form makes a heading and that says more than a name (`# AKI: creatinine
    1.3, hold lisinopril`) is a sentence too: it is what the note has to say.
    """
    listed = sections(chart, resource)
    names = [(item.start, item.title) for item in listed if _is_name(item)]
    starts = [start for start, _ in names]
    cuts = {(item.start, item.end) for item in passages(chart, [resource])}
    for item in listed:
        if item.title and not _is_name(item):
            cuts.add((item.start, item.start + _line_length(text, item.start)))
    found = []
    for start, end in sorted(cuts):
        place = bisect_right(starts, start) - 1
        heading = names[place][1] if place >= 0 else None
        found.append(NoteSentence(start, end, heading, text[start:end]))
    return tuple(found)


def older_of_its_kind(head: NoteHead, every: Sequence[NoteHead]) -> tuple[NoteHead, ...]:
    """Older notes of the same kind, newest first; of the same author role where both have one."""
    if head.when is None:
        return ()
    found = [
        other
        for other in every
        if other.kind == head.kind
        and other.fact.resource != head.fact.resource
        and other.when is not None
        and other.when.instant < head.when.instant
        and (head.role is None or other.role is None or head.role == other.role)
    ]
    return tuple(sorted(found, key=_written, reverse=True))


def _written(head: NoteHead) -> datetime:
    return head.when.instant if head.when is not None else datetime.min


def _is_name(section: NoteSection) -> bool:
    title = section.title or ""
    return bool(title) and len(title) <= LONGEST_NAME and not SAYS_MORE.search(title)


def _line_length(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text[start : end if end >= 0 else len(text)].rstrip())


def _key(item: NoteSentence) -> Key:
    return " ".join((item.heading or "").split()).casefold(), " ".join(item.text.split())


def _masked(item: NoteSentence) -> Key:
    heading, text = _key(item)
    return heading, NUMBER.sub("#", text)
