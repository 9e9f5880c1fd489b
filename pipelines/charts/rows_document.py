"""Clinical documents as rows: DocumentReference, DiagnosticReport, Composition.

One document a resource, with its passages, words and sections, made here, at load, never when a
question is asked. A document whose text cannot be read keeps its row, without text and with the
reason (`unread`). A report without any text form makes no document; it is still kept raw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from pipelines.charts import note_text
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.note_text import NoteText
from pipelines.charts.note_words import Mark, Sheet
from pipelines.charts.passage_split import Parts, TooManyParts, sections, split
from pipelines.charts.passage_split import words as words_of
from pipelines.charts.references import Element, Json, target
from pipelines.charts.row_parts import (
    Place,
    author,
    choice,
    encounter_of,
    first,
    first_code,
    period,
    status,
    text,
    words,
)

TOO_MANY_PARTS = "Its text falls into more sentences or headings than a note can have."
NO_SECTIONS = "Its sections hold no text."
NO_PERIOD = (UNDATED, UNDATED)


@dataclass(frozen=True, slots=True)
class _About:
    """What is said about a document, whatever its resource type."""

    title: str | None
    kind: Json | None
    written: Stamp
    encounter: str | None
    categories: list[Json]
    service: tuple[Stamp, Stamp] = NO_PERIOD
    doc_status: str | None = None
    description: str | None = None
    custodian: str | None = None
    authenticator: str | None = None
    authors: list[Json] = field(default_factory=list)


def reference(resource: Json, place: Place) -> None:
    """Append the rows of one DocumentReference."""
    context = resource.get("context") or {}
    context = context if isinstance(context, dict) else {}
    visits = context.get("encounter")
    described = text(resource.get("description"))
    about = _About(
        words(resource.get("type")) or described,
        resource.get("type"),
        stamp(resource.get("date") or resource.get("created"), "date"),
        target(first(visits) if isinstance(visits, list) else visits, place.known),
        _listed(resource.get("category") or resource.get("class")),
        period(context.get("period"), "context.period"),
        text(resource.get("docStatus")),
        described,
        author(resource.get("custodian"), place.known),
        author(first(_listed(resource.get("authenticator"))), place.known),
        _listed(resource.get("author")),
    )
    note = note_text.of_attachments(resource)
    if note is None or note.unread in (note_text.NO_ATTACHMENT, note_text.EMPTY):
        note = note_text.narrative(resource) or note
    missing = NoteText(None, "content", None, (), note_text.NO_ATTACHMENT)
    _append(place, note or missing, about, resource)


def report(resource: Json, place: Place) -> None:
    """Append the rows of one DiagnosticReport that carries its text."""
    note = note_text.of_attachments(resource)
    if note is None or note.text is None:
        note = note_text.narrative(resource) or _conclusion(resource) or note
    if note is None:
        return
    taken, until = choice(resource, "effective")
    issued = stamp(resource.get("issued"), "issued")
    about = _About(
        place.codes.named(resource.get("code")).display,
        resource.get("code"),
        taken if taken != UNDATED else issued,
        encounter_of(resource, place.known),
        _listed(resource.get("category")),
        (taken, until),
        authors=[*_listed(resource.get("performer")), *_listed(resource.get("resultsInterpreter"))],
    )
    _append(place, note, about, resource)


def composition(resource: Json, place: Place) -> None:
    """Append the rows of one Composition: its sections' narratives under their titles."""
    sheet = Sheet()
    _add_sections(sheet, resource.get("section"), "section", place)
    said = sheet.words()
    note = NoteText(said.text, "section", "application/xhtml+xml", said.marks)
    if not (said.text or "").strip():
        missing = NoteText(None, "section", None, (), NO_SECTIONS)
        note = note_text.narrative(resource) or missing
    served = next((event for event in _listed(resource.get("event")) if event.get("period")), {})
    attested = _listed(resource.get("attester"))
    attested.sort(key=lambda one: one.get("mode") not in ("legal", "professional", "official"))
    about = _About(
        text(resource.get("title")) or words(resource.get("type")),
        resource.get("type"),
        stamp(resource.get("date"), "date"),
        encounter_of(resource, place.known),
        _listed(resource.get("category") or resource.get("class")),
        period(served.get("period"), "event.period"),
        custodian=author(resource.get("custodian"), place.known),
        authenticator=author(attested[0].get("party"), place.known) if attested else None,
        authors=_listed(resource.get("author")),
    )
    _append(place, note, about, resource)


