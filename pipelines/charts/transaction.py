"""Portions of a load as one transaction, because a commit costs more than a portion.

Every commit packs half-filled row groups anew, so few are made; small portions keep memory low
all the same. A commit falls between files only, so that each is wholly in or wholly out. The
extents of the touched charts are renewed before a commit, so that no reader sees a chart without
them. Whatever goes wrong takes back all that is not committed.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from pipelines.charts import extent
from pipelines.charts.store import ChartStore

if TYPE_CHECKING:
    import duckdb


class Transaction:
    """What is committed together, and the patients whose charts it touches."""

    def __init__(self, store: ChartStore) -> None:
        self.store = store
        self.opened = ExitStack()
        self.current: duckdb.DuckDBPyConnection | None = None
        self.patients: set[str] = set()
        self.resources = self.size = 0

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The open transaction's cursor."""
        if self.current is None:
            self.current = self.opened.enter_context(self.store.writer())
        return self.current

    def wrote(self, patients: Collection[str], resources: int, size: int) -> None:
        """Count what was written."""
        self.patients.update(patients)
        self.resources += resources
        self.size += size

    def commit(self) -> None:
        """Renew the touched charts' extents and commit."""
        if self.current is not None:
            extent.renew(self.current, self.patients)
            self._forget()
            self.opened.close()

    def take_back(self) -> None:
        """Undo all that is not committed."""
        if self.current is not None:
            self._forget()
            with suppress(_TakenBack):
                error = _TakenBack()
                if not self.opened.__exit__(_TakenBack, error, None):
                    raise error

    def interrupt(self) -> None:
        """End the statement that is running now, from another thread."""
        if (cursor := self.current) is not None:
            cursor.interrupt()

    def _forget(self) -> None:
        self.current, self.patients = None, set()
        self.resources = self.size = 0


class _TakenBack(Exception):
    """Makes the store's writer roll back."""
