"""The ledger: entries that are only ever added, on SQLite, for several processes at once.

`append` returns after the entry is committed (WAL, synchronous=FULL: a kill or a power cut loses
no acknowledged entry) and the head outside is renewed. Writers queue at `begin immediate`, so
numbers have no gaps. What the database reports of itself reaches a reader as one plain sentence,
never with the values of a statement. Statements stay within SQL that PostgreSQL shares; only this
file and the triggers know SQLite.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from pipelines.errors import ChartroomError, NotFound
from pipelines.ledger import diagnosis
from pipelines.ledger.chain import Link, link
from pipelines.ledger.entries import (
    NewEntry,
    append_entry,
    hash_at,
    raw_rows,
    read_entries,
    read_entry,
)
from pipelines.ledger.head import Head, begin_head, read_head, renew_head
from pipelines.ledger.migrations import migrate, ready
from pipelines.ledger.visits import NewVisit, find_visit, keep_visit
from pipelines.records.chart import Reader
from pipelines.records.ledger import LedgerCheck, LogEntry, Visit

BUSY_TIMEOUT_S = 30
Value = TypeVar("Value")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. It may be shared by threads; every call is a transaction of its own."""

    engine: Engine = field(repr=False)
    head_path: Path
    clock: Callable[[], datetime] = _utc_now

    def append(
        self,
        *,
        reader: Reader,
        patient: str | None,
        action: str,
        payload: Mapping[str, object],
        thread: str | None = None,
    ) -> LogEntry:
        """Add an entry; when this returns, it is on disk and the head outside names it."""
        return self.append_with(
            lambda _: None, reader=reader, patient=patient, action=action, payload=payload,
            thread=thread,
        )  # fmt: skip

    def append_with(  # noqa: PLR0913 - the parts of an entry, and what changes with it
        self,
        change: Callable[[Connection], object],
        *,
        reader: Reader,
        patient: str | None,
        action: str,
        payload: Mapping[str, object],
        thread: str | None = None,
    ) -> LogEntry:
        """Change a table of the ledger and add the entry that says so: both are kept, or neither.

        What `change` raises takes the entry back too.
        """
        with _writing(self.engine) as connection:
            change(connection)
            # The time is taken under the lock: entries stand in the order of their times.
            new = NewEntry(
                uuid.uuid4().hex, self._now(), reader.account, patient, action, thread, payload
            )
            entry = append_entry(connection, new)
        renew_head(self.head_path, Head(entry.seq, entry.hash, entry.time), self._hash_at)
        return entry

    def append_all(
        self, *, reader: Reader, patients: Sequence[str], action: str, payload: Mapping[str, object]
    ) -> None:
        """Add the same entry about each of these patients, in one transaction: all or none."""
        entry = None
        with _writing(self.engine) as connection:
            for patient in patients:
                new = NewEntry(
                    uuid.uuid4().hex, self._now(), reader.account, patient, action, None, payload
                )
                entry = append_entry(connection, new)
        if entry is not None:
            renew_head(self.head_path, Head(entry.seq, entry.hash, entry.time), self._hash_at)

    def entries(
        self,
        *,
        patient: str | None = None,
        action: str | None = None,
        thread: str | None = None,
        limit: int | None = None,
    ) -> tuple[LogEntry, ...]:
        """Entries oldest first; `limit` keeps the newest of them."""
        with _reading(self.engine) as connection:
            return read_entries(
                connection, patient=patient, action=action, thread=thread, limit=limit
            )

    def entry(self, entry_id: str) -> LogEntry:
        """One entry by its id; raises NotFound."""
        with _reading(self.engine) as connection:
            found = read_entry(connection, entry_id)
        if found is None:
            raise NotFound("There is no log entry with this id; `log list` shows them.")
        return found

    def verify(self) -> LedgerCheck:
        """Check every entry, the chain and its end; name each entry that is broken."""
        # The head first: entries that others add meanwhile run ahead of it, which is whole.
        head = read_head(self.head_path)
        with _reading(self.engine) as connection:
            is_whole, count, last = diagnosis.whole(_links(connection), head)
            if is_whole:
                return LedgerCheck(count, last, ())
            return LedgerCheck(count, last, diagnosis.diagnose(tuple(_links(connection)), head))

    def open_visit(self, session_hash: str, reader: Reader, patient: str, thread: str) -> Visit:
        """Keep a tab's place under an id that says nothing of the patient."""
        visit = Visit(uuid.uuid4().hex, reader.account, patient, thread)
        with _writing(self.engine) as connection:
            keep_visit(connection, NewVisit(session_hash, visit, self._now()))
        return visit

    def visit(self, session_hash: str, visit_id: str) -> Visit | None:
        """The place a tab was at; None for another session's visit."""
        with _reading(self.engine) as connection:
            return find_visit(connection, session_hash, visit_id)

    def read(self, read: Callable[[Connection], Value]) -> Value:
        """What a function of this room reads, in one transaction."""
        with _reading(self.engine) as connection:
            return read(connection)

    def close(self) -> None:
        """Give the file back; what was in the write-ahead log moves into it."""
        self.engine.dispose()

    def _now(self) -> str:
        return self.clock().isoformat(timespec="microseconds")

    def _hash_at(self, seq: int) -> str | None:
        with _reading(self.engine) as connection:
            return hash_at(connection, seq)


