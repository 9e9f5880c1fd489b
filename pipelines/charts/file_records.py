"""What the store knows of files: what each held, what of it was refused, which to skip.

A file is known by the digest of its bytes. One that is wholly in, and of which nothing was
changed, deleted or removed since, need not be read again: its resources count as unchanged. A
refusal is kept once, with the entry as it came, however often its file comes; it counts as
resolved when the resource itself gets in.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.charts.columns import FileIn, arrow, registered, strings
from pipelines.charts.files import CHUNK, Source
from pipelines.charts.row_parts import Row
from pipelines.records.loads import Refusal

if TYPE_CHECKING:
    import duckdb

    from pipelines.charts.store import ChartStore

# Grows whenever a file would be read into other rows than before: all files are read again then.
READER = 2
STRICTNESS = ("off", "sample", "full")
LARGEST_KEPT = 1_000_000

KNOWN = """
select file_id, sha256, is_bundle, bytes, entries from file
where is_settled and reader = $reader and validated in (select unnest($validated))
order by file_id
"""
FILES_IN = """
insert into file (
    file_id, load_id, name, sha256, bytes, entries, is_bundle, validated, reader, is_settled
)
select file_id, load_id, name, sha256, bytes, entries, is_bundle, validated, reader, true from batch
"""
MEMBERS_IN = """
insert into file_member select file_id, resource from batch
"""
REFUSED_IN = """
insert into refused (
    load_id, file, entry, resource, resource_type, patient, reason, entry_sha256, resolved, path,
    raw
)
select load_id, file, entry, resource, kind, patient, reason, sha256, false, path, raw
from batch b
where not exists (
    from refused r
    where r.entry_sha256 = b.sha256 and r.resource is not distinct from b.resource
      and r.reason = b.reason and not r.resolved
)
"""
FILE_COLUMNS = [
    ("file_id", "INTEGER"), ("load_id", "INTEGER"), ("name", "VARCHAR"), ("sha256", "BLOB"),
    ("bytes", "BIGINT"), ("entries", "INTEGER"), ("is_bundle", "BOOLEAN"),
    ("validated", "VARCHAR"), ("reader", "INTEGER"),
]  # fmt: skip
REFUSED_COLUMNS = [
    ("load_id", "INTEGER"), ("file", "VARCHAR"), ("entry", "INTEGER"), ("resource", "VARCHAR"),
    ("kind", "VARCHAR"), ("patient", "VARCHAR"), ("reason", "VARCHAR"), ("sha256", "BLOB"),
    ("path", "VARCHAR"), ("raw", "VARCHAR"),
]  # fmt: skip
RESOLVED = """
update refused set resolved = true
where not resolved and resource in (select resource from batch)
"""
RESOLVED_FILES = """
update refused set resolved = true
where not resolved and entry is null and file = $name and $name <> ''
"""
UNRESOLVED = """
select exists (from refused where not resolved)
"""
REFUSED_OF_FILES = """
select distinct r.entry, r.resource, r.reason, r.patient, f.file_id
from refused r join file f on f.name = r.file
where not r.resolved and list_contains($file_ids, f.file_id)
order by f.file_id, r.entry nulls first
"""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that is in already: its number, form, unpacked bytes and entries."""

    file_id: int
    is_bundle: bool
    size: int
    entries: int


@dataclass(slots=True)
class Counted:
    """What was read of one file so far; it counts when the whole file is in."""

    name: str
    file_id: int
    is_bundle: bool = False
    size: int = 0
    entries: int = 0
    lines: int = 0
    seen: int = 0
    validated: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, one: FileIn) -> None:
        """Count a portion; entries of later parts are numbered on from the parts before."""
        self.is_bundle |= one.is_bundle
        self.size += one.size
        self.entries += one.entries
        self.seen += one.seen
        self.validated += one.validated
        self.refusals += [
            Refusal(
                one.name, item.number and item.number + self.lines, item.resource, item.reason,
                item.patient,
            )
            for item in one.turned
        ]  # fmt: skip
        self.lines += one.lines


