"""One patient out of every table, in one transaction, and the file written anew without them.

The tables are listed from the catalog, so that a table that comes later is covered: those with
a column `patient`, those that name a `resource` of the patient, and resources
of nobody (a Group) that refer to the patient. Other patients' records stay as they are, also
where they mention this one (a mother in her child's record). Whoever watches is told inside the
transaction: what could not be logged is not removed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from pipelines.charts.store import BLOCK_BYTES, ChartStore
from pipelines.errors import NotFound
from pipelines.records.chart import RowSource
from pipelines.records.loads import Removed

OWNERS = ("patient", "resource")  # the first of these that a table has decides
NOT_HERE = "Nothing of this patient is in this home."
NEW_ENDING = ".new"
WRITING_MEMORY = "700MB"

TABLES = """
select c.table_name, list(c.column_name)
from duckdb_columns() c join duckdb_tables() t on t.table_oid = c.table_oid
where not t.temporary and c.column_name in ('patient', 'resource')
group by c.table_name order by c.table_name
"""
# Resources that are this patient's in every version, and nobody's that refer to the patient.
GONE = """
create or replace temp table gone as
select resource from resource
group by resource having bool_and(patient is not distinct from $patient)
union
select resource from resource
where patient is null and list_bool_or([contains(raw, mark) for mark in $marks])
"""
LEAVE = {
    "patient": "delete from {table} where patient = $patient",
    "resource": "delete from {table} where resource in (from gone)",
}
NOBODYS = """
delete from resource where patient is null and resource in (from gone)
"""
FORGET_FILES = """
delete from file where file_id not in (select file_id from resource where file_id is not null)
"""
# Another file may have held the same records and added nothing; it must be read in full again.
DISTRUST_FILES = """
update file set sha256 = null
"""
DONE = """
drop table gone
"""
KNOWN_WITHOUT_A_PATIENT = """
select not exists (from patient where patient = $patient)
    and (exists (from resource where patient = $patient)
         or exists (from refused where patient = $patient))
"""


def is_orphaned(source: RowSource, patient: str) -> bool:
    """Whether the store has something under this name, but no Patient."""
    return bool(source.rows(KNOWN_WITHOUT_A_PATIENT, {"patient": patient})[0][0])


def remove(store: ChartStore, patient: str, on_removed: Callable[[Removed], None]) -> Removed:
    """Take a patient out; NotFound where no table knows them. `on_removed` runs before commit."""
    with store.writer() as cursor:
        cursor.execute(GONE, {"patient": patient, "marks": _marks(patient)})
        rows = {}
        for table, columns in cursor.execute(TABLES).fetchall():
            owner = next(name for name in OWNERS if name in columns)
            statement = LEAVE[owner].format(table=f'"{table}"')
            bound = {"patient": patient} if owner == "patient" else {}
            rows[table] = _count(cursor.execute(statement, bound))
        if not any(rows.values()):
            raise NotFound(NOT_HERE)
        rows["resource"] += _count(cursor.execute(NOBODYS))
        files = _count(cursor.execute(FORGET_FILES))
        cursor.execute(DISTRUST_FILES)
        cursor.execute(DONE)
        removed = Removed(
            patient=patient,
            resources=rows["resource"],
            refused=rows.get("refused", 0),
            files=files,
            rows={table: number for table, number in rows.items() if number},
        )
        on_removed(removed)
    store.checkpoint()
    return removed


def write_anew(path: Path) -> bool:
    """Copy a closed store into a fresh file and put that in its place; whether it was done.

    A delete leaves the old words in the file's free blocks, and DuckDB gives no space back within
    a block of rows. On any fault, a full disk among them, the store stays as it is.
    """
    fresh = path.with_name(path.name + NEW_ENDING)
    log = path.with_name(path.name + ".wal")
    with suppress(FileNotFoundError):
        fresh.unlink()
    try:
        _copy(path, fresh)
        fresh.chmod(0o600)
        if log.exists():  # it belongs to the old file and would be played into the new one
            fresh.unlink()
            return False
        os.replace(fresh, path)
    except (duckdb.Error, OSError):
        with suppress(OSError):
            fresh.unlink()
        return False
    return True


def _copy(path: Path, fresh: Path) -> None:
    """Both files are held, and so closed to every other process, until the copy is whole."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"set memory_limit='{WRITING_MEMORY}'")
        connection.execute(f"attach {_quoted(path)} as old")
        connection.execute(f"attach {_quoted(fresh)} as fresh (block_size {BLOCK_BYTES})")
        connection.execute("copy from database old to fresh")
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
        connection.execute("checkpoint old")
        connection.execute("detach old")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _marks(patient: str) -> list[str]:
    """How nobody's resources refer to a patient, as it stands in their JSON."""
    if patient.startswith("urn:"):
        return [f'"{patient}"']
    if patient.startswith("identifier:"):
        return []
    return [f'Patient/{patient}"', f"Patient/{patient}/_history/", f'urn:uuid:{patient}"']


def _count(result: Any) -> int:  # noqa: ANN401 - a cursor of DuckDB
    return int(result.fetchall()[0][0])
