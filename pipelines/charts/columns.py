"""Rows as Arrow columns, a file at a time: the form in which they travel and go into the store.

Packing right after a file is read keeps memory small, because its parsed JSON is gone before
the next one comes. The columns are those of the store's tables, in their order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipelines.charts.resources import Deleted, Sorted, Turned
from pipelines.charts.row_parts import Columns, Row
from pipelines.charts.validation import Sample

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# `version` counts from the first of this file; what the store has already is added there.
RESOURCE_COLUMNS = [
    "resource", "type", "patient", "version", "current", "digest", "file_id", "raw",
]  # fmt: skip
CODE_COLUMNS = [(name, "VARCHAR") for name in ("code_key", "system", "code", "display")]


@dataclass(frozen=True, slots=True)
class FileIn:
    """One file, or a portion of it: its name, its size, and what of it was refused.

    `lines` counts those of a whole NDJSON file, or part of one, and stands at its last portion.
    """

    file_id: int
    name: str
    size: int = 0
    entries: int = 0
    is_bundle: bool = False
    seen: int = 0
    validated: int = 0
    lines: int = 0
    turned: list[Turned] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Portion:
    """A file, or a portion of a large one, on its way in: its resources by key.

    `repeated` are those whose like stands in the same parcel already.
    """

    file: FileIn
    digests: dict[str, bytes]
    patients: dict[str, str | None]
    repeated: set[str]
    deleted: list[Deleted]
    samples: list[Sample] = field(default_factory=list)
    is_last: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """Small files together, or a portion of a large one, with the Arrow tables of all of them."""

    portions: list[Portion]
    tables: dict[str, pa.Table]
    ends_work: bool = False


class registered:  # reads as a verb: with registered(…)
    """An Arrow table under a name for the statements inside the block.

    DuckDB keeps what was registered until the transaction ends, so it is given a shell, which is
    empty after the block: a file larger than the memory is one transaction.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
        self.cursor, self.name, self.shell = cursor, name, _Shell(table)

    def __enter__(self) -> None:
        self.cursor.register(self.name, self.shell)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        import duckdb

        self.shell.table = None
        # A failed statement ends its transaction: its own fault counts, not that of tidying up.
        with suppress(*(() if kind is None else (duckdb.Error,))):
            self.cursor.unregister(self.name)


class _Shell:
    """An Arrow table for anyone who speaks Arrow's stream protocol."""

    def __init__(self, table: pa.Table) -> None:
        self.table: pa.Table | None = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Arrow's PyCapsule interface: a stream of the table's batches."""
        if self.table is None:
            raise ValueError("the table was let go of")
        return self.table.__arrow_c_stream__(requested_schema)


def pack(portions: Sequence[tuple[Portion, Sorted]], codes: list[Row], columns: Columns) -> Parcel:
    """Portions and what was found in them as Arrow tables."""
    rows: dict[str, list[Row]] = {}
    for _, found in portions:
        for table, some in found.rows.items():
            if some:
                rows.setdefault(table, []).extend(some)
    tables = {table: arrow(columns[table], listed) for table, listed in rows.items()}
    if any(found.taken for _, found in portions):
        tables["resource"] = _resources(portions)
    if codes:
        tables["code"] = arrow(CODE_COLUMNS, codes)
    return Parcel([portion for portion, _ in portions], tables)


def portion_of(file: FileIn, found: Sorted) -> Portion:
    """A file's entries without their rows."""
    taken = found.taken
    return Portion(
        file,
        {key: one.digest for key, one in taken.items()},
        {key: one.patient for key, one in taken.items()},
        found.repeated,
        found.deleted,
    )


def leave_out(parcel: Parcel, keys: set[str]) -> Parcel:
    """The same parcel without these resources."""
    tables = {}
    for table, rows in parcel.tables.items():
        if table != "code":
            named = KEYS_OF_ROWS.get(table, _own_key)(rows)
            rows = rows.filter(bits([key not in keys for key in named]))  # noqa: PLW2901  # fewer
        if rows.num_rows:
            tables[table] = rows
    portions = [
        replace(
            one,
            digests={key: digest for key, digest in one.digests.items() if key not in keys},
            patients={key: whose for key, whose in one.patients.items() if key not in keys},
        )
        for one in parcel.portions
    ]
    return replace(parcel, portions=portions, tables=tables)


def _own_key(rows: pa.Table) -> list[str]:
    return rows["resource"].to_pylist()  # type: ignore[no-any-return]  # pyarrow ships no types


KEYS_OF_ROWS: dict[str, Callable[[pa.Table], list[str]]] = {
    "patient_identifier": lambda rows: [f"Patient/{one}" for one in rows["patient"].to_pylist()],
}


