"""Reads that are kept until the store changes: the names of a chart, its encounters.

A question reads the same few lists of its chart again and again. What is kept belongs to one open
store, one patient and one as-of, and is forgotten with the next write, whoever it was about: a
stale list would be a wrong answer. Another process cannot write while the store is open. Only
what a read returns as an unchangeable value may be kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from pipelines.records.chart import Chart

Value = TypeVar("Value")
Key = tuple[str, str, datetime]

MOST_KEPT = 4000  # some hundred charts with their ten lists


class _Kept:
    """What is kept of one store, as of one of its generations."""

    def __init__(self) -> None:
        self.generation = -1
        self.values: OrderedDict[Key, Any] = OrderedDict()


_LOCK = threading.Lock()
_STORES: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


def kept(read: Callable[[Chart], Value]) -> Callable[[Chart], Value]:
    """The read, done once for a chart as long as its store is not written to."""

    @wraps(read)
    def from_memory(chart: Chart) -> Value:
        generation = getattr(chart.source, "generation", None)
        if generation is None:  # a source that does not tell when it changes
            return read(chart)
        key = (f"{read.__module__}.{read.__qualname__}", chart.patient_id, chart.as_of.instant)
        with _LOCK:
            values = _values(chart.source, generation)
            if key in values:
                values.move_to_end(key)
                found: Value = values[key]
                return found
        made = read(chart)
        _keep(chart.source, generation, key, made)
        return made

    return from_memory


def _values(source: object, generation: int) -> OrderedDict[Key, Any]:
    mine = _STORES.setdefault(source, _Kept())
    if mine.generation != generation:
        mine.generation = generation
        mine.values.clear()
    return mine.values


def _keep(source: object, generation: int, key: Key, made: object) -> None:
    """Keep what was read, unless the store was written to while it was read."""
    with _LOCK:
        if getattr(source, "generation", None) == generation:
            values = _values(source, generation)
            values[key] = made
            while len(values) > MOST_KEPT:
                values.popitem(last=False)
