"""Batches of files into the store: a file goes in whole or not at all, twice changes nothing.

A resource that is there with the same content is left alone; with other content it becomes a
new version and its typed rows are replaced, unless its own `meta` says that it is the older one:
then it is kept beside the current one and changes nothing else. Content is compared as JSON, so
another order of keys or other blanks are no change. Which tables hold a resource's rows is read
from the store itself, so that a new table is replaced and removed like the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import orjson

from pipelines.charts.codebook import CodeRow
from pipelines.charts.columns import CODE_COLUMNS, Parcel, Portion, arrow, registered, strings
from pipelines.charts.instants import stamp
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.resources import Deleted
from pipelines.charts.row_parts import Columns
from pipelines.charts.stored_keys import Stored, StoredKeys
from pipelines.charts.versions import is_newer

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Tables that name a resource but hold no rows read from it.
ABOUT_RESOURCES = frozenset({"resource", "refused", "file_member", "deleted", "code"})
RESOURCES_IN = """
insert into resource (resource, type, patient, version, current, digest, file_id, raw)
select b.resource, b.type, b.patient, b.version, b.current, b.digest, b.file_id, b.raw
from batch b
"""
CHANGED_RESOURCES_IN = """
insert into resource (resource, type, patient, version, current, digest, file_id, raw)
select b.resource, b.type, b.patient, b.version + coalesce(o.version, 0),
    b.current and b.resource not in (from outdated), b.digest, b.file_id, b.raw
from batch b left join older o on o.resource = b.resource
where b.resource not in (from same)
"""
OUTDATED_RESOURCES = """
update resource set version = version + 1
where current and resource in (from outdated)
  and version = (select version + 1 from older where older.resource = resource.resource)
