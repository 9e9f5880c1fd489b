"""A chart whose rows are read once while one question is understood.

The names of a chart are looked at for the question, for the sentence that says it back and for
each other reading of it; the store is asked once. It lives no longer than that question, so a
load in between is seen by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.records.chart import Chart, RowSource


@dataclass(frozen=True, slots=True)
class RememberedRows:
    """The rows of each statement that was run, by the statement and what was bound to it."""

    source: RowSource = field(repr=False)
    known: dict[tuple[str, str], list[tuple[Any, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """The rows, from the store the first time."""
        key = (sql, repr(sorted(parameters.items())))
        if key not in self.known:
            self.known[key] = self.source.rows(sql, parameters)
        return self.known[key]


def remembering(chart: Chart) -> Chart:
    """The same chart, read through what is remembered; one that remembers stays as it is."""
    if isinstance(chart.source, RememberedRows):
        return chart
    return replace(chart, source=RememberedRows(chart.source))
