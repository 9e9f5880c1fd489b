"""One chart whose rows are read once while its briefing is made.

Twenty sections ask for the same encounters, orders and code statements. All of them read the same
moment of one chart, so what a statement found for one of them it finds for the next. Nothing is
kept beyond the briefing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.records.chart import Chart, RowSource


class ReadOnce:
    """A source of rows that asks the one behind it once for each statement and its parameters."""

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self._found: dict[tuple[object, ...], list[tuple[Any, ...]]] = {}

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """The rows; a copy of the list, so that no reader changes another's."""
        key = (sql, *sorted((name, repr(value)) for name, value in parameters.items()))
        if key not in self._found:
            self._found[key] = self._source.rows(sql, parameters)
        return list(self._found[key])

    @property
    def generation(self) -> int | None:
        """Which state of the store is read, where the source behind tells it."""
        found: int | None = getattr(self._source, "generation", None)
        return found


def read_once(chart: Chart) -> Chart:
    """The chart with each of its statements run once."""
    return replace(chart, source=ReadOnce(chart.source))
