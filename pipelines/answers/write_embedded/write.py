"""The writer that needs no model: sentences filled from facts, notes lifted word for word.

It hands over a `Draft` for the judge and believes nothing of its own: arithmetic carries its
`Computation`, everything else repeats one record. The answer begins with what was asked. Where
the evidence does not carry an answer the draft abstains, with one plain sentence; a "no" that
rests on absence says "recorded", never "has not".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.evidence.items import NEAR
from pipelines.answers.evidence.note_numbers import number_of
from pipelines.answers.note_sides import denies
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.records import SUBJECTS
from pipelines.answers.write_embedded.allergies import write_allergies
from pipelines.answers.write_embedded.by_words import write_by_words
from pipelines.answers.write_embedded.code_status import write_code_status
from pipelines.answers.write_embedded.conflicts import with_conflicts, without_conflicts
from pipelines.answers.write_embedded.counts import with_count
from pipelines.answers.write_embedded.dates import with_distances
from pipelines.answers.write_embedded.days_asked import with_days
from pipelines.answers.write_embedded.declines import with_nearest
from pipelines.answers.write_embedded.denials import denial
from pipelines.answers.write_embedded.elapsed import write_interval
from pipelines.answers.write_embedded.lists import write_list, write_medications
from pipelines.answers.write_embedded.particulars import (
    write_fluids,
    write_particulars,
    write_told,
    write_topic,
)
from pipelines.answers.write_embedded.parts import abstained, computed, lines
from pipelines.answers.write_embedded.records import write_devices, write_records
from pipelines.answers.write_embedded.results import write_results
from pipelines.answers.write_embedded.visits import write_patient, write_visits
from pipelines.records.answers import Cell, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

Writer = Callable[[ChartQuestion, EvidenceSet], Draft]
WRITERS: dict[str, Writer] = {
    "result": write_results,
    "any_lab": write_results,
    "patient": write_patient,
    "encounter": write_visits,
    "interval": write_interval,
    "medication": write_medications,
    "allergy": write_allergies,
    "problem": write_list,
    "procedure": write_list,
    "immunization": write_list,
    "code_status": write_code_status,
    "device": write_devices,
    "particular": write_particulars,
    "topic": write_topic,
    "susceptibility": write_told,
    "fluid": write_fluids,
    "record": write_by_words,
    **dict.fromkeys(SUBJECTS - {"device"}, write_records),
}
NOTHING_FOUND = "Nothing in this chart answers that; what was searched is listed."
NO_SENTENCE = "No sentence of this chart's notes answers that."
ONE_AT_A_TIME = "Not all that is named has an entry for what is asked; ask for one at a time."
NOTES_DISAGREE = (
    "The notes disagree on this, or it changed between them; sentences of both sides follow."
)
NOT_NAMED = "No medication entry of this chart names {drug}."
NO_CAUSE = "No sentence of this chart states why."


def write(question: ChartQuestion | None, evidence: EvidenceSet) -> Draft:
    """Draft the answer to a question from its evidence."""
    if question is None:
        return abstained(NOTHING_FOUND)
    drafted = with_days(_drafted(question, evidence), question)
    draft = with_count(drafted, question, evidence)
    return with_distances(with_nearest(draft, question, evidence), evidence)


def _drafted(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    if question.decline is not None:
        return abstained(question.decline)
    if question.subject == "note":
        if all(item.kind == NEAR for item in evidence.items):
            silent = NO_CAUSE if question.note_is("why") else NO_SENTENCE
            return abstained(silent)
        return _of_notes(question, evidence)
    if evidence.items and all(item.passage is not None for item in evidence.items):
        return _of_notes(question, evidence)
    writer = WRITERS.get(question.subject)
    if writer is None:
        return abstained(NOTHING_FOUND)
    own, against = without_conflicts(evidence)
    draft = (_each if question.is_of_several else _one)(question, own, writer)
    return with_conflicts(draft, own, against)


def _of_notes(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Sentences as they stand; a value with its day, and a contradiction said before both sides."""
    notes = [i for i in evidence.items if i.passage is not None]
    drafted = _with_leads(evidence.items)
    if question.note_is("number"):
        return replace(drafted, values=_numbers_told(question, notes))
    if question.note_is("value"):
        return Draft(True, tuple(DraftSentence(i.line, (i.number,)) for i in evidence.items))
    if question.note is None or not question.note.yes_no:
        return drafted
    things = (*question.note.things, *question.note.events)
    against = [i for i in notes if denies(i.text, things)]
    if against and len(against) == len(notes):
        denied = denial(notes, things)
        rows: tuple[tuple[Cell, ...], ...] = ((0,),) if denied else drafted.values
        return replace(drafted, sentences=(*denied, *drafted.sentences), values=rows)
    if not against:
        return drafted
    told = computed(NOTES_DISAGREE, notes, "disagree", "both")
    return replace(drafted, sentences=(told, *drafted.sentences))


def _numbers_told(question: ChartQuestion, notes: list[Evidence]) -> tuple[tuple[Cell, ...], ...]:
    """The number that the sentences bind to the thing, once."""
    read = (number_of(question, i.passage) for i in notes if i.passage is not None)
    return tuple((number,) for number in dict.fromkeys(n for n in read if n is not None))


def _with_leads(items: tuple[Evidence, ...]) -> Draft:
    """The sentences of notes; the first of each note after its kind and day."""
    drafted = []
    before = None
    for item, sentence in zip(items, lines(items).sentences, strict=False):
        led = item.passage is not None and item.resource != before
        drafted.append(replace(sentence, text=item.line) if led else sentence)
        before = item.resource
    return Draft(True, tuple(drafted))


def _one(question: ChartQuestion, evidence: EvidenceSet, writer: Writer) -> Draft:
    return writer(question, evidence)


def _each(question: ChartQuestion, evidence: EvidenceSet, writer: Writer) -> Draft:
    """Yes or no for each thing that is named; where one has no answer there is none at all."""
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    for group in question.groups:
        own = tuple(i for i in evidence.items if i.fact is not None and i.fact.display in group)
        if not own:
            return abstained(ONE_AT_A_TIME)
        alone = replace(question, names=group, groups=(), unlisted=())
        draft = writer(alone, replace(evidence, items=own))
        if not draft.answerable:
            return draft
        sentences += draft.sentences
        rows += draft.values
    patient = [i for i in evidence.items if i.kind == "patient"]
    for drug in question.unlisted:
        sentences.append(computed(NOT_NAMED.format(drug=drug), patient, "unnamed", drug))
        rows.append((0,))
    return Draft(True, tuple(sentences), tuple(rows))
