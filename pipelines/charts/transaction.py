"""Portions of a load as one transaction, because a commit costs more than a portion.

Every commit packs half-filled row groups anew, so few are made; small portions keep memory low
all the same. The extents of the touched charts are renewed before a commit, so that no reader sees
a chart without them. Whatever goes wrong takes back all that is not committed.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from pipelines.charts import extent
from pipelines.charts.store import ChartStore

if TYPE_CHECKING:
    import duckdb


class Transaction:
    """What is committed together, and the patients whose charts it touches."""

    def __init__(self, store: ChartStore, most_resources: int, most_bytes: int) -> None:
        self.store = store
        self.most = (most_resources, most_bytes)
        self.opened = ExitStack()
        self.current: duckdb.DuckDBPyConnection | None = None
        self.patients: set[str] = set()
        self.resources = self.size = 0

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit what is open, or take it back where something went wrong."""
        if fault is None:
            self.commit()
        self.current = None
        self.opened.__exit__(kind, fault, trace)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The open transaction's cursor."""
        if self.current is None:
            self.current = self.opened.enter_context(self.store.writer())
        return self.current

    def wrote(self, patients: set[str], resources: int, size: int) -> None:
        """Count what was written; commit when it is enough."""
        self.patients |= patients
        self.resources += resources
        self.size += size
        if self.resources >= self.most[0] or self.size >= self.most[1]:
            self.commit()

    def commit(self) -> None:
        """Renew the touched charts' extents and commit."""
        if self.current is not None:
            extent.renew(self.current, self.patients)
            self.current, self.patients = None, set()
            self.resources = self.size = 0
            self.opened.close()
