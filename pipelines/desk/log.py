"""Looking into the ledger, and proving that it was not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import NotFound
from pipelines.records.ledger import LedgerCheck, LogEntry

if TYPE_CHECKING:
    from pipelines.desk.house import House


def entries(
    house: House, patient: str | None = None, limit: int | None = None
) -> tuple[LogEntry, ...]:
    """Entries, oldest first (the last `limit` of them); none in a home that has no ledger."""
    if not house.has_ledger:
        return ()
    return house.ledger.entries(patient=patient, limit=limit)


def show(house: House, entry_id: str) -> LogEntry:
    """One entry by its id; NotFound when there is none."""
    if not house.has_ledger:
        raise NotFound("There is no log entry of that id.")
    return house.ledger.entry(entry_id)


def verify(house: House) -> LedgerCheck:
    """Whether the chain is whole, naming each entry that is not."""
    from pipelines.ledger.database import check_ledger

    return check_ledger(house.settings.ledger_path, house.settings.ledger_head_path)
