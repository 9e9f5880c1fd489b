"""Reads of a chart's names that are kept until the store changes.

Every question reads the same names of its chart; they change by a load or a removal alone. What
was read is kept for as long as the store has seen no transaction since, and all of it is let go
when one was: nothing of a removed patient stays here. A source that does not count its changes
is read each time. Only reads that take nothing but the chart, and do not ask its as-of, may be
kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from pipelines.records.chart import Chart

MOST = 2_000
R = TypeVar("R")


@dataclass(slots=True)
class _Kept:
    """What was read of one store since its last change, by read and patient."""

    changes: int
    values: dict[tuple[str, str], object] = field(default_factory=dict)


_of_store: WeakKeyDictionary[object, _Kept] = WeakKeyDictionary()


def kept(read: Callable[[Chart], R]) -> Callable[[Chart], R]:
    """The same read, done once for a chart as long as its store does not change."""

    @wraps(read)
    def again(chart: Chart) -> R:
        changes = getattr(chart.source, "changes", None)
        if changes is None:
            return read(chart)
        here = _of_store.get(chart.source)
        if here is None or here.changes != changes or len(here.values) > MOST:
            here = _of_store[chart.source] = _Kept(changes)
        key = (read.__name__, chart.patient_id)
        if key not in here.values:
            here.values[key] = read(chart)
        return here.values[key]  # type: ignore[return-value]  # by the read's own name

    return again
