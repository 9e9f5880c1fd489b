"""Batches of files into the store: a file goes in whole or not at all, twice changes nothing.

One batch is one transaction. A resource that is there with the same content is left alone; with
other content it becomes a new version and its typed rows are replaced. Content is compared as
JSON, so another order of keys or other blanks are no change. A refusal is kept once, however
often its file comes; it counts as resolved when the resource itself gets in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from pipelines.charts.codebook import CodeRow
from pipelines.charts.columns import CODE_COLUMNS, Columns, Packed, arrow, strings
from pipelines.charts.schema import SUBJECTS

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROWS_IN = {
    "patient": "insert into patient from batch",
    "patient_identifier": "insert into patient_identifier from batch",
    "encounter": "insert into encounter from batch",
    "observation": "insert into observation from batch",
    "condition": "insert into condition from batch",
    "medication": "insert into medication from batch",
    "allergy": "insert into allergy from batch",
    "procedure": "insert into procedure from batch",
    "immunization": "insert into immunization from batch",
    "document": "insert into document from batch",
    "passage": "insert into passage from batch",
    "token": "insert into token from batch",
} | {table: f"insert into {table} from batch" for table in SUBJECTS}
CHANGED_ROWS_IN = {
    table: f"{statement} where resource not in (from same)" for table, statement in ROWS_IN.items()
} | {
    "patient_identifier": "insert into patient_identifier from batch "
    "where 'Patient/' || patient not in (from same)",
    "token": "insert into token from batch where split_part(passage_id, '#', 1) not in (from same)",
}
RESOURCES_IN = """
insert into resource
select b.resource, b.type, b.id, b.patient, b.version, b.current, b.sha256, b.file_id, b.raw
from batch b
"""
CHANGED_RESOURCES_IN = """
insert into resource
select b.resource, b.type, b.id, b.patient, b.version + coalesce(o.version, 0), b.current,
    b.sha256, b.file_id, b.raw
from batch b left join older o on o.resource = b.resource
where b.resource not in (from same)
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
THERE = """
select r.resource, r.sha256, r.version, r.patient
from resource r semi join batch b on b.resource = r.resource
where r.current
"""
STORED = """
select r.resource, r.raw from resource r semi join batch b on b.resource = r.resource
where r.current
"""
REPLACED = (
    *(
        f"delete from {table} where resource in (select resource from older)"  # noqa: S608  # own
        for table in SUBJECTS
    ),
    "delete from token where passage_id in (select passage_id from passage "
    "where resource in (select resource from older))",
    "delete from passage where resource in (select resource from older)",
    "delete from document where resource in (select resource from older)",
    "delete from observation where resource in (select resource from older)",
    "delete from medication where resource in (select resource from older)",
    "delete from condition where resource in (select resource from older)",
    "delete from encounter where resource in (select resource from older)",
    "delete from allergy where resource in (select resource from older)",
    "delete from procedure where resource in (select resource from older)",
    "delete from immunization where resource in (select resource from older)",
    "delete from patient_identifier where 'Patient/' || patient in (select resource from older)",
    "delete from patient where resource in (select resource from older)",
    "update resource set current = false "
    "where current and resource in (select resource from older)",
)
RESOLVED = """
update refused set resolved = true
where not resolved and resource in (select resource from batch)
"""
RESOLVED_FILES = """
update refused set resolved = true
where not resolved and entry is null and file = $name and $name <> ''
"""
FILE_IN = """
insert into file values ($file_id, $load_id, $name, $sha256, $bytes, $entries)
"""
REFUSED_IN = """
insert into refused
select $load_id, $file, $entry, $resource, $kind, $patient, $reason, $sha256, false
where not exists (
    from refused r
    where r.entry_sha256 = $sha256 and r.resource is not distinct from $resource
      and r.reason = $reason
)
"""
COLUMNS = """
select table_name, column_name, data_type from duckdb_columns() order by table_name, column_index
"""
UNRESOLVED = """
select exists (from refused where not resolved)
"""


@dataclass(slots=True)
class Batch:
    """Files that go in together; no resource stands in it twice."""

    load_id: int
    packed: list[Packed] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def add(self, one: Packed) -> None:
        """Take one more file in."""
        self.packed.append(one)
        self.digests.update(one.digests)
        self.size += one.file.size


@dataclass(slots=True)
class Written:
    """What a batch did: keys left alone, and patients whose charts changed."""

    unchanged: set[str] = field(default_factory=set)
    patients: set[str] = field(default_factory=set)


