"""What a chart's documents say about themselves, their sections, and which could not be read.

An answer that found nothing must be able to say what it could not look into: `unread` lists
those documents, and parts of documents. Whether a text is right is not known here.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import moment
from pipelines.errors import NotFound
from pipelines.records.chart import Chart
from pipelines.records.notes import (
    DocumentDetails,
    DocumentRelation,
    NoteSection,
    UnreadDocument,
)

SECTIONS = """
select s.resource, s.number, s.parent, s.title, s.code_key, s.start_offset, s.end_offset, s.path,
    s.entries
from section s
where s.patient = $patient and s.resource = $resource
order by s.number
"""
DETAILS = """
select resource, title, status, doc_status, written_utc, written_written, service_start_utc,
    service_start_written, service_end_utc, service_end_written, encounter, authors, custodian,
    authenticator, code_key, category, category_keys, language, description, content_type, path,
    text is not null, unread, same_as, superseded_by
from document
where patient = $patient and resource = $resource
"""
RELATIONS = """
select relation, other from document_relation
where patient = $patient and resource = $resource
order by relation, other
"""
UNREAD = """
select resource, title, written_utc, written_written, unread, text is not null
from document
where patient = $patient
  and unread is not null
  and (status is null or status <> 'entered-in-error')
  and (written_utc <= $as_of or written_utc is null)
order by written_utc desc nulls last, resource
"""


def sections(chart: Chart, resource: str) -> tuple[NoteSection, ...]:
    """The sections of one note in their order; none where it has no headings."""
    return tuple(
        NoteSection(name, number, parent, title, code, start, end, path, tuple(entries or ()))
        for name, number, parent, title, code, start, end, path, entries in chart.rows(
            SECTIONS, resource=resource
        )
    )


def details(chart: Chart, resource: str) -> DocumentDetails:
    """One document as its record describes it, readable or not."""
    found = chart.rows(DETAILS, resource=resource)
    if not found:
        raise NotFound("That document is not in this chart; reload the page and choose it again.")
    related = chart.rows(RELATIONS, resource=resource)
    return _details(found[0], tuple(DocumentRelation(*row) for row in related))


def unread(chart: Chart) -> tuple[UnreadDocument, ...]:
    """Documents by the as-of that could not be read, or not wholly, newest first."""
    return tuple(
        UnreadDocument(resource, title or "Untitled note", moment(at, written), reason, partial)
        for resource, title, at, written, reason, partial in chart.rows(
            UNREAD, as_of=chart.as_of.instant
        )
    )


def _details(row: tuple[Any, ...], relations: tuple[DocumentRelation, ...]) -> DocumentDetails:
    (
        resource, title, status, doc_status, at, written, start, start_as, end, end_as, encounter,
        authors, custodian, authenticator, code_key, category, category_keys, language,
        description, content_type, path, is_readable, reason, same_as, superseded_by,
    ) = row  # fmt: skip
    return DocumentDetails(
        resource=resource,
        title=title or "Untitled note",
        status=status,
        doc_status=doc_status,
        when=moment(at, written),
        service_start=moment(start, start_as),
        service_end=moment(end, end_as),
        encounter=encounter,
        authors=tuple(authors or ()),
        custodian=custodian,
        authenticator=authenticator,
        code_key=code_key,
        category=category,
        category_keys=tuple(category_keys or ()),
        language=language,
        description=description,
        content_type=content_type,
        path=path,
        is_readable=is_readable,
        unread=reason,
        relations=relations,
        same_as=same_as,
        superseded_by=superseded_by,
    )
