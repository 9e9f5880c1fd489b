"""The chart store: one DuckDB file, one process that owns it, a fresh cursor for every call.

A shared connection hands rows to the wrong caller, so no cursor outlives its call. Writers go
one at a time, each inside one transaction. The settings are hardened and locked: no file,
network or extension can be reached through SQL. A store that another process owns is refused in
a sentence, never waited for. The file is not encrypted: keep it on an encrypted volume.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from pipelines.charts.schema import MIGRATIONS
from pipelines.errors import ChartroomError, NotFound, StoreInUse

IN_USE = (
    "The chart store is in use by another process; stop that one, or use the app's pages "
    "(Imports takes files in)."
)
NOTHING_YET = "Nothing is loaded in this home yet; load FHIR files first."
BROKEN = "The chart store cannot be read; restore it from a backup or load the files again."
NO_SPACE = (
    "The chart store could not be written, the disk may be full; make room and try again. "
    "Nothing that was reported as loaded is lost."
)
NOT_WRITABLE = "The chart store cannot be written; check the rights of the home folder."
TOO_LONG = "This took too long and was stopped; ask for less at once."
TOO_MUCH = (
    "This needed more working memory than the chart store may take and was stopped; ask for less "
    "at once, or load fewer files at a time."
)

HARDENING = (
    "set enable_external_access=false",
    "set autoinstall_known_extensions=false",
    "set autoload_known_extensions=false",
    "set allow_community_extensions=false",
    "set allow_persistent_secrets=false",
    "set allow_extension_repositories='forbidden'",
    "set disabled_filesystems='HTTPFileSystem'",
    "set memory_limit='200MB'",
    "set allocator_flush_threshold='16MB'",
    "set allocator_bulk_deallocation_flush_threshold='16MB'",
    "set max_temp_directory_size='2GB'",
    "set max_execution_time=30000",
    "set python_scan_all_frames=false",
    "set enable_progress_bar=false",
    "set preserve_insertion_order=true",
    "set lock_configuration=true",
)
# Every table fills a block at least and most of the seventy are small, so blocks are half of
# DuckDB's usual size. Smaller still would halve the file again, but what a load cannot hold in
# memory then goes to disk block by block, a file each, and the load takes half as long again.
BLOCK_BYTES = 131_072
NEW_FILE: dict[str, str | bool | int | float | list[str]] = {"default_block_size": BLOCK_BYTES}
MIGRATION_TABLE = """
create table if not exists migration (name varchar, applied_at varchar)
"""
HAS_TABLES = """
select count(*) = 2 from duckdb_tables() where table_name in ('patient', 'resource')
"""
APPLIED = """
select name from migration
"""
NOTE_MIGRATION = """
insert into migration values ($name, strftime(now()::timestamp, '%Y-%m-%dT%H:%M:%SZ'))
"""


class ChartStore:
    """An open store. Use `open`; `rows` from any thread, `writer` for changes."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.changes = 0  # counts the transactions, so that what was read before can be told
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    @classmethod
    def open(cls, path: Path, *, read_only: bool) -> ChartStore:
        """Open (and, for writing, make and migrate) the store at `path`.

        A store of an older version is migrated first, also when it is only to be read. Raises
        StoreInUse if another process owns it, NotFound if there is nothing to read.
        """
        store = cls(path, read_only=read_only)
        if read_only and not _has_content(path):
            raise NotFound(NOTHING_YET)
        if not read_only:
            _make_folder(path.parent)
            _clear_half_made(path)
        store._connect()
        if not read_only:
            store._migrate()
        elif not store._is_begun():
            store.close()
            raise NotFound(NOTHING_YET)
        elif store._is_older():
            store.close()
            cls.open(path, read_only=False).close()
            store._connect()
        return store

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Run one parameterised SELECT on a cursor of its own and return all rows."""
        with self._cursor() as cursor, plain_faults(self):
            return cursor.execute(sql, dict(parameters)).fetchall()

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside one transaction, one writer at a time; rolled back on any error."""
        with self._writing, self._cursor() as cursor, plain_faults(self):
            cursor.begin()
            try:
                yield cursor
                cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.rollback()
                raise
            finally:
                self.changes += 1
                self._restrict()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that it is whole by itself."""
        with self._writing, self._cursor() as cursor, plain_faults(self):
            with suppress(duckdb.TransactionException):  # a reader is at work: at the next load
                cursor.execute("checkpoint")
            self._restrict()

    def close(self) -> None:
        """Let go of the file."""
        with self._writing, self._opening:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def reopen_after_fault(self) -> None:
        """Drop a connection that DuckDB declared dead; the next call opens the file again."""
        with self._opening:
            if self._connection is not None:
                with suppress(duckdb.Error):
                    self._connection.close()
                self._connection = None

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._opening:
            connection = self._connection or self._connect()
            cursor = connection.cursor()
        try:
            yield cursor
        finally:
            with suppress(duckdb.Error):
                cursor.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(str(self.path), read_only=self.read_only, config=NEW_FILE)
            _harden(connection, self.path.parent)
        except duckdb.Error as error:
            raise _opening_fault(error) from error
        self._connection = connection
        self._restrict()
        return connection

    def _migrate(self) -> None:
        with self.writer() as cursor:
            cursor.execute(MIGRATION_TABLE)
            applied = {name for (name,) in cursor.execute(APPLIED).fetchall()}
            fresh = [migrate for migrate in MIGRATIONS if migrate.__name__ not in applied]
            for migrate in fresh:
                migrate(cursor)
                cursor.execute(NOTE_MIGRATION, {"name": migrate.__name__})
            if fresh and applied:
                from pipelines.charts.backfill import make_anew

                make_anew(cursor)

    def _is_older(self) -> bool:
        """Whether an older version made the store, whose tables lack what is read now."""
        applied = {name for (name,) in self.rows(APPLIED, {})}
        return any(migrate.__name__ not in applied for migrate in MIGRATIONS)

    def _is_begun(self) -> bool:
        """Whether the store's tables are there; a kill may have come before them."""
        return bool(self.rows(HAS_TABLES, {})[0][0])

    def _restrict(self) -> None:
        """Readable by the owner alone, the write-ahead log too."""
        if not self.read_only:
            for path in (self.path, self.path.with_name(self.path.name + ".wal")):
                with suppress(OSError):
                    path.chmod(0o600)


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _clear_half_made(path: Path) -> None:
    """An empty file is a store that was never begun; DuckDB would call it broken."""
    with suppress(OSError):
        if path.stat().st_size == 0:
            path.unlink()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ChartroomError(NOT_WRITABLE, type(error).__name__) from error
    with suppress(OSError):
        folder.chmod(0o700)


