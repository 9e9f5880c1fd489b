"""What records were understood for, and sentences of notes tell instead.

A thing that this chart has no result of may stand in its notes (an ejection fraction). What
happened with a thing is told by sentences, never by the list of its entries.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion, NoteAsked, Thing
from pipelines.answers.question.notes import note_question
from pipelines.answers.question.reading import OF_THINGS, Reading
from pipelines.terms.concepts import load

_HAPPENED = re.compile(
    r"(?:and |so )?what (?:happen(?:ed|s)|went wrong|was going on|occurred) "
    r"(?:during|with|while|when|after|following|on|to) "
)
# A supply that ended is no order that was started or stopped.
_RAN_OUT = re.compile(r"\b(?:run|runs|ran|running) out\b")


def in_notes_instead(reading: Reading, asked: ChartQuestion) -> ChartQuestion | None:
    """The question for the notes, or None where the records are what is asked for."""
    whole = reading.text.whole
    told = _HAPPENED.match(whole) or (_RAN_OUT.search(whole) and asked.subject == "medication")
    if told and reading.notes and asked.subject in OF_THINGS:
        return note_question(reading.asked, None, (), {})
    plain_ask = asked.subject == "result" and asked.ask in ("value", "when", "list", "exists")
    scoped = asked.threshold or asked.window or asked.stay or asked.picks
    if not reading.notes or not plain_ask or scoped or any(t.code_keys for t in asked.things):
        return None
    if asked.ask == "exists" and not all(_is_status(t) for t in asked.things):
        return None
    concepts = load().by_key
    groups = tuple(concepts[t.concept].names for t in asked.things if t.concept)
    if not groups:
        return None
    kind = "value" if asked.ask == "value" else "search"
    note = NoteAsked(kind, groups, yes_no=asked.ask == "exists")
    return ChartQuestion(asked.text, "note", "search", note_words=groups, note=note)


def _is_status(thing: Thing) -> bool:
    """Whether a thing is told in words rather than tested (smoking status)."""
    concept = load().by_key.get(thing.concept or "")
    return concept is not None and concept.kind == "observation"
