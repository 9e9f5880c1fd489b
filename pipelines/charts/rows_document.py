"""Clinical documents as text, passages and words: DocumentReference, DiagnosticReport, Composition.

One document a resource. Passages and words are made here, at load, never when a question is
asked. A report without a text form makes no document; it is still kept raw.
"""

from __future__ import annotations

import hashlib

from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.note_text import NoteText, attachments_of, of_attachments, of_sections
from pipelines.charts.passage_split import passages
from pipelines.charts.passage_split import words as words_of
from pipelines.charts.references import Json, target
from pipelines.charts.row_parts import (
    Place,
    author,
    choice,
    encounter_of,
    first,
    status,
    text,
    words,
)


def reference(resource: Json, place: Place) -> None:
    """Append the rows of one DocumentReference."""
    written = stamp(resource.get("date") or resource.get("created"), "date")
    title = words(resource.get("type")) or text(resource.get("description"))
    context = resource.get("context") or {}
    visit = None
    if isinstance(context, dict):
        visits = context.get("encounter")
        visit = target(first(visits) if isinstance(visits, list) else visits, place.known)
    note = of_attachments(attachments_of(resource))
    _append(place, note, (title, status(resource, "DocumentReference"), written, visit), resource)


def report(resource: Json, place: Place) -> None:
    """Append the rows of one DiagnosticReport that carries its text."""
    note = of_attachments(attachments_of(resource))
    named = place.codes.named(resource.get("code"))
    taken = choice(resource, "effective")[0]
    issued = stamp(resource.get("issued"), "issued")
    title = (named.display, status(resource, "DiagnosticReport"))
    visit = encounter_of(resource, place.known)
    _append(place, note, (*title, taken if taken != UNDATED else issued, visit), resource)


def composition(resource: Json, place: Place) -> None:
    """Append the rows of one Composition: its sections' narratives under their titles."""
    written = stamp(resource.get("date"), "date")
    said = of_sections(resource.get("section"))
    title = text(resource.get("title")) or words(resource.get("type"))
    note = NoteText(said, "section") if said else None
    about = (title, status(resource, "Composition"), written, encounter_of(resource, place.known))
    _append(place, note, about, resource)


def _append(
    place: Place,
    note: NoteText | None,
    about: tuple[str | None, str | None, Stamp, str | None],
    resource: Json,
) -> None:
    if note is None or not note.text.strip():
        return
    title, state, written, visit = about
    writer = first(resource.get("author")) or first(resource.get("performer"))
    digest = hashlib.sha256(note.text.encode()).hexdigest()
    place.rows["document"].append((
        place.key, place.patient, title or resource["resourceType"],
        author(writer, place.known), state, *written, visit, note.path, digest, note.text,
    ))  # fmt: skip
    for number, cut in enumerate(passages(note.text)):
        name = f"{place.key}#{number}"
        said = note.text[cut.start : cut.end]
        place.rows["passage"].append(
            (name, place.key, place.patient, cut.heading, cut.start, cut.end, said)
        )
        place.rows["token"].extend(
            (name, place.patient, word, count) for word, count in words_of(said).items()
        )
