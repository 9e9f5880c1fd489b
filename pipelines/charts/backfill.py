"""Typed rows for resources that were loaded before their table existed, made from the raw JSON.

A store that is opened by a newer version gets its new tables filled at once; else a second load
would find the files unchanged and leave them empty, and silence would read as "not recorded".
What a builder now refuses stays raw and citable, as it was taken in. Nothing that is there is
changed; links and names are made as at the end of a load.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import orjson

from pipelines.charts import batches, columns, linking, linking_names
from pipelines.charts.codebook import CodeBook
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.release_paths import own_rows
from pipelines.charts.releases import Mapped, as_r4
from pipelines.charts.row_parts import Columns, Place
from pipelines.charts.rows import BUILDERS, READ_IN_PART
from pipelines.charts.schema import SECOND_TABLES

if TYPE_CHECKING:
    import duckdb

# Whose rows the migration m030 made richer, and the tables of those rows.
DEEPENED_TYPES = (
    "Observation", "MedicationRequest", "MedicationAdministration", "MedicationStatement",
    "MedicationDispense", "Condition", "AllergyIntolerance", "Procedure", "Immunization",
    "Patient", "Encounter",
)  # fmt: skip
DEEPENED = (
    "observation", "medication", "condition", "allergy", "procedure", "immunization", "encounter",
    "patient",
)  # fmt: skip
TYPES = READ_IN_PART | {"Patient", "Encounter", "DiagnosticReport"}
AT_ONCE = 20_000
LAST_ROW = """
select coalesce(max(rowid), -1) from resource
"""
STORED = """
select resource, patient, raw
from resource
where rowid >= $first and rowid < $first + $most
  and current and type in (select unnest($types))
"""
KNOWN = """
select 'urn:uuid:' || id, resource from resource where current and length(id) = 36
"""
PATIENTS = """
select patient from patient
"""


def fill(cursor: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Fill these tables, which are new and empty, from the current resources of the store."""
    codes = CodeBook()
    known: dict[str, str] = dict(cursor.execute(KNOWN).fetchall())
    shapes = batches.store_columns(cursor)
    ((last,),) = cursor.execute(LAST_ROW).fetchall()
    for first in range(0, last + 1, AT_ONCE):
        wanted = {"first": first, "most": AT_ONCE, "types": sorted(TYPES)}
        place = Place("", None, known, codes)
        for resource, patient, raw in cursor.execute(STORED, wanted).fetchall():
            _build(resource, patient, raw, place)
        for table, rows in place.rows.items():
            if rows and table in tables:
                with columns.registered(cursor, "batch", columns.arrow(shapes[table], rows)):
                    cursor.execute(f"insert into {table} from batch")  # own names
    batches.write_codes(cursor, codes.fresh)
    linking_names.name_all(cursor)
    _renew_extents(cursor)


def deepen(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the rows of the first clinical tables anew, with what they hold since m030.

    A resource that would be refused now keeps the row that it had.
    """
    codes = CodeBook()
    known: dict[str, str] = dict(cursor.execute(KNOWN).fetchall())
    shapes = batches.store_columns(cursor)
    ((last,),) = cursor.execute(LAST_ROW).fetchall()
    for first in range(0, last + 1, AT_ONCE):
        wanted = {"first": first, "most": AT_ONCE, "types": list(DEEPENED_TYPES)}
        place = Place("", None, known, codes)
        stored = cursor.execute(STORED, wanted).fetchall()
        built = [one[0] for one in stored if _build_as_r4(one, place, shapes)]
        gone = columns.arrow([("resource", "VARCHAR")], [(key,) for key in built])
        with columns.registered(cursor, "gone", gone):
            for table in DEEPENED:
                cursor.execute(f"delete from {table} where resource in (from gone)")  # noqa: S608
        for table in (*DEEPENED, *SECOND_TABLES):
            if rows := place.rows.get(table):
                with columns.registered(cursor, "batch", columns.arrow(shapes[table], rows)):
                    cursor.execute(f"insert into {table} from batch")  # own names
    linking.link(cursor, codes)
    batches.write_codes(cursor, codes.fresh)
    _renew_extents(cursor)


def _build_as_r4(stored: tuple[str, str | None, str], place: Place, shapes: Columns) -> bool:
    """Rows of a resource of any release that is read; False where it would be refused now."""
    resource, patient, raw = stored
    kind = resource.partition("/")[0]
    own = Place(resource, patient, place.known, place.codes)
    try:
        read = as_r4(kind, orjson.loads(raw))
        BUILDERS[kind](read, own)
    except (EntryRefused, TypeError, AttributeError, KeyError, ValueError, IndexError):
        return False
    rows = own.rows
    if isinstance(read, Mapped):
        named = {table: [name for name, _ in listed] for table, listed in shapes.items()}
        rows = own_rows(read, rows, named)
    for table, some in rows.items():
        place.rows[table] += some
    return True


def _build(resource: str, patient: str | None, raw: str, place: Place) -> None:
    own = Place(resource, patient, place.known, place.codes)
    try:
        BUILDERS[resource.partition("/")[0]](orjson.loads(raw), own)
    except (EntryRefused, TypeError, AttributeError, KeyError, ValueError, IndexError):
        return  # it was taken in as it is, by the rules of then
    for table, rows in own.rows.items():
        place.rows[table] += rows


def _renew_extents(cursor: duckdb.DuckDBPyConnection) -> None:
    """A directive or a report may be the last thing that happened in a chart."""
    from pipelines.charts import extent

    extent.renew(cursor, [patient for (patient,) in cursor.execute(PATIENTS).fetchall()])
