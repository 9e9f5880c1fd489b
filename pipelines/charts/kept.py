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
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from pipelines.records.chart import Chart, RowSource

Value = TypeVar("Value")
Asked = ParamSpec("Asked")
Key = tuple[object, ...]

MOST_KEPT = 4000  # some hundred charts with their ten lists
MOST_SERIES = 64  # a heart rate of an ICU stay is some thousand values


class _Kept:
    """What is kept of one store as of one of its generations, series by what was asked for."""

    def __init__(self) -> None:
        self.generation = -1
        self.lists: OrderedDict[Key, Any] = OrderedDict()
        self.series: OrderedDict[Key, Any] = OrderedDict()


_LOCK = threading.Lock()
_STORES: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


def kept(read: Callable[[Chart], Value]) -> Callable[[Chart], Value]:
    """The read, done once for a chart as long as its store is not written to."""

    @wraps(read)
    def from_memory(chart: Chart) -> Value:
        return _from_memory(chart.source, _key(read, chart), "lists", lambda: read(chart))

    return from_memory


def kept_series(
    read: Callable[Concatenate[Chart, Asked], Value],
) -> Callable[Concatenate[Chart, Asked], Value]:
    """The same for a read with arguments, all of them hashable: the last few stay."""

    @wraps(read)
    def from_memory(chart: Chart, /, *words: Asked.args, **named: Asked.kwargs) -> Value:
        key = (*_key(read, chart), *words, *sorted(named.items()))
        return _from_memory(chart.source, key, "series", lambda: read(chart, *words, **named))

    return from_memory


def kept_of_all(read: Callable[[RowSource], Value]) -> Callable[[RowSource], Value]:
    """The same for a read of every patient at once, as the worklist is."""

    @wraps(read)
    def from_memory(source: RowSource) -> Value:
        key = (f"{read.__module__}.{read.__qualname__}",)
        return _from_memory(source, key, "lists", lambda: read(source))

    return from_memory


def _key(read: Callable[..., object], chart: Chart) -> Key:
    return (f"{read.__module__}.{read.__qualname__}", chart.patient_id, chart.as_of.instant)


def _from_memory(
    source: RowSource, key: Key, kind: Literal["lists", "series"], read: Callable[[], Value]
) -> Value:
    generation = getattr(source, "generation", None)
    if generation is None:  # a source that does not tell when it changes
        return read()
    with _LOCK:
        values = _values(source, generation, kind)
        if key in values:
            values.move_to_end(key)
            found: Value = values[key]
            return found
    made = read()
    with _LOCK:
        # What was read while the store was written to is not kept.
        if getattr(source, "generation", None) == generation:
            values = _values(source, generation, kind)
            values[key] = made
            while len(values) > (MOST_KEPT if kind == "lists" else MOST_SERIES):
                values.popitem(last=False)
    return made


def _values(source: object, generation: int, kind: str) -> OrderedDict[Key, Any]:
    mine = _STORES.setdefault(source, _Kept())
    if mine.generation != generation:
        mine.generation = generation
        mine.lists.clear()
        mine.series.clear()
    return mine.lists if kind == "lists" else mine.series
