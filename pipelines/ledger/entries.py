"""Statements on the table `entry`: add one, read some, and read all of them for a check.

`append_entry` runs inside a transaction that already holds the write lock, so numbers have no
gaps however many processes write. Rows that a tamperer left unreadable are still listed: a log
that hides what was done to it would be worse than one that shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, column, insert, select, table
from sqlalchemy.sql import Select

from pipelines.ledger.chain import BODY_COLUMNS, GENESIS, body_digest, canonical, seal, shown
from pipelines.records.ledger import LogEntry

COLUMNS = ("seq", *BODY_COLUMNS, "previous_hash", "hash")
ENTRY = table("entry", *(column(name) for name in COLUMNS))


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it has a place in the chain."""

    entry_id: str
    time: str
    reader: str
    patient: str | None
    action: str
    thread: str | None
    payload: Mapping[str, object]


def append_entry(connection: Connection, new: NewEntry) -> LogEntry:
    """Add `new` after the last entry; the caller holds the write lock and commits."""
    last = connection.execute(
        select(ENTRY.c.seq, ENTRY.c.hash).order_by(ENTRY.c.seq.desc()).limit(1)
    ).first()
    seq, previous_hash = (1, GENESIS) if last is None else (last[0] + 1, shown(last[1]))
    body = (
        new.entry_id,
        new.time,
        _storable(new.reader),
        _storable(new.patient),
        new.action,
        _storable(new.thread),
        canonical(new.payload),
    )
    row = (seq, *body, previous_hash, seal(seq, previous_hash, body_digest(body)))
    connection.execute(insert(ENTRY).values(dict(zip(COLUMNS, row, strict=True))))
    return _entry(row)


def read_entries(
    connection: Connection,
    *,
    patient: str | None,
    action: str | None,
    thread: str | None,
    limit: int | None,
) -> tuple[LogEntry, ...]:
    """Entries oldest first; with `limit`, the newest of them, still oldest first."""
    wanted = {"patient": patient, "action": action, "thread": thread}
    statement = select(*ENTRY.c)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(ENTRY.c[name] == _storable(value))
    if limit is None:
        return tuple(_entry(tuple(row)) for row in connection.execute(_in_order(statement)))
    newest = connection.execute(statement.order_by(ENTRY.c.seq.desc()).limit(max(limit, 0))).all()
    return tuple(_entry(tuple(row)) for row in reversed(newest))


def read_entry(connection: Connection, entry_id: str) -> LogEntry | None:
    """The entry with this id."""
    row = connection.execute(select(*ENTRY.c).where(ENTRY.c.id == _storable(entry_id))).first()
    return None if row is None else _entry(tuple(row))


def hash_at(connection: Connection, seq: int) -> str | None:
    """The hash that stands at `seq` now."""
    row = connection.execute(select(ENTRY.c.hash).where(ENTRY.c.seq == seq)).first()
    return None if row is None else shown(row[0])


def raw_rows(connection: Connection) -> Iterator[Row[Any]]:
    """Every row as stored, in the order of its number, a few at a time."""
    stream = connection.execution_options(yield_per=2_000)
    yield from stream.execute(_in_order(select(*ENTRY.c)))


def _in_order(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(ENTRY.c.seq)


def _storable(text: str | None) -> str | None:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _entry(row: tuple[Any, ...]) -> LogEntry:
    seq, entry_id, time, reader, patient, action, thread, payload, previous_hash, stored = row
    return LogEntry(
        seq=seq if isinstance(seq, int) else 0,
        entry_id=_legible(entry_id),
        time=_legible(time),
        reader=_legible(reader),
        patient=None if patient is None else _legible(patient),
        action=_legible(action),
        thread=None if thread is None else _legible(thread),
        payload=_payload(payload),
        previous_hash=_legible(previous_hash),
        hash=_legible(stored),
    )


def _legible(value: object) -> str:
    return shown(value).encode("utf-8", "replace").decode()


def _payload(text: object) -> Mapping[str, object]:
    try:
        payload = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        payload = None
    return payload if isinstance(payload, dict) else {"unreadable": True}