"""
CODES_IN = """
insert into code
select distinct * from batch b
where not exists (
    from code c
    where c.code_key = b.code_key and c.system is not distinct from b.system
      and c.code is not distinct from b.code and c.display is not distinct from b.display
)
"""
STORED = """
select r.resource, r.raw from resource r semi join batch b on b.resource = r.resource
where r.current
"""
SUPERSEDED = """
update resource set current = false
where current and resource in (select resource from gone)
"""
UNSETTLED = """
update file set is_settled = false
where is_settled and file_id in (
    select file_id from resource where resource in (select resource from gone)
    union select file_id from file_member where resource in (select resource from gone)
)
"""
DELETED_IN = """
insert into deleted
select b.resource, r.patient, b.file_id, b.deleted_at
from batch b left join resource r on r.resource = b.resource and r.current
"""
VERSIONS = """
select distinct r.resource
from resource r join batch b on b.resource = r.resource and b.digest = r.digest
"""
RETURNED = """
delete from deleted where resource in (select resource from batch)
"""
COLUMNS = """
select table_name, column_name, data_type from duckdb_columns()
where not internal order by table_name, column_index
"""


@dataclass(slots=True)
class Batch:
    """Files that go in together; no resource stands in it twice."""

    parcels: list[Parcel] = field(default_factory=list)
    digests: dict[str, bytes] = field(default_factory=dict)
    size: int = 0

    def add(self, parcel: Parcel) -> None:
        """Take one more parcel in."""
        self.parcels.append(parcel)
        for one in parcel.portions:
            self.digests.update(one.digests)
            self.size += one.file.size

    @property
    def portions(self) -> Iterator[Portion]:
        """The portions of all parcels, in order."""
        return (one for parcel in self.parcels for one in parcel.portions)


@dataclass(slots=True)
class Written:
    """What a batch did: keys left alone, and patients whose charts changed."""

    unchanged: set[str] = field(default_factory=set)
    patients: set[str] = field(default_factory=set)


class Shelf(NamedTuple):
    """What writing needs to know of the store: its keys, its columns, what was deleted when."""

    keys: StoredKeys
    columns: Columns
    deleted: dict[str, int | None]


def write(cursor: duckdb.DuckDBPyConnection, batch: Batch, shelf: Shelf) -> Written:
    """Put a batch in."""
    there = shelf.keys.look_up(cursor, batch.digests) if batch.digests else {}
    unchanged = _unchanged(cursor, batch, there)
    older = {key: found for key, found in there.items() if key not in unchanged}
    outdated = _outdated(cursor, batch, older) | _gone_since(batch, shelf.deleted)
    known = _known_versions(cursor, batch, outdated)
    unchanged |= known
    outdated -= known
    older = {key: found for key, found in older.items() if key not in known}
    shelf.keys.remember({key: there[key] for key in unchanged if key in there})
    shelf.keys.forget(older)
    if older or outdated or unchanged:
        _write_changed(cursor, batch, (older, outdated, unchanged), shelf.columns)
    else:
        for table, rows in _tables(batch).items():
            with registered(cursor, "batch", rows):
                cursor.execute(RESOURCES_IN if table == "resource" else _rows_in(table))
    _write_codes(cursor, batch)
    _note_return(cursor, shelf.deleted, batch.digests.keys() - outdated - unchanged)
    patients = {
        patient
        for one in batch.portions
        for key, patient in one.patients.items()
        if key not in unchanged
    }
    patients |= {found.patient for found in older.values()}
    return Written(unchanged, {patient for patient in patients if patient})


def _gone_since(batch: Batch, deleted: dict[str, int | None]) -> set[str]:
    """Keys that were deleted after what comes now was written, by its own word."""
    again = [key for key in batch.digests.keys() & deleted.keys() if deleted[key] is not None]
    raws = _raws(batch, again) if again else {}
    return {
        key
        for key in again
        if "lastUpdated" in _meta(raws[key]) and not _is_later(_meta(raws[key]), deleted[key])
    }


def _known_versions(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, keys: Collection[str]
) -> set[str]:
    """Those of the keys of which this very version is kept already."""
    if not keys:
        return set()
    rows = [(key, batch.digests[key]) for key in keys]
    with registered(cursor, "batch", arrow([("resource", "VARCHAR"), ("digest", "BLOB")], rows)):
        return {key for (key,) in cursor.execute(VERSIONS).fetchall()}


def _note_return(
    cursor: duckdb.DuckDBPyConnection, deleted: dict[str, int | None], fresh: Collection[str]
) -> None:
    """What was deleted and came again is there."""
    import pyarrow as pa

    back = deleted.keys() & fresh
    if back:
        with registered(cursor, "batch", pa.table({"resource": strings(back)})):
            cursor.execute(RETURNED)
        for key in back:
            del deleted[key]


def delete(
    cursor: duckdb.DuckDBPyConnection, deleted: Sequence[tuple[int, Deleted]], columns: Columns
) -> list[str]:
    """Honour what files (by number) say was deleted; the keys that are gone now.

    A resource that says of itself that it was written later than that stays.
    """
    if not deleted:
        return []
    stored = _stored_raws(cursor, [one.key for _, one in deleted])
    rows = [
        (one.key, file_id, one.since_us)
        for file_id, one in deleted
        if not (one.key in stored and _is_later(_meta(stored[one.key]), one.since_us))
    ]
    kinds = [("resource", "VARCHAR"), ("file_id", "INTEGER"), ("deleted_at", "TIMESTAMP")]
    with registered(cursor, "batch", arrow(kinds, rows)):
        cursor.execute(DELETED_IN)
    gone = [key for key, _, _ in rows]
    take_out(cursor, gone, columns)
    return gone


def _is_later(meta: dict[str, object], instant_us: int | None) -> bool:
    """Whether a resource was written after a moment, by its own word."""
    if instant_us is None:
        return False
    try:
        updated = stamp(meta.get("lastUpdated"), "meta.lastUpdated")[0]  # type: ignore[arg-type]
    except EntryRefused:
        return False
    return updated is not None and updated > instant_us


def take_out(cursor: duckdb.DuckDBPyConnection, gone: Collection[str], columns: Columns) -> None:
    """Take the rows of these resources out of every typed table; they are not current any more.

    Their raw versions stay.
    """
    import pyarrow as pa

    with registered(cursor, "gone", pa.table({"resource": strings(gone)})):
        cursor.execute(UNSETTLED)
        for statement in rows_out(columns):
            cursor.execute(statement)
        cursor.execute(SUPERSEDED)


def _rows_in(table: str, condition: str = "") -> str:
    return f"insert into {table} from batch {condition}"  # a table of our own


def _changed_rows_in(table: str) -> str:
    named = "'Patient/' || patient" if table == "patient_identifier" else "resource"
    return _rows_in(table, f"where {named} not in (from same) and {named} not in (from outdated)")


def rows_out(columns: Columns) -> list[str]:
    """Statements that take the rows of the resources in `gone` out of every typed table."""
    gone = "(select resource from gone)"
    statements = [
        f"delete from patient_identifier where 'Patient/' || patient in {gone}",  # noqa: S608
    ]
    for table, listed in columns.items():
        if table not in ABOUT_RESOURCES and any(name == "resource" for name, _ in listed):
            statements.append(f"delete from {table} where resource in {gone}")  # noqa: S608
    return statements


def _tables(batch: Batch) -> dict[str, pa.Table]:
    """The rows of all files, a table each; `code` aside."""
    import pyarrow as pa

    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for parcel in batch.parcels:
        for table, rows in parcel.tables.items():
            if table != "code":
                parts[table].append(rows)
    return {table: pa.concat_tables(rows).combine_chunks() for table, rows in parts.items()}


def _unchanged(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, there: dict[str, Stored]
) -> set[str]:
    """Keys whose stored content is the same JSON."""
    same = {key for key, found in there.items() if found.digest == batch.digests[key]}
    doubtful = there.keys() - same
    if doubtful:
        raws = _raws(batch, doubtful)
        stored = _stored_raws(cursor, doubtful)
        same |= {key for key, raw in stored.items() if _canonical(raw) == _canonical(raws[key])}
    return same


def _stored_raws(cursor: duckdb.DuckDBPyConnection, keys: Collection[str]) -> dict[str, str]:
    import pyarrow as pa

    with registered(cursor, "batch", pa.table({"resource": strings(keys)})):
        return dict(cursor.execute(STORED).fetchall())


def _raws(batch: Batch, keys: Collection[str]) -> dict[str, str]:
    """The raw JSON of these resources as it came."""
    found = {}
    wanted = set(keys)
    for parcel in batch.parcels:
        if any(wanted & one.digests.keys() for one in parcel.portions):
            table = parcel.tables["resource"]
            rows = zip(*(table[name].to_pylist() for name in ("resource", "current", "raw")),
                       strict=True)  # fmt: skip
            found.update({key: raw for key, current, raw in rows if current and key in wanted})
    return found


def _canonical(raw: str) -> bytes:
    return orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS)


def _write_changed(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    found: tuple[dict[str, Stored], set[str], set[str]],
    columns: Columns,
) -> None:
    """Replace what has other content, add what is new, leave the rest alone."""
    import pyarrow as pa

    older, outdated, unchanged = found
    # An outdated one takes the place before the current version, whose number grows.
    before = arrow(
        [("resource", "VARCHAR"), ("version", "INTEGER")],
        [(key, one.version - (key in outdated)) for key, one in older.items()],
    )
    same = pa.table({"resource": strings(unchanged)})
    late = pa.table({"resource": strings(outdated)})
    if replaced := older.keys() - outdated:
        take_out(cursor, replaced, columns)
    if len(unchanged) == len(batch.digests):
        return
    with (
        registered(cursor, "older", before),
        registered(cursor, "same", same),
        registered(cursor, "outdated", late),
    ):
        if outdated:
            cursor.execute(OUTDATED_RESOURCES)
        for table, rows in _tables(batch).items():
            with registered(cursor, "batch", rows):
                changed = CHANGED_RESOURCES_IN if table == "resource" else _changed_rows_in(table)
                cursor.execute(changed)


def _outdated(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, older: dict[str, Stored]
) -> set[str]:
    """Keys of which the stored version is the newer one by what both say of themselves."""
    if not older:
        return set()
    raws, stored = _raws(batch, older), _stored_raws(cursor, older)
    return {key for key in older if is_newer(_meta(stored[key]), _meta(raws[key])) is False}


def _meta(raw: str) -> dict[str, object]:
    found = orjson.loads(raw).get("meta")
    return found if isinstance(found, dict) else {}


def _write_codes(cursor: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    import pyarrow as pa

    codes = [one.tables["code"] for one in batch.parcels if "code" in one.tables]
    if codes:
        with registered(cursor, "batch", pa.concat_tables(codes)):
            cursor.execute(CODES_IN)


def write_codes(cursor: duckdb.DuckDBPyConnection, rows: Sequence[CodeRow]) -> None:
    """Add codings that were learned outside of a file."""
    if rows:
        with registered(cursor, "batch", arrow(CODE_COLUMNS, list(rows))):
            cursor.execute(CODES_IN)


def store_columns(cursor: duckdb.DuckDBPyConnection) -> Columns:
    """Each table's columns with their types, in order."""
    columns: Columns = defaultdict(list)
    for table, column, kind in cursor.execute(COLUMNS).fetchall():
        columns[table].append((column, kind))
    return columns
