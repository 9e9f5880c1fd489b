"""Demographics as the record has them: the name as shown, and the age at a moment of the chart.

A name reads `FAMILY, Given`. Age is at the chart's as-of, or at death where the record dates
that earlier; never at today's date.
"""

from __future__ import annotations

from typing import Any

from pipelines.charts.ages import age_years
from pipelines.records.chart import RowSource
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.patients import Patient

COLUMNS_OF_ALL = """
select patient, resource, name, family, given, sex, birth_date, deceased, mrn, mrn_system
from patient
order by lower(coalesce(family, name, given)), lower(given), patient
"""


def all_patients(source: RowSource) -> tuple[Patient, ...]:
    """Every patient of the store, by name."""
    return tuple(made_patient(row) for row in source.rows(COLUMNS_OF_ALL, {}))


def age_at(who: Patient, as_of: Moment | None) -> int | None:
    """Age in years at the as-of, or at death where the record dates that earlier."""
    if as_of is None:
        return None
    day = as_of.day
    if who.deceased is not None and who.deceased[:4].isdigit():
        day = min(day, who.deceased[:10])
    return age_years(who.birth_date, day)


def display_name(name: str | None, family: str | None, given: str | None) -> str:
    """`FAMILY, Given`; what there is of it, or the name as written, or that there is none."""
    if family:
        return f"{family.upper()}, {given}" if given else family.upper()
    return given or name or "Name not recorded"


def made_patient(row: tuple[Any, ...]) -> Patient:
    """A row of the patient table as a `Patient`; its fact cites the resource by its id."""
    patient_id, resource, name, family, given, sex, birth_date, deceased, mrn, mrn_system = row
    shown = display_name(name, family, given)
    return Patient(
        fact=Fact(resource=resource, kind="patient", display=shown, path="id", quote=patient_id),
        patient_id=patient_id,
        name=shown,
        family=family,
        given=given,
        sex=sex,
        birth_date=birth_date,
        deceased=None if deceased == "false" else deceased,
        mrn=mrn,
        mrn_system=mrn_system,
    )
