"""Links that can only be made when all files are in: patients, medications, people, documents.

A bulk export comes in any order, so a link that its own file could not resolve is looked up in
the whole store at the end of a load, and again at the end of later ones. What is still not
there stays as written and its resource an orphan; nothing is guessed from names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from pipelines.charts import linking_names
from pipelines.charts.called import name_of
from pipelines.charts.codebook import CodeBook
from pipelines.charts.drug_names import drug_named, ingredient_references
from pipelines.charts.linking_documents import link_documents
from pipelines.charts.linking_results import replace_preliminary
from pipelines.charts.rows_medication import BY_REFERENCE

if TYPE_CHECKING:
    import duckdb

UNLINKED_PATIENTS = """
select distinct patient from resource
where current and (starts_with(patient, 'urn:') or starts_with(patient, 'identifier:'))
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
where column_name = 'patient' and not internal and table_name not in ('patient', 'batch')
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
NAME_MEDICATION = """
update medication set code_key = $code_key, display = coalesce(display, $display)
where code_key = $written
"""
UNNAMED_PEOPLE = """
select distinct p.name, r.raw
from (
    select prescriber as name from medication
    union select author from document
    union select unnest(authors) from document
    union select custodian from document
    union select authenticator from document
) p
join resource r on r.resource = p.name
where r.current
"""
NAME_PRESCRIBER = """
update medication set prescriber = $name where prescriber = $written
"""
NAME_IN_DOCUMENTS = (
    "update document set author = $name where author = $written",
    "update document set custodian = $name where custodian = $written",
    "update document set authenticator = $name where authenticator = $written",
    "update document set authors = list_transform(authors, lambda one: "
    "case when one = $written then $name else one end) where list_contains(authors, $written)",
)

Cursor = "duckdb.DuckDBPyConnection"


def link(cursor: duckdb.DuckDBPyConnection, codes: CodeBook) -> set[str]:
    """Make what links can be made now; the patients whose charts changed by it."""
    patients = _link_patients(cursor)
    for statement in LINK_ENCOUNTERS:
        cursor.execute(statement)
    _name_medications(cursor, codes)
    for written, raw in cursor.execute(UNNAMED_PEOPLE).fetchall():
        name = name_of(orjson.loads(raw))
        if name:
            for statement in (NAME_PRESCRIBER, *NAME_IN_DOCUMENTS):
                cursor.execute(statement, {"name": name, "written": written})
    linking_names.name_all(cursor)
    replace_preliminary(cursor)
    return patients | link_documents(cursor, codes)


def _link_patients(cursor: duckdb.DuckDBPyConnection) -> set[str]:
    linked = set()
    tables = [table for (table,) in cursor.execute(WITH_PATIENT).fetchall()]
    for (written,) in cursor.execute(UNLINKED_PATIENTS).fetchall():
        patient = _find(cursor, written)
        if patient is None:
            continue
        linked.add(patient)
        for table in tables:
            cursor.execute(
                f"update {table} set patient = $patient where patient = $written",  # noqa: S608
                {"patient": patient, "written": written},
            )
    return linked


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
    for written, drug in drugs:
        named = drug_named(drug, others, codes)
        if named.key is not None:
            cursor.execute(
                NAME_MEDICATION,
                {"code_key": named.key, "display": named.display, "written": written},
            )
