"""Batches of files into the store: each file wholly in or wholly out, loading twice changes nothing.

One batch is one transaction. A resource that is there with the same content is left alone; with
other content it becomes a new version and its typed rows are replaced. Content is compared as
JSON, so another order of keys or other blanks are no change. Rows go in as Arrow columns.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from pipelines.charts.resources import Taken, Turned
from pipelines.charts.row_parts import Row, Tables
from pipelines.charts.rows import key_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

INSERTS = {
    "resource": "insert into resource select * from batch",
    "code": "insert into code select * from batch b where not exists "
    "(from code c where c.code_key = b.code_key and c.system is not distinct from b.system "
    "and c.code is not distinct from b.code and c.display is not distinct from b.display)",
    "patient": "insert into patient select * from batch",
    "patient_identifier": "insert into patient_identifier select * from batch",
    "encounter": "insert into encounter select * from batch",
    "observation": "insert into observation select * from batch",
    "condition": "insert into condition select * from batch",
    "medication": "insert into medication select * from batch",
    "allergy": "insert into allergy select * from batch",
    "procedure": "insert into procedure select * from batch",
    "immunization": "insert into immunization select * from batch",
    "document": "insert into document select * from batch",
    "passage": "insert into passage select * from batch",
    "token": "insert into token select * from batch",
    "file": "insert into file select * from batch",
    "refused": "insert into refused select * from batch b where not exists "
    "(from refused r where r.entry_sha256 = b.entry_sha256 "
    "and r.resource is not distinct from b.resource and r.reason = b.reason)",
}
REPLACED = (
    "delete from token where passage_id in (select p.passage_id from passage p "
    "where p.resource in (select resource from replaced))",
    "delete from passage where resource in (select resource from replaced)",
    "delete from document where resource in (select resource from replaced)",
    "delete from observation where resource in (select resource from replaced)",
    "delete from medication where resource in (select resource from replaced)",
    "delete from condition where resource in (select resource from replaced)",
    "delete from encounter where resource in (select resource from replaced)",
    "delete from allergy where resource in (select resource from replaced)",
    "delete from procedure where resource in (select resource from replaced)",
    "delete from immunization where resource in (select resource from replaced)",
    "delete from patient_identifier where patient in (select p.patient from patient p "
    "where p.resource in (select resource from replaced))",
    "delete from patient where resource in (select resource from replaced)",
    "update resource set current = false "
    "where current and resource in (select resource from replaced)",
)
THERE = """
select r.resource, r.sha256, r.version, r.patient
from resource r semi join batch b on b.resource = r.resource
where r.current
"""
RAW = """
select raw from resource where resource = $resource and current
"""
RESOLVED = """
update refused set resolved = true
where not resolved and resource in (select resource from batch)
"""
RESOLVED_FILES = """
update refused set resolved = true
where not resolved and entry is null and file in (select name from batch)
"""
COLUMNS = """
select table_name, column_name, data_type from duckdb_columns() order by table_name, column_index
"""


@dataclass(slots=True)
class FileIn:
    """One file that is part of a batch."""

    name: str
    sha256: str
    size: int
    entries: int
    turned: list[Turned]


@dataclass(slots=True)
class Batch:
    """Files on their way into the store, with the rows of all their entries."""

    taken: dict[str, Taken] = field(default_factory=dict)
    older: list[Taken] = field(default_factory=list)
    rows: Tables = field(default_factory=lambda: defaultdict(list))
    codes: list[Row] = field(default_factory=list)
    files: list[FileIn] = field(default_factory=list)
    file_of: dict[str, int] = field(default_factory=dict)
    size: int = 0


@dataclass(slots=True)
class Written:
    """What a batch did: keys left alone, and patients whose charts changed."""

    unchanged: set[str] = field(default_factory=set)
    patients: set[str] = field(default_factory=set)


class Writer:
    """Writes batches; holds what the store's columns are and the numbers of this load."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, load_id: int, file_id: int) -> None:
        self.types = column_types(cursor)
        self.load_id = load_id
        self.file_id = file_id

    def write(self, cursor: duckdb.DuckDBPyConnection, batch: Batch, check: bool) -> Written:
        """Put a batch in; `check` False promises that none of its resources is there yet."""
        there = self._there(cursor, batch) if check and batch.taken else {}
        written = Written(unchanged=_unchanged(cursor, batch, there))
        fresh = [taken for key, taken in batch.taken.items() if key not in written.unchanged]
        replaced = [taken.key for taken in fresh if taken.key in there]
        written.patients = {taken.patient for taken in fresh if taken.patient}
        written.patients |= {there[key][2] for key in replaced if there[key][2]}
        self._replace(cursor, replaced)
        self._resources(cursor, batch, fresh, there)
        for table, rows in batch.rows.items():
            if written.unchanged:
                rows = [row for row in rows if key_of(table, row) not in written.unchanged]  # noqa: PLW2901  # the same rows, fewer
            self._insert(cursor, table, rows)
        self._insert(cursor, "code", batch.codes)
        self._note_files(cursor, batch, fresh)
        return written

    def _there(
        self, cursor: duckdb.DuckDBPyConnection, batch: Batch
    ) -> dict[str, tuple[str, int, str | None]]:
        import pyarrow as pa

        with registered(cursor, "batch", pa.table({"resource": list(batch.taken)})):
            found = cursor.execute(THERE).fetchall()
        return {key: (digest, version, patient) for key, digest, version, patient in found}

    def _replace(self, cursor: duckdb.DuckDBPyConnection, replaced: list[str]) -> None:
        if not replaced:
            return
        import pyarrow as pa

        with registered(cursor, "replaced", pa.table({"resource": replaced})):
            for statement in REPLACED:
                cursor.execute(statement)

    def _resources(
        self,
        cursor: duckdb.DuckDBPyConnection,
        batch: Batch,
        fresh: list[Taken],
        there: dict[str, tuple[str, int, str | None]],
    ) -> None:
        version = {key: found[1] for key, found in there.items()}
        rows = []
        keys = {taken.key for taken in fresh}
        for taken in batch.older:
            if taken.key in keys:
                version[taken.key] = version.get(taken.key, 0) + 1
                rows.append(self._resource(batch, taken, version[taken.key], False))
        for taken in fresh:
            rows.append(self._resource(batch, taken, version.get(taken.key, 0) + 1, True))
        self._insert(cursor, "resource", rows)

    def _resource(self, batch: Batch, taken: Taken, version: int, current: bool) -> Row:
        return (
            taken.key, taken.kind, taken.id, taken.patient, version, current, taken.sha256,
            self.file_id + batch.file_of[taken.key], taken.raw,
        )  # fmt: skip

    def _note_files(
        self, cursor: duckdb.DuckDBPyConnection, batch: Batch, fresh: list[Taken]
    ) -> None:
        import pyarrow as pa

        if fresh:
            keys = pa.table({"resource": [taken.key for taken in fresh]})
            with registered(cursor, "batch", keys):
                cursor.execute(RESOLVED)
        with registered(cursor, "batch", pa.table({"name": _read_whole(batch)})):
            cursor.execute(RESOLVED_FILES)
        changed = {batch.file_of[taken.key] for taken in fresh}
        self._insert(cursor, "file", [
            (self.file_id + number, self.load_id, one.name, one.sha256, one.size, one.entries)
            for number, one in enumerate(batch.files) if number in changed
        ])  # fmt: skip
        self._insert(cursor, "refused", [
            (self.load_id, one.name, turned.number, turned.resource, turned.kind, turned.patient,
             turned.reason, turned.sha256, False)
            for one in batch.files for turned in one.turned
        ])  # fmt: skip
        self.file_id += len(batch.files)

    def _insert(self, cursor: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
        if not rows:
            return
        with registered(cursor, "batch", arrow(self.types[table], rows)):
            cursor.execute(INSERTS[table])


class registered:  # noqa: N801  # reads as a verb: with registered(…)
    """An Arrow table under a name for the statements inside the block."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
        self.cursor, self.name, self.table = cursor, name, table

    def __enter__(self) -> None:
        self.cursor.register(self.name, self.table)

    def __exit__(self, *_: object) -> None:
        self.cursor.unregister(self.name)


def _unchanged(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, there: dict[str, tuple[str, int, str | None]]
) -> set[str]:
    """Keys whose stored content is the same JSON."""
    same = set()
    for key, (digest, _, _) in there.items():
        taken = batch.taken[key]
        if digest == taken.sha256 or _same_json(cursor, key, taken.raw):
            same.add(key)
    return same


def _same_json(cursor: duckdb.DuckDBPyConnection, key: str, raw: bytes) -> bool:
    stored = cursor.execute(RAW, {"resource": key}).fetchone()
    return stored is not None and _canonical(stored[0]) == _canonical(raw)


def _canonical(raw: str | bytes) -> bytes:
    return orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS)


def column_types(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, pa.DataType]]]:
    """Each table's columns as Arrow types, in order."""
    import pyarrow as pa

    arrow_types = {
        "VARCHAR": pa.string(), "INTEGER": pa.int32(), "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "TIMESTAMP": pa.timestamp("us"),
        "VARCHAR[]": pa.list_(pa.string()),
    }  # fmt: skip
    types: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for table, column, kind in cursor.execute(COLUMNS).fetchall():
        if kind in arrow_types:
            types[table].append((column, arrow_types[kind]))
    return types


def arrow(types: list[tuple[str, pa.DataType]], rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table of these columns."""
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [pa.array(column, kind) for column, (_, kind) in zip(columns, types, strict=True)],
        names=[name for name, _ in types],
    )


def _read_whole(batch: Batch) -> list[str]:
    """Names of the files that could be read, whatever became of their entries."""
    return [one.name for one in batch.files if all(turned.number for turned in one.turned)]
