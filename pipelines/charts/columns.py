"""Rows as Arrow columns, a file at a time: the form in which they travel and go into the store.

Packing right after a file is read keeps memory small, because its parsed JSON is gone before
the next one comes. The columns are those of the store's tables, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pipelines.charts.resources import Sorted, Taken, Turned
from pipelines.charts.row_parts import Row
from pipelines.charts.rows import key_of

if TYPE_CHECKING:
    import pyarrow as pa

Columns = dict[str, list[tuple[str, str]]]
"""Column names and DuckDB types of each table."""

# `version` counts from the first of this file; what the store has already is added there.
RESOURCE_COLUMNS = [
    ("resource", "VARCHAR"), ("type", "VARCHAR"), ("id", "VARCHAR"), ("patient", "VARCHAR"),
    ("version", "INTEGER"), ("current", "BOOLEAN"), ("sha256", "VARCHAR"), ("file_id", "INTEGER"),
    ("raw", "VARCHAR"),
]  # fmt: skip
CODE_COLUMNS = [(name, "VARCHAR") for name in ("code_key", "system", "code", "display")]


@dataclass(frozen=True, slots=True)
class FileIn:
    """One file: its name and digest, its size, and what of it was refused."""

    file_id: int
    name: str
    sha256: str
    size: int
    entries: int
    turned: list[Turned] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file ready to go in: its resources by key, and Arrow tables by table name."""

    file: FileIn
    digests: dict[str, str]
    patients: dict[str, str | None]
    tables: dict[str, pa.Table]


def pack(file: FileIn, found: Sorted, codes: list[Row], columns: Columns) -> Packed:
    """A file's entries as Arrow tables."""
    tables = {
        table: arrow(columns[table], rows) for table, rows in found.rows.items() if rows
    }
    rows = _resource_rows(file.file_id, found)
    if rows:
        tables["resource"] = arrow(RESOURCE_COLUMNS, rows)
    if codes:
        tables["code"] = arrow(CODE_COLUMNS, codes)
    taken = found.taken
    return Packed(
        file,
        {key: one.sha256 for key, one in taken.items()},
        {key: one.patient for key, one in taken.items()},
        tables,
    )


def leave_out(found: Sorted, keys: set[str]) -> None:
    """Drop entries whose like is on its way already, with their rows."""
    for key in keys:
        del found.taken[key]
    found.older = [one for one in found.older if one.key not in keys]
    for table, rows in found.rows.items():
        found.rows[table] = [row for row in rows if key_of(table, row) not in keys]


def _resource_rows(file_id: int, found: Sorted) -> list[Row]:
    steps: dict[str, int] = {}
    rows = []
    for one in found.older:
        steps[one.key] = steps.get(one.key, 0) + 1
        rows.append(_resource_row(one, file_id, steps[one.key], False))
    for key, one in found.taken.items():
        rows.append(_resource_row(one, file_id, steps.get(key, 0) + 1, True))
    return rows


def _resource_row(one: Taken, file_id: int, step: int, current: bool) -> Row:
    return (one.key, one.kind, one.id, one.patient, step, current, one.sha256, file_id, one.raw)


def arrow(columns: list[tuple[str, str]], rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table of these columns."""
    import pyarrow as pa

    return pa.Table.from_arrays(
        [_column(list(map(itemgetter(place), rows)), kind) for place, (_, kind) in enumerate(columns)],
        names=[name for name, _ in columns],
    )


def _column(values: list[Any], kind: str) -> pa.Array:
    import pyarrow as pa

    if type(values[0]) is bytes:
        # Raw JSON is UTF-8 already; as binary it is not checked once more.
        return pa.array(values, pa.binary()).view(pa.string())
    return pa.array(values, _arrow_type(kind))


def _arrow_type(kind: str) -> pa.DataType:
    import pyarrow as pa

    return {
        "VARCHAR": pa.string(), "INTEGER": pa.int32(), "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "TIMESTAMP": pa.timestamp("us"),
        "VARCHAR[]": pa.list_(pa.string()),
    }[kind]  # fmt: skip
