"""Reports, specimens and imaging studies of one chart, in time order.

A report is known once it was issued, even if its specimen was taken before. Each keeps its
status: a preliminary report is not a final one, a registered one says nothing yet. Entered in
error is left out.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.reports import ImagingStudy, Report, Specimen

REPORTS = """
select resource, 0, code_key, display, status, coalesce(effective_utc, issued_utc),
    coalesce(effective_written, issued_written), encounter, path, quote,
    categories, effective_utc, effective_written, effective_end_utc, effective_end_written,
    issued_utc, issued_written, results, conclusion, conclusion_codes, specimens, performers,
    interpreters, imaging, based_on
from report
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(coalesce(issued_utc, effective_utc), encounter, $patient, $as_of)
order by coalesce(effective_utc, issued_utc) nulls first, resource
"""
SPECIMENS = """
select resource, 0, code_key, display, status, coalesce(collected_utc, received_utc),
    coalesce(collected_written, received_written), null, path, quote,
    collected_utc, collected_written, collected_end_utc, collected_end_written,
    received_utc, received_written, body_site, method, collector, conditions, accession, parents,
    requests
from specimen
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(collected_utc, received_utc, $as_of) <= $as_of
order by coalesce(collected_utc, received_utc) nulls first, resource
"""
IMAGING_STUDIES = """
select resource, 0, code_key, display, status, started_utc, started_written, encounter, path, quote,
    started_utc, started_written, modalities, body_sites, series, instances, reason, referrer,
    interpreters, based_on
from imaging_study
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(started_utc, encounter, $patient, $as_of)
order by started_utc nulls first, resource
"""


def reports(chart: Chart) -> tuple[Report, ...]:
    """All diagnostic reports issued by the as-of, undated ones first."""
    return read(chart, REPORTS, Report, "report")


def specimens(chart: Chart) -> tuple[Specimen, ...]:
    """All specimens taken or received by the as-of, undated ones first."""
    return read(chart, SPECIMENS, Specimen, "specimen")


def imaging_studies(chart: Chart) -> tuple[ImagingStudy, ...]:
    """All imaging studies begun by the as-of, undated ones first."""
    return read(chart, IMAGING_STUDIES, ImagingStudy, "imaging study")
