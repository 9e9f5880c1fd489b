"""Documents when all files are in: texts that lie in Binaries, doubles, and what was replaced.

A document whose attachment points to a Binary is read when both are in the store, in whatever
order they came, and again when the Binary changes or goes. A Binary that only one patient's
documents point to belongs to that chart; one that names another patient is not read. The same
text filed twice for one visit on one day stays citable in both places but names its double,
so that a search counts it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson

from pipelines.charts import note_text
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import arrow, registered, strings
from pipelines.charts.note_text import NoteText
from pipelines.charts.references import PATIENT, Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_parts import Place, Row
from pipelines.charts.rows_document import digest_of, parted, text_rows

if TYPE_CHECKING:
    import duckdb

AT_ONCE = 100  # documents read in one go: their raw JSON is in memory meanwhile

# Documents whose Binaries, as they are now, are not what their text was made from.
STALE = """
with pointed as (
    select resource, patient, binaries, binaries_read, unnest(binaries) as key
    from document
    where len(binaries) > 0
), found as (
    select p.resource, any_value(p.patient) as patient, any_value(p.binaries_read) as was_read,
        string_agg(hex(r.digest), ' ' order by r.resource) as there
    from pointed p
    left join resource r on r.resource = p.key and r.current and r.type = 'Binary'
    group by p.resource
)
select resource, patient, there from found where there is distinct from was_read order by resource
"""
BINARIES_OF = """
select d.resource, d.binaries, r.raw from document d join resource r on r.resource = d.resource
where r.current and d.resource in (select resource from asked)
order by d.resource
"""
BINARY = """
select r.resource, r.raw from resource r
where r.current and r.type = 'Binary' and r.resource in (
    select unnest(d.binaries) from document d where d.resource in (select resource from asked))
"""
FORGET_TEXT = (
    "delete from token where resource in (select resource from asked)",
    "delete from passage where resource in (select resource from asked)",
    "delete from passage_vector where resource in (select resource from asked)",
    "delete from section where resource in (select resource from asked)",
)
TEXT_IN = """
update document set text = m.text, sha256 = m.sha256, path = m.path,
    content_type = m.content_type, unread = m.unread, binaries_read = m.binaries_read
from made m where m.resource = document.resource
"""
MADE = [
    (name, "VARCHAR") for name in
    ("resource", "text", "sha256", "path", "content_type", "unread", "binaries_read")
]  # fmt: skip
ROWS_IN = {
    "passage": "insert into passage from batch",
    "token": "insert into token from batch",
    "section": "insert into section from batch",
}
COLUMNS = """
select column_name, data_type from duckdb_columns() where table_name = $table order by column_index
"""
OWN_BINARIES = """
update resource set patient = o.patient
from (
    select p.pointed, case when count(distinct p.patient) = 1 then any_value(p.patient) end
        as patient
    from (select patient, unnest(binaries) as pointed from document where len(binaries) > 0) p
    group by p.pointed
) o
where resource.type = 'Binary' and resource.resource = o.pointed
  and resource.patient is distinct from o.patient
