"""Where a tab stands: reader, patient and conversation, kept by the server.

A tab's address carries an opaque visit id that is worth nothing without the session cookie.
Choosing a patient makes a new visit, so two tabs keep two patients, and a reload, which empties
the page's memory, brings both patient and conversation back.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pipelines.desk.access import open_chart
from pipelines.desk.ask import new_thread
from pipelines.records.ledger import Visit

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader


def open_visit(house: House, session: str, reader: Reader, patient_id: str) -> Visit:
    """A new place for this patient, with a new conversation; access is checked first."""
    open_chart(house, reader, patient_id, "chosen")
    return house.ledger.open_visit(_hashed(session), reader, patient_id, new_thread())


def new_conversation(house: House, session: str, reader: Reader, visit: Visit) -> Visit:
    """A new place with the same patient and an empty conversation."""
    return open_visit(house, session, reader, visit.patient)


def resume(house: House, session: str, visit_id: str) -> Visit | None:
    """The visit of that id, if it belongs to this very session."""
    if not session or not visit_id or not house.has_ledger:
        return None
    return house.ledger.visit(_hashed(session), visit_id)


def _hashed(session: str) -> str:
    """The session cookie is a credential; the database keeps only its digest."""
    return hashlib.sha256(session.encode()).hexdigest()
