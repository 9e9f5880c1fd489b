"""What the record of one chart's patient says beside name, sex, birth and number.

Every name, number and address is told with its use and time, none is left out as old; contacts
and relatives are told by `people`. A link to another record of the same person is told and not
followed: that record is a chart of its own, with an access check of its own.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.charts.subject_reading import read_parts
from pipelines.errors import NotFound
from pipelines.records.chart import Chart
from pipelines.records.patients import Address, PatientDetail, PatientLink, PatientName, Telecom

ABOUT = """
select resource, is_active, deceased_utc, deceased, marital_status, languages, preferred_language,
    races, ethnicities, birth_sex, gender_identities, multiple_birth, general_practitioners,
    managing_organization
from patient
where patient = $patient
"""
NAMES = """
select resource, number, use, text, family, given, prefix, suffix, start_utc, start_written,
    end_utc, end_written
from patient_name
where patient = $patient
order by number
"""
TELECOMS = """
select resource, number, system, value, use, rank, start_utc, start_written, end_utc, end_written
from patient_telecom
where patient = $patient
order by rank nulls last, number
"""
ADDRESSES = """
select resource, number, use, type, text, lines, city, district, state, postal_code, country,
    start_utc, start_written, end_utc, end_written
from patient_address
where patient = $patient
order by number
"""
LINKS = """
select resource, number, type, other, display
from patient_link
where patient = $patient
order by number
"""


def patient_detail(chart: Chart) -> PatientDetail:
    """Everything that the patient's own record says of the person."""
    key = f"Patient/{chart.patient_id}"
    found = read_parts(chart, ABOUT, PatientDetail).get(key, ())
    if not found:
        raise NotFound("This chart has no Patient resource; load the file that holds it.")
    return replace(
        found[0],
        names=read_parts(chart, NAMES, PatientName).get(key, ()),
        telecoms=read_parts(chart, TELECOMS, Telecom).get(key, ()),
        addresses=read_parts(chart, ADDRESSES, Address).get(key, ()),
        links=links(chart),
    )


def links(chart: Chart) -> tuple[PatientLink, ...]:
    """Other records of the same person, and which of them counts."""
    return read_parts(chart, LINKS, PatientLink).get(f"Patient/{chart.patient_id}", ())
