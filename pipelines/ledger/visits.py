"""Where a browser's tab was: reader, patient and conversation, kept here and not in the URL.

Visits change nothing that an entry says; they are an ordinary table. The session is known by its
hash alone, so the file does not let anyone take a session over.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, column, insert, select, table

from pipelines.records.ledger import Visit

_NAMES = ("session_hash", "visit_id", "reader", "patient", "thread", "opened_at")
VISIT = table("visit", *(column(name) for name in _NAMES))


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to be kept for one session."""

    session_hash: str
    visit: Visit
    opened_at: str


def keep_visit(connection: Connection, new: NewVisit) -> None:
    """Keep a visit under its session."""
    connection.execute(
        insert(VISIT).values(
            session_hash=new.session_hash,
            visit_id=new.visit.visit_id,
            reader=new.visit.reader,
            patient=new.visit.patient,
            thread=new.visit.thread,
            opened_at=new.opened_at,
        )
    )


def find_visit(connection: Connection, session_hash: str, visit_id: str) -> Visit | None:
    """The visit, if it belongs to this session."""
    row = connection.execute(
        select(VISIT.c.visit_id, VISIT.c.reader, VISIT.c.patient, VISIT.c.thread).where(
            VISIT.c.session_hash == session_hash, VISIT.c.visit_id == visit_id
        )
    ).first()
    return None if row is None else Visit(row[0], row[1], row[2], row[3])
