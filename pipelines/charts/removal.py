"""One patient out of every table, in one transaction.

The tables are listed from the catalog, so that a table that comes later is covered: those with
a column `patient`, those that name a `resource` of the patient, and resources
of nobody (a Group) that refer to the patient. Other patients' records stay as they are, also
where they mention this one (a mother in her child's record). Whoever watches is told inside the
transaction: what could not be logged is not removed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.charts.store import ChartStore
from pipelines.errors import NotFound
from pipelines.records.chart import RowSource
from pipelines.records.loads import Removed

OWNERS = ("patient", "resource")  # the first of these that a table has decides
NOT_HERE = "Nothing of this patient is in this home."

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


def _marks(patient: str) -> list[str]:
    """How nobody's resources refer to a patient, as it stands in their JSON."""
    if patient.startswith("urn:"):
        return [f'"{patient}"']
    if patient.startswith("identifier:"):
        return []
    return [f'Patient/{patient}"', f"Patient/{patient}/_history/", f'urn:uuid:{patient}"']


def _count(result: Any) -> int:  # noqa: ANN401 - a cursor of DuckDB
    return int(result.fetchall()[0][0])
