"""Links that can only be made when all files are in: patients, medications, people, documents.

A bulk export comes in any order, so a link that its own file could not resolve is looked up in
the whole store at the end of a load, and again at the end of later ones. What is still not
there stays as written and its resource an orphan; nothing is guessed from names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from pipelines.charts import linking_names
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import arrow, registered
from pipelines.charts.drug_names import drug_named, ingredient_references
from pipelines.charts.linking_documents import link_documents
from pipelines.charts.linking_results import replace_preliminary
from pipelines.charts.rows_medication import BY_REFERENCE

if TYPE_CHECKING:
    import duckdb

RESOURCES_AT_ONCE = 10_000
UNLINKED_PATIENTS = """
select patient, count(*) from resource
where current and (starts_with(patient, 'urn:') or starts_with(patient, 'identifier:'))
group by patient order by patient
"""
BY_ID = """
select patient from patient where patient = $id
"""
BY_IDENTIFIER = """
select distinct patient from patient_identifier
where value = $value and ($system = '' or system = $system)
"""
WITH_PATIENT = """
select table_name from duckdb_columns()
where column_name = 'patient' and not internal and table_name not in ('patient', 'batch', 'linked')
"""
LINK_ENCOUNTERS = tuple(
    f"update {table} set encounter = e.resource from encounter e "  # noqa: S608  # own names
    f"where starts_with({table}.encounter, 'urn:uuid:') "
    f"and e.resource = 'Encounter/' || substr({table}.encounter, 10)"
    for table in (
        "observation",
        "condition",
        "medication",
        "procedure",
        "allergy",
        "immunization",
        "document",
        *linking_names.WITH_ENCOUNTER,
    )
)
UNNAMED_MEDICATIONS = """
select distinct m.code_key, r.raw
from medication m join resource r on r.resource = substr(m.code_key, length($prefix) + 1)
where starts_with(m.code_key, $prefix) and r.current
"""
INGREDIENTS = """
select resource, raw from resource where current and resource in (select unnest($resources))
"""
NAME_MEDICATIONS = """
update medication set code_key = n.code_key, display = coalesce(medication.display, n.display)
from named n where medication.code_key = n.written
"""


def patients_to_link(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Who is meant by references that no file could resolve alone: `Patient.id` by what is written.

    In groups of so many resources that the changes of a group fit into the memory.
    """
    groups: list[dict[str, str]] = []
    room = 0
    for written, resources in cursor.execute(UNLINKED_PATIENTS).fetchall():
        patient = _find(cursor, written)
        if patient is None:
            continue
        if room < resources or not groups:
            groups.append({})
            room = RESOURCES_AT_ONCE
        groups[-1][written] = patient
        room -= resources
    return groups


def link_patients(cursor: duckdb.DuckDBPyConnection, group: dict[str, str]) -> None:
    """Give what `patients_to_link` found its patient, in every table."""
    tables = [table for (table,) in cursor.execute(WITH_PATIENT).fetchall()]
    links = arrow([("written", "VARCHAR"), ("patient", "VARCHAR")], list(group.items()))
    with registered(cursor, "linked", links):
        for table in tables:
            cursor.execute(
                f"update {table} set patient = linked.patient "  # noqa: S608  # a table of our own
                f"from linked where {table}.patient = linked.written"
            )


def link(cursor: duckdb.DuckDBPyConnection, codes: CodeBook) -> set[str]:
    """Make the other links that can be made now; the patients whose charts changed by it."""
    for statement in LINK_ENCOUNTERS:
        cursor.execute(statement)
    _name_medications(cursor, codes)
    linking_names.name_all(cursor)
    replace_preliminary(cursor)
    return link_documents(cursor, codes)


def _find(cursor: duckdb.DuckDBPyConnection, written: str) -> str | None:
    """The one patient that an unresolved link means, or None."""
    if written.startswith("urn:"):
        found = cursor.execute(BY_ID, {"id": written.rpartition(":")[2]}).fetchall()
    else:
        system, _, value = written.removeprefix("identifier:").partition("|")
        found = cursor.execute(BY_IDENTIFIER, {"system": system, "value": value}).fetchall()
    return found[0][0] if len(found) == 1 else None


def _name_medications(cursor: duckdb.DuckDBPyConnection, codes: CodeBook) -> None:
    found = cursor.execute(UNNAMED_MEDICATIONS, {"prefix": BY_REFERENCE}).fetchall()
    drugs = [(written, orjson.loads(raw)) for written, raw in found]
    wanted = {one for _, drug in drugs for one in ingredient_references(drug)}
    inside = {"resources": sorted(wanted)}
    rows = cursor.execute(INGREDIENTS, inside).fetchall() if wanted else []
    others = {resource: orjson.loads(raw) for resource, raw in rows}
    named = [(written, *drug_named(drug, others, codes)[:2]) for written, drug in drugs]
    rows = [row for row in named if row[1] is not None]
    kinds = [(name, "VARCHAR") for name in ("written", "code_key", "display")]
    with registered(cursor, "named", arrow(kinds, rows)):
        cursor.execute(NAME_MEDICATIONS)
