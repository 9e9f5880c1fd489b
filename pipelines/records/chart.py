"""Who reads, and the right to read one patient.

A `Chart` is handed out by `desk.access.open_chart` after access was checked and logged. Every
read of `pipelines.charts` takes one and can see no other patient: `Chart.rows` binds
`$patient` itself, and DuckDB refuses a statement that does not use a bound parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who asks: an account name and the roles it holds."""

    account: str
    roles: tuple[str, ...] = ("clinician",)


class RowSource(Protocol):
    """What a `Chart` reads through: one statement, one fresh cursor, all rows."""

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Run one parameterised SELECT and return its rows."""
        ...


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient, opened by one reader for one reason, as of one moment.

    `as_of` is the chart's own last entry unless the reader asked for an earlier moment; nothing
    after it is read.
    """

    reader: Reader
    patient_id: str
    reason: str
    as_of: Moment
    source: RowSource = field(repr=False, compare=False)

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Rows of this patient; `sql` must use `$patient`, else DuckDB refuses it."""
        return self.source.rows(sql, {"patient": self.patient_id, **parameters})