def _harden(connection: duckdb.DuckDBPyConnection, home: Path) -> None:
    inbox = str(home / "inbox").replace("'", "''")
    connection.execute(f"set allowed_directories=['{inbox}/']")
    for setting in HARDENING:
        connection.execute(setting)


def _opening_fault(error: duckdb.Error) -> ChartroomError:
    said = str(error)
    if "lock" in said.lower() or "different configuration" in said:
        return StoreInUse(IN_USE)
    if isinstance(error, duckdb.IOException) and "ermission denied" in said:
        return ChartroomError(NOT_WRITABLE, type(error).__name__)
    if "No space left" in said:
        return ChartroomError(NO_SPACE, type(error).__name__)
    return ChartroomError(BROKEN, type(error).__name__)


@contextmanager
def plain_faults(store: ChartStore) -> Iterator[None]:
    """Faults of disk, memory and time as sentences; a dead connection is dropped."""
    try:
        yield
    except (duckdb.FatalException, duckdb.InternalException) as error:
        store.reopen_after_fault()
        raise ChartroomError(NO_SPACE, type(error).__name__) from error
    except duckdb.IOException as error:
        raise ChartroomError(NO_SPACE, type(error).__name__) from error
    except duckdb.InterruptException as error:
        raise ChartroomError(TOO_LONG, type(error).__name__) from error
    except duckdb.OutOfMemoryException as error:
        raise ChartroomError(TOO_MUCH, type(error).__name__) from error
