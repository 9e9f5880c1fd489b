"""Rows of a clinical subject as its frozen record, each carrying the fact that can be cited.

Every statement selects the ten columns of `HEAD` first, then the record's fields in order: two
columns for a moment (instant, as written), one for anything else. A field with a default is not
read here: the read that owns it fills it in. No statement is written here, and none is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any, TypeVar, cast

from pipelines.charts.reading import cited, moment
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

HEAD = ("resource", "part", "code_key", "display", "status", "when_utc", "when_written",
        "encounter", "path", "quote")  # fmt: skip

T = TypeVar("T")


def read(
    chart: Chart, sql: str, record: Callable[..., T], kind: str, **parameters: object
) -> tuple[T, ...]:
    """All rows that a statement finds for this chart, as records of one type."""
    shape = _shape(record)
    found = chart.rows(sql, as_of=chart.as_of.instant, **parameters)
    return tuple(record(_fact(row, kind), *_values(row[len(HEAD) :], shape)) for row in found)


def read_parts(
    chart: Chart, sql: str, record: Callable[..., T], **parameters: object
) -> dict[str, tuple[T, ...]]:
    """Parts of records, in order, by the record that they belong to (the first column)."""
    shape = _shape(record)
    found: dict[str, list[T]] = {}
    for row in chart.rows(sql, **parameters):
        found.setdefault(row[0], []).append(record(*_values(row[1:], shape)))
    return {resource: tuple(parts) for resource, parts in found.items()}


def rest(record: Callable[..., object], columns: tuple[Any, ...]) -> dict[str, Any]:
    """Columns as the record's fields that have a default, in their order, as many as there are."""
    found: dict[str, Any] = {}
    at = 0
    for name, type_name, width in _optional(record):
        if at == len(columns):
            break
        (found[name],) = _values(columns[at : at + width], (type_name,))
        at += width
    return found


@lru_cache(maxsize=64)
def _optional(record: Callable[..., object]) -> tuple[tuple[str, str, int], ...]:
    """Name, type and number of columns of a record's fields that have a default."""
    return tuple(
        (one.name, str(one.type), 2 if one.type == "Moment | None" else 1)
        for one in fields(cast(type[Any], record))
        if one.default is not MISSING
    )


def _fact(row: tuple[Any, ...], kind: str) -> Fact:
    resource, part, key, display, status, utc, written, encounter, path, quote = row[: len(HEAD)]
    path, quote = cited(resource, path, quote)
    return Fact(
        resource=resource,
        kind=kind,
        display=display or f"{kind.capitalize()} not named",
        path=path,
        quote=quote,
        code_key=key,
        when=moment(utc, written),
        encounter=encounter,
        status=status,
        part=part,
    )


def _values(row: tuple[Any, ...], shape: tuple[str, ...]) -> list[Any]:
    """Columns as a record's fields."""
    values: list[Any] = []
    rest = iter(row)
    for type_name in shape:
        value = next(rest)
        if type_name == "Moment | None":
            values.append(moment(value, next(rest)))
        elif type_name.startswith("tuple"):
            values.append(tuple(value or ()))
        else:
            values.append(bool(value) if type_name == "bool" else value)
    return values


@lru_cache(maxsize=64)
def _shape(record: Callable[..., object]) -> tuple[str, ...]:
    """The types of a record's fields as written, without its fact and those with a default."""
    own = [
        one
        for one in fields(cast(type[Any], record))
        if one.default is MISSING and one.name != "fact"
    ]
    return tuple(str(one.type) for one in own)
