"""One question about many patients, answered: a row each, and the counts that are said first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.records.answers import Cell, Citation, Statement, Status

RowStatus = Literal["yes", "no", "value", "not_said", "failed"]
ROW_ORDER: tuple[RowStatus, ...] = ("yes", "value", "no", "not_said", "failed")
"""The order of the rows: what was asked for first, what nothing is known of last."""


@dataclass(frozen=True, slots=True)
class CohortRow:
    """What one chart says. `answer` is the sentence shown; `statements` are judged and cited.

    `status` is yes or no where that was asked, value where a value was, not_said where the chart
    does not say (`answer` tells why), failed where the chart could not be read. `measured` is when
    the result that decides was taken, as written; `age_hours` its age at the chart's as-of.
    `incomplete` says what of this chart was refused at load: a no may then rest on a gap.
    """

    patient: str
    name: str
    status: RowStatus
    answer: str
    values: tuple[tuple[Cell, ...], ...]
    statements: tuple[Statement, ...]
    as_of: str
    measured: str | None = None
    age_hours: float | None = None
    incomplete: str | None = None


@dataclass(frozen=True, slots=True)
class CohortAnswer:
    """The question, how it was read, and the rows in `ROW_ORDER`.

    `status` is abstained where the question was declined for all (`answer` says why, no rows) or
    where no chart says anything; `log_id` is the one entry that keeps it all.
    """

    question: str
    status: Status
    answer: str
    read_as: str
    rows: tuple[CohortRow, ...]
    engine: str = "embedded"
    log_id: str = ""
    seconds: float = 0.0

    def count(self, status: RowStatus) -> int:
        """How many rows have this status."""
        return sum(1 for row in self.rows if row.status == status)

    def patient_of(self, citation: Citation) -> str | None:
        """Whose row cites a record; ids of records are unique in a store."""
        for row in self.rows:
            for item in row.statements:
                if any(cited.resource == citation.resource for cited in item.citations):
                    return row.patient
        return None