class registered:  # reads as a verb: with registered(…)
    """An Arrow table under a name for the statements inside the block."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
        self.cursor, self.name, self.table = cursor, name, table

    def __enter__(self) -> None:
        self.cursor.register(self.name, self.table)

    def __exit__(self, *_: object) -> None:
        self.cursor.unregister(self.name)


def write(cursor: duckdb.DuckDBPyConnection, batch: Batch, check: bool) -> Written:
    """Put a batch in; `check` False promises that none of its resources is there yet."""
    there = _there(cursor, batch) if check and batch.digests else {}
    written = Written(unchanged=_unchanged(cursor, batch, there))
    older = {key: found for key, found in there.items() if key not in written.unchanged}
    for one in batch.packed:
        for key, patient in one.patients.items():
            if patient and key not in written.unchanged:
                written.patients.add(patient)
    written.patients |= {patient for _, _, patient in older.values() if patient}
    if there:
        _write_changed(cursor, batch, older, written.unchanged)
    else:
        for table, rows in _tables(batch).items():
            with registered(cursor, "batch", rows):
                cursor.execute(RESOURCES_IN if table == "resource" else ROWS_IN[table])
    _write_codes(cursor, batch)
    _note_files(cursor, batch, written.unchanged)
    return written


def _tables(batch: Batch) -> dict[str, pa.Table]:
    """The rows of all files, a table each; `code` aside."""
    import pyarrow as pa

    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for one in batch.packed:
        for table, rows in one.tables.items():
            if table != "code":
                parts[table].append(rows)
    return {table: pa.concat_tables(rows) for table, rows in parts.items()}


def _there(
    cursor: duckdb.DuckDBPyConnection, batch: Batch
) -> dict[str, tuple[str, int, str | None]]:
    """Digest, version and patient of what is stored already, by key."""
    import pyarrow as pa

    keys = pa.table({"resource": strings(batch.digests)})
    with registered(cursor, "batch", keys):
        found = cursor.execute(THERE).fetchall()
    return {key: (digest, version, patient) for key, digest, version, patient in found}


def _unchanged(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, there: dict[str, tuple[str, int, str | None]]
) -> set[str]:
    """Keys whose stored content is the same JSON."""
    same = {key for key, found in there.items() if found[0] == batch.digests[key]}
    doubtful = there.keys() - same
    if doubtful:
        import pyarrow as pa

        raws = _raws(batch, doubtful)
        with registered(cursor, "batch", pa.table({"resource": strings(doubtful)})):
            stored = cursor.execute(STORED).fetchall()
        same |= {key for key, raw in stored if _canonical(raw) == _canonical(raws[key])}
    return same


def _raws(batch: Batch, keys: set[str]) -> dict[str, str]:
    """The raw JSON of these resources as it came."""
    found = {}
    for one in batch.packed:
        wanted = keys & one.digests.keys()
        if wanted:
            table = one.tables["resource"]
            rows = zip(*(table[name].to_pylist() for name in ("resource", "current", "raw")),
                       strict=True)  # fmt: skip
            found.update({key: raw for key, current, raw in rows if current and key in wanted})
    return found


def _canonical(raw: str) -> bytes:
    return orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS)


def _write_changed(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    older: dict[str, tuple[str, int, str | None]],
    unchanged: set[str],
) -> None:
    """Replace what has other content, add what is new, leave the rest alone."""
    import pyarrow as pa

    before = arrow(
        [("resource", "VARCHAR"), ("version", "INTEGER")],
        [(key, version) for key, (_, version, _) in older.items()],
    )
    same = pa.table({"resource": strings(unchanged)})
    with registered(cursor, "older", before), registered(cursor, "same", same):
        if older:
            for statement in REPLACED:
                cursor.execute(statement)
        if len(unchanged) == len(batch.digests):
            return
        for table, rows in _tables(batch).items():
            with registered(cursor, "batch", rows):
                changed = CHANGED_RESOURCES_IN if table == "resource" else CHANGED_ROWS_IN[table]
                cursor.execute(changed)


def _write_codes(cursor: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    import pyarrow as pa

    codes = [one.tables["code"] for one in batch.packed if "code" in one.tables]
    if codes:
        with registered(cursor, "batch", pa.concat_tables(codes)):
            cursor.execute(CODES_IN)


def write_codes(cursor: duckdb.DuckDBPyConnection, rows: Sequence[CodeRow]) -> None:
    """Add codings that were learned outside of a file."""
    if rows:
        with registered(cursor, "batch", arrow(CODE_COLUMNS, list(rows))):
            cursor.execute(CODES_IN)


def _note_files(cursor: duckdb.DuckDBPyConnection, batch: Batch, unchanged: set[str]) -> None:
    import pyarrow as pa

    fresh = [key for key in batch.digests if key not in unchanged]
    ((some_unresolved,),) = cursor.execute(UNRESOLVED).fetchall()
    if some_unresolved and fresh:
        keys = pa.table({"resource": strings(fresh)})
        with registered(cursor, "batch", keys):
            cursor.execute(RESOLVED)
    for one in batch.packed:
        file = one.file
        if some_unresolved and all(turned.number for turned in file.turned):
            cursor.execute(RESOLVED_FILES, {"name": file.name})
        if any(key not in unchanged for key in one.digests):
            cursor.execute(FILE_IN, {
                "file_id": file.file_id, "load_id": batch.load_id, "name": file.name,
                "sha256": file.sha256, "bytes": file.size, "entries": file.entries,
            })  # fmt: skip
        for turned in file.turned:
            cursor.execute(REFUSED_IN, {
                "load_id": batch.load_id, "file": file.name, "entry": turned.number,
                "resource": turned.resource, "kind": turned.kind, "patient": turned.patient,
                "reason": turned.reason, "sha256": turned.sha256,
            })  # fmt: skip


def store_columns(cursor: duckdb.DuckDBPyConnection) -> Columns:
    """Each table's columns with their types, in order."""
    columns: Columns = defaultdict(list)
    for table, column, kind in cursor.execute(COLUMNS).fetchall():
        columns[table].append((column, kind))
    return columns
