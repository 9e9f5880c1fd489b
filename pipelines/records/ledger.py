"""The ledger's values: an entry, and what a check of the chain found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the ledger; `payload` is canonical JSON, already parsed."""

    seq: int
    entry_id: str
    time: str
    reader: str
    patient: str | None
    action: str
    thread: str | None
    payload: Mapping[str, object]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """What is wrong with one entry: edited, missing, inserted, reordered or cut off."""

    seq: int
    entry_id: str | None
    what: str


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The result of `log verify`; `whole` only when `broken` is empty."""

    entries: int
    head: str | None
    broken: tuple[BrokenEntry, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was edited, taken out, put in, moved or cut off."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class Visit:
    """One tab's place: reader, patient and conversation, kept by the server, not by the URL."""

    visit_id: str
    reader: str
    patient: str
    thread: str