"""
# The first of those that carry one text, for one patient, on one day, for one visit: the document
# before the report that carries it too. A text that names no visit doubles one that does.
DOUBLES = """
with alike as (
    select resource, patient, sha256, left(written_written, 10) as written_on, encounter,
        (encounter is null, not starts_with(resource, 'DocumentReference/'), resource) as place
    from document
    where sha256 is not null and status is distinct from 'entered-in-error'
), repeated as (
    select patient, sha256, written_on from alike group by all having count(*) > 1
), mine as (
    select a.* from alike a join repeated r on r.patient is not distinct from a.patient
        and r.sha256 = a.sha256 and r.written_on is not distinct from a.written_on
), pair as (
    select l.resource, arg_min(f.resource, f.place) as same_as
    from mine l
    join mine f on f.patient is not distinct from l.patient
        and f.sha256 = l.sha256 and f.written_on is not distinct from l.written_on
        and f.place < l.place
        and (f.encounter is not distinct from l.encounter or l.encounter is null)
    group by l.resource
), wanted as (
    select d.resource, pair.same_as from document d left join pair on pair.resource = d.resource
    where pair.same_as is distinct from d.same_as
)
update document set same_as = wanted.same_as from wanted
where wanted.resource = document.resource
"""
SUPERSEDED = """
with newer as (
    select r.other as resource, arg_max(d.resource, (d.written_utc, d.resource)) as by_whom
    from document_relation r join document d on d.resource = r.resource
    join document o on o.resource = r.other and o.patient is not distinct from d.patient
    where r.relation = 'replaces' and d.status is distinct from 'entered-in-error'
      and r.other <> r.resource
    group by r.other
), wanted as (
    select d.resource, newer.by_whom from document d left join newer using (resource)
    where newer.by_whom is distinct from d.superseded_by
)
update document set superseded_by = wanted.by_whom from wanted
where wanted.resource = document.resource
"""


def link_documents(cursor: duckdb.DuckDBPyConnection, codes: CodeBook) -> set[str]:
    """Read what can be read now, mark doubles; the patients whose notes changed by it."""
    patients = _read_binaries(cursor, codes)
    for statement in (OWN_BINARIES, DOUBLES, SUPERSEDED):
        cursor.execute(statement)
    return patients


def _read_binaries(cursor: duckdb.DuckDBPyConnection, codes: CodeBook) -> set[str]:
    stale = cursor.execute(STALE).fetchall()
    for start in range(0, len(stale), AT_ONCE):
        some = {resource: (patient, there) for resource, patient, there in
                stale[start : start + AT_ONCE]}  # fmt: skip
        _make_anew(cursor, codes, some)
    return {patient for _, patient, _ in stale if patient}


def _make_anew(
    cursor: duckdb.DuckDBPyConnection, codes: CodeBook, some: dict[str, tuple[str, str]]
) -> None:
    """Replace the texts of these documents, and what is made of them."""
    import pyarrow as pa

    place = Place("", None, {}, codes)
    made: list[Row] = []
    with registered(cursor, "asked", pa.table({"resource": strings(list(some))})):
        for key, resource, binaries in _with_binaries(cursor, some):
            place.key, (place.patient, there) = key, some[key]
            note, parts = parted(_note(resource, binaries))
            made.append((
                key, note.text, digest_of(note.text), note.path, note.content_type, note.unread,
                there,
            ))  # fmt: skip
            text_rows(place, note, parts)
        for statement in FORGET_TEXT:
            cursor.execute(statement)
    with registered(cursor, "made", arrow(MADE, made)):
        cursor.execute(TEXT_IN)
    for table, rows in place.rows.items():
        if rows:
            columns = cursor.execute(COLUMNS, {"table": table}).fetchall()
            with registered(cursor, "batch", arrow(columns, rows)):
                cursor.execute(ROWS_IN[table])


def _with_binaries(
    cursor: duckdb.DuckDBPyConnection, some: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, Json, dict[str, Json]]]:
    """Each document with the Binaries of its own patient, by the address it gives them."""
    loaded = {key: orjson.loads(raw) for key, raw in cursor.execute(BINARY).fetchall()}
    for key, names, raw in cursor.execute(BINARIES_OF).fetchall():
        resource = orjson.loads(raw)
        pairs = zip(note_text.urls_of(resource), names, strict=True)
        found = {url: loaded[name] for url, name in pairs if name in loaded}
        for url, binary in found.items():
            if not _may_read(binary, some[key][0]):
                found[url] = note_text.OF_ANOTHER_PATIENT
        yield key, resource, found


def _may_read(binary: Json, patient: str | None) -> bool:
    """Whether a Binary names no patient, or this one."""
    secured = (binary.get("securityContext") or {}).get("reference") or ""
    return PATIENT not in secured or secured.rpartition(PATIENT)[2] == patient


def _note(resource: Json, binaries: dict[str, Json]) -> NoteText:
    """A document's text; what an entry would be refused for is the reason that it has none."""
    missing = NoteText(None, "content", None, (), note_text.NO_ATTACHMENT)
    try:
        return note_text.of_attachments(resource, binaries) or missing
    except EntryRefused as refused:
        return missing._replace(unread=f"Its Binary cannot be read: {refused.reason}")
