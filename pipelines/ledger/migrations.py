"""The ledger's tables as a numbered list of steps that only grows, and the triggers that guard it.

Each step runs once, in the transaction that records its name. Tables and triggers are looked
after at every opening: who dropped a trigger has changed no entry, but it must be back before the
next one. They refuse UPDATE, DELETE, and an INSERT that is not the next number, which also closes
`insert or replace` (it deletes without telling a delete trigger).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

_MIGRATION_TABLE = """
create table if not exists migration (
    name varchar primary key,
    applied_at varchar not null
)
"""
_ENTRY_TABLE = """
create table if not exists entry (
    seq integer primary key,
    id varchar not null unique,
    time varchar not null,
    reader varchar not null,
    patient varchar,
    action varchar not null,
    thread varchar,
    payload varchar not null,
    previous_hash varchar not null,
    hash varchar not null
)
"""
_VISIT_TABLE = """
create table if not exists visit (
    session_hash varchar not null,
    visit_id varchar not null,
    reader varchar not null,
    patient varchar not null,
    thread varchar not null,
    opened_at varchar not null,
    primary key (session_hash, visit_id)
)
"""
_LIST_TABLE = """
create table if not exists saved_list (
    list_id varchar primary key,
    reader varchar not null,
    name varchar not null,
    kind varchar not null,
    location varchar,
    rule varchar,
    made_at varchar not null,
    unique (reader, name)
)
"""
_LISTED_TABLE = """
create table if not exists listed_patient (
    list_id varchar not null references saved_list (list_id),
    patient varchar not null,
    primary key (list_id, patient)
)
"""
_INDEXES = (
    "create index if not exists entry_by_patient on entry (patient, seq)",
    "create index if not exists entry_by_thread on entry (thread, seq)",
    "create index if not exists visit_by_reader on visit (reader, patient, opened_at)",
    "create index if not exists listed_by_patient on listed_patient (patient)",
)
TRIGGERS = {
    "entry_refuse_update": """
create trigger entry_refuse_update before update on entry
begin select raise(abort, 'ledger entries are never changed'); end
""".strip(),
    "entry_refuse_delete": """
create trigger entry_refuse_delete before delete on entry
begin select raise(abort, 'ledger entries are never taken out'); end
""".strip(),
    "entry_refuse_out_of_line": """
create trigger entry_refuse_out_of_line before insert on entry
when new.seq is not (select coalesce(max(seq), 0) + 1 from entry)
  or exists (select 1 from entry where id = new.id)
begin select raise(abort, 'a ledger entry is only ever added at the end'); end
""".strip(),
}
_THERE = "select name, sql from sqlite_master where type in ('table', 'trigger')"
_APPLIED = "select name from migration"
_APPLY = "insert into migration (name, applied_at) values (?, ?)"


def m001_entries_and_visits(connection: Connection) -> None:
    """Entries, and the visits that a browser's tabs come back to."""
    _create_tables(connection)


def m002_saved_lists(connection: Connection) -> None:
    """Each reader's lists of patients."""
    _create_tables(connection)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (m001_entries_and_visits, m002_saved_lists)
TABLES = frozenset({"migration", "entry", "visit", "saved_list", "listed_patient"})


def ready(connection: Connection) -> bool:
    """Whether all steps were applied and tables and triggers stand as written here."""
    there = {row[0]: row[1] for row in connection.exec_driver_sql(_THERE)}
    if not there.keys() >= TABLES or not TRIGGERS.items() <= there.items():
        return False
    return {step.__name__ for step in MIGRATIONS} <= _applied(connection)


def migrate(connection: Connection) -> None:
    """Bring the file to the newest step and put back what is gone, in the caller's transaction."""
    connection.exec_driver_sql(_MIGRATION_TABLE)
    applied = _applied(connection)
    for step in MIGRATIONS:
        if step.__name__ not in applied:
            step(connection)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            connection.exec_driver_sql(_APPLY, (step.__name__, now))
    _create_tables(connection)
    for name, statement in TRIGGERS.items():
        connection.exec_driver_sql(f'drop trigger if exists "{name}"')
        connection.exec_driver_sql(statement)


def _applied(connection: Connection) -> set[str]:
    return {row[0] for row in connection.exec_driver_sql(_APPLIED)}


def _create_tables(connection: Connection) -> None:
    for statement in (_ENTRY_TABLE, _VISIT_TABLE, _LIST_TABLE, _LISTED_TABLE, *_INDEXES):
        connection.exec_driver_sql(statement)