def digest(source: Source, most_bytes: int, stop: threading.Event) -> bytes | None:
    """The SHA-256 of a file as it lies there; None where it cannot or will not be read.

    Also None once `stop` is set: a load that is stopped waits for no large file.
    """
    found = hashlib.sha256((source.member.name if source.member else "").encode())
    try:
        if source.fault is not None or source.size > most_bytes:
            return None
        if source.path is None:
            found.update(source.content or b"")
        elif not source.path.is_file():
            return None
        else:
            with source.path.open("rb", buffering=0) as stream:
                while chunk := stream.read(CHUNK):
                    if stop.is_set():
                        return None
                    found.update(chunk)
    except OSError:
        return None
    return found.digest()


def known_files(store: ChartStore, validate: str) -> dict[bytes, KnownFile]:
    """Files that need not be read again by a load that validates so strictly."""
    enough = list(STRICTNESS[STRICTNESS.index(validate) :])
    rows = store.rows(KNOWN, {"reader": READER, "validated": enough})
    return {
        sha256: KnownFile(file_id, bool(is_bundle), size, entries)
        for file_id, sha256, is_bundle, size, entries in rows
    }


def refusals_of(store: ChartStore, names: dict[int, str]) -> list[Refusal]:
    """What of these files (number to name) was refused and is not in since."""
    rows = store.rows(REFUSED_OF_FILES, {"file_ids": list(names)})
    return [Refusal(names[row[4]], row[0], row[1], row[2], row[3]) for row in rows]


def note_files(
    cursor: duckdb.DuckDBPyConnection,
    load_id: int,
    validated: str,
    files: Sequence[tuple[Counted, bytes | None]],
) -> None:
    """Write down files that are wholly in, each with its digest."""
    rows = [
        (one.file_id, load_id, one.name, sha256, one.size, one.entries, one.is_bundle, validated,
         READER)
        for one, sha256 in files
    ]  # fmt: skip
    _insert(cursor, FILES_IN, FILE_COLUMNS, rows)


def note_members(
    cursor: duckdb.DuckDBPyConnection, members: Iterable[tuple[int, Collection[str]]]
) -> None:
    """These resources of files (by number) are in already, from other ones."""
    rows = [(file_id, key) for file_id, keys in members for key in keys]
    _insert(cursor, MEMBERS_IN, [("file_id", "INTEGER"), ("resource", "VARCHAR")], rows)


def note_refusals(
    cursor: duckdb.DuckDBPyConnection, load_id: int, files: Iterable[tuple[FileIn, int]]
) -> None:
    """Keep what was refused of files, with the entry as it came; each with its first line."""
    rows = [
        (load_id, file.name, item.number and item.number + first_line, item.resource, item.kind,
         item.patient, item.reason, item.sha256, item.path, _kept(item.raw))
        for file, first_line in files
        for item in file.turned
    ]  # fmt: skip
    _insert(cursor, REFUSED_IN, REFUSED_COLUMNS, rows)


def _kept(raw: bytes) -> str | None:
    return raw.decode("utf-8", "replace") if 0 < len(raw) <= LARGEST_KEPT else None


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    statement: str,
    columns: list[tuple[str, str]],
    rows: list[Row],
) -> None:
    if rows:
        with registered(cursor, "batch", arrow(columns, rows)):
            cursor.execute(statement)


def resolve(
    cursor: duckdb.DuckDBPyConnection, fresh: Sequence[str], whole_files: Iterable[str]
) -> None:
    """Refusals of resources that are in now, and of files that can be read now, are settled."""
    import pyarrow as pa

    ((some,),) = cursor.execute(UNRESOLVED).fetchall()
    if not some:
        return
    if fresh:
        with registered(cursor, "batch", pa.table({"resource": strings(fresh)})):
            cursor.execute(RESOLVED)
    for name in whole_files:
        cursor.execute(RESOLVED_FILES, {"name": name})
