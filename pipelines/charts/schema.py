"""The tables of the chart store, as a numbered list of migrations that only grows.

Every row names its resource (`Type/id`). Times stand twice: `_utc` is the instant (naive UTC)
to compare by, `_written` the text of the record. `resource` keeps every resource raw; the typed
tables hold what a reader asks for most. Typed rows keep `path` and `quote`: the element that
carries the value and one of its leaf values, word for word, so that a citation needs no guess.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

FOLDER = Path(__file__).with_name("migrations")

M001_TABLES = """
create table load (
    load_id integer, started_at varchar, files integer, resources bigint, seconds double
);
create table file (
    file_id integer, load_id integer, name varchar, sha256 varchar, bytes bigint, entries integer
);
create table refused (
    load_id integer, file varchar, entry integer, resource varchar, resource_type varchar,
    patient varchar, reason varchar, entry_sha256 varchar, resolved boolean
);
create table resource (
    resource varchar, type varchar, id varchar, patient varchar, version integer,
    current boolean, sha256 varchar, file_id integer,
    raw varchar using compression zstd
);
create table code (
    code_key varchar, system varchar, code varchar, display varchar
);
create table patient (
    patient varchar, resource varchar, name varchar, family varchar, given varchar, sex varchar,
    birth_date varchar, deceased varchar, mrn varchar, mrn_system varchar
);
create table patient_identifier (
    patient varchar, system varchar, value varchar, type varchar
);
create table chart_extent (
    patient varchar, first_utc timestamp, first_written varchar,
    last_utc timestamp, last_written varchar, loaded_at varchar
);
create table encounter (
    resource varchar, patient varchar, status varchar, class_code varchar, class_display varchar,
    type_display varchar, code_key varchar, start_utc timestamp, start_written varchar,
    end_utc timestamp, end_written varchar, part_of varchar, reason varchar,
    admission_type varchar, admit_source varchar, discharge_disposition varchar,
    location varchar, is_icu boolean, is_hospital boolean, path varchar, quote varchar
);
create table observation (
    resource varchar, patient varchar, part integer, code_key varchar, display varchar,
    category varchar, status varchar, effective_utc timestamp, effective_written varchar,
    issued_utc timestamp, issued_written varchar, encounter varchar, value_kind varchar,
    value_number double, comparator varchar, value_text varchar, unit varchar, unit_code varchar,
    interpretation varchar, range_low double, range_high double, range_text varchar,
    path varchar, quote varchar
);
create table condition (
    resource varchar, patient varchar, code_key varchar, display varchar, category varchar,
    clinical_status varchar, verification_status varchar, onset_utc timestamp,
    onset_written varchar, abatement_utc timestamp, abatement_written varchar,
    recorded_utc timestamp, recorded_written varchar, encounter varchar, path varchar, quote varchar
);
create table medication (
    resource varchar, patient varchar, form varchar, code_key varchar, display varchar,
    status varchar, intent varchar, dose_text varchar, dose_value double, dose_unit varchar,
    route varchar, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, encounter varchar, prescriber varchar, reason varchar, based_on varchar,
    path varchar, quote varchar
);
create table allergy (
    resource varchar, patient varchar, code_key varchar, display varchar, clinical_status varchar,
    verification_status varchar, criticality varchar, reactions varchar[], severity varchar,
    is_no_known boolean, recorded_utc timestamp, recorded_written varchar, path varchar,
    quote varchar
);
create table procedure (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    performed_utc timestamp, performed_written varchar, performed_end_utc timestamp,
    performed_end_written varchar, encounter varchar, path varchar, quote varchar
);
create table immunization (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    occurred_utc timestamp, occurred_written varchar, path varchar, quote varchar
);
create table document (
    resource varchar, patient varchar, title varchar, author varchar, status varchar,
    written_utc timestamp, written_written varchar, encounter varchar, path varchar,
    sha256 varchar, text varchar using compression zstd
);
create table passage (
    passage_id varchar, resource varchar, patient varchar, heading varchar, start_offset integer,
    end_offset integer, text varchar using compression zstd
);
create table token (
    passage_id varchar, patient varchar, word varchar, tf integer
);
"""


def m001_tables(cursor: duckdb.DuckDBPyConnection) -> None:
    """The first tables: files and refusals, raw resources, and the typed clinical subjects."""
    cursor.execute(M001_TABLES)


def m010_documents(cursor: duckdb.DuckDBPyConnection) -> None:
    """What is known about a document beside its text; its sections and relations.

    `unread` says why there is no text (or which part of it is missing); `binaries` are what its
    attachments point to, `binaries_read` the digests of those that its text was made from;
    `same_as` and `superseded_by` name other documents and are set when a load ends.
    """
    _run(cursor, "m010_documents")


def m020_subjects(cursor: duckdb.DuckDBPyConnection) -> None:
    """The clinical subjects beside results, drugs and notes: reports, bills, plans, orders …"""
    _run(cursor, "m020_subjects")


def m030_deepened(cursor: duckdb.DuckDBPyConnection) -> None:
    """All that a reader of a chart asks of results, drugs, problems, visits and the patient."""
    _run(cursor, "m030_deepened")


def m040_loader(cursor: duckdb.DuckDBPyConnection) -> None:
    """What a load needs to know of files: which need not be read again, what they deleted."""
    _run(cursor, "m040_loader")


def m050_vectors(cursor: duckdb.DuckDBPyConnection) -> None:
    """The dense vectors of passages, made after a load where an embedding model is set."""
    _run(cursor, "m050_vectors")


def m060_visits(cursor: duckdb.DuckDBPyConnection) -> None:
    """The appointments that encounters came from."""
    _run(cursor, "m060_visits")


def m070_lean(cursor: duckdb.DuckDBPyConnection) -> None:
    """The names of passages and the content's digests in half the bytes."""
    _run(cursor, "m070_lean")


def _run(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    cursor.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


MIGRATIONS: tuple[Callable[[duckdb.DuckDBPyConnection], None], ...] = (
    m001_tables,
    m010_documents,
    m020_subjects,
    m040_loader,
    m050_vectors,
    m030_deepened,
    m060_visits,
    m070_lean,
)
# The tables of m020: each row names its resource and its patient first.
SUBJECTS = (
    "report", "specimen", "imaging_study", "claim", "claim_item", "coverage", "care_plan",
    "care_plan_activity", "goal", "care_team", "appointment", "device", "service_request",
    "questionnaire_response", "family_history", "flag", "consent", "practitioner", "organization",
    "location", "related_person", "encounter_location", "encounter_participant",
    "encounter_diagnosis", "episode_of_care", "other_event",
)  # fmt: skip
# The second tables of m030 and m060: each row names its resource and its patient first.
SECOND_TABLES = (
    "observation_detail", "reference_range", "replaced_result", "participation",
    "medication_detail", "dosage", "allergy_reaction", "encounter_history", "patient_name",
    "patient_telecom", "patient_address", "patient_link", "encounter_appointment",
)  # fmt: skip