def ledger_exists(path: Path) -> bool:
    """Whether there is a ledger to read; an empty file is a home half made."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def open_ledger(path: Path, head_path: Path) -> Ledger:
    """Open or make the ledger: folder 0700, file 0600, tables migrated, triggers in place."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not ledger_exists(path):
            begin_head(head_path)  # only before the first entry: a head that is gone stays gone
        _make_private(path)
    except OSError as error:
        raise ChartroomError(
            "The log cannot be written in the home folder; check its rights and free space."
        ) from error
    engine = _sqlite_engine(path)
    with _reading(engine) as connection:
        up_to_date = ready(connection)
    if not up_to_date:
        with _writing(engine) as connection:
            migrate(connection)
    return Ledger(engine, head_path)


def check_ledger(path: Path, head_path: Path) -> LedgerCheck:
    """Verify a home's ledger, which need not be there: a head without its file is a cut."""
    if ledger_exists(path):
        ledger = open_ledger(path, head_path)
        try:
            return ledger.verify()
        finally:
            ledger.close()
    head = read_head(head_path)
    if head is None or head.seq == 0:
        return LedgerCheck(0, None, ())
    return LedgerCheck(0, None, diagnosis.diagnose((), head))


def _links(connection: Connection) -> Iterator[Link]:
    for place, row in enumerate(raw_rows(connection), start=1):
        yield link(tuple(row), place)


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _sqlite_engine(path: Path) -> Engine:
    # Parameters hold chart text: they must not reach an exception's message.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
    )

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own type
        connection.text_factory = _lenient_text
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")

    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("begin immediate" if immediate else "begin")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _lenient_text(raw: bytes) -> str:
    # A tampered column may hold bytes that are not UTF-8; it must be named, not end the check.
    return raw.decode("utf-8", "surrogateescape")


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with _plainly(), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with _plainly(), engine.begin() as connection:
        yield connection


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise ChartroomError(_sentence(str(error.orig)), type(error).__name__) from None


def _sentence(reason: str) -> str:
    if "locked" in reason or "busy" in reason:
        return "The log is in use by another process; try again in a moment."
    if "full" in reason or "readonly" in reason or "unable to open" in reason or "I/O" in reason:
        return "The log cannot be written; check the home's free space and rights."
    if "no such" in reason or "no column" in reason:
        return "The log's tables were changed; restore ledger.sqlite from a backup."
    return "The log file is damaged; restore ledger.sqlite from a backup."
