"""A "no" that rests on what notes deny, with the day, before the sentences themselves.

It says no more than that: denied then, by these words. A sentence that takes an earlier one back,
or that says a part of what is asked, gives no "no". A sentence that was copied forward says since
when it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.answers.note_sides import Groups, denied_word, is_taken_back
from pipelines.answers.write_embedded.parts import computed
from pipelines.records.answers import DraftSentence
from pipelines.records.evidence import Evidence

DENIED = "No: \u201c{thing}\u201d denied on {day}{since}."
SINCE = ", in the same words since {day}"


def denial(notes: Sequence[Evidence], things: Groups) -> tuple[DraftSentence, ...]:
    """The sentence that says no, the newest note deciding; none where a note does not deny."""
    groups = tuple(things)
    words = [None if is_taken_back(i.text) else denied_word(i.text, groups) for i in notes]
    dated = [i for i in notes if i.passage is not None and i.passage.when is not None]
    if not notes or None in words or len(dated) != len(notes):
        return ()
    first = max(notes, key=_instant)
    thing = denied_word(first.text, groups) or ""
    passage = first.passage
    if passage is None or passage.when is None:
        return ()
    since = SINCE.format(day=passage.earlier[0][:10]) if passage.earlier else ""
    text = DENIED.format(thing=thing, day=passage.when.day, since=since)
    return (computed(text, [first], "denied", thing),)


def _instant(item: Evidence) -> float:
    when = item.passage.when if item.passage is not None else None
    return when.instant.timestamp() if when is not None else 0.0
