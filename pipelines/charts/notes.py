"""Clinical documents of one chart: notes, reports' narratives, decoded to plain text.

`text` is what citations count in, character by character; it is never trimmed or reflowed.
The same text filed twice for one visit (a report and its document) is one note. Superseded and
preliminary notes stay and say so in `status`; entered-in-error ones are left out. A document
whose text could not be read is no note: `note_details.unread` lists those, with the reason.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.charts.sources import leaves_with_paths
from pipelines.errors import NotFound
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Note

NOTES = """
with chosen as (
    select resource, title, author, status, written_utc, written_written, encounter, path,
        sha256, text
    from document
    where patient = $patient
      and text is not null
      and (status is null or status <> 'entered-in-error')
      and (written_utc <= $as_of or written_utc is null)
    qualify row_number() over (
        partition by sha256, encounter, left(written_written, 10)
        order by resource not like 'DocumentReference/%', resource, path) = 1
    order by written_utc desc nulls last, resource, path
    limit $limit
)
select c.resource, c.title, c.author, c.status, c.written_utc, c.written_written, c.encounter,
    c.path, c.sha256, c.text, r.raw
from chosen c
left join resource r on r.resource = c.resource and r.patient = $patient and r.current
order by c.written_utc desc nulls last, c.resource, c.path
"""

NOTE = """
select d.resource, d.title, d.author, d.status, d.written_utc, d.written_written, d.encounter,
    d.path, d.sha256, d.text, r.raw
from document d
left join resource r on r.resource = d.resource and r.patient = $patient and r.current
where d.patient = $patient and d.resource = $resource and d.text is not null
limit 1
"""

WITHOUT_TEXT = """
select unread from document
where patient = $patient and resource = $resource and text is null and unread is not null
"""

TITLES = ("title", "type.text", "code.text", "description", "type.coding", "code.coding")
"""Elements that a note takes its title from."""

ALL = 9_223_372_036_854_775_807


def notes(chart: Chart, limit: int | None = None) -> tuple[Note, ...]:
    """Notes by the as-of, newest first, undated ones last."""
    found = chart.rows(NOTES, as_of=chart.as_of.instant, limit=ALL if limit is None else limit)
    return tuple(_note(row) for row in found)


def note(chart: Chart, resource: str) -> Note:
    """One document by its resource; NotFound, with the reason, where it has no text."""
    found = chart.rows(NOTE, resource=resource)
    if not found:
        for (reason,) in chart.rows(WITHOUT_TEXT, resource=resource):
            raise NotFound(f"That document could not be read. {reason}")
        raise NotFound("That note is not in this chart; reload the page and choose it again.")
    return _note(found[0])


def _note(row: tuple[Any, ...]) -> Note:
    resource, title, author, status, written, written_as, encounter, _, sha256, text, raw = row
    when = moment(written, written_as)
    title = title or "Untitled note"
    path, quote = _title_at(resource, title, raw)
    return Note(
        fact=Fact(
            resource=resource,
            kind="document",
            display=title,
            path=path,
            quote=quote,
            when=when,
            encounter=encounter,
            status=status,
        ),
        title=title,
        author=author,
        when=when,
        status=status,
        text=text,
        sha256=sha256,
    )


def _title_at(resource: str, title: str, raw: str | None) -> tuple[str, str]:
    """Where the record has the title; its id where the title stands nowhere word for word."""
    for element in TITLES if raw else ():
        for path, value in leaves_with_paths(raw or "", element):
            if value == title:
                return path, title
    return cited(resource, None, None)
