"""Clinical documents of one chart: notes, reports' narratives, decoded to plain text.

`text` is what citations count in, character by character; it is never trimmed or reflowed.
The same text filed twice for one visit (a report and its document) is one note. Superseded and
preliminary notes stay and say so in `status`; entered-in-error ones are left out.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.reading import moment
from pipelines.errors import NotFound
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Note

NOTES = """
select resource, title, author, status, written_utc, written_written, encounter, path,
    sha256, text
from document
where patient = $patient
  and (status is null or status <> 'entered-in-error')
  and (written_utc <= $as_of or written_utc is null)
qualify row_number() over (
    partition by sha256, encounter, left(written_written, 10)
    order by resource not like 'DocumentReference/%', resource, path) = 1
order by written_utc desc nulls last, resource, path
limit $limit
"""

NOTE = """
select resource, title, author, status, written_utc, written_written, encounter, path,
    sha256, text
from document
where patient = $patient and resource = $resource
  and ($path is null or path = $path)
order by path
limit 1
"""

ALL = 9_223_372_036_854_775_807


def notes(chart: Chart, limit: int | None = None) -> tuple[Note, ...]:
    """Notes by the as-of, newest first, undated ones last."""
    found = chart.rows(NOTES, as_of=chart.as_of.instant, limit=ALL if limit is None else limit)
    return tuple(_note(row) for row in found)


def note(chart: Chart, resource: str, path: str | None = None) -> Note:
    """One document by its resource (and `path`, where a resource holds several texts)."""
    found = chart.rows(NOTE, resource=resource, path=path)
    if not found:
        raise NotFound("That note is not in this chart; reload the page and choose it again.")
    return _note(found[0])


def _note(row: tuple[Any, ...]) -> Note:
    resource, title, author, status, written, written_as, encounter, path, sha256, text = row
    when = moment(written, written_as)
    title = title or "Untitled note"
    return Note(
        fact=Fact(
            resource=resource,
            kind="document",
            display=title,
            path=path,
            quote=title,
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