def parted(note: NoteText) -> tuple[NoteText, Parts]:
    """A document with its passages and headings; without text where these are beyond counting."""
    if note.text is None:
        return note, Parts([], [])
    try:
        return note, split(note.text, note.marks)
    except TooManyParts:
        return note._replace(text=None, marks=(), unread=TOO_MANY_PARTS), Parts([], [])


def text_rows(place: Place, note: NoteText, parts: Parts) -> None:
    """Append the passages, words and sections of a document that could be read."""
    if note.text is None:
        return
    # Read whole before anything is appended: a code of a section may still refuse the entry.
    under = [
        (place.key, place.patient, number, parent, place.codes.named(mark.code).key, mark.title,
         start, end, mark.path or note.path, list(mark.entries))
        for number, parent, start, end, mark in sections(note.text, parts.headings)
    ]  # fmt: skip
    place.rows["section"].extend(under)
    for number, cut in enumerate(parts.passages):
        said = note.text[cut.start : cut.end]
        place.rows["passage"].append(
            (place.key, place.patient, number, cut.heading, cut.start, cut.end, said)
        )
        place.rows["token"].extend(
            (place.key, place.patient, number, word, count)
            for word, count in words_of(said).items()
        )


def digest_of(said: str | None) -> str | None:
    """The SHA-256 of a decoded text, by which a citation knows its note again."""
    return None if said is None else hashlib.sha256(said.encode()).hexdigest()


def binaries_of(resource: Json, known: dict[str, str]) -> list[str]:
    """The Binaries that a document's attachments point to, by `Binary/id`, in order."""
    found = []
    for url in note_text.urls_of(resource):
        key = target({"reference": url}, known) or url
        found.append(f"Binary/{key.rpartition(':')[2]}" if key.startswith("urn:uuid:") else key)
    return found


def _append(place: Place, note: NoteText, about: _About, resource: Json) -> None:
    """The row of a document, its relations, and what its text gives."""
    kind = resource["resourceType"]
    note, parts = parted(note)
    authors = [name for one in about.authors if (name := author(one, place.known))]
    state = status(resource, kind)
    categories = [place.codes.named(category) for category in about.categories]
    relations = _relations(resource, place.known)
    start, end = about.service
    # In the order of the table's columns: m001_tables, then m010_documents.
    row = (
        place.key, place.patient, about.title or kind, authors[0] if authors else None, state,
        *about.written, about.encounter, note.path, digest_of(note.text), note.text,
        note.content_type, note.unread, authors, place.codes.named(about.kind).key,
        "; ".join(named.display for named in categories if named.display) or None,
        [named.key for named in categories if named.key], about.doc_status, *start, *end,
        about.custodian, about.authenticator, _language(resource), about.description,
        binaries_of(resource, place.known), None, None, None,
    )  # fmt: skip
    text_rows(place, note, parts)
    place.rows["document"].append(row)
    place.rows["document_relation"].extend(
        (place.key, place.patient, code, other) for code, other in relations
    )


def _relations(resource: Json, known: dict[str, str]) -> list[tuple[str, str]]:
    """What a document does to which other: `replaces`, `appends`, `transforms`, `signs`."""
    found = []
    for related in _listed(resource.get("relatesTo")):
        code = related.get("code")
        named = first_code(code) if isinstance(code, dict) else text(code)  # R5 has a concept
        other = target(related.get("target") or related.get("targetReference"), known)
        if named and other:
            found.append((named, other))
    return found


def _add_sections(sheet: Sheet, listed: Element, path: str, place: Place, level: int = 1) -> None:
    for number, section in enumerate(listed or ()):
        own = f"{path}[{number}]"
        title = text(section.get("title"))
        start = sheet.add(f"# {title}" if title else "")
        index = len(sheet.marks)
        sheet.add_words(note_text.div_words(section.get("text")))
        _add_sections(sheet, section.get("section"), f"{own}.section", place, level + 1)
        entries = [target(entry, place.known) for entry in section.get("entry") or ()]
        if sheet.length > start:
            end = start + len(f"# {title}") if title else start
            listed_entries = tuple(entry for entry in entries if entry)
            sheet.marks.insert(
                index,
                Mark(start, end, level, title, section.get("code"), own, listed_entries),
            )


def _conclusion(resource: Json) -> NoteText | None:
    said = text(resource.get("conclusion"))
    return NoteText(said, "conclusion", "text/plain") if said and said.strip() else None


def _language(resource: Json) -> str | None:
    of_attachment = [one.get("language") for _, one in note_text.attachments_of(resource)]
    return text(next((one for one in of_attachment if one), None) or resource.get("language"))


def _listed(element: Element) -> list[Json]:
    """An element that one version of FHIR repeats and another does not, as a list."""
    if not element:
        return []
    return list(element) if isinstance(element, list) else [element]
