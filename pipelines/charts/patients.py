"""Who a chart is about, for its reader; and, for the desk alone, the lists of patients.

`patient` and `banner` are reads of one chart. `worklist`, `find`, `as_of` and `all_patients`
are not: they take the store and give the few columns that choosing a patient needs. How a name
reads and which age is shown stands in `demographics`.
"""

from __future__ import annotations

from pipelines.charts.allergies import allergy_list
from pipelines.charts.demographics import age_at, all_patients, display_name, made_patient
from pipelines.charts.incomplete import refused_of
from pipelines.charts.patient_details import links
from pipelines.charts.reading import moment
from pipelines.charts.worklist import worklist
from pipelines.errors import NotFound
from pipelines.records.chart import Chart, RowSource
from pipelines.records.moments import Moment
from pipelines.records.patients import Banner, Patient, PatientMatch, refused_words
from pipelines.terms import dates

__all__ = ["all_patients", "as_of", "banner", "find", "incomplete", "patient", "worklist"]

COLUMNS_OF_ONE = """
select patient, resource, name, family, given, sex, birth_date, deceased, mrn, mrn_system
from patient
where patient = $patient
"""

LOADED = """
select max(loaded_at) from chart_extent where patient = $patient
"""

AS_OF = """
select x.last_utc, x.last_written,
    coalesce(x.loaded_at, (select max(started_at) from load))
from patient p
left join chart_extent x on x.patient = p.patient
where p.patient = $patient
"""

FIND = """
select p.patient, p.name, p.family, p.given
from patient p
where p.patient = $text or p.patient = $bare_id
   or exists (
    select 1 from patient_identifier i
    where i.patient = p.patient
      and (i.value = $text or (i.system = $system and i.value = $value)))
order by p.patient
"""


def patient(chart: Chart) -> Patient:
    """The demographics as recorded."""
    found = chart.rows(COLUMNS_OF_ONE)
    if not found:
        raise NotFound("This chart has no Patient resource; load the file that holds it.")
    return made_patient(found[0])


def banner(chart: Chart) -> Banner:
    """What stands above every page: who, how old at the as-of, allergies, what was refused."""
    who = patient(chart)
    ((loaded_at,),) = chart.rows(LOADED)
    entries, files = refused_of(chart)
    return Banner(
        patient=who,
        age_years=age_at(who, chart.as_of),
        as_of=chart.as_of,
        loaded_at=loaded_at,
        allergies=allergy_list(chart),
        refused_count=entries,
        refused_files=files,
        links=links(chart),
    )


def incomplete(chart: Chart) -> str | None:
    """What of this chart was refused, in the banner's words; None for a whole chart."""
    return refused_words(*refused_of(chart))


def as_of(source: RowSource, patient_id: str) -> Moment | None:
    """The last clinical moment of a chart; None where no such patient is loaded.

    A chart without a single date is as of its load, since nothing in it says when it is.
    """
    found = source.rows(AS_OF, {"patient": patient_id})
    if not found:
        return None
    last, written, loaded_at = found[0]
    return moment(last, written) or (dates.moment(loaded_at) if loaded_at else None)


def is_at_end(chart: Chart) -> bool:
    """Whether a chart is read at its own last entry: statuses without a date hold only then."""
    last = as_of(chart.source, chart.patient_id)
    return last is None or last.instant <= chart.as_of.instant


def find(source: RowSource, text: str) -> tuple[PatientMatch, ...]:
    """Patients that fit a `Patient.id`, an identifier's value or `system|value`, exactly.

    `Patient/<id>` is understood too. Several patients may share an identifier: all come back.
    """
    text = text.strip()
    system, bar, value = text.partition("|")
    found = source.rows(
        FIND,
        {
            "text": text,
            "bare_id": text.removeprefix("Patient/"),
            "system": system if bar else None,
            "value": value if bar else None,
        },
    )
    return tuple(
        PatientMatch(patient_id, display_name(name, family, given))
        for patient_id, name, family, given in found
    )
