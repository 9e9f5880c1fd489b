"""What a note says against the record, said after the answer that the record gives.

The sentence says only that the two disagree, with both dates; the note's own words follow as
their own sentence. Nothing decides who is right, and the answer still begins with the record.
"""

from __future__ import annotations

from pipelines.answers.evidence.items import CONFLICT
from pipelines.answers.write_embedded.parts import computed
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

DISAGREES = "A note of {note} disagrees with the record of {record}:"
UNDATED = "A note of {note} disagrees with the record:"


def without_conflicts(evidence: EvidenceSet) -> tuple[EvidenceSet, tuple[Evidence, ...]]:
    """The evidence that answers, and the sentences that say otherwise."""
    against = tuple(i for i in evidence.items if i.kind == CONFLICT)
    own = tuple(i for i in evidence.items if i.kind != CONFLICT)
    return EvidenceSet(own, evidence.searched, evidence.nearest), against


def with_conflicts(draft: Draft, own: EvidenceSet, against: tuple[Evidence, ...]) -> Draft:
    """The draft with what contradicts it behind it, where it answers at all."""
    facts = [i for i in own.items if i.fact is not None and i.kind != "patient"]
    if not draft.answerable or not against or not facts:
        return draft
    return Draft(
        draft.answerable,
        (*draft.sentences, *(s for note in against for s in _said(note, facts))),
        draft.values,
        draft.abstention,
    )


def _said(note: Evidence, facts: list[Evidence]) -> tuple[DraftSentence, ...]:
    first = next((f for f in facts if (f.date or "")[:10] == (note.date or "")[:10]), facts[0])
    record = (first.date or "")[:10]
    text = (DISAGREES if record else UNDATED).format(note=(note.date or "")[:10], record=record)
    told = computed(text, [note, first], "conflict", "note")
    return (told, DraftSentence(note.text, (note.number,)))