def _resources(portions: Sequence[tuple[Portion, Sorted]]) -> pa.Table:
    """The table `resource`: earlier versions of each file first, then what counts."""
    import pyarrow as pa

    rows: list[Row] = []
    versions, current, numbers = [], [], []
    for portion, found in portions:
        steps: dict[str, int] = {}
        for one in found.older:
            steps[one.key] = steps.get(one.key, 0) + 1
            versions.append(steps[one.key])
        versions += [steps.get(key, 0) + 1 for key in found.taken]
        current += [False] * len(found.older) + [True] * len(found.taken)
        rows += found.older
        rows += found.taken.values()
        numbers += [portion.file.file_id] * (len(found.older) + len(found.taken))
    listed = [list(values) for values in zip(*rows, strict=True)]
    kinds = ("VARCHAR", "VARCHAR", "VARCHAR", "BLOB", "VARCHAR")
    key, kind, patient, digest, raw = map(_column, listed, kinds)
    columns = [key, kind, patient, _from_buffers("INTEGER", versions)]
    columns += [_from_buffers("BOOLEAN", current), digest, _from_buffers("INTEGER", numbers), raw]
    return pa.Table.from_arrays(columns, names=RESOURCE_COLUMNS)


def arrow(columns: list[tuple[str, str]], rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table of these columns."""
    import pyarrow as pa

    filled = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pa.Table.from_arrays(
        [_column(list(values), kind) for values, (_, kind) in zip(filled, columns, strict=True)],
        names=[name for name, _ in columns],
    )


# Built from buffers, because `pa.array` of a list imports pandas first, which takes longer than
# many a load. Where pandas is there already (the app) or kept out (a reader process), `pa.array`
# is the faster way for text.
PANDAS_SETTLED = False


def strings(values: Iterable[str | None]) -> pa.Array:
    """A column of text."""
    import pyarrow as pa

    listed = values if isinstance(values, list) else list(values)
    if listed and listed.count(listed[0]) == len(listed):  # one patient, one status, no comparator
        return pa.repeat(pa.scalar(listed[0], pa.string()), len(listed))
    if PANDAS_SETTLED or "pandas" in sys.modules:
        return pa.array(listed, pa.string())
    builder = pa.lib.StringBuilder()
    builder.append_values(listed)
    return builder.finish()


def bits(values: Sequence[object]) -> pa.Array:
    """A column of yes and no, without nulls; for masks."""
    return _from_buffers("BOOLEAN", [bool(value) for value in values])


def _column(values: list[Any], kind: str) -> pa.Array:
    import pyarrow as pa

    if kind == "VARCHAR":
        return _texts(values) if values and type(values[0]) is bytes else strings(values)
    if kind == "BLOB":
        return _texts(values, pa.binary())
    if kind == "VARCHAR[]":
        return _lists(values, strings)
    if kind == "FLOAT[]":
        return _lists(values, lambda inner: _from_buffers("FLOAT", inner))
    return _from_buffers(kind, values)


def _texts(values: list[bytes], kind: pa.DataType = None) -> pa.Array:
    """A column of bytes; of UTF-8 ones that were checked when they were parsed, where no kind."""
    import numpy as np
    import pyarrow as pa

    if None in values:
        return pa.array(values, kind or pa.string())
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(kind or pa.string(), len(values), buffers)


def _lists(values: list[Any], inner_column: Callable[[list[Any]], pa.Array]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value or ()) for value in values], out=offsets[1:])
    inner = inner_column([one for value in values for one in value or ()])
    index = pa.Array.from_buffers(pa.int32(), len(offsets), [None, pa.py_buffer(offsets)])
    return pa.ListArray.from_arrays(index, inner)


def _from_buffers(kind: str, values: list[Any]) -> pa.Array:
    """A column of numbers, times or booleans, with nulls."""
    import numpy as np
    import pyarrow as pa

    nulls = None
    if None in values:
        there = np.fromiter((value is not None for value in values), np.bool_, len(values))
        nulls = pa.py_buffer(np.packbits(there, bitorder="little"))
        values = [0 if value is None else value for value in values]
    if kind == "BOOLEAN":
        data = np.packbits(np.array(values, np.bool_), bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [nulls, pa.py_buffer(data)])
    numpy_kind, arrow_kind = {
        "INTEGER": (np.int32, pa.int32()),
        "BIGINT": (np.int64, pa.int64()),
        "FLOAT": (np.float32, pa.float32()),
        "DOUBLE": (np.float64, pa.float64()),
        "TIMESTAMP": (np.int64, pa.timestamp("us")),
    }[kind]
    data = np.array(values, numpy_kind)
    return pa.Array.from_buffers(arrow_kind, len(values), [nulls, pa.py_buffer(data)])
