"""Typed rows of resources that were loaded by an older version, made anew from the raw JSON.

A store that is opened by a newer version gets its new tables filled at once; else a second load
would find the files unchanged and leave them empty, and silence would read as "not recorded".
What a builder now refuses stays raw and citable, with the rows that it had. Links and names are
made as at the end of a load; what only a Bundle's own file could tell (whom `urn:uuid:…` means,
where no row of before says so) stays as written. Every table must be there: this runs after all
migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from pipelines.charts import batches, columns, linking
from pipelines.charts.codebook import CodeBook
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.release_paths import own_rows
from pipelines.charts.releases import Mapped, as_r4
from pipelines.charts.row_parts import Columns, Place
from pipelines.charts.rows import BUILDERS

if TYPE_CHECKING:
    import duckdb

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
# A Bundle's own names (`urn:uuid:…`) stand nowhere but in its file. What they meant is known from
# the rows that are there, which hold the references resolved: visits, patients, orders.
KNOWN = """
with named as (
    select resource, patient, raw, coalesce(
        raw ->> '$.encounter.reference', raw ->> '$.context.reference',
        raw ->> '$.context.encounter[0].reference', raw ->> '$.context.encounter.reference'
    ) as visit
    from resource where current
), visits as (
    select resource, encounter from observation
    union all select resource, encounter from condition
    union all select resource, encounter from medication
    union all select resource, encounter from procedure
    union all select resource, encounter from document
)
select 'urn:uuid:' || split_part(resource, '/', 2), resource from resource
where current and length(split_part(resource, '/', 2)) = 36
union
select n.visit, any_value(v.encounter)
from named n join visits v on v.resource = n.resource
where n.visit <> v.encounter group by n.visit
union
select coalesce(raw ->> '$.subject.reference', raw ->> '$.patient.reference') as said,
    'Patient/' || any_value(patient)
from named where starts_with(said, 'urn:') and patient in (select patient from patient)
group by said
union
select n.raw ->> '$.partOf.reference' as said, any_value(e.part_of)
from named n join encounter e on e.resource = n.resource
where said <> e.part_of group by said
union
select coalesce(n.raw ->> '$.request.reference', n.raw ->> '$.basedOn[0].reference',
                n.raw ->> '$.authorizingPrescription[0].reference',
                n.raw ->> '$.priorPrescription.reference') as said,
    any_value(m.based_on)
from named n join medication m on m.resource = n.resource
where said <> m.based_on group by said
"""
PATIENTS = """
select patient from patient
"""


def make_anew(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the typed rows of all current resources anew, with what the tables hold now.

    A resource that would be refused now keeps the rows that it had.
    """
    codes = CodeBook()
    known: dict[str, str] = dict(cursor.execute(KNOWN).fetchall())
    shapes = batches.store_columns(cursor)
    ((last,),) = cursor.execute(LAST_ROW).fetchall()
    for first in range(0, last + 1, AT_ONCE):
        wanted = {"first": first, "most": AT_ONCE, "types": sorted(BUILDERS)}
        place = Place("", None, known, codes)
        stored = cursor.execute(STORED, wanted).fetchall()
        built = [one[0] for one in stored if _build_as_r4(one, place, shapes)]
        gone = columns.arrow([("resource", "VARCHAR")], [(key,) for key in built])
        with columns.registered(cursor, "gone", gone):
            for statement in batches.rows_out(shapes):
                cursor.execute(statement)
        for table, rows in place.rows.items():
            if rows:
                with columns.registered(cursor, "batch", columns.arrow(shapes[table], rows)):
                    cursor.execute(f"insert into {table} from batch")  # own names
    for group in linking.patients_to_link(cursor):
        linking.link_patients(cursor, group)
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


def _renew_extents(cursor: duckdb.DuckDBPyConnection) -> None:
    """A directive or a report may be the last thing that happened in a chart."""
    from pipelines.charts import extent

    extent.renew(cursor, [patient for (patient,) in cursor.execute(PATIENTS).fetchall()])
