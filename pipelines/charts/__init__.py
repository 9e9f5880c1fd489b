"""FHIR in, one patient's record out. The only room that imports DuckDB.

The way in: `files` (open, unpack, limits) → `resources` (parse, validate, refuse) → `rows`
(resource → rows) → `store` (one writer). The way out: one file a clinical subject, and every
read takes a `Chart`, which holds one patient.
"""
